"""What is held stays held until a person releases it or it goes back, whichever leg meets it again."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from store.json_text import decode
from store.runs import Run
from store.unit_of_work import Database
from tests.contract.pipeline.lab import FIRST_INSTANT, Lab, ticking_clock
from tests.copies import copied
from tests.following import DAILY, Follower, following
from tests.unit.simulator.worlds import made_world
from tracker.diffing.canonical import canonical
from tracker.diffing.catalogue import default_catalogue
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.releasing import release
from tracker.simulator import edits
from tracker.simulator.draft import PROTOCOL
from tracker.simulator.world import World
from tracker.views.held import heads

SUMMARY = f"{PROTOCOL}/descriptionModule/briefSummary"
TITLE = f"{PROTOCOL}/identificationModule/briefTitle"
TRIALS, SEED, PAGE = 220, 7, 1000  # more than may differ without being held
LATER = FIRST_INSTANT + timedelta(days=1)


def polled(url: str) -> str:
    """Follow the whole registry at ``url``, and poll it once."""
    lab = Lab.open(url)
    with following(lab, made_world(TRIALS, seed=SEED), page_size=PAGE) as follower:
        follower.track_all()
        follower.poll()
    lab.close()
    return url


@pytest.fixture(scope="module")
def polled_sqlite(empty_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A ledger in a file that knows the registry, closed, to be copied."""
    with copied(empty_sqlite, tmp_path_factory.mktemp("polled")) as url:
        yield polled(url)


@pytest.fixture(scope="module")
def polled_postgresql(empty_postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A ledger on PostgreSQL that knows the registry, closed, to be copied."""
    with copied(empty_postgresql, tmp_path_factory.mktemp("polled")) as url:
        yield polled(url)


@pytest.fixture
def follower(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[Follower]:
    """A ledger that knows all trials of a registry, and what polls that, on the next day of its own."""
    with copied(request.getfixturevalue(f"polled_{dialect}"), tmp_path) as url:
        clock = ticking_clock(LATER)
        lab = Lab(Database.open(url, clock=clock), clock)
        with following(lab, made_world(TRIALS, seed=SEED), page_size=PAGE) as made:
            yield made
        lab.close()


def next_day(registry: World) -> None:
    """Publish what was edited, a day later."""
    registry.advance()
    registry.publish()


def tally(runs: Sequence[Run]) -> tuple[int, int]:
    """How many observations runs held, and how many events they told."""
    return sum(run.held for run in runs), sum(run.events for run in runs)


def news(follower: Follower) -> Counter[str]:
    """What happened since the first sights, by type."""
    told = Counter(one[2] for one in follower.told().elements())
    del told["trial_first_observed"]
    return told


def lapsed(registry: World, count: int) -> list[str]:
    """Make active trials such that the registry shows them as UNKNOWN on the next day; answers which."""
    active = [one for one in registry.trial_ids() if _status(registry, one) == "RECRUITING"][:count]
    for trial_id in active:
        registry.edit(trial_id, edits.verified("2019-01"), edits.date("completionDateStruct", "2020-01"), silent=True)
    return active


def _status(registry: World, trial_id: str) -> str:
    return str(registry.working(trial_id)["protocolSection"]["statusModule"]["overallStatus"])


def is_as_shown(follower: Follower) -> list[bool]:
    """Of each trial whether the ledger's newest content is what the registry shows."""
    shown = follower.world.published.studies
    with follower.lab.database.reading() as transaction:
        known = heads(transaction, list(shown))
        bodies = transaction.snapshots.get_many({head.snapshot for head in known.values()})
    return [
        canonical(decode(bodies[known[trial_id].snapshot])) == canonical(record) for trial_id, record in shown.items()
    ]


@pytest.mark.parametrize("as_migration", (False, True))
def test_only_the_path_that_many_records_share_waits(follower: Follower, as_migration: bool) -> None:
    """A flip to UNKNOWN on the day of a migration is told at once; the migration alone is released, and marked."""
    registry = follower.world
    flipped = lapsed(registry, 5)
    registry.migrate(TITLE, lambda title: f"{title} (moved)")
    next_day(registry)
    (run,) = follower.poll(Leg.REFRESH, force=True)
    assert (TRIALS, 5, 5 * 4) == (run.held, run.changed, run.events)
    flips = {"recruitment_status_changed": 5, "last_known_status_changed": 5}
    assert flips | {"verification_date_changed": 5, "completion_date_changed": 5} == news(follower)
    assert (0, 0) == tally(follower.poll(force=True))
    done = release(follower.lab.database, default_catalogue(), run.run_id, as_migration=as_migration)
    assert (TRIALS, TRIALS) == (done.released, done.events)
    assert all(is_as_shown(follower))
    marked = [one for trial_id in flipped for one in follower.lab.trail(trial_id) if "migration" in one.detail]
    assert [TITLE] * (5 if as_migration else 0) == [one.path for one in marked]
    assert (0, 0) == tally(follower.poll(force=True))
    assert (True, None) == ((report := follower.lab.verify()).ok, report.reason)


def test_what_happens_later_to_a_record_of_which_a_path_waits_is_told(follower: Follower) -> None:
    """Whichever leg reads it again, that path waits on, is held once, and comes behind what was recorded meanwhile."""
    registry = follower.world
    registry.migrate(TITLE, lambda title: f"{title} (moved)")
    next_day(registry)
    (first,) = follower.poll(Leg.REFRESH, force=True)
    for trial_id in registry.trial_ids()[:10]:
        registry.edit(trial_id, edits.sponsor("Renamed"), silent=True)
    next_day(registry)
    second = follower.poll(*DAILY, force=True)[1]
    assert (TRIALS, 0) == (first.held, second.held)
    assert {"lead_sponsor_changed": 10} == news(follower)
    done = release(follower.lab.database, default_catalogue(), first.run_id, as_migration=False)
    assert (TRIALS, 0, TRIALS) == (done.released, done.nothing, done.events)
    assert {"lead_sponsor_changed": 10, "title_changed": TRIALS} == news(follower)
    assert all(is_as_shown(follower))
    follower.poll(force=True)
    assert TRIALS + 10 == news(follower).total()


def test_a_record_that_is_back_brings_nothing_held_with_it(follower: Follower) -> None:
    """It is recorded at once, but for the path that waits."""
    registry = follower.world
    registry.migrate(TITLE, lambda title: f"{title} (moved)")
    next_day(registry)
    (run,) = follower.poll(Leg.REFRESH, force=True)
    away = registry.trial_ids()[0]
    registry.withhold(away)
    next_day(registry)
    follower.poll()
    registry.restore(away)
    registry.edit(away, edits.sponsor("Renamed"), silent=True)
    next_day(registry)
    follower.poll()
    back = {"record_withheld": 1, "record_reappeared": 1, "lead_sponsor_changed": 1}
    assert back == news(follower)
    release(follower.lab.database, default_catalogue(), run.run_id, as_migration=False)
    assert back | {"title_changed": TRIALS} == news(follower)
    assert all(is_as_shown(follower))


def test_of_two_paths_the_one_that_went_back_is_released_as_nothing(follower: Follower) -> None:
    """The other is released, with the run that held both."""
    registry = follower.world
    registry.migrate(TITLE, lambda title: f"{title} (moved)")
    registry.migrate(SUMMARY, lambda text: f"{text} Moved.")
    next_day(registry)
    (run,) = follower.poll(Leg.REFRESH, force=True)
    registry.migrate(TITLE, lambda title: title.removesuffix(" (moved)"))
    next_day(registry)
    follower.poll(Leg.REFRESH, force=True)
    done = release(follower.lab.database, default_catalogue(), run.run_id, as_migration=False)
    assert (TRIALS, TRIALS, TRIALS) == (done.released, done.nothing, done.events)
    assert {"field_changed": TRIALS} == news(follower)
    assert all(is_as_shown(follower))


def test_a_held_vanishing_does_not_come_in_by_another_poll(follower: Follower) -> None:
    """When some of the many are back, the others still wait; one that goes by itself meanwhile is told."""
    registry = follower.world
    gone, alone = registry.trial_ids()[:60], registry.trial_ids()[-1]
    for trial_id in gone:
        registry.remove(trial_id)
    next_day(registry)
    held = follower.poll(*DAILY)[-1]
    for trial_id in gone[:30]:
        registry.restore(trial_id)
    registry.remove(alone)
    next_day(registry)
    assert 0 == sum(run.held for run in follower.poll())
    assert {"record_disappeared": 1} == news(follower)
    done = release(follower.lab.database, default_catalogue(), held.run_id, as_migration=False)
    assert (30, 30) == (done.released, done.nothing)
    registry.remove(gone[0])
    next_day(registry)
    follower.poll()
    assert {"record_disappeared": 32} == news(follower)


@pytest.mark.parametrize(("gone", "held"), ((60, 60), (30, 0)), ids=("held", "told"))
def test_a_merger_is_not_missing(follower: Follower, gone: int, held: int) -> None:
    """It makes no accident of those that are gone, and is told at once though these are held."""
    registry = follower.world
    ids = registry.trial_ids()
    for trial_id in ids[:gone]:
        registry.remove(trial_id)
    for trial_id, survivor in zip(ids[100:130], ids[180:210], strict=True):
        registry.merge(trial_id, into=survivor)
    next_day(registry)
    run = follower.poll(*DAILY)[-1]
    assert (held, gone - held) == (run.held, news(follower)["record_disappeared"])
    assert 30 == news(follower)["record_merged"]


def test_a_merger_of_what_is_held_as_missing_is_told(follower: Follower) -> None:
    """The registry has said meanwhile where it went; its release then records nothing."""
    registry = follower.world
    ids = registry.trial_ids()
    for trial_id in ids[:60]:
        registry.remove(trial_id)
    next_day(registry)
    held = follower.poll(*DAILY)[-1]
    registry.restore(ids[0])
    registry.merge(ids[0], into=ids[100])
    next_day(registry)
    follower.poll(*DAILY)
    assert {"record_merged": 1} == {name: n for name, n in news(follower).items() if name.startswith("record")}
    done = release(follower.lab.database, default_catalogue(), held.run_id, as_migration=False)
    assert (59, 1) == (done.released, done.nothing)
    assert {"record_merged": 1, "record_disappeared": 59} == {
        name: n for name, n in news(follower).items() if name.startswith("record")
    }

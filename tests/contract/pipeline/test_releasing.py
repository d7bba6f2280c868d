"""What a run held is recorded when a person says so: exactly, in order, once, and not where it has gone back."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from store.held import HeldObservation
from store.runs import Run
from tests.contract.pipeline.lab import Lab
from tests.records import Json, enrollment, observation, record, site
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.coverage import WHOLE, Coverage
from tracker.domain.errors import NotFound
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.holding import HeldMove, Reason, held_move, held_record
from tracker.pipeline.preparing import address_of, prepare
from tracker.pipeline.releasing import ReleaseSummary, release
from tracker.pipeline.settling import settle_held

RUN = "11111111-2222-4333-8444-555555555555"
PATH = "/protocolSection/contactsLocationsModule/locations/*/zip"
SEEN_AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
IDS = tuple(f"NCT0000000{number}" for number in range(1, 4))
SITES = Coverage(patterns=frozenset({"/protocolSection/contactsLocationsModule"}))


def coded(trial_id: str, day: str, code: str, *, count: int = 10, posted_on: str = "2026-01-10") -> dict[str, Json]:
    """A record with a site of that zip code, as the release of that day shows it."""
    place = {"locations": [site("Alpha Clinic", "Bergen", "Norway", zip=code)]}
    design = enrollment(count)
    return record(trial_id, posted_on=posted_on, data_on=day, contactsLocationsModule=place, designModule=design)


def held(seen: Json, *, seen_at: datetime = SEEN_AT, coverage: Coverage = WHOLE) -> HeldObservation:
    """A record that is held, since its zip code differs as many do."""
    shown = observation(seen, coverage)
    prepared = prepare(shown, address=address_of(shown.record))
    return held_record(prepared, observed_at=seen_at, paths={PATH})


def missing(trial_id: str, now: Whereabouts = Whereabouts.DISAPPEARED, into: str | None = None) -> HeldObservation:
    """A record that was missing with many others on 2 March."""
    move = HeldMove(
        trial_id=trial_id, now=now, into=into, data_on=date(2026, 3, 2), observed_at=SEEN_AT, source="missing"
    )
    return held_move(move)


def hold(lab: Lab, observations: Sequence[HeldObservation], run_id: str = RUN) -> None:
    """A run that held them, and was done."""
    with lab.database.writing() as transaction:
        transaction.runs.begin(Run(run_id=run_id, leg="refresh", scope="all", started_at=SEEN_AT))
        transaction.held.put_many(run_id, observations)


def released(lab: Lab, run_id: str = RUN, *, as_migration: bool = False) -> tuple[int, int, int, int]:
    """Release it: observations released, those from which nothing followed, events, and those released before."""
    found = release(lab.database, default_catalogue(), run_id, as_migration=as_migration)
    assert (True, None) == ((report := lab.verify()).ok, report.reason)
    return counts(found)


def counts(found: ReleaseSummary) -> tuple[int, int, int, int]:
    """The numbers of a summary."""
    return found.released, found.nothing, found.events, found.already


def codes(lab: Lab, trial_id: str) -> list[tuple[str, str, str, str, dict[str, Json]]]:
    """The changes of a trial's zip code: old, new, significance, origin, detail."""
    return [
        (one.old, one.new, one.significance, one.origin, one.detail)
        for one in lab.trail(trial_id)
        if one.path.endswith("/zip")
    ]


@pytest.mark.parametrize("as_migration", (False, True))
def test_what_was_held_is_recorded_as_it_was_observed(own_lab: Lab, as_migration: bool) -> None:
    """The same changes either way; a migration is administrative and says so, and nothing else differs."""
    own_lab.see(*(coded(trial_id, "2026-03-01", "5003") for trial_id in IDS))
    hold(own_lab, [held(coded(trial_id, "2026-03-02", "N-5003")) for trial_id in IDS])
    before = own_lab.events_count()
    assert (3, 0, 3, 0) == released(own_lab, as_migration=as_migration)
    assert before + 3 == own_lab.events_count()
    significance, detail = ("administrative", {"migration": True}) if as_migration else ("minor", {})
    for trial_id in IDS:
        assert [("5003", "N-5003", significance, "registry", detail)] == codes(own_lab, trial_id)
        last = own_lab.events(trial_id)[-1].event.revision
        assert (SEEN_AT, date(2026, 3, 2), None) == (last.observed_at, last.data_on, last.posted_on)
    with own_lab.database.reading() as transaction:
        assert {RUN} == {one.metadata["correlation_id"] for one in transaction.events.read_all(after=before)}


def test_what_is_released_twice_is_recorded_once(own_lab: Lab) -> None:
    """The second release says that the first one was; nothing held is dropped by it."""
    own_lab.see(coded(IDS[0], "2026-03-01", "5003"))
    hold(own_lab, [held(coded(IDS[0], "2026-03-02", "N-5003")), missing(IDS[0])])
    assert (2, 0, 2, 0) == released(own_lab)
    assert (0, 0, 0, 2) == released(own_lab, as_migration=True)
    with own_lab.database.reading() as transaction:
        assert (2, 2) == transaction.held.totals(RUN)


def test_what_two_runs_held_is_recorded_once(own_lab: Lab) -> None:
    """A migration that several runs met is released with the first; the others add nothing."""
    own_lab.see(coded(IDS[0], "2026-03-01", "5003"))
    hold(own_lab, [held(coded(IDS[0], "2026-03-02", "N-5003"))])
    hold(own_lab, [held(coded(IDS[0], "2026-03-03", "N-5003"))], "run-2")
    assert [(1, 0, 1, 0), (0, 1, 0, 0)] == [released(own_lab, run_id) for run_id in (RUN, "run-2")]


def test_several_observations_of_one_trial_are_recorded_in_their_order(own_lab: Lab) -> None:
    """Whatever a leg saw of it, one after the other."""
    own_lab.see(coded(IDS[0], "2026-03-01", "5003"))
    seen = [coded(IDS[0], "2026-03-02", url) for url in ("N-5003", "N-5004", "N-5005")]
    hold(own_lab, [held(one, seen_at=SEEN_AT + timedelta(hours=n)) for n, one in enumerate(seen)])
    assert (3, 0, 3, 0) == released(own_lab)
    assert ["N-5003", "N-5004", "N-5005"] == [new for _, new, *_ in codes(own_lab, IDS[0])]


def test_what_a_later_release_showed_as_before_is_released_as_nothing(own_lab: Lab) -> None:
    """The registry took the difference back before anybody decided about it."""
    own_lab.see(coded(IDS[0], "2026-03-01", "5003"), coded(IDS[1], "2026-03-01", "5003"))
    hold(own_lab, [held(coded(trial_id, "2026-03-02", "N-5003")) for trial_id in IDS[:2]])
    own_lab.see(coded(IDS[0], "2026-03-03", "5003"))
    own_lab.see(coded(IDS[1], "2026-03-03", "5003", count=20, posted_on="2026-03-03"))
    before = own_lab.events_count()
    assert (0, 2, 0, 0) == released(own_lab)
    assert before == own_lab.events_count()


def test_what_was_marked_as_gone_back_is_released_as_nothing(own_lab: Lab) -> None:
    """A poll that finds the paths as the ledger has them leaves no other trace."""
    own_lab.see(*(coded(trial_id, "2026-03-01", "5003") for trial_id in IDS))
    observations = [held(coded(trial_id, "2026-03-02", "N-5003")) for trial_id in IDS]
    hold(own_lab, [*observations, missing(IDS[0]), missing(IDS[2])])
    with own_lab.database.writing() as transaction:
        seen = {IDS[0]: [], IDS[1]: [PATH], "NCT00000009": []}
        assert 1 == settle_held(
            transaction, default_catalogue(), seen, coverage=Coverage(patterns=frozenset({"/hasResults"}))
        )
        assert 1 == settle_held(transaction, default_catalogue(), seen, coverage=SITES)
        assert 0 == settle_held(transaction, default_catalogue(), seen, coverage=WHOLE)
        (told,) = [one for one in transaction.held.counts([RUN]) if one.path]
        assert (Reason.DIFFERS.value, 3, 2, 1) == (told.reason, told.count, told.waiting, told.gone_back)
    assert (3, 2, 3, 0) == released(own_lab)
    assert [] == codes(own_lab, IDS[0])
    assert [IDS[2]] == [trial_id for trial_id in IDS if own_lab.trail(trial_id)[-1].field == "whereabouts"]


def test_what_was_published_meanwhile_comes_behind_what_was_held(own_lab: Lab) -> None:
    """The held record takes its place between; only the step to it is the migration."""
    own_lab.see(coded(IDS[0], "2026-03-01", "5003"))
    hold(own_lab, [held(coded(IDS[0], "2026-03-02", "N-5003"))])
    own_lab.see(coded(IDS[0], "2026-03-03", "N-9", count=20, posted_on="2026-03-03"))
    assert 1 == released(own_lab, as_migration=True)[0]
    assert [1, 3, 2] == [one.revision for one in own_lab.timeline(IDS[0])]
    ours, theirs = codes(own_lab, IDS[0])
    assert ("5003", "N-5003", "administrative", "backfill", {"migration": True}) == ours
    assert ("N-5003", "N-9", "minor", "backfill", {}) == theirs
    (grown,) = [one for one in own_lab.trail(IDS[0]) if one.field == "enrollment"]
    assert (3, 2, {"percent": 100}) == (grown.predecessor, grown.revision, grown.detail)


def test_a_thin_observation_is_released_as_thin(own_lab: Lab) -> None:
    """What it could not see stays as it was."""
    own_lab.see(coded(IDS[0], "2026-03-01", "5003", count=30))
    hold(own_lab, [held(coded(IDS[0], "2026-03-02", "N-5003", count=99), coverage=SITES)])
    assert (1, 0, 1, 0) == released(own_lab)
    design = own_lab.stored(own_lab.timeline(IDS[0])[-1].snapshot)["protocolSection"]["designModule"]
    assert enrollment(30) == design


@pytest.mark.parametrize("as_migration", (False, True))
def test_a_held_vanishing_is_recorded_where_nothing_came_back(own_lab: Lab, as_migration: bool) -> None:
    """With the release and the instant in which it was missed; a trial that is not held leaves nothing."""
    own_lab.see(*(coded(trial_id, "2026-03-01", "5003") for trial_id in IDS))
    merged = missing(IDS[1], Whereabouts.MERGED, into="NCT00000009")
    hold(own_lab, [missing(IDS[0]), merged, missing("NCT00000008")])
    assert (2, 1, 2, 0) == released(own_lab, as_migration=as_migration)
    gone, moved = (own_lab.trail(trial_id)[-1] for trial_id in IDS[:2])
    assert ("record_disappeared", "2026-03-02", f"{SEEN_AT:%Y-%m-%dT%H:%M:%S.%fZ}") == (
        gone.type,
        gone.data_on,
        gone.observed_at,
    )
    mark, significance = ({"migration": True}, "administrative") if as_migration else ({}, "major")
    assert ("record_merged", {"into": "NCT00000009"} | mark) == (moved.type, moved.detail)
    assert [significance] * 2 == [gone.significance, moved.significance]


def test_a_trial_that_has_come_back_has_not_vanished(own_lab: Lab) -> None:
    """Seen again as it was, seen with a new version, or told to be elsewhere, since it was missed."""
    own_lab.see(*(coded(trial_id, "2026-03-01", "5003") for trial_id in IDS))
    hold(own_lab, [missing(trial_id) for trial_id in IDS])
    later = SEEN_AT + timedelta(days=1)
    own_lab.see(coded(IDS[0], "2026-03-03", "5003"), observed_at=later)
    own_lab.see(coded(IDS[1], "2026-03-03", "5005"), observed_at=later)
    own_lab.move(Whereabouts.MERGED, on="2026-03-03", trial_id=IDS[2], into="NCT00000009")
    assert (0, 3, 0, 0) == released(own_lab)


def test_a_sight_older_than_the_vanishing_is_no_return(own_lab: Lab) -> None:
    """An import of old files says nothing about today."""
    own_lab.see(coded(IDS[0], "2026-03-01", "5003"))
    hold(own_lab, [missing(IDS[0])])
    own_lab.see(coded(IDS[0], "2026-02-01", "5005"), observed_at=SEEN_AT + timedelta(days=1))
    assert (1, 0, 1, 0) == released(own_lab)


def test_a_release_that_is_broken_off_goes_on_where_it_stopped(own_lab: Lab) -> None:
    """What was shown as done is recorded and marked; the rest follows, and nothing is doubled."""
    own_lab.see(coded(IDS[0], "2026-03-01", "5003"))
    hold(own_lab, [held(coded(IDS[0], f"2026-03-0{day}", f"N-{day}")) for day in (2, 3, 4)])
    shown: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        shown.append((done, total))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        release(own_lab.database, default_catalogue(), RUN, as_migration=False, show=stop)
    assert [(1, 3), (2, 3)] == shown
    assert (1, 0, 1, 2) == released(own_lab)
    assert ["N-2", "N-3", "N-4"] == [new for _, new, *_ in codes(own_lab, IDS[0])]


@pytest.mark.parametrize(
    ("asked", "told"),
    (
        ("run-x1", "there is no run run-x1; did you mean run-1"),
        (RUN[:8], f"there is no run {RUN[:8]}; did you mean {RUN}?"),
        ("zzz", "there is no run zzz; trialog runs lists them"),
        ("run-1", f"run run-1 holds nothing; those that do: {RUN}"),
        ("", "there is no run ; trialog runs lists them"),
    ),
)
def test_a_run_that_holds_nothing_is_told_with_those_that_do(own_lab: Lab, asked: str, told: str) -> None:
    """A mistyped id, its beginning, another word, and a run that never held anything."""
    hold(own_lab, [missing(IDS[0])])
    hold(own_lab, [], "run-1")
    with pytest.raises(NotFound) as refused:
        release(own_lab.database, default_catalogue(), asked, as_migration=False)
    assert told in str(refused.value)

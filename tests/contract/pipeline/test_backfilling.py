"""The registry's history, from a simulated registry into ledgers of both kinds."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest

from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab, silent, ticking_clock
from tests.contract.pipeline.registries import Breaking, asking
from tests.copies import copied
from tests.records import Json
from tests.unit.simulator.worlds import ONE, THREE, TWO, made_world, study, world
from tracker.diffing.canonical import bytes_of, canonical, canonical_value
from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.compare import changes_between
from tracker.domain.errors import Blocked, Transient
from tracker.domain.events import ARRIVALS
from tracker.domain.pointer import resolve
from tracker.pipeline.backfilling import Backfiller, BackfillProgress, BackfillSummary, versions_done
from tracker.pipeline.replaying import rebuild
from tracker.registry import Registry
from tracker.simulator import edits
from tracker.simulator.evolution import Evolution
from tracker.simulator.faults import Fault
from tracker.simulator.world import World
from tracker.sources.history_version import HISTORY_COVERAGE
from tracker.views.answers import AnsweredChange

Told = tuple[str, str, bytes, bytes]

LAPSED = {"statusVerifiedDate": "2023-01", "completionDateStruct": {"date": "2024-01", "type": "ESTIMATED"}}


@pytest.fixture
def other_lab(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[Lab]:
    """A second empty ledger."""
    with copied(request.getfixturevalue(f"empty_{dialect}"), tmp_path) as url:
        opened = Lab.open(url)
        yield opened
        opened.close()


def backfiller(lab: Lab, registry: Registry) -> Backfiller:
    """What backfills the lab."""
    return Backfiller(
        database=lab.database, catalogue=default_catalogue(), registry=registry, now=lambda: lab.observed_at
    )


def backfill(lab: Lab, registry: Registry, *trial_ids: str) -> BackfillSummary:
    """Backfill these trials, or the first."""
    return backfiller(lab, registry).run(trial_ids or (ONE,))


def lived(seed: int, *, trials: int = 40, releases: int = 40) -> World:
    """A world after some weeks, with versions posted late and silent changes."""
    made = made_world(trials, seed=seed)
    evolution = Evolution(made, seed=seed)
    for _ in range(releases):
        evolution.step()
    return made


def told(lab: Lab, trial_id: str) -> list[tuple[int | None, list[Told]]]:
    """The changes along a trial's timeline, by the version that they lead to (None: the live record)."""
    versions = {one.revision: one.registry_version for one in lab.timeline(trial_id)}
    trail = [change for change in lab.trail(trial_id) if change.type not in ARRIVALS]
    return [
        (versions[number or 0], sorted(plain(lab, change) for change in changes))
        for number, changes in groupby(trail, key=lambda change: change.revision)
    ]


def plain(lab: Lab, change: AnsweredChange) -> Told:
    """A change without the way its text is written."""
    return change.type, change.field, value_of(lab, change.old), value_of(lab, change.new)


def value_of(lab: Lab, value: Json) -> bytes:
    """A value, fetched where it is a pointer, in canonical form."""
    if isinstance(value, dict) and value.keys() == {"snapshot", "pointer"}:
        value = resolve(lab.stored(value["snapshot"]), value["pointer"])
    return bytes_of(canonical_value(value, ordered=True))


def truly(old: Json, new: Json) -> list[Told]:
    """The changes between two records as API v2 has them."""
    return sorted(
        (
            change.type.value,
            change.field,
            bytes_of(canonical_value(change.old, ordered=True)),
            bytes_of(canonical_value(change.new, ordered=True)),
        )
        for change in changes_between(
            HISTORY_COVERAGE.project(old), HISTORY_COVERAGE.project(new), catalogue=default_catalogue()
        )
    )


def in_truth(registry: World, trial_id: str) -> list[tuple[int | None, list[Told]]]:
    """What the simulator's own versions, and its live record at the end, say."""
    versions = [version.study for version in registry.versions(trial_id)]
    contents = [*versions, registry.record_at(trial_id, registry.release.number)]
    steps = [
        (number if number < len(versions) else None, truly(*pair)) for number, pair in enumerate(pairwise(contents), 1)
    ]
    return [(version, changes) for version, changes in steps if changes]


def visible(registry: World) -> list[str]:
    """The trials that can be asked for."""
    return [trial_id for trial_id in registry.trial_ids() if trial_id in registry.published.studies]


@pytest.mark.parametrize("dialect", ("sqlite",))
def test_versions_of_made_trials_give_the_changes_of_the_simulators_own(own_lab: Lab) -> None:
    """All versions, then the live record: each step is what was submitted, and at the joint only what is real."""
    registry = lived(3)
    trials = visible(registry)
    with asking(registry) as (client, server):
        summary = backfill(own_lab, client, *trials)
        asked = len(server.requests)
    versions = {trial_id: len(registry.versions(trial_id)) for trial_id in trials}
    assert sum(versions.values()) == summary.versions
    assert sum(count + 3 for count in versions.values()) == asked
    assert max(versions.values()) >= 4
    assert {trial_id: in_truth(registry, trial_id) for trial_id in trials} == {
        trial_id: told(own_lab, trial_id) for trial_id in trials
    }
    for trial_id in trials:
        events = own_lab.events(trial_id)
        assert "backfill" == events[0].event.origin
        assert versions[trial_id] == sum(one.registry_version is not None for one in own_lab.timeline(trial_id))
        assert {"backfill"} == {one.event.origin for one in events if one.event.revision.registry_version is not None}
    check_sound(own_lab)


def check_sound(lab: Lab) -> None:
    """The ledger folds, and views made anew are the same."""
    assert lab.verify().ok, lab.verify()
    rows = lab.rows()
    rebuild(lab.database, show=silent)
    assert rows == lab.rows()


@pytest.mark.parametrize("dialect", ("sqlite",))
@pytest.mark.parametrize("seed", range(4))
def test_versions_take_their_places_among_what_was_seen_live(own_lab: Lab, seed: int) -> None:
    """Live records of several releases held, then the versions: each lies where it became public.

    A record shows the version that was public then, whatever the dates on which others were posted.
    """
    registry = lived(seed)
    trials = visible(registry)[:25]
    seen = sorted({seed + 1, 9, 10, 20 + seed, registry.release.number})
    live = {
        (trial_id, release): stamped(registry, trial_id, release)
        for trial_id in trials
        for release in seen
        if stamped(registry, trial_id, release) is not None
    }
    for release in seen:
        own_lab.see(*(record for (_, number), record in live.items() if number == release))
    with asking(registry) as (client, _):
        backfill(own_lab, client, *trials)
        again = backfill(own_lab, client, *trials)
    assert (0, 0) == (again.versions, again.counts.events)
    for trial_id in trials:
        expected = [(version.release, 0, version.study) for version in registry.versions(trial_id)]
        expected += [(release, 1, live[trial_id, release]) for release in seen if (trial_id, release) in live]
        contents = [content_of(record) for _, _, record in sorted(expected, key=lambda one: one[:2])]
        actual = [content_of(own_lab.stored(one.snapshot)) for one in own_lab.timeline(trial_id)]
        assert [key for key, _ in groupby(contents)] == [key for key, _ in groupby(actual)]
    check_sound(own_lab)


def stamped(registry: World, trial_id: str, release: int) -> Json:
    """The record as it was public in a release, or None where it was not, or was but a stub."""
    record = registry.record_at(trial_id, release)
    if record is None or "WITHHELD" in str(record["protocolSection"]["statusModule"]["overallStatus"]):
        return None
    day = registry.published.release_of(release).data_on.isoformat()
    derived = {
        **record["derivedSection"],
        "miscInfoModule": {**record["derivedSection"]["miscInfoModule"], "versionHolder": day},
    }
    return {**record, "derivedSection": derived}


def content_of(record: Json) -> bytes:
    """What the history covers of a record, however its text is written."""
    return bytes_of(canonical(HISTORY_COVERAGE.project(record)))


def counts_of(lab: Lab) -> list[tuple[int | None, Any]]:
    """Version and enrollment along the timeline."""
    return [
        (one.registry_version, lab.stored(one.snapshot)["protocolSection"]["designModule"]["enrollmentInfo"]["count"])
        for one in lab.timeline(ONE)
    ]


def there_and_back() -> World:
    """10, 20 and 10 again, submitted and posted on one day."""
    registry = world(study(ONE, designModule={"enrollmentInfo": {"count": 5}}))
    registry.advance()
    for count in (10, 20, 10):
        registry.edit(ONE, edits.enrollment(count))
    registry.publish()
    return registry


@pytest.mark.parametrize("is_held", (False, True))
def test_versions_of_one_post_date_are_in_the_order_of_their_numbers(own_lab: Lab, is_held: bool) -> None:
    """A, B and A again with the same dates stay three, also where the live A is held; running again adds nothing."""
    registry = there_and_back()
    if is_held:
        own_lab.see(stamped(registry, ONE, 1))
    with asking(registry) as (client, _):
        backfill(own_lab, client)
        first, events = counts_of(own_lab), own_lab.events_count()
        backfill(own_lab, client)
    last = [(None, 10)] if is_held else [(3, 10), (None, 10)]
    assert [(0, 5), (1, 10), (2, 20), *last] == first == counts_of(own_lab)
    assert events == own_lab.events_count()
    check_sound(own_lab)


def test_versions_of_one_post_date_are_found_in_what_was_seen_live(own_lab: Lab) -> None:
    """A, B and A again, each seen live in a release of its own: the history adds only what came before."""
    registry = world(study(ONE, designModule={"enrollmentInfo": {"count": 5}}))
    registry.advance()
    for count in (10, 20, 10):
        registry.edit(ONE, edits.enrollment(count))
        registry.publish()
    own_lab.see(stamped(registry, ONE, 1))
    own_lab.see(later_day(registry, 2, "2026-01-14"))
    own_lab.see(later_day(registry, 3, "2026-01-15"))
    with asking(registry) as (client, _):
        backfill(own_lab, client)
    assert [(0, 5), (None, 10), (None, 20), (None, 10)] == counts_of(own_lab)
    check_sound(own_lab)


def later_day(registry: World, release: int, day: str) -> Json:
    """A release's record, with the data date of another day."""
    record = stamped(registry, ONE, release)
    record["derivedSection"]["miscInfoModule"]["versionHolder"] = day
    return record


def test_a_version_posted_late_comes_after_what_was_public_before(own_lab: Lab) -> None:
    """Posted with a date of three days ago, it was not public in the release of two days ago."""
    registry = world(study(ONE, designModule={"enrollmentInfo": {"count": 5}}))
    registry.advance(5)
    registry.publish()
    registry.advance(2)
    registry.edit(ONE, edits.enrollment(10), posted_on="2026-01-15")
    registry.publish()
    own_lab.see(stamped(registry, ONE, 1))
    with asking(registry) as (client, _):
        backfill(own_lab, client)
    assert [(None, 5), (1, 10)] == counts_of(own_lab)


@pytest.mark.parametrize("is_held", (False, True))
def test_the_flip_to_unknown_is_at_the_joint(own_lab: Lab, is_held: bool) -> None:
    """The version has the submitted status; UNKNOWN comes after it, by the registry and without a post date."""
    registry = world(study(ONE, statusModule=LAPSED))
    if is_held:
        own_lab.see(stamped(registry, ONE, 0))
    with asking(registry) as (client, _):
        assert "UNKNOWN" == client.history(ONE)[-1].status
        backfill(own_lab, client)
    assert [(0, "RECRUITING"), (None, "UNKNOWN")] == [
        (one.registry_version, one.published_status) for one in own_lab.timeline(ONE)
    ]
    flip = [change for change in own_lab.trail(ONE) if change.type not in ARRIVALS]
    assert [
        ("last_known_status_changed", None, "RECRUITING", "registry", None, "2026-01-12"),
        ("recruitment_status_changed", "RECRUITING", "UNKNOWN", "registry", None, "2026-01-12"),
    ] == sorted((one.type, one.old, one.new, one.origin, one.posted_on, one.data_on) for one in flip)
    check_sound(own_lab)


def test_nothing_is_removed_that_a_version_cannot_show(own_lab: Lab) -> None:
    """Derived parts and the flag for results are known of the live record alone, and came into view with it."""
    registry = world(study(ONE))
    registry.edit(
        ONE,
        edits.value(
            "/derivedSection/miscInfoModule/submissionTracking", {"estimatedResultsFirstSubmitDate": "2026-01-02"}
        ),
        silent=True,
    )
    registry.publish()
    own_lab.see(stamped(registry, ONE, 1))
    registry.advance()
    registry.edit(ONE, edits.enrollment(10))
    registry.publish()
    with asking(registry) as (client, _):
        backfill(own_lab, client)
    changes = [change for change in own_lab.trail(ONE) if change.type not in ARRIVALS]
    assert {None} == {change.old for change in changes if change.field == "enrollment"}
    assert [] == [change for change in changes if "submissionTracking" in change.path]
    assert [] == [change for change in changes if change.path == "/hasResults"]
    assert "submissionTracking" in str(own_lab.stored(own_lab.timeline(ONE)[-1].snapshot))
    check_sound(own_lab)


@pytest.mark.parametrize("is_held", (False, True))
def test_interrupted_at_every_request_it_ends_as_if_it_had_not_been(
    own_lab: Lab, other_lab: Lab, is_held: bool
) -> None:
    """Each of ten trials is broken off at another request; no version is asked for twice."""
    trials = [f"NCT{number:08}" for number in range(1, 11)]
    registry = world(*(study(trial_id, designModule={"enrollmentInfo": {"count": 0}}) for trial_id in trials))
    for count in range(1, 7):
        registry.advance()
        for trial_id in trials:
            registry.edit(trial_id, edits.enrollment(count))
            registry.edit(trial_id, edits.sponsor(f"Sponsor {count}"), silent=True)
        registry.publish()
    if is_held:
        for lab in (own_lab, other_lab):
            lab.see(*(stamped(registry, trial_id, 4) for trial_id in trials))
    with asking(registry) as (client, server):
        backfill(other_lab, client, *trials)
        server.requests.clear()
        for answered, trial_id in enumerate(trials[: 9 if is_held else 10]):
            with pytest.raises(KeyboardInterrupt):
                backfill(own_lab, Breaking(client, left=answered), trial_id)
        backfill(own_lab, client, *trials)
        asked = [request.path for request in server.requests if "/history/" in request.path]
    assert 70 == len(set(asked)) == len(asked)
    assert [stored_events(other_lab, trial_id) for trial_id in trials] == [
        stored_events(own_lab, trial_id) for trial_id in trials
    ]
    check_sound(own_lab)


def stored_events(lab: Lab, trial_id: str) -> list[Any]:
    """A trial's events as they lie in the ledger."""
    return [one.event for one in lab.events(trial_id)]


class Stops(Exception):
    """The power is gone."""


def test_interrupted_inside_each_transaction_it_ends_as_if_it_had_not_been(own_url: str, other_lab: Lab) -> None:
    """The store reads its clock in the middle of a transaction; dying there keeps neither version nor mark."""
    reads_left, clock = 0, ticking_clock()

    def stopping_clock() -> datetime:
        nonlocal reads_left
        reads_left -= 1
        if reads_left < 0:
            raise Stops
        return clock()

    registry = there_and_back()
    with asking(registry) as (client, _):
        backfill(other_lab, client)
        crashes = 0
        lab = Lab(Database.open(own_url, clock=stopping_clock), stopping_clock)
        while True:
            reads_left = crashes
            try:
                backfill(lab, client)
                break
            except Stops:
                crashes += 1
        lab.close()
    assert crashes >= 6
    again = Lab.open(own_url)
    assert stored_events(other_lab, ONE) == stored_events(again, ONE)
    again.close()


def test_faults_neither_lose_nor_double_a_version(own_lab: Lab, other_lab: Lab) -> None:
    """With a third of all answers spoilt, and runs repeated until one goes through, the ledger is the same."""
    registry = lived(7, trials=6, releases=60)
    trials = visible(registry)[:4]
    with asking(registry, retries=2) as (client, server):
        backfill(other_lab, client, *trials)
        server.faults.at_random(0.33, seed=7)
        for _ in range(100):
            try:
                backfill(own_lab, client, *trials)
                break
            except (Transient, Blocked):
                continue
    assert [stored_events(other_lab, trial_id) for trial_id in trials] == [
        stored_events(own_lab, trial_id) for trial_id in trials
    ]


def test_what_came_before_a_block_is_stored(own_lab: Lab) -> None:
    """Blocked ends the run and says nothing about any trial; the next run goes on."""
    registry = there_and_back()
    with asking(registry) as (client, server):
        server.after_requests(4, lambda: server.faults.next(Fault.FORBIDDEN, count=20))
        with pytest.raises(Blocked):
            backfill(own_lab, client)
        assert [(0, 5), (1, 10)] == counts_of(own_lab)
        server.faults.stop()
        summary = backfill(own_lab, client)
    assert (2, 2) == (summary.versions, summary.held_before)
    assert [(0, 5), (1, 10), (2, 20), (3, 10), (None, 10)] == counts_of(own_lab)


def test_an_alias_is_followed_and_an_unknown_id_stops_nothing(own_lab: Lab) -> None:
    """The survivor's history is stored; the id that the registry does not have is told with the reason."""
    registry = world()
    registry.merge(TWO, into=ONE)
    registry.publish()
    with asking(registry) as (client, _):
        summary = backfill(own_lab, client, "NCT00009999", TWO, THREE, ONE)
    assert {TWO: ONE} == summary.aliases
    assert {"NCT00009999": "the registry has no trial NCT00009999; check the number"} == summary.absent
    assert (3, 2, 1) == (summary.trials, summary.versions, summary.held_before)
    assert 2 == len(own_lab.timeline(ONE))


def test_a_withheld_record_leaves_its_versions_alone(own_lab: Lab) -> None:
    """Of a stub nothing is recorded: the versions stay the newest that is known."""
    registry = world()
    registry.withhold(ONE)
    registry.publish()
    with asking(registry) as (client, _):
        backfill(own_lab, client)
    assert [0] == [one.registry_version for one in own_lab.timeline(ONE)]


def test_a_version_that_cannot_be_read_is_kept_and_stops_nothing(own_lab: Lab) -> None:
    """It goes to quarantine with its place, once; the others are stored."""
    with asking(there_and_back()) as (client, _):

        class Odd(Breaking):
            def history_version(self, trial_id: str, version: int) -> Json:
                found = super().history_version(trial_id, version)
                if version == 2:
                    found["protocolSection"]["statusModule"]["completionDateStruct"] = {"date": "2026-13-01"}
                return found

        summary = backfill(own_lab, Odd(client, left=100))
        backfill(own_lab, Odd(client, left=100))
    assert 1 == summary.rejected
    with own_lab.database.reading() as transaction:
        assert [f"{ONE}/history/2"] == [reject.file for reject in transaction.quarantine.list()]
        assert {0, 1, 2, 3} == versions_done(transaction, ONE)


def test_a_later_run_asks_only_for_what_is_new(own_lab: Lab) -> None:
    """Versions are marked one by one, also those that added no revision."""
    registry = there_and_back()
    with asking(registry) as (client, server):
        backfill(own_lab, client)
        registry.advance()
        registry.edit(ONE)
        registry.publish()
        server.requests.clear()
        summary = backfill(own_lab, client)
        assert [f"/api/int/studies/{ONE}/history/4"] == [
            request.path for request in server.requests if "/history/" in request.path
        ]
    assert (1, 4) == (summary.versions, summary.held_before)
    assert [(3, 10), (None, 10), (4, 10)] == counts_of(own_lab)[-3:]


def test_progress_tells_trial_and_versions(own_lab: Lab) -> None:
    """One report before the first version, and one after each."""
    reports: list[BackfillProgress] = []
    with asking(there_and_back()) as (client, _):
        backfiller(own_lab, client).run((ONE,), show=reports.append)
    assert [(held, 4, held) for held in range(5)] == [
        (report.versions_held, report.versions_count, report.stored) for report in reports
    ]
    assert {(ONE, 0, 1)} == {(report.trial_id, report.trials_done, report.trials_count) for report in reports}

"""Polls of a simulated registry: what each leg sees, what it leaves behind, and what it does not dare to say."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.contract.pipeline.lab import Lab
from tests.following import DAILY, Follower, following, kinds
from tests.unit.simulator.worlds import ONE, THREE, TWO, made_world, study, world
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.errors import InvalidInput
from tracker.domain.query import parse_query
from tracker.pipeline.polling.legs import NOTHING_NEW, Leg
from tracker.pipeline.polling.refresh import part_of, part_of_day, parts_due
from tracker.pipeline.releasing import release
from tracker.simulator import edits
from tracker.simulator.draft import PROTOCOL
from tracker.simulator.faults import OF_PAGES, Fault
from tracker.simulator.world import World
from tracker.views.watch_list import present_members

ORGANIZATION = f"{PROTOCOL}/identificationModule/organization/class"


@pytest.fixture
def dialect() -> str:
    """What the legs store is held to on both databases by the other modules of polls."""
    return "sqlite"


@pytest.fixture
def follower(own_lab: Lab) -> Iterator[Follower]:
    """A ledger that follows three fresh trials, each by its id."""
    with following(own_lab, world()) as made:
        made.track(ONE, TWO, THREE)
        made.poll()
        yield made


@pytest.fixture
def many(own_lab: Lab) -> Iterator[Follower]:
    """A ledger that follows a registry of 300 trials, in pages of 100."""
    with following(own_lab, made_world(300, seed=5), page_size=100) as made:
        made.track_all()
        made.poll()
        yield made


def types(follower: Follower, trial_id: str) -> list[str]:
    """What happened to a trial, but for the dates that every version moves."""
    moved = ("submission_date_changed", "post_date_changed", "verification_date_changed")
    told = [event.event.change.type.value for event in follower.lab.events(trial_id)]
    return sorted(one for one in told if one not in moved)


def next_day(registry: World) -> None:
    """Publish what was edited, a day later."""
    registry.advance()
    registry.publish()


def test_nothing_tracked_is_said(own_lab: Lab) -> None:
    """A poll without anything to follow says what to do."""
    with following(own_lab, world()) as follower, pytest.raises(InvalidInput, match="trialog track"):
        follower.poll()


def test_a_release_that_was_seen_is_not_asked_about_again(follower: Follower) -> None:
    """Every leg then asks for the release alone, and its run says so with nothing counted; another release is news."""
    before = len(follower.server.requests)
    runs = follower.poll()
    assert [(leg.value, True, NOTHING_NEW) for leg in Leg] == kinds(runs)
    assert {(1, None, 0, 0, 0, 0)} == {
        (run.requests, run.expected, run.fetched, run.unchanged, run.changed, run.events) for run in runs
    }
    assert ["/api/v2/version"] * 5 == [request.path for request in follower.server.requests[before:]]
    next_day(follower.world)
    assert [(leg.value, True, None) for leg in Leg] == kinds(follower.poll())
    with follower.lab.database.reading() as transaction:
        told = transaction.runs.list()
        assert (15, list(reversed(runs))) == (len(told), told[5:10])
        assert 10 == len(transaction.runs.list(without=NOTHING_NEW))


def test_what_is_tracked_since_is_asked_for_without_a_new_release(own_lab: Lab) -> None:
    """A trial and a query tracked anew are read at once; an imported trial that nobody tracks is not followed."""
    registry = world(study(ONE), study(TWO), study(THREE, conditionsModule={"conditions": ["Asthma"]}))
    with following(own_lab, registry) as follower:
        own_lab.see(study(TWO))
        follower.track(ONE)
        follower.poll()
        registry.edit(TWO, edits.enrollment(9))
        follower.track_query("asthma", parse_query("query.cond=asthma"))
        assert [True] * 5 == [run.reason or run.complete for run in follower.poll()]
        assert [NOTHING_NEW] * 5 == [run.reason for run in follower.poll()]
        next_day(registry)
        follower.poll()
        assert ["trial_first_observed"] == types(follower, THREE)
        assert 1 == len(own_lab.events(TWO))


def test_a_version_comes_by_the_delta_and_a_silent_change_of_the_row_by_the_sweep(follower: Follower) -> None:
    """What is in neither is left for the refresh, which reads all of it when it is told to."""
    follower.world.advance(20)
    follower.world.publish()
    follower.poll()
    follower.world.edit(ONE, edits.enrollment(9))
    follower.world.edit(TWO, edits.sponsor("Other"), silent=True)
    follower.world.edit(THREE, edits.derived_reference("1234567"), silent=True)
    next_day(follower.world)
    follower.poll(*DAILY)
    assert ["enrollment_changed", "enrollment_changed", "trial_first_observed"] == types(follower, ONE)
    assert ["lead_sponsor_changed", "trial_first_observed"] == types(follower, TWO)
    assert ["trial_first_observed"] == types(follower, THREE)
    follower.poll(Leg.REFRESH, force=True)
    assert ["reference_added", "trial_first_observed"] == types(follower, THREE)
    origins = {event.event.change.field: event.event.origin.value for event in follower.lab.events(TWO)[1:]}
    assert {"registry"} == set(origins.values())


def test_where_records_go_is_told_once(follower: Follower) -> None:
    """Withheld, merged and gone are each one event, whatever the order of the legs; and so is coming back."""
    follower.world.withhold(ONE)
    follower.world.merge(TWO, into=THREE)
    next_day(follower.world)
    for _ in range(2):
        follower.poll(Leg.MISSING, Leg.SWEEP, Leg.DELTA, force=True)
    assert ["record_withheld", "trial_first_observed"] == types(follower, ONE)
    assert ["record_merged", "trial_first_observed"] == types(follower, TWO)
    follower.world.remove(THREE)
    follower.world.restore(ONE)
    next_day(follower.world)
    follower.poll()
    assert ["record_reappeared", "record_withheld", "trial_first_observed"] == types(follower, ONE)
    assert "record_disappeared" in types(follower, THREE)


def test_403_is_never_taken_for_gone(follower: Follower) -> None:
    """A registry that blocks ends the poll, says so, and leaves nothing in the ledger."""
    follower.world.remove(ONE)
    next_day(follower.world)
    before = follower.lab.events_count()
    follower.server.faults.at_random(1.0, seed=1, kinds=(Fault.FORBIDDEN,))
    (run,) = follower.poll()
    assert (False, True) == (run.complete, "blocks this client" in (run.reason or ""))
    assert before == follower.lab.events_count()
    follower.server.faults.stop()
    assert all(run.complete for run in follower.poll())


@pytest.mark.parametrize("fault", sorted(OF_PAGES - {Fault.SHUFFLED_ROWS}))
def test_a_faulty_page_is_read_again_three_times_at_most(many: Follower, fault: Fault) -> None:
    """Rows skipped or doubled, or a wrong total: again; where it does not help the cursor stays for the next poll."""
    trial_id = many.world.trial_ids()[7]
    many.world.edit(trial_id, edits.sponsor("Other"), silent=True)
    next_day(many.world)
    many.server.faults.next(fault, count=1)
    (run,) = many.poll(Leg.SWEEP)
    assert (True, None) == (run.complete, run.reason)
    next_day(many.world)
    many.server.faults.at_random(1.0, seed=1, kinds=(fault,))
    (run,) = many.poll(Leg.SWEEP)
    assert not run.complete
    many.server.faults.stop()
    before = many.lab.events_count()
    (run,) = many.poll(Leg.SWEEP)
    assert (True, before) == (run.complete, many.lab.events_count())


def test_a_release_that_appears_meanwhile_is_read_anew(many: Follower) -> None:
    """The leg is done again on the new release, three times at most; the run names the last that it read."""
    next_day(many.world)
    many.server.after_requests(3, lambda: next_day(many.world))
    (run,) = many.poll(Leg.SWEEP)
    assert (True, many.world.release.timestamp) == (run.complete, run.release)

    def forever() -> None:
        next_day(many.world)
        many.server.after_requests(3, forever)

    next_day(many.world)
    many.server.after_requests(3, forever)
    (run,) = many.poll(Leg.SWEEP)
    assert not run.complete
    assert "the release moved" in (run.reason or "")


def test_a_mass_vanishing_is_held(many: Follower) -> None:
    """60 of 300 gone at once are no events; the rest of the run goes on; released, they are what they seemed to be."""
    for trial_id in many.world.trial_ids()[:60]:
        many.world.remove(trial_id)
    next_day(many.world)
    before = many.lab.events_count()
    runs = many.poll(*DAILY)
    assert [True] * 4 == [run.complete for run in runs]
    assert (60, before) == (runs[-1].held, many.lab.events_count())
    many.world.restore(gone := next(iter(many.world.hidden_ids())))
    next_day(many.world)
    assert 0 == sum(run.held for run in many.poll(*DAILY))
    done = release(many.lab.database, default_catalogue(), runs[-1].run_id, as_migration=False)
    assert (59, 1) == (done.released, done.nothing)
    assert "record_disappeared" not in types(many, gone)


def test_a_migration_is_held_and_the_rest_recorded(many: Follower) -> None:
    """One path that differs silently on 250 of 300 waits for a person; another trial's change does not."""
    trial_ids = many.world.trial_ids()
    many.world.migrate(ORGANIZATION, lambda _: "MIGRATED", trial_ids=trial_ids[:250])
    many.world.edit(trial_ids[-1], edits.derived_reference("1234567"), silent=True)
    next_day(many.world)
    (run,) = many.poll(Leg.REFRESH, force=True)
    assert (250, True) == (run.held, run.complete)
    assert "held" in (run.reason or "")
    assert "reference_added" in types(many, trial_ids[-1])
    assert "field_changed" not in types(many, trial_ids[0])
    next_day(many.world)
    (again,) = many.poll(Leg.REFRESH, force=True)
    assert 0 == again.held
    (small,) = many.poll(Leg.REFRESH)
    assert NOTHING_NEW == small.reason
    next_day(many.world)
    (small,) = many.poll(Leg.REFRESH)
    assert (0, True) == (small.held, small.fetched < 30)
    assert "field_changed" not in {one for trial_id in trial_ids[:250] for one in types(many, trial_id)}
    assert 250 == release(many.lab.database, default_catalogue(), run.run_id, as_migration=True).released
    event = many.lab.events(trial_ids[0])[-1].event
    assert ("administrative", True) == (event.change.significance.value, event.change.detail["migration"])


def test_members_of_a_query_enter_leave_and_come_back(own_lab: Lab) -> None:
    """One that left is read once more in full and followed no longer; one that is gone has not left."""
    registry = made_world(60, seed=3)
    name, query = "recruiting", parse_query("filter.overallStatus=RECRUITING")

    def members() -> frozenset[str]:
        with own_lab.database.reading() as transaction:
            return present_members(transaction.connection, name)

    with following(own_lab, registry) as follower:
        follower.track_query(name, query)
        follower.poll()
        first = members()
        leaves, goes = sorted(first)[:2]
        registry.edit(leaves, edits.status("COMPLETED"))
        registry.remove(goes)
        next_day(registry)
        follower.poll()
        assert first - {leaves} == members()
        assert "recruitment_status_changed" in types(follower, leaves)
        assert ["record_disappeared", "trial_first_observed"] == types(follower, goes)
        registry.edit(leaves, edits.enrollment(7))
        next_day(registry)
        follower.poll(force=True)
        assert "enrollment_changed" not in types(follower, leaves)
        registry.edit(leaves, edits.status("RECRUITING"))
        next_day(registry)
        follower.poll()
        assert first == members()
        assert "enrollment_changed" in types(follower, leaves)
        assert own_lab.verify().ok


def test_a_refused_query_does_not_stop_the_others(follower: Follower) -> None:
    """The leg says which part the registry refused; what else is tracked is read."""
    follower.track_query("bad", parse_query("filter.advanced=AREA[Bogus]x"))
    follower.world.edit(ONE, edits.sponsor("Other"), silent=True)
    next_day(follower.world)
    (run,) = follower.poll(Leg.SWEEP)
    assert (False, True) == (run.complete, "query bad" in (run.reason or ""))
    assert "lead_sponsor_changed" in types(follower, ONE)


def test_who_is_due_is_asked_by_id(own_lab: Lab) -> None:
    """The flip to UNKNOWN is confirmed without a sweep; who does not show it yet is asked again with each release."""
    fresh = study(ONE, statusModule={"statusVerifiedDate": "2024-01", "completionDateStruct": {"date": "2026-01-20"}})
    registry = world(fresh, study(TWO))
    with following(own_lab, registry) as follower:
        follower.track(ONE, TWO)
        follower.poll()
        registry.set_today(date(2026, 1, 31))
        registry.publish()
        assert 0 == follower.poll(Leg.DUE)[0].events
        registry.set_today(date(2026, 2, 1))
        registry.publish()
        (run,) = follower.poll(Leg.DUE)
        assert (1, 1, 3) == (run.expected, run.fetched, run.requests)
        assert "recruitment_status_changed" in types(follower, ONE)
        assert (True, NOTHING_NEW) == (run.complete, follower.poll(Leg.DUE)[0].reason)


def test_every_part_is_refreshed_within_thirty_days() -> None:
    """Whatever days have a release; with none for a month, everything is due at once."""
    through = date(2026, 1, 2)
    seen: set[int] = set()
    for day in range(5, 32):
        today = date(2026, 1, day)
        if today.weekday() < 5:
            seen |= parts_due({"through": through.isoformat()}, today, is_forced=False)
            through = today
    assert {part_of_day(date(2026, 1, day)) for day in range(3, 31)} <= seen
    assert 30 == len(parts_due({"through": "2026-01-01"}, date(2026, 3, 1), is_forced=False))
    assert {part_of_day(date(2026, 1, 5))} == parts_due(None, date(2026, 1, 5), is_forced=False)
    assert {part_of_day(date(2026, 1, 5))} == parts_due({"through": "2026-01-05"}, date(2026, 1, 5), is_forced=False)
    assert set(range(30)) == {part_of(f"NCT{number:08d}") for number in range(100)}


def test_a_record_that_cannot_be_read_is_kept_and_stops_nothing(follower: Follower) -> None:
    """The quarantine has it, the run counts it, the others are recorded."""
    follower.world.edit(ONE, edits.value(f"{PROTOCOL}/statusModule/completionDateStruct/date", "2026-02-31"))
    follower.world.edit(TWO, edits.enrollment(9))
    next_day(follower.world)
    (run,) = follower.poll(Leg.DELTA)
    assert (1, True) == (run.rejected, run.complete)
    assert "enrollment_changed" in types(follower, TWO)


def test_a_delta_of_seven_full_pages_costs_twelve_requests_at_most(own_lab: Lab) -> None:
    """Seven pages, the odd empty one behind a full last page, and the release before and after."""
    with following(own_lab, made_world(140, seed=2), page_size=20) as follower:
        follower.track_all()
        (run,) = follower.poll(Leg.DELTA)
        assert (140, True) == (run.fetched, run.requests <= 12)


def test_two_thousand_tracked_ids_cost_ten_requests_a_leg_at_most(own_lab: Lab) -> None:
    """First reading, a usual day with some changes, and the leg that looks for the missing."""
    registry = made_world(2000, seed=4)
    with following(own_lab, registry, page_size=1000) as follower:
        follower.track(*registry.trial_ids())
        first = follower.poll()
        for trial_id in registry.trial_ids()[::100]:
            registry.edit(trial_id, edits.enrollment(5))
        registry.remove(registry.trial_ids()[0])
        next_day(registry)
        second = follower.poll()
        assert [] == [(run.leg, run.requests) for run in (*first, *second) if run.requests > 10]


def test_a_row_that_a_list_of_ids_lacks_is_asked_for_again(follower: Follower) -> None:
    """Of short rows and of whole records: what the sweep should have seen is there after it."""
    for trial_id in (ONE, TWO):
        follower.world.edit(trial_id, edits.sponsor("Other"), silent=True)
    next_day(follower.world)
    follower.server.faults.next(Fault.SKIPPED_ROW, count=2)
    (run,) = follower.poll(Leg.SWEEP)
    assert (True, 2) == (run.complete, run.changed)
    assert 2 == sum(request.fault is Fault.SKIPPED_ROW for request in follower.server.requests)

"""The numbers of a run tell one story, however often it read; and the leg for the missing asks for few."""

from collections.abc import Iterator

import pytest

from store.runs import Run
from tests.contract.pipeline.lab import Lab
from tests.following import Follower, following
from tests.unit.simulator.worlds import made_world
from tracker.domain.query import parse_query
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.polling.work import Progress
from tracker.simulator import edits
from tracker.simulator.draft import PROTOCOL
from tracker.simulator.faults import Fault
from tracker.simulator.world import World

TRIALS, TRACKED = 60, 2000
GONE, MERGED, VANISHING, WAVE = 50, 30, 7, 10
MOST_REQUESTS = 10


@pytest.fixture
def follower(own_lab: Lab) -> Iterator[Follower]:
    """A ledger that follows a registry of 60 trials, in pages of 20."""
    with following(own_lab, made_world(TRIALS, seed=5), page_size=20) as made:
        made.track_all()
        made.poll()
        yield made


def next_day(registry: World) -> None:
    """Publish what was edited, a day later."""
    registry.advance()
    registry.publish()


def counted(run: Run) -> tuple[int | None, int, int, int]:
    """What was expected and came, and what of it was as before or not."""
    return run.expected, run.fetched, run.unchanged, run.changed


def test_a_leg_that_was_read_twice_counts_each_record_once(follower: Follower) -> None:
    """After a page with a doubled row, and after a release that appeared meanwhile; requests are those of both."""
    first, second, third = follower.world.trial_ids()[:3]
    follower.world.edit(first, edits.sponsor("Other"), silent=True)
    follower.world.edit(second, edits.enrollment(6))
    next_day(follower.world)
    follower.server.faults.next(Fault.DUPLICATED_ROW, count=1)
    (run,) = follower.poll(Leg.SWEEP)
    assert ((TRIALS, TRIALS, TRIALS - 2, 2), True) == (counted(run), run.complete)
    assert run.requests >= 2 * TRIALS // 20
    follower.world.edit(second, edits.enrollment(7))
    next_day(follower.world)
    follower.world.edit(third, edits.enrollment(8))
    follower.server.after_requests(5, lambda: next_day(follower.world))
    (run,) = follower.poll(Leg.REFRESH, force=True)
    assert ((TRIALS, TRIALS, TRIALS - 2, 2), True) == (counted(run), run.complete)


def test_a_leg_that_was_interrupted_says_how_far_it_came(follower: Follower) -> None:
    """The records that came before, though nobody will make more of them."""
    next_day(follower.world)

    def interrupt(progress: Progress) -> None:
        if progress.pages == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follower.poller.poll([Leg.SWEEP], show=interrupt)
    with follower.lab.database.reading() as transaction:
        (run,) = transaction.runs.list(1)
    assert (TRIALS, 40, "interrupted") == (run.expected, run.fetched, run.reason)


def test_a_record_that_is_refused_in_each_attempt_counts_once(follower: Follower) -> None:
    """It came, and is neither changed nor as before."""
    first = follower.world.trial_ids()[0]
    follower.world.edit(first, edits.value(f"{PROTOCOL}/statusModule/completionDateStruct/date", "2026-02-31"))
    next_day(follower.world)
    follower.server.faults.next(Fault.DUPLICATED_ROW, count=1)
    (run,) = follower.poll(Leg.REFRESH, force=True)
    assert (1, TRIALS, TRIALS - 1, 0) == (run.rejected, run.fetched, run.unchanged, run.changed)


def test_what_is_held_is_neither_changed_nor_as_before(own_lab: Lab) -> None:
    """The three add up to what came."""
    with following(own_lab, made_world(300, seed=5), page_size=100) as follower:
        follower.track_all()
        follower.poll()
        place = f"{PROTOCOL}/identificationModule/organization/class"
        follower.world.migrate(place, lambda _: "MIGRATED", trial_ids=follower.world.trial_ids()[:250])
        next_day(follower.world)
        (run,) = follower.poll(Leg.REFRESH, force=True)
        assert (300, 250, 50, 0) == (run.fetched, run.held, run.unchanged, run.changed)


def test_a_trial_of_two_queries_counts_in_each(own_lab: Lab) -> None:
    """As it is expected in each."""
    with following(own_lab, made_world(TRIALS, seed=5)) as follower:
        for name in ("one", "two"):
            follower.track_query(name, parse_query("filter.overallStatus=RECRUITING"))
        for leg in (Leg.DELTA, Leg.SWEEP):
            (run,) = follower.poll(leg)
            assert (True, run.expected) == (run.complete, run.fetched)


def test_known_absences_cost_no_request_of_their_own(own_lab: Lab) -> None:
    """Of 2,000 ids 50 are gone and 30 merged: ten requests a leg at most; when k vanish at once, k more, that day."""
    registry = made_world(TRACKED, seed=4)
    ids = registry.trial_ids()
    with following(own_lab, registry, page_size=1000) as follower:
        follower.track(*ids)
        follower.poll()
        for at in range(0, GONE + MERGED, WAVE):  # each too small to be held as an accident
            for trial_id in ids[at : at + WAVE]:
                if at < GONE:
                    registry.remove(trial_id)
                else:
                    registry.merge(trial_id, into=ids[-1])
            next_day(registry)
            follower.poll(Leg.MISSING)
        for vanishing in (0, VANISHING, 0):
            for trial_id in registry.trial_ids()[:vanishing]:
                registry.remove(trial_id)
            for trial_id in registry.trial_ids()[-1500::100]:
                registry.edit(trial_id, edits.enrollment(5))
            next_day(registry)
            assert too_many(follower.poll(force=True), MOST_REQUESTS + vanishing) == []
            assert too_many(follower.poll(Leg.MISSING, force=True), MOST_REQUESTS) == []
        told = [event for _, _, event, *_ in follower.told()]
        assert (GONE + VANISHING, MERGED) == (told.count("record_disappeared"), told.count("record_merged"))


def test_one_that_was_merged_is_told_by_the_list(own_lab: Lab) -> None:
    """The leg for the missing alone, three lists in one: nothing but the release and the list is asked for."""
    registry = made_world(TRIALS, seed=5)
    ids = registry.trial_ids()
    with following(own_lab, registry) as follower:
        follower.track(*ids)
        follower.poll()
        registry.merge(ids[0], into=ids[1])
        registry.withhold(ids[2])
        next_day(registry)
        before = len(follower.server.requests)
        (run,) = follower.poll(Leg.MISSING)
        asked = [request.path.rpartition("/")[2] for request in follower.server.requests[before:]]
        assert (True, {"version", "studies"}) == (run.complete, set(asked))
        assert {"record_merged", "record_withheld"} <= {event for _, _, event, *_ in follower.told()}
        assert (TRIALS, TRIALS) == (run.expected, run.fetched)


def too_many(runs: list[Run], most: int) -> list[tuple[str, int]]:
    """The legs that asked too often, or are not complete."""
    return [(run.leg, run.requests) for run in runs if run.requests > most or not run.complete]

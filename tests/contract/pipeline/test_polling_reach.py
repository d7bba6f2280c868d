"""What a poll of ids, of a query's members and of trials known from imports must not pass over, nor say twice."""

from tests.contract.pipeline.lab import Lab
from tests.following import following
from tests.unit.simulator.worlds import ONE, TWO, made_world, study, world
from tracker.domain.query import parse_query
from tracker.pipeline.polling.legs import Leg
from tracker.simulator import edits
from tracker.simulator.world import World
from tracker.views.watch_list import present_members


def next_day(registry: World) -> None:
    """Publish what was edited, a day later."""
    registry.advance()
    registry.publish()


def test_a_second_version_of_a_day_is_seen_by_the_delta_of_ids(own_lab: Lab) -> None:
    """Its short row is that of the first: for seven days a trial that has a new version is read in full."""
    with following(own_lab, world()) as follower:
        follower.track(ONE, TWO)
        follower.poll(Leg.DELTA)
        next_day(follower.world)
        for count in (501, 777):
            follower.world.edit(ONE, edits.enrollment(count))
            follower.world.publish()
            follower.poll(Leg.DELTA)
        assert {"501", "777"} <= {new for _, _, _, _, new, _ in follower.told()}
        follower.world.advance(8)
        follower.world.publish()
        follower.poll(Leg.DELTA)
        follower.world.advance(1)
        follower.world.publish()
        (run,) = follower.poll(Leg.DELTA)
        assert 3 == run.requests


def test_a_withheld_member_has_not_left(own_lab: Lab) -> None:
    """Whichever leg comes first: only that it is withheld is told, and later that it is back."""
    registry = made_world(40, seed=2)
    with following(own_lab, registry, page_size=1000) as follower:
        follower.track_query("recruiting", parse_query("filter.overallStatus=RECRUITING"))
        follower.poll()
        with own_lab.database.reading() as transaction:
            members = present_members(transaction.connection, "recruiting")
        for legs, trial_id in zip(((Leg.SWEEP,), (Leg.MISSING, Leg.SWEEP)), sorted(members), strict=False):
            registry.withhold(trial_id)
            next_day(registry)
            follower.poll(*legs)
            with own_lab.database.reading() as transaction:
                assert members == present_members(transaction.connection, "recruiting")
            assert "record_withheld" == own_lab.events(trial_id)[-1].event.change.type.value


def test_what_was_imported_is_looked_for_once_everything_is_tracked(own_lab: Lab) -> None:
    """Without a new release: the leg that looks for the missing has not seen this scope."""
    with following(own_lab, world()) as follower:
        own_lab.see(study(TWO))
        follower.track(ONE)
        follower.world.remove(TWO)
        next_day(follower.world)
        follower.poll()
        follower.track_all()
        follower.poll()
        assert "record_disappeared" == own_lab.events(TWO)[-1].event.change.type.value


def test_trials_that_were_never_seen_are_read_together(own_lab: Lab) -> None:
    """Though the leg that looks for the missing comes first: ten requests at most, as any leg."""
    registry = made_world(600, seed=3)
    with following(own_lab, registry, page_size=1000) as follower:
        follower.track(*registry.trial_ids())
        (run,) = follower.poll(Leg.MISSING)
        assert (True, 600, True) == (run.complete, run.changed, run.requests <= 10)


def test_a_member_that_is_back_without_answering_its_query_has_left(own_lab: Lab) -> None:
    """With the release that shows it so, not with the next: the sweep looks where the hidden members are."""
    registry = made_world(40, seed=2)
    with following(own_lab, registry, page_size=1000) as follower:
        follower.track_query("recruiting", parse_query("filter.overallStatus=RECRUITING"))
        follower.poll()
        with own_lab.database.reading() as transaction:
            member = min(present_members(transaction.connection, "recruiting"))
        for hide in (registry.withhold, registry.remove):
            hide(member)
            next_day(registry)
            follower.poll()
            registry.restore(member)
            registry.edit(member, edits.status("TERMINATED"))
            next_day(registry)
            follower.poll()
            last = own_lab.events(member)[-1].event.revision
            told = ("recruiting", member, str(registry.release.data_on), "member_left")
            assert (1, registry.release.data_on) == (follower.told_of_members()[told], last.data_on)
            registry.edit(member, edits.status("RECRUITING"))
            next_day(registry)
            follower.poll()

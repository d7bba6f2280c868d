"""What a reading that was not complete leaves behind: nothing that a complete one would judge differently."""

from tests.contract.pipeline.lab import Lab
from tests.following import following
from tests.unit.simulator.worlds import made_world
from tracker.pipeline.polling.legs import Leg
from tracker.simulator import edits
from tracker.simulator.draft import PROTOCOL
from tracker.simulator.faults import Fault

TITLE = f"{PROTOCOL}/identificationModule/briefTitle"


def test_a_refresh_that_lacked_a_row_is_done_again(own_lab: Lab) -> None:
    """Its cursor stays where it was until everything has come: within the poll, and for the next one."""
    registry = made_world(60, seed=1)
    with following(own_lab, registry, page_size=1000) as follower:
        follower.track_all()
        follower.poll()
        for lacking, complete in ((1, True), (3, False)):
            for trial_id in registry.trial_ids():
                registry.edit(trial_id, edits.derived_reference(f"99{lacking}"), silent=True)
            registry.advance(40)
            registry.publish()
            follower.server.faults.next(Fault.SKIPPED_ROW, count=lacking)
            (run,) = follower.poll(Leg.REFRESH)
            assert complete == run.complete
            follower.poll(Leg.REFRESH)
            assert 60 == sum(f'"99{lacking}"' in new for _, _, _, _, new, _ in follower.told().elements())


def test_a_migration_is_not_judged_by_a_reading_that_was_broken_off(own_lab: Lab) -> None:
    """Too few of its records came to make it suspicious: nothing is recorded of them, and later all of it is held."""
    registry = made_world(300, seed=3)
    with following(own_lab, registry, page_size=100) as follower:
        follower.track_all()
        follower.poll()
        registry.migrate(TITLE, lambda title: f"{title} (moved)", trial_ids=registry.trial_ids()[:250])
        registry.edit(registry.trial_ids()[-1], edits.derived_reference("1234567"), silent=True)
        registry.advance()
        registry.publish()
        before = own_lab.events_count()
        follower.server.after_requests(2, lambda: follower.server.faults.next(Fault.SERVER_ERROR, count=7))
        (run,) = follower.poll(Leg.REFRESH, force=True)
        assert (False, 0, before) == (run.complete, run.held, own_lab.events_count())
        (run,) = follower.poll(Leg.REFRESH, force=True)
        assert (True, 250, before + 1) == (run.complete, run.held, own_lab.events_count())

"""What a reading that was not complete leaves behind: nothing that a complete one would judge differently."""

from tests.contract.pipeline.lab import Lab
from tests.following import following
from tests.unit.simulator.worlds import made_world
from tracker.pipeline.polling.legs import Leg
from tracker.simulator import edits
from tracker.simulator.faults import Fault


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
            assert 60 == sum(f'"99{lacking}"' in new for _, _, _, new, _ in follower.told().elements())

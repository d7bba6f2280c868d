"""What a tracker must have seen of trials that were hidden for a while."""

from tests.unit.simulator.worlds import ONE, TWO, study, told, world
from tracker.simulator import edits
from tracker.simulator.net_changes import Leg
from tracker.simulator.sightings import seen_changes

DAILY = (Leg.DELTA, Leg.SWEEP, Leg.DUE, Leg.MISSING)


def test_a_change_that_nobody_saw_before_the_trial_was_hidden_comes_with_it() -> None:
    """A silent reference is in no row; withheld, the trial is not read; back, it is read whole and tells it."""
    registry = world()
    registry.advance(10)
    registry.edit(TWO)  # so that what was posted ten days ago is not read again
    registry.publish()
    registry.edit(ONE, edits.derived_reference("1234567"), silent=True)
    registry.publish()
    registry.withhold(ONE)
    registry.publish()
    registry.restore(ONE)
    registry.publish()
    assert [(3, "record_withheld"), (4, "record_reappeared"), (4, "reference_added")] == [
        (release, str(change.type)) for release, change in seen_changes(registry, range(5), DAILY) if release > 1
    ]


def test_a_trial_that_was_hidden_before_it_was_ever_shown_is_new_when_it_comes() -> None:
    """It reappears to nobody: it is seen for the first time."""
    registry = world()
    registry.add(study("NCT00000009"))
    registry.withhold("NCT00000009")
    registry.publish()
    registry.restore("NCT00000009")
    registry.publish()
    assert [("trial_first_observed", "", None, None)] == told(registry.net_changes(1, 2))

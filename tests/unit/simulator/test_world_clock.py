"""The time in a made world: where it stands, how it passes, and that it never goes back."""

from datetime import UTC, datetime, timedelta

from tests.unit.simulator.worlds import FIRST_DAY, study
from tracker.simulator.world import World
from tracker.simulator.world_clock import WorldClock


class Passing:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def __call__(self) -> float:
        return self.at_s


def test_it_runs_on_by_itself() -> None:
    """It tells where it was put, and what has passed since."""
    passing = Passing()
    clock = WorldClock(FIRST_DAY, monotonic=passing)
    assert FIRST_DAY == clock.now()
    passing.at_s += 90.5
    assert FIRST_DAY + timedelta(seconds=90.5) == clock.now()


def test_it_is_moved_forward_and_never_back() -> None:
    """A move to what is past leaves it where it is; time passes from there."""
    passing = Passing()
    clock = WorldClock(FIRST_DAY, monotonic=passing)
    clock.move_to(FIRST_DAY + timedelta(days=1))
    passing.at_s += 7200
    clock.move_to(FIRST_DAY + timedelta(days=1, hours=1))
    assert FIRST_DAY + timedelta(days=1, hours=2) == clock.now()
    passing.at_s += 1
    assert FIRST_DAY + timedelta(days=1, hours=2, seconds=1) == clock.now()


def test_a_world_begins_with_its_first_release_and_follows_days_and_releases() -> None:
    """A day begins at midnight (UTC), and a release is of nine and five seconds; none is seen before its time."""
    passing = Passing()
    world = World([study()], data_time=FIRST_DAY, monotonic=passing)
    assert FIRST_DAY == world.clock.now()
    world.advance()
    assert datetime(2026, 1, 13, tzinfo=UTC) == world.clock.now()
    world.publish()
    assert world.release.data_time == world.clock.now() == datetime(2026, 1, 13, 9, 0, 5, tzinfo=UTC)


def test_a_release_of_a_day_that_is_over_does_not_turn_time_back() -> None:
    """Where more passed by itself than the world moved on, the clock stays where it is."""
    passing = Passing()
    world = World([study()], data_time=FIRST_DAY, monotonic=passing)
    passing.at_s += 3 * 86_400
    world.advance()
    world.publish()
    assert FIRST_DAY + timedelta(days=3) == world.clock.now()

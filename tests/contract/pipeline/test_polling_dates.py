"""Where a record is bears the date of the release that shows it so, though the release moves while a poll reads."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.contract.pipeline.lab import Lab
from tests.following import following
from tests.unit.simulator.worlds import made_world
from tracker.pipeline.polling.legs import Leg
from tracker.simulator.world import World


@pytest.fixture
def dialect() -> str:
    """One database is enough: which release an answer is of is decided before anything is stored."""
    return "sqlite"


def next_day(registry: World) -> None:
    """Publish what was edited, a day later."""
    registry.advance()
    registry.publish()


def hiding(registry: World, hide: Callable[[World, str], None], trial_id: str) -> Callable[[], None]:
    """A release in which a trial is hidden."""

    def act() -> None:
        hide(registry, trial_id)
        next_day(registry)

    return act


def moved_on(lab: Lab, trial_id: str) -> date | None:
    """The data date of the one move that was recorded of a trial."""
    (moved,) = (one.event for one in lab.events(trial_id) if one.event.change.field == "whereabouts")
    return moved.revision.data_on


def test_a_stub_is_dated_by_the_release_that_shows_it(own_lab: Lab) -> None:
    """Not by the one that the sweep began with, where the trial was withheld between two pages."""
    registry = made_world(60, seed=4)
    with following(own_lab, registry, page_size=20) as follower:
        follower.track_all()
        follower.poll()
        next_day(registry)
        last = registry.trial_ids()[0]
        follower.server.after_requests(3, hiding(registry, World.withhold, last))
        follower.poll(Leg.SWEEP)
        assert registry.release.data_on == moved_on(own_lab, last)


@pytest.mark.parametrize("hide", (World.withhold, World.remove), ids=("withheld", "removed"))
def test_a_move_is_dated_by_the_release_that_shows_it(own_lab: Lab, hide: Callable[[World, str], None]) -> None:
    """Not by the one that the leg began with: an answer that a trial is gone bears no date."""
    registry = made_world(30, seed=4)
    with following(own_lab, registry) as follower:
        follower.track(*registry.trial_ids()[:5])
        follower.poll()
        next_day(registry)
        hidden = registry.trial_ids()[0]
        follower.server.after_requests(1, hiding(registry, hide, hidden))
        follower.poll(Leg.MISSING)
        assert registry.release.data_on == moved_on(own_lab, hidden)


def test_the_missing_leg_sees_by_itself_who_is_withheld(own_lab: Lab) -> None:
    """Where no sweep has seen the release, its own list tells a stub from a record."""
    registry = made_world(30, seed=4)
    with following(own_lab, registry) as follower:
        follower.track_all()
        follower.poll()
        withheld = registry.trial_ids()[3]
        registry.withhold(withheld)
        next_day(registry)
        follower.poll(Leg.MISSING)
        assert "record_withheld" == own_lab.events(withheld)[-1].event.change.type.value

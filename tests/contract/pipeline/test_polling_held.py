"""What is held stays held until a person releases it or it goes back, whichever leg meets it again."""

from collections import Counter

from tests.contract.pipeline.lab import Lab
from tests.following import DAILY, Follower, following
from tests.unit.simulator.worlds import made_world
from tracker.diffing.catalogue import default_catalogue
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.releasing import release
from tracker.simulator import edits
from tracker.simulator.draft import PROTOCOL
from tracker.simulator.world import World

TITLE = f"{PROTOCOL}/identificationModule/briefTitle"


def next_day(registry: World) -> None:
    """Publish what was edited, a day later."""
    registry.advance()
    registry.publish()


def news(follower: Follower) -> Counter[str]:
    """What happened since the first sights, by type."""
    told = Counter(one[2] for one in follower.told().elements())
    del told["trial_first_observed"]
    return told


def test_a_held_change_does_not_come_in_by_another_leg(own_lab: Lab) -> None:
    """A few of its records are read again for another change: they wait too, and are released in their order."""
    registry = made_world(300, seed=7)
    with following(own_lab, registry, page_size=1000) as follower:
        follower.track_all()
        follower.poll()
        registry.migrate(TITLE, lambda title: f"{title} (moved)")
        next_day(registry)
        (first,) = follower.poll(Leg.REFRESH, force=True)
        for trial_id in registry.trial_ids()[:10]:
            registry.edit(trial_id, edits.sponsor("Renamed"), silent=True)
        next_day(registry)
        second = follower.poll(*DAILY, force=True)[1]
        assert (300, 10) == (first.held, second.held)
        assert not news(follower)
        assert 0 == sum(run.held for run in follower.poll(*DAILY, force=True))
        for run, type_ in ((first, "title_changed"), (second, "lead_sponsor_changed")):
            done = release(own_lab.database, default_catalogue(), run.run_id, as_migration=False)
            assert run.held == done.released == news(follower)[type_]
        follower.poll(force=True)
        assert 310 == news(follower).total()


def test_a_held_vanishing_does_not_come_in_by_another_poll(own_lab: Lab) -> None:
    """When some of the many are back, the others still wait; one that goes by itself meanwhile is told."""
    registry = made_world(300, seed=5)
    with following(own_lab, registry, page_size=1000) as follower:
        follower.track_all()
        follower.poll()
        gone, alone = registry.trial_ids()[:60], registry.trial_ids()[-1]
        for trial_id in gone:
            registry.remove(trial_id)
        next_day(registry)
        held = follower.poll(*DAILY)[-1]
        for trial_id in gone[:30]:
            registry.restore(trial_id)
        registry.remove(alone)
        next_day(registry)
        assert 0 == sum(run.held for run in follower.poll())
        assert {"record_disappeared": 1} == news(follower)
        done = release(own_lab.database, default_catalogue(), held.run_id, as_migration=False)
        assert (30, 30) == (done.released, done.nothing)
        registry.remove(gone[0])
        next_day(registry)
        follower.poll()
        assert {"record_disappeared": 32} == news(follower)

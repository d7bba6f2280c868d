"""Whatever a registry does and whatever goes wrong on the way, the ledger says what truly changed, and no more."""

from pathlib import Path

import pytest

from tests.contract.pipeline.lab import Lab
from tests.following import expected, firsts, following
from tests.unit.simulator.worlds import made_world
from tracker.pipeline.polling.legs import Leg
from tracker.simulator.evolution import Evolution
from tracker.simulator.net_changes import Leg as SeenBy
from tracker.simulator.sightings import seen_changes

FOUR = (Leg.DELTA, Leg.SWEEP, Leg.DUE, Leg.MISSING)


def check(path: Path, *, seed: int, trials: int, releases: int, legs: tuple[Leg, ...], fault_rate: float) -> None:
    """Follow a random life release by release, and compare with the simulator's own list."""
    print(f"seed {seed}: {trials} trials, {releases} releases, {', '.join(legs)}, faults {fault_rate}")  # noqa: T201
    world = made_world(trials, seed=seed)
    lab = Lab.open(f"sqlite:///{path / 'ledger.db'}")
    with following(lab, world) as follower:
        follower.track_all()
        follower.server.faults.at_random(fault_rate, seed=seed)
        first = firsts(world)
        numbers = [world.release.number]
        follower.poll_until_complete(*legs)
        evolution = Evolution(world, seed=seed)
        for _ in range(releases):
            numbers.append(evolution.step().number)
            follower.poll_until_complete(*legs, force=Leg.REFRESH in legs)
        seen = seen_changes(world, numbers, [SeenBy(leg.value) for leg in legs])
        wanted, found = first + expected(change for _, change in seen), follower.told()
        missed, invented = sorted(wanted - found), sorted(found - wanted)
        assert ([], []) == (missed, invented), f"seed {seed}: missed {missed[:9]}, invented {invented[:9]}"
        report = lab.verify()
        assert (True, None) == (report.ok, report.reason)
    lab.close()


@pytest.mark.parametrize("seed", (1, 2))
@pytest.mark.parametrize("legs", (FOUR, tuple(Leg)), ids=("daily legs", "with refresh"))
@pytest.mark.parametrize("fault_rate", (0.0, 0.05))
def test_the_ledger_says_what_truly_changed(
    tmp_path: Path, seed: int, legs: tuple[Leg, ...], fault_rate: float
) -> None:
    """Exactly the net changes between the releases that were polled, for all that the legs can see."""
    check(tmp_path, seed=seed, trials=150, releases=8, legs=legs, fault_rate=fault_rate)

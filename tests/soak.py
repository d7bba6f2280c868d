"""Follows a random life of a registry by real polls while everything goes wrong, and compares with the truth.

``python -m tests.soak`` (``make soak``) does so at full size and prints a line for each life; ``tests/properties``
does so with a small registry. ``docs/campaigns.md`` keeps what came of the large ones.
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

import structlog

from tests.contract.pipeline.lab import Lab
from tests.following import DAILY, Told, expected, firsts, following
from tests.unit.simulator.worlds import made_world
from tracker.pipeline.polling.legs import Leg
from tracker.simulator.evolution import Evolution
from tracker.simulator.net_changes import Leg as SeenBy
from tracker.simulator.sightings import seen_changes

_QUIET = 50  # above every level: what goes wrong is what is wanted here


def follow_a_life(
    url: str,
    *,
    seed: int,
    trials: int,
    releases: int,
    legs: tuple[Leg, ...],
    fault_rate: float,
    page_size: int = 50,
) -> Counter[Told]:
    """Poll after each release until every leg is complete; answers what the ledger says, which must be the truth.

    Raises AssertionError, naming the seed, where the ledger missed or invented anything, or does not verify.
    """
    print(f"seed {seed}: {trials} trials, {releases} releases, {', '.join(legs)}, faults {fault_rate}")  # noqa: T201
    world = made_world(trials, seed=seed)
    lab = Lab.open(url)
    with following(lab, world, page_size=page_size) as follower:
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
        wanted, found = first + expected(world, seen), follower.told()
        missed, invented = sorted(wanted - found), sorted(found - wanted)
        assert ([], []) == (missed, invented), f"seed {seed}: missed {missed[:9]}, invented {invented[:9]}"
        report = lab.verify()
        assert (True, None) == (report.ok, report.reason)
    lab.close()
    return found


def main() -> None:
    """Follow lives of the size and with the seeds that are asked for, without and with a forced refresh."""
    parser = argparse.ArgumentParser(description="Follow random lives of a simulated registry.")
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--releases", type=int, default=60)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--faults", type=float, default=0.03, help="share of the requests that something befalls")
    parser.add_argument("--page-size", type=int, default=200)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_QUIET))
    for seed in given.seeds:
        for legs in (DAILY, tuple(Leg)):
            started_s = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                found = follow_a_life(
                    f"sqlite:///{Path(folder) / 'ledger.db'}",
                    seed=seed,
                    trials=given.trials,
                    releases=given.releases,
                    legs=legs,
                    fault_rate=given.faults,
                    page_size=given.page_size,
                )
            print(f"  equal: {found.total():,} events, {time.monotonic() - started_s:,.0f} s", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()

"""Whatever a registry does and whatever goes wrong on the way, the ledger says what truly changed, and no more.

The lives are small here; ``make soak`` follows large ones.
"""

from pathlib import Path

import pytest

from tests.following import DAILY
from tests.lives import Kind, Life, follow
from tracker.pipeline.polling.legs import Leg

ALL = tuple(Leg)
by_legs = pytest.mark.parametrize("legs", (DAILY, ALL), ids=("daily legs", "with refresh"))


def in_folder(folder: Path) -> str:
    """The address of a new ledger."""
    return f"sqlite:///{folder / 'ledger.db'}"


@pytest.mark.parametrize("seed", (1, 2))
@by_legs
def test_the_ledger_says_what_truly_changed(tmp_path: Path, seed: int, legs: tuple[Leg, ...]) -> None:
    """Exactly the net changes between the releases that were polled, for all that the legs can see."""
    life = Life(kind=Kind.REGISTRY, seed=seed, trials=150, releases=8, legs=legs, fault_rate=0.05)
    assert follow(life, in_folder(tmp_path)).events > life.trials


@by_legs
def test_tracked_queries_and_ids_are_followed(tmp_path: Path, legs: tuple[Leg, ...]) -> None:
    """Exactly what changed of the trials in scope while they were, and who entered, left and came back."""
    life = Life(kind=Kind.SCOPE, seed=3, trials=100, releases=6, legs=legs, fault_rate=0.05)
    assert follow(life, in_folder(tmp_path)).members > 0


@by_legs
def test_releases_that_appear_while_a_poll_reads(tmp_path: Path, legs: tuple[Leg, ...]) -> None:
    """Each step is the registry's own between the releases it names, and a complete leg leaves nothing behind."""
    life = Life(kind=Kind.MOVING, seed=11, trials=100, releases=8, legs=legs, page_size=20)
    assert follow(life, in_folder(tmp_path)).events > life.trials


def test_migrations_and_vanishings_are_held_and_released(tmp_path: Path) -> None:
    """Released before the next poll, they are exactly what the registry changed."""
    life = Life(kind=Kind.ACCIDENTS, seed=4, trials=240, releases=4, legs=ALL)
    assert follow(life, in_folder(tmp_path)).held > 200


def test_migrations_that_are_released_late(tmp_path: Path) -> None:
    """Whatever changes meanwhile, nothing of them is lost: in the end the ledger is as the registry."""
    life = Life(kind=Kind.LATE, seed=1, trials=230, releases=3, legs=ALL)
    assert follow(life, in_folder(tmp_path)).held > 200

"""Whatever a registry does and whatever goes wrong on the way, the ledger says what truly changed, and no more."""

from pathlib import Path

import pytest

from tests.following import DAILY
from tests.soak import follow_a_life
from tracker.pipeline.polling.legs import Leg


@pytest.mark.parametrize("seed", (1, 2))
@pytest.mark.parametrize("legs", (DAILY, tuple(Leg)), ids=("daily legs", "with refresh"))
def test_the_ledger_says_what_truly_changed(tmp_path: Path, seed: int, legs: tuple[Leg, ...]) -> None:
    """Exactly the net changes between the releases that were polled, for all that the legs can see."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    follow_a_life(url, seed=seed, trials=150, releases=8, legs=legs, fault_rate=0.05)

"""Processes that are killed while they match and deliver, as in `tests.chaos_delivery`, a few times."""

from tests.chaos_delivery import TRIALS, survive

KILLS = 20


def test_killed_anywhere_nothing_is_lost(own_url: str) -> None:
    """Each change comes to each address at least once and under one id, wherever the processes before were killed."""
    found = survive(own_url, kills=KILLS, seed=4)
    assert 4 * TRIALS * (KILLS + 1) == found.items_count
    assert found.kills_count >= KILLS // 2
    assert found.arrived_count > 0

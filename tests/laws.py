"""How often a law is tried: as often as ``make test`` waits for, or a multiple of that, as ``make laws`` asks for."""

import os

_TIMES = int(os.environ.get("TRIALOG_TEST_TIMES", "1"))


def tries(count: int) -> int:
    """So many examples, as many times as is asked for."""
    return count * _TIMES

"""Lengths of time as people write them: a whole number and the letter of a unit, such as ``30d``."""

import re
from collections.abc import Mapping
from datetime import timedelta

from tracker.domain.errors import InvalidInput

Units = Mapping[str, timedelta]

DAYS: Units = {"d": timedelta(days=1)}
SHORT: Units = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), **DAYS}
SHORT_EXAMPLE = "24h, 90m or 7d; 0h for none"

_LENGTH = re.compile(r"(\d{1,5})([a-z])", re.ASCII)


def parse_length(text: str, units: Units, *, example: str) -> timedelta:
    """``text`` as a length in one of ``units``; raises InvalidInput that shows the ``example``.

    >>> parse_length("90m", SHORT, example=SHORT_EXAMPLE)
    datetime.timedelta(seconds=5400)
    """
    match = _LENGTH.fullmatch(text.strip().lower())
    if match is None or match[2] not in units:
        raise InvalidInput(f"{text[:100]!r} is not a length of time: expected one such as {example}")
    return int(match[1]) * units[match[2]]

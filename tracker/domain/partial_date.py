"""Dates as registries give them: a day, or a month without a day.

Source of the format: API v2 ``PartialDate``, ``YYYY-MM`` or ``YYYY-MM-DD`` (a bare ``YYYY`` occurs in old
records). Where a rule needs a day, a month stands for its last day (``docs/registry.md``, the UNKNOWN rule).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A calendar date known to the day, the month or the year; None stands for what is not said."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def first_day(self) -> date:
        """The first day of the period that the date names."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """The last day of the period that the date names."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def month_end(self) -> date:
        """The last day of the month in which the date ends."""
        last = self.last_day
        return last.replace(day=calendar.monthrange(last.year, last.month)[1])

    def refines(self, other: "PartialDate") -> bool:
        """Whether this date only names more precisely what ``other`` named: 2026-05-31 refines 2026-05."""
        finer = (self.month is not None and other.month is None) or (self.day is not None and other.day is None)
        return finer and self.year == other.year and other.month in (None, self.month)


@lru_cache(maxsize=16_384)  # a registry has few dates and many records
def parse_partial_date(text: str) -> PartialDate | None:
    """``text`` as a date, or None where it is none (2023-13-45); white space around it is taken off."""
    match = _PARTIAL.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    return PartialDate(year=year, month=month, day=day)


def moved_days(before: PartialDate, after: PartialDate) -> int | None:
    """By how many days a date moved, a period from its last day; None where it was only named more precisely."""
    return None if after.refines(before) else (after.last_day - before.last_day).days


def add_months(day: date, months: int) -> date:
    """The last day of the month ``months`` after that of ``day``; raises ValueError past the year 9999."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])

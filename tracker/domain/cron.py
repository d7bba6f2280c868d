"""A rule of five fields of cron, in UTC: the minutes that it names, and which of them comes next.

It promises that the next one is found by stepping through months, days, hours and minutes in turn, within eight years
at most: a rule for a day that no calendar has is refused when it is read. A rule that restricts the day of the month
and the weekday is refused too, since cron takes either and most libraries take both; a field restricts unless it is
``*``. It does not know what is done then. Pure.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tracker.domain.clock import require_aware
from tracker.domain.cron_fields import DAY, FIELDS, HOUR, MINUTE, MONTH, WEEKDAY, parse_field
from tracker.domain.errors import InvalidInput

EXAMPLE = "*/20 12-18 * * mon-fri"
_LEAP_YEAR = 2024
_LAST_YEAR = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A rule that names minutes: ``text`` is how it was written, the rest what that means, rising.

    ``weekdays`` are 0 for Monday to 6. ``parse_cron`` makes none but those that come again and again.
    """

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    def next_after(self, instant: datetime) -> datetime | None:
        """The first minute that matches and begins later than ``instant``; None in the year 9999."""
        instant = require_aware(instant, what="instant")
        if instant.year == _LAST_YEAR:
            return None
        start = instant.replace(second=0, microsecond=0) + timedelta(minutes=1)
        for day in self._days_from(start.date()):
            at = self._time_from(start.time() if day == start.date() else time())
            if at is not None:
                return datetime.combine(day, at, UTC)
        return None

    def _days_from(self, start: date) -> Iterator[date]:
        """The days that match, rising, from ``start`` on."""
        for year in range(start.year, _LAST_YEAR + 1):
            for month in self.months:
                if (year, month) < (start.year, start.month):
                    continue
                last = calendar.monthrange(year, month)[1]
                for day in (date(year, month, number) for number in self.days if number <= last):
                    if day >= start and day.weekday() in self.weekdays:
                        yield day

    def _time_from(self, start: time) -> time | None:
        """The first time of a day that matches, from ``start`` on."""
        for hour in self.hours:
            least = start.minute if hour == start.hour else 0
            found = next((minute for minute in self.minutes if minute >= least), None)
            if hour >= start.hour and found is not None:
                return time(hour, found)
        return None

    def __str__(self) -> str:
        return self.text


def parse_cron(text: str) -> Cron:
    """The rule that people write. Raises InvalidInput that says what was expected.

    >>> str(parse_cron("0 3 * *  MON"))
    '0 3 * * mon'
    """
    parts = text.lower().split()
    if len(parts) != len(FIELDS):
        raise InvalidInput(f"expected five fields (minute, hour, day of the month, month, weekday), such as {EXAMPLE}")
    numbers = {field.name: parse_field(field, part) for field, part in zip(FIELDS, parts, strict=True)}
    days, months = numbers[DAY.name], numbers[MONTH.name]
    if parts[FIELDS.index(DAY)] != "*" and parts[FIELDS.index(WEEKDAY)] != "*":
        raise InvalidInput(_both_days(parts))
    if not any(days[0] <= calendar.monthrange(_LEAP_YEAR, month)[1] for month in months):
        raise InvalidInput(f"such a day never comes; expected one that its month has, such as {_with_day(parts, '28')}")
    return Cron(
        text=" ".join(parts),
        minutes=numbers[MINUTE.name],
        hours=numbers[HOUR.name],
        days=days,
        months=months,
        weekdays=numbers[WEEKDAY.name],
    )


def _both_days(parts: list[str]) -> str:
    """Why a rule for both is refused, and the two that say what cron would do."""
    minute, hour, day, month, weekday = parts
    return (
        "it restricts the day of the month and the weekday, where cron takes either and others take both; expected "
        f'two rules, such as "{minute} {hour} {day} {month} *" and "{minute} {hour} * {month} {weekday}"'
    )


def _with_day(parts: list[str], day: str) -> str:
    minute, hour, _, month, weekday = parts
    return f'"{minute} {hour} {day} {month} {weekday}"'

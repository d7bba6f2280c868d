"""When digests are due: the slots of a local time of day, daily, weekly or monthly.

A slot is the first instant at which the zone's clock shows the wanted local time or a later one. So a time that the
clock skips gives the first instant after the gap, and one that comes twice gives the first of the two. There is one
slot for each local day, week (Monday to Sunday) or month, never two, and slots rise strictly with them. A day that a
zone left out altogether (Samoa, 2011-12-30) is no day: a daily digest has no slot for it, while a weekly or monthly
one that falls on it comes at the first instant after it. A month without the wanted day has its slot on its last day.

What the zones' clocks show is what the machine's zone files say, or those of the package ``tzdata``; instants are
aware and in UTC, from the year 2 to the year 9998.
"""

import calendar
import difflib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tracker.domain.clock import require_aware
from tracker.domain.closed_sets import one_of
from tracker.domain.errors import InvalidInput


class Every(StrEnum):
    """How often a digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


DEFAULT_AT = "07:00"
DEFAULT_ZONE = "UTC"
_FIRST_DAY = {Every.DAILY: None, Every.WEEKLY: Weekday.MON, Every.MONTHLY: 1}
_AT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DAY_OF_MONTH = re.compile(r"0?[1-9]|[12]\d|3[01]", re.ASCII)
_LONGEST_JUMP_DAYS = 2  # the most, rounded up, that a zone's date has leapt or gone back at once


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTimes:
    """Local times at which a digest is due.

    ``at``: whole minutes of the local day; ``zone``: an IANA name; ``on``: a weekday for weekly ones, a day from 1 to
    31 for monthly ones, None for daily ones. ``parse_digest_times`` makes none but sound ones.
    """

    every: Every
    at: time
    zone: str
    on: Weekday | int | None


def parse_digest_times(
    every: str, *, at: str | None = None, zone: str | None = None, on: str | None = None
) -> DigestTimes:
    """The times that people write; what is not given is 07:00, UTC, and Monday or the first of the month.

    Raises InvalidInput that says what was expected.

    >>> parse_digest_times("monthly", at="07:30", zone="Europe/Berlin", on="31").on
    31
    """
    often = Every(one_of("digest", every.strip().lower(), tuple(Every)))
    return DigestTimes(
        every=often,
        at=parse_time_of_day(DEFAULT_AT if at is None else at),
        zone=parse_zone(DEFAULT_ZONE if zone is None else zone),
        on=_FIRST_DAY[often] if on is None else _parse_on(often, on),
    )


def parse_zone(text: str) -> str:
    """``text`` as the name of a zone; raises InvalidInput with the names that are near."""
    name = text.strip()
    known = _zones()
    if name in known:
        return name
    lowered = name.lower().replace(" ", "_")
    near = [zone for zone in known if lowered in (zone.lower(), zone.lower().rpartition("/")[2])]
    if not near:
        by_name = {zone.lower(): zone for zone in known}
        by_city = {zone.rpartition("/")[2].lower(): zone for zone in known}
        near = [by_name[found] for found in difflib.get_close_matches(lowered, by_name, 3, 0.75)]
        near = near or [by_city[found] for found in difflib.get_close_matches(lowered, by_city, 3, 0.75)]
    hint = f"did you mean {' or '.join(near[:3])}?" if near else "expected an IANA name such as Europe/Berlin or UTC"
    raise InvalidInput(f"there is no time zone {text!r}; {hint}")


def latest_due(times: DigestTimes, now: datetime) -> datetime:
    """The latest slot at or before ``now``."""
    now = require_aware(now, what="now")
    period = _period_after(times, now)
    while (slot := _slot(times, period)) is None or slot > now:
        period -= 1
    return slot


def next_due(times: DigestTimes, after: datetime) -> datetime:
    """The first slot later than ``after``."""
    after = require_aware(after, what="after")
    period, found = _period_after(times, after), None
    while (slot := _slot(times, period)) is None or slot > after:
        found = slot or found
        period -= 1
    while found is None:  # a zone whose date had leapt past the days tried
        period += 1
        found = _later(_slot(times, period), after)
    return found


def _later(slot: datetime | None, after: datetime) -> datetime | None:
    return slot if slot is not None and slot > after else None


def _slot(times: DigestTimes, period: int) -> datetime | None:
    """The slot of a local day, week or month; None for a day that the zone left out."""
    zone, day = ZoneInfo(times.zone), _day_of(times, period)
    if times.every is Every.DAILY and _first_instant(datetime.combine(day, time()), zone).astimezone(zone).date() > day:
        return None
    return _first_instant(datetime.combine(day, times.at), zone)


def _first_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clock of ``zone`` shows ``local`` or later."""
    found = local.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local:
        return found
    # A gap: read with the offset from after it, the time lies before the leap; with that from before it, behind.
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while found - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(found - before) // timedelta(seconds=2))
        if middle.astimezone(zone).replace(tzinfo=None) >= local:
            found = middle
        else:
            before = middle
    return found


def _period_after(times: DigestTimes, instant: datetime) -> int:
    """The number of a day, week or month later than that of the local date, whatever the clock did."""
    day = instant.astimezone(ZoneInfo(times.zone)).date() + timedelta(days=_LONGEST_JUMP_DAYS)
    if times.every is Every.DAILY:
        return day.toordinal()
    if times.every is Every.WEEKLY:
        return (day.toordinal() - 1) // 7 + 1
    return day.year * 12 + day.month


def _day_of(times: DigestTimes, period: int) -> date:
    """The local day on which the slot of a period falls by the calendar."""
    if times.every is Every.DAILY:
        return date.fromordinal(period)
    if isinstance(times.on, Weekday):
        return date.fromordinal(period * 7 + 1 + list(Weekday).index(times.on))  # the year 1 began on a Monday
    year, month = divmod(period, 12)
    return date(year, month + 1, min(int(times.on or 1), calendar.monthrange(year, month + 1)[1]))


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def parse_time_of_day(text: str) -> time:
    """``text`` as whole minutes of a day; raises InvalidInput that says what was expected."""
    match = _AT.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(f"{text!r} is no time of day: expected hours and minutes such as {DEFAULT_AT} or 18:30")
    return time(int(match[1]), int(match[2]))


def _parse_on(every: Every, text: str) -> Weekday | int:
    asked = text.strip().lower()
    if every is Every.WEEKLY:
        return Weekday(one_of("weekday", asked, tuple(Weekday)))
    if every is Every.MONTHLY and _DAY_OF_MONTH.fullmatch(asked):
        return int(asked)
    if every is Every.MONTHLY:
        raise InvalidInput(f"{text!r} is no day of the month: expected a number from 1 to 31")
    raise InvalidInput("a daily digest comes every day: a day belongs to weekly (mon to sun) or monthly (1 to 31) ones")

"""Days and instants as people and programs ask for them, whatever the door.

Days are calendar dates of the registry; instants carry a zone, since nobody can know which one was meant. It promises
that a refusal says what was expected, and what is near. Source of the format: RFC 3339.
"""

import re
from dataclasses import dataclass
from datetime import MINYEAR, UTC, date, datetime, time, timedelta

from tracker.domain.errors import InvalidInput

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)([Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant (included) to another (excluded): one instant, or all of one day."""

    start: datetime
    end: datetime


def day_of(text: str) -> date | None:
    """``text`` as a day, None where it is none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def parse_day(text: str) -> date:
    """``text`` as a day, white space around it taken off.

    >>> parse_day("2026-02-15")
    datetime.date(2026, 2, 15)
    """
    day = day_of(text.strip())
    if day is None:
        near = f"; did you mean {text.strip()}-01?" if _MONTH.fullmatch(text.strip()) else ""
        raise InvalidInput(f"{text!r} is not a date: expected a day of the calendar such as 2026-02-15{near}")
    return day


def parse_instant(text: str) -> datetime:
    """``text`` as an instant in UTC; a date alone is the first moment of that day, UTC.

    What an offset moves beyond an end of the calendar is the instant at that end.
    """
    stripped = text.strip()
    day = day_of(stripped)
    if day is not None:
        return datetime.combine(day, time(), UTC)
    match = _INSTANT.fullmatch(stripped)
    if match is not None and match[3] is None:
        raise InvalidInput(f"{text!r} has no time zone: write {stripped}Z for UTC, or an offset such as +02:00")
    near = f"; did you mean {stripped}-01?" if _MONTH.fullmatch(stripped) else ""
    try:
        assert match is not None
        told = datetime.fromisoformat(f"{match[1]}T{match[2][:15]}{match[3].upper()}")
    except (AssertionError, ValueError) as err:
        raise InvalidInput(f"{text!r} is not an instant: expected one such as 2026-02-15T09:30:00Z{near}") from err
    try:
        return told.astimezone(UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) if told.year == MINYEAR else datetime.max.replace(tzinfo=UTC)


def parse_span(text: str) -> Span:
    """``text`` as an instant, or as a date for the whole day in UTC."""
    start = parse_instant(text)
    length = timedelta(days=1) if day_of(text.strip()) else timedelta()
    try:
        return Span(start, start + length)
    except OverflowError:
        return Span(start, start)

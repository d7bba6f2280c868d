"""The five fields of cron, read into the numbers that they stand for.

A field is ``*``, a number, a range, either with a step (``*/20``, ``8-18/2``), or a list of these. Months have names
besides. Weekdays have names alone and no steps. What crons and libraries read in different ways is refused, with what
to write instead: weekdays by number (0 and 7), ranges that run backwards, ``5/20``. It knows no rule as a whole, and
no time. Pure.
"""

import re
from dataclasses import dataclass

from tracker.domain.closed_sets import one_of
from tracker.domain.errors import InvalidInput

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PART = re.compile(r"(\*|[0-9]{1,4}|[a-z]+)(?:-([0-9]{1,4}|[a-z]+))?(?:/([0-9]{1,4}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CronField:
    """One of the five: its numbers from ``first`` to ``last``, their names, and an ``example`` of it.

    Where ``is_named``, its names are all that it takes: neither numbers nor steps.
    """

    name: str
    first: int
    last: int
    example: str
    names: tuple[str, ...] = ()
    is_named: bool = False


MINUTE = CronField(name="minute", first=0, last=59, example="*/20 or 0,30")
HOUR = CronField(name="hour", first=0, last=23, example="12-18 or 3")
DAY = CronField(name="day of the month", first=1, last=31, example="1 or 1,15")
MONTH = CronField(name="month", first=1, last=12, example="1-6 or jan,jul", names=_MONTHS)
WEEKDAY = CronField(name="weekday", first=0, last=6, example="mon-fri or sat,sun", names=WEEKDAYS, is_named=True)
FIELDS = (MINUTE, HOUR, DAY, MONTH, WEEKDAY)


def parse_field(field: CronField, text: str) -> tuple[int, ...]:
    """The numbers of a field in lower case, rising; weekdays are 0 for Monday to 6.

    Raises InvalidInput with what was expected and an example.

    >>> parse_field(HOUR, "8-18/4,23")
    (8, 12, 16, 23)
    """
    return tuple(sorted({number for part in text.split(",") for number in _range_of(field, part)}))


def _range_of(field: CronField, part: str) -> range:
    match = _PART.fullmatch(part)
    if match is None or (match[1] == "*" and match[2]):
        raise _unexpected(field, part, "expected *, a range or a list" if field.is_named else _expected(field))
    if field.is_named and match[3]:
        raise _unexpected(field, part, "expected names without a step, since crons begin their week on different days")
    if match[1] == "*":
        first, last = field.first, field.last
    else:
        first = _number(field, match[1])
        last = first if match[2] is None else _number(field, match[2])
    if first > last:
        raise _backwards(field, part, match[1], match[2])
    if match[3] is None:
        return range(first, last + 1)
    if match[1] != "*" and match[2] is None:
        meant = f"{match[1]}-{field.last}/{match[3]}"
        raise InvalidInput(f"{field.name} {part!r}: expected a range before the step, such as {meant}")
    return range(first, last + 1, _step(field, part, step=int(match[3]), most=last - first))


def _number(field: CronField, text: str) -> int:
    """The number that a number or a name stands for."""
    is_number = text.isdigit()
    if is_number and field.is_named:
        raise _unexpected(field, text, "expected names, since crons disagree on which days 0 and 7 are")
    if not is_number and field.names:
        return field.names.index(one_of(field.name, text, field.names)) + field.first
    if not is_number or not field.first <= int(text) <= field.last:
        raise _unexpected(field, text, _expected(field))
    return int(text)


def _step(field: CronField, part: str, *, step: int, most: int) -> int:
    if not 1 <= step <= most:
        expected = (
            f"expected a step from 1 to {most}" if most > 0 else "expected no step, since the range is one number"
        )
        raise _unexpected(field, part, expected)
    return step


def _expected(field: CronField) -> str:
    return f"expected numbers from {field.first} to {field.last}, * or ranges"


def _backwards(field: CronField, part: str, first: str, last: str) -> InvalidInput:
    low, high = (str(field.first), str(field.last)) if first.isdigit() else (field.names[0], field.names[-1])
    ends = (first if first == high else f"{first}-{high}", last if last == low else f"{low}-{last}")
    return InvalidInput(f"{field.name} {part!r} runs backwards; expected two ranges, such as {','.join(ends)}")


def _unexpected(field: CronField, part: str, expected: str) -> InvalidInput:
    return InvalidInput(f"{field.name} {part!r}: {expected}, such as {field.example}")

"""What may stand behind an option: ids, days, instants, names. Each refusal says what was expected and what is near.

Days are calendar dates of the registry; instants carry a zone, since nobody can know which one was meant.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NoReturn, TypeVar

import click

from tracker.domain.asked_times import Span, parse_day, parse_instant, parse_span
from tracker.domain.errors import InvalidInput
from tracker.domain.lengths import DAYS as A_DAY
from tracker.domain.lengths import SHORT, SHORT_EXAMPLE, Units, parse_length
from tracker.domain.trial_id import parse_trial_id

TODAY = "today"
_MOST_LISTED = 20  # names; more than that is a page of documentation, not a message

_Value = TypeVar("_Value")


class TrialIdType(click.ParamType):  # type: ignore[type-arg]  # generic only in later releases of click
    """An NCT number; what it should look like is the domain's knowledge."""

    name = "ID"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return parse_trial_id(value)
        except InvalidInput as err:
            raise click.UsageError(str(err), ctx) from err


class DayType(click.ParamType):  # type: ignore[type-arg]  # generic only in later releases of click
    """A calendar day."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        return _parsed(parse_day, value, param, ctx)


class DayOrTodayType(DayType):
    """A calendar day, or the word for that of now, UTC; the command knows the clock."""

    name = "DATE|today"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and value.strip().lower() == TODAY:
            return TODAY
        return super().convert(value, param, ctx)


class InstantType(click.ParamType):  # type: ignore[type-arg]  # generic only in later releases of click
    """An instant as RFC 3339 writes it; a date alone is the first moment of that day, UTC."""

    name = "INSTANT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        return _parsed(parse_instant, value, param, ctx)


class SpanType(InstantType):
    """An instant, or a date for the whole day in UTC."""

    name = "DATE|INSTANT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Span:  # type: ignore[override]  # more than its start
        if isinstance(value, Span):
            return value
        return _parsed(parse_span, value, param, ctx)


class DurationType(click.ParamType):  # type: ignore[type-arg]  # generic only in later releases of click
    """A length of time: a whole number and a unit of those that are taken."""

    name = "DURATION"

    def __init__(self, units: Units, example: str) -> None:
        self._units = units
        self._example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        return _parsed(lambda text: parse_length(text, self._units, example=self._example), value, param, ctx)


class NameType(click.ParamType):  # type: ignore[type-arg]  # generic only in later releases of click
    """One name of a closed set; ``elsewhere`` says of other names where to ask for them."""

    def __init__(self, what: str, names: Iterable[str], *, elsewhere: Mapping[str, str] | None = None) -> None:
        self.name = what.upper()
        self._elsewhere = elsewhere or {}
        self._what = what
        self._names = tuple(names)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        name = str(value).strip().lower()
        if name in self._elsewhere:
            _refuse(f"{name} is not asked for here: {self._elsewhere[name]}", param, ctx)
        if name not in self._names:
            _refuse(unknown_name(self._what, str(value), self._names), param, ctx)
        return name


def unknown_name(what: str, name: str, known: Iterable[str]) -> str:
    """The sentence that refuses ``name``: with what is near, else with what there is."""
    known = tuple(known)
    near = difflib.get_close_matches(name.lower(), known, 3)
    near = near or [other for other in known if name and name.lower() in other][:3]
    if near:
        return f"there is no {what} {name!r}; did you mean {' or '.join(near)}?"
    if len(known) <= _MOST_LISTED:
        return f"there is no {what} {name!r}; expected one of {', '.join(known)}"
    return f"there is no {what} {name!r}; docs/fields.md lists all {len(known)}"


def _parsed(
    parse: Callable[[str], _Value], text: str, param: click.Parameter | None, ctx: click.Context | None
) -> _Value:
    try:
        return parse(text)
    except InvalidInput as err:
        _refuse(str(err), param, ctx)


def _refuse(message: str, param: click.Parameter | None, ctx: click.Context | None) -> NoReturn:
    option = param.opts[0] if param is not None and param.param_type_name == "option" else None
    raise click.UsageError(f"{option}: {message}" if option else message, ctx)


TRIAL_ID = TrialIdType()
DAY = DayType()
DAY_OR_TODAY = DayOrTodayType()
DAYS = DurationType(A_DAY, "30d")
OVERLAP = DurationType(SHORT, SHORT_EXAMPLE)
EXPIRY = DurationType({"h": SHORT["h"], "d": SHORT["d"]}, "90d or 12h")
INSTANT = InstantType()
SPAN = SpanType()

"""What a subscription is to ask for, as bodies say it: with the keys that subscriptions are told with.

It promises that a body which is told back as it was answered asks for the same. A body that makes something: null is as
if it were left out. One that changes something: what is left out stays; null, or an empty list, takes a part away.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from pydantic import Field

from tracker.domain.errors import InvalidInput, Mismatch
from tracker.domain.requesting import MANY, MANY_OF_SCOPE, MANY_OF_WANTED, SWITCHES
from tracker.domain.subscription import MOST_REMIND_DAYS
from tracker.web.api import bodies
from tracker.web.api.bodies import MOST_VALUES, Body
from tracker.web.parameters import FieldText

_Many = Field(default=None, max_length=MOST_VALUES)


class ScopeBody(Body):
    """Which trials; values of one key are alternatives, different keys must all hold; without any, all trials."""

    trials: list[bodies.NctText] | None = _Many
    queries: list[bodies.QueryNameText] | None = _Many
    conditions: list[bodies.SearchText] | None = _Many
    interventions: list[bodies.SearchText] | None = _Many
    sponsors: list[bodies.SearchText] | None = _Many
    countries: list[bodies.SearchText] | None = _Many
    statuses: list[bodies.StatusText] | None = _Many
    phases: list[bodies.PhaseText] | None = _Many


class WhatBody(Body):
    """What is told: changes by the first keys, conditions of time by `when`, or both."""

    types: list[bodies.TypeText] | None = _Many
    fields: list[FieldText] | None = _Many
    categories: list[bodies.CategoryText] | None = _Many
    significance: bodies.LevelText | None = None
    origins: list[bodies.OriginText] | None = _Many
    when: list[bodies.ConditionText] | None = _Many
    from_now: bool | None = None
    remind_days: Annotated[int, Field(ge=1, le=MOST_REMIND_DAYS), bodies.WHOLE] | None = None
    include_contacts: bool | None = None
    include_backfill: bool | None = None


class DigestBody(Body):
    """When digests come. `on`: a weekday of weekly ones, a day of the month of monthly ones."""

    every: bodies.EveryText
    at: bodies.TimeText = "07:00"
    zone: bodies.ZoneText = "UTC"
    on: bodies.WeekdayText | Annotated[int, Field(ge=1, le=31), bodies.WHOLE] | None = None


class DigestChange(Body):
    """When digests come from now on; what is left out stays."""

    every: bodies.EveryText | None = None
    at: bodies.TimeText | None = None
    zone: bodies.ZoneText | None = None
    on: bodies.WeekdayText | Annotated[int, Field(ge=1, le=31), bodies.WHOLE] | None = None


class WhenBody(Body):
    """At once, or as a digest; `even_empty`: also where there is nothing to tell."""

    digest: DigestBody | None = None
    even_empty: bool | None = None


class WhenChange(Body):
    """At once (null), or as a digest; `even_empty`: also where there is nothing to tell."""

    digest: DigestChange | None = None
    even_empty: bool | None = None


class RequestBody(Body):
    """What is asked for."""

    scope: ScopeBody | None = None
    what: WhatBody | None = None
    when: WhenBody | None = None


class RequestChange(Body):
    """What is to change."""

    scope: ScopeBody | None = None
    what: WhatBody | None = None
    when: WhenChange | None = None


_OTHER_PLACES = {"remind": "what.remind_days", "digest": "when.digest.every", "even_empty": "when.even_empty"}
_PLACES = {
    **{part: f"scope.{part}" for part in MANY_OF_SCOPE},
    **{part: f"what.{part}" for part in (*MANY_OF_WANTED, *SWITCHES, "significance")},
    **{part: f"when.digest.{part}" for part in ("at", "zone", "on")},
    **_OTHER_PLACES,
}


def place_of(part: str) -> str:
    """Where in the body a part of a request stands."""
    return _PLACES.get(part, part)


@contextmanager
def in_body() -> Iterator[None]:
    """Have refusals name the place in the body."""
    try:
        yield
    except InvalidInput as err:
        err.part = None if err.part is None else place_of(err.part)
        raise


@contextmanager
def fitting(part: str, texts: Iterable[str], is_fit: Callable[[str], bool]) -> Iterator[None]:
    """Where texts are as the schema says, what refuses them is what they mean here, and not how they are written."""
    try:
        yield
    except InvalidInput as err:
        err.part = err.part or part
        if err.part == part and all(map(is_fit, texts)):
            raise Mismatch(str(err), part=part) from err
        raise


def given_of(body: RequestBody | RequestChange) -> dict[str, Any]:
    """The parts that a body gives, as ``request_of`` takes them."""
    may_clear = isinstance(body, RequestChange)
    given: dict[str, Any] = {}
    for key, kind in (("scope", ScopeBody), ("what", WhatBody)):
        if key in body.model_fields_set:
            told = getattr(body, key)
            for part in kind.model_fields if told is None else told.model_fields_set:
                name = "remind" if part == "remind_days" else part
                given[name] = _raw(name, told and getattr(told, part), may_clear=may_clear)
    if "when" in body.model_fields_set:
        given |= _when(body.when, may_clear=may_clear)
    return given


def _raw(part: str, value: Any, *, may_clear: bool) -> Any:
    if part in MANY:
        if "" in (value or ()):
            raise InvalidInput("an empty text is none: expected one, or null to ask for all", part=part)
        return tuple(value or (("",) if may_clear else ()))
    if part in SWITCHES:
        return bool(value) if may_clear else value or None
    if value is None:
        return "" if may_clear else None
    return f"{value}d" if part == "remind" else value


def _when(told: WhenBody | WhenChange | None, *, may_clear: bool) -> dict[str, Any]:
    nothing = "" if may_clear else None
    if told is None:
        return {"digest": nothing}
    given: dict[str, Any] = {}
    if "even_empty" in told.model_fields_set:
        given["even_empty"] = _raw("even_empty", told.even_empty, may_clear=may_clear)
    if "digest" not in told.model_fields_set:
        return given
    if told.digest is None:
        return {**given, "digest": nothing}
    for name in told.digest.model_fields_set:
        value = getattr(told.digest, name)
        given["digest" if name == "every" else name] = None if value is None else str(value)
    return given

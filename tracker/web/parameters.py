"""What programs may write in an address: ids, days, instants, names, each with its schema for the OpenAPI.

It promises that what the schema allows is taken, that a refusal says what was expected and what is near, and that the
rules are those of the command line: the same functions read both. A parameter stays text until its endpoint reads it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

from tracker.diffing.catalogue import default_catalogue
from tracker.domain.asked_times import Span, parse_day, parse_instant, parse_span
from tracker.domain.closed_sets import one_of
from tracker.domain.errors import InvalidInput
from tracker.domain.events import Category, EventType, Origin, Significance
from tracker.domain.trial_id import parse_trial_id
from tracker.pipeline.field_names import known_fields
from tracker.views.rows import storable
from tracker.web.problems import Problem

MOST_REPEATED = 100
FARTHEST = 2**63 - 1
"""The last position that a database can count to."""

LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Text:
    """Text that ``read`` takes, else it raises InvalidInput; ``schema`` says the same to programs."""

    read: Callable[[str], Any]
    schema: Callable[[], dict[str, Any]]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core), **self.schema()}

    def _checked(self, text: str) -> str:
        try:
            self.read(text)
        except InvalidInput as err:
            raise PydanticCustomError("expected", "{told}", {"told": str(err)}) from err
        return text


def _bare(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """``read`` for text without white space around it, which people type and programs do not."""

    def read_bare(text: str) -> Any:
        found = read(text)
        if text != text.strip():
            raise InvalidInput(f"{text!r} has white space around it")
        return found

    return read_bare


def _name(what: str, names: type[StrEnum]) -> Text:
    """A name of a closed set."""
    known = [name.value for name in names]
    return Text(lambda text: one_of(what, text, known), lambda: {"enum": known})


def _day_or_instant() -> dict[str, Any]:
    return {"anyOf": [{"format": "date"}, {"format": "date-time"}]}


def _field_names() -> dict[str, Any]:
    """One of the catalogue, or one with a dot, which may be recorded one day; the ledger is asked behind that."""
    return {"anyOf": [{"enum": sorted(known_fields(default_catalogue()))}, {"pattern": r"\."}]}


HeldText = Annotated[str, AfterValidator(storable)]
"""A text to be looked up: with a mark in the place of what PostgreSQL cannot hold, so that nothing is called so."""

DayText = Annotated[str, Text(_bare(parse_day), lambda: {"format": "date"})]
InstantText = Annotated[str, Text(_bare(parse_instant), _day_or_instant)]
SpanText = Annotated[str, Text(_bare(parse_span), _day_or_instant)]
TrialIdText = Annotated[str, Text(_bare(parse_trial_id), lambda: {"pattern": "^[Nn][Cc][Tt][0-9]{8}$"})]
FieldText = Annotated[str, Text(str, _field_names)]
EventTypeText = Annotated[str, _name("event type", EventType)]
CategoryText = Annotated[str, _name("category", Category)]
OriginText = Annotated[str, _name("origin", Origin)]
SignificanceText = Annotated[str, _name("significance", Significance)]

TrialId = Annotated[TrialIdText, Path(description="A trial's id.", examples=["NCT03460795"])]
KnownAt = Annotated[
    InstantText | None,
    Query(
        description="Only what this ledger knew at that instant; a date means 00:00 UTC.",
        examples=["2026-02-15T09:30:00Z"],
    ),
]
RevisionNumber = Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER, description="The revision of this number.")]
After = Annotated[int | None, Query(ge=0, le=FARTHEST, description="Behind this position of the ledger.")]

Fields = Annotated[
    list[FieldText],
    Query(
        alias="field",
        default_factory=list,
        max_length=MOST_REPEATED,
        description="Only this field; repeatable.",
        examples=[["enrollment"]],
    ),
]
Types = Annotated[
    list[EventTypeText],
    Query(
        alias="type",
        default_factory=list,
        max_length=MOST_REPEATED,
        description="Only this event type; repeatable.",
        examples=[["results_posted"]],
    ),
]
Categories = Annotated[
    list[CategoryText],
    Query(
        alias="category",
        default_factory=list,
        max_length=MOST_REPEATED,
        description="Only this category; repeatable.",
        examples=[["outcomes"]],
    ),
]
Origins = Annotated[
    list[OriginText],
    Query(
        alias="origin",
        default_factory=list,
        max_length=MOST_REPEATED,
        description="Brought about by: sponsor, registry, clock, backfill or baseline; repeatable.",
    ),
]
Trials = Annotated[
    list[TrialIdText],
    Query(
        alias="trial",
        default_factory=list,
        max_length=MOST_REPEATED,
        description="Only this trial; repeatable.",
        examples=[["NCT03460795"]],
    ),
]
Level = Annotated[
    SignificanceText | None,
    Query(description="Of this significance or above: major, minor or administrative."),
]


def day(text: str | None) -> date | None:
    """A day that was checked."""
    return None if text is None else parse_day(text)


def instant(text: str | None) -> datetime | None:
    """An instant that was checked."""
    return None if text is None else parse_instant(text)


def span(text: str | None) -> Span | None:
    """A span that was checked."""
    return None if text is None else parse_span(text)


def contradiction(detail: str, *parameters: str, expected: str) -> Problem:
    """The refusal of parameters that are each right, and cannot hold together: 409, as 422 is for what is wrong."""
    return Problem(409, detail, wrong=[(name, expected) for name in parameters])

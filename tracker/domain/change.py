"""A change: one field-level difference between two contents of a trial's record."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from tracker.domain.events import Category, EventType, Significance
from tracker.domain.record import Json

LARGEST_INLINE_BYTES = 10_000  # a longer value travels as a pointer into its snapshot


class Step(StrEnum):
    """What folding does with a difference: keys are added, replaced, removed; items inserted and deleted."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"
    INSERT = "insert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place where two records differ, before anybody knows what it means.

    ``path`` is a JSON Pointer into the new record, or into the old one for what was removed; ``old_path`` is
    the same place in the old record where it has another pointer there (an item of a list that moved), else
    None; for what was added to a list it is that list's pointer in the old record followed by ``/-``.
    ``pattern`` is ``path`` with ``*`` for each place in a list. ``old`` and ``new`` are verbatim, None where
    absent.
    """

    step: Step
    path: str
    old_path: str | None
    pattern: str
    old: Json
    new: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A difference with its meaning: what the ledger records as one event.

    ``detail`` holds what the values alone do not show: ``shift_days`` (signed), ``precision_refined``,
    ``percent``.
    """

    type: EventType
    field: str
    label: str
    category: Category
    significance: Significance
    step: Step
    path: str
    old_path: str | None = None
    old: Json = None
    new: Json = None
    detail: dict[str, Json] = dataclasses.field(default_factory=dict)


def as_pointer(snapshot: str, pointer: str) -> dict[str, str]:
    """What stands for a large value: where it is to be found."""
    return {"snapshot": snapshot, "pointer": pointer}


def is_pointer(value: Json) -> bool:
    """Whether ``value`` stands for a large one."""
    return isinstance(value, dict) and value.keys() == {"snapshot", "pointer"}

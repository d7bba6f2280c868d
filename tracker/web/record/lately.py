"""The last change of each section, from the last changes of the fields in it. Pure."""

from collections.abc import Iterable

from tracker.domain.events import Significance
from tracker.domain.record import Json
from tracker.domain.safe_text import one_line
from tracker.views.last_changes import LastTold
from tracker.web.record.outline import section_of
from tracker.web.record.parts import LastChange
from tracker.web.record.values import said_at

_SHORT_CHARS = 40
_FALLING = [level.value for level in Significance]


def last_by_section(told: Iterable[LastTold]) -> dict[str, LastChange]:
    """By the key of its section, the newest change; of one revision the most significant, then the last recorded."""
    found: dict[str, LastTold] = {}
    for change in sorted(told, key=_weight):
        found[section_of(change.path).key] = change
    return {key: _last(change) for key, change in found.items()}


def _weight(change: LastTold) -> tuple[int, int, int]:
    return change.rank, -_FALLING.index(change.significance), change.position


def _last(change: LastTold) -> LastChange:
    return LastChange(
        on=change.on,
        position=change.position,
        revision=change.revision,
        what=f"{one_line(change.label)}{_transition(change)}",
    )


def _transition(change: LastTold) -> str:
    """From what to what where both are short; else in a word."""
    if change.old is None or change.new is None:
        return " added" if change.old is None else " removed"
    shown = [_short(change.path, value) for value in (change.old, change.new)]
    return f": {shown[0]} → {shown[1]}" if all(shown) else " changed"


def _short(path: str, value: Json) -> str:
    if isinstance(value, str):
        text = one_line(said_at(path, value))
    elif isinstance(value, int) and not isinstance(value, bool):
        text = f"{value:,}"
    else:
        return ("no", "yes")[value] if isinstance(value, bool) else ""
    return text if len(text) <= _SHORT_CHARS else ""

"""A change as a row of a comparison: what it is called, the old and the new in lines, and its words marked. Pure.

It promises that the runs of a row rebuild the texts on both sides. Values too long to read, such as a whole section of
results, are told by their size.
"""

from dataclasses import dataclass
from typing import Literal

from store.json_text import encode
from tracker.alerts.rendering.values import in_words
from tracker.diffing.word_runs import Run, folded, word_runs
from tracker.domain.change import Change
from tracker.domain.pointer import resolve
from tracker.domain.record import Json
from tracker.domain.safe_text import one_line, shortened
from tracker.domain.wording import size, words
from tracker.web.record.prose import plain_lines
from tracker.web.record.values import said_at

_LARGEST_BYTES = 20_000  # of an object that is told in words
_MOST_NAME_CHARS = 80
_NAMING = ("measure", "label", "name", "facility", "title", "term", "citation", "filename", "id", "type")

RowKind = Literal["changed", "added", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """An old and a new text, None where there is none, and what became of their words. ``runs`` has folds in it."""

    old: str | None
    new: str | None
    runs: tuple[Run, ...]

    @property
    def old_side(self) -> tuple[Run, ...]:
        """The runs of the old text."""
        return tuple(run for run in self.runs if run.kind != "ins")

    @property
    def new_side(self) -> tuple[Run, ...]:
        """The runs of the new text."""
        return tuple(run for run in self.runs if run.kind != "del")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow(Sides):
    """One change; ``about`` names the item of a list that it is part of."""

    label: str
    about: str
    path: str
    kind: RowKind
    significance: str


def compared_row(change: Change, old_record: Json, new_record: Json) -> ComparedRow:
    """The row of ``change``, which leads from the old record to the new."""
    old, new = _text(change, change.old), _text(change, change.new)
    return ComparedRow(
        label=_label(change),
        about=_about(change, old_record, new_record),
        path=change.path,
        kind="added" if old is None else "removed" if new is None else "changed",
        significance=change.significance.value,
        old=old,
        new=new,
        runs=_runs(old, new),
    )


def prose_sides(path: str, old: Json, new: Json) -> Sides | None:
    """Both sides of a change of a text of several lines, which reads best line by line; None for any other."""
    if not any(isinstance(value, str) and "\n" in value.strip() for value in (old, new)):
        return None
    before, after = (plain_lines(said_at(path, value)) if isinstance(value, str) else None for value in (old, new))
    return Sides(old=before, new=after, runs=_runs(before, after))


def _runs(old: str | None, new: str | None) -> tuple[Run, ...]:
    return tuple(folded(word_runs(old or "", new or "")))


def _text(change: Change, value: Json) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return plain_lines(said_at(change.path, value))
    if isinstance(value, (dict, list)):
        size_bytes = len(encode(value))
        if size_bytes > _LARGEST_BYTES:
            return f"({change.label.lower()}, {size(size_bytes)})"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else in_words(value)


def _label(change: Change) -> str:
    """The field's label; inside an item of a list also which part of it."""
    key = change.path.rsplit("/", 1)[-1]
    is_inside = any(_is_place(token) for token in change.path.split("/")) and not _is_place(key)
    part = words(_spaced(key)) if is_inside else ""
    label = one_line(change.label)
    return label if not part or part in label.lower() else f"{label}, {part}"


def _about(change: Change, old_record: Json, new_record: Json) -> str:
    """The name of the item that a change is inside of; nothing for a whole item, which names itself."""
    tokens = change.path.split("/")
    places = [at for at, token in enumerate(tokens) if _is_place(token)]
    if not places or places[-1] == len(tokens) - 1:
        return ""
    record = old_record if change.new is None else new_record
    item = resolve(record, "/".join(tokens[: places[-1] + 1]))
    if not isinstance(item, dict):
        return ""
    named = next((item[key] for key in _NAMING if isinstance(item.get(key), str) and item[key].strip()), "")
    return shortened(named, _MOST_NAME_CHARS)


def _spaced(key: str) -> str:
    return "".join(f" {char.lower()}" if char.isupper() else char for char in key)


def _is_place(token: str) -> bool:
    return token.isascii() and token.isdigit()

"""A record as sections in the order of the seed page, each with its last change. Pure; the front of this package.

It promises that every part of a record is in a section, whatever shape it has: what the outline does not name is in
the last one. What is left out is said: the figures of results, and what the registry computes of its own (trees of
terms, predictions).
"""

from collections.abc import Iterable, Iterator, Mapping

from tracker.alerts.rendering.values import in_words
from tracker.domain.pointer import escape, resolve
from tracker.domain.record import OWN_SECTION, Json
from tracker.domain.safe_text import shortened
from tracker.web.record.lists import list_parts
from tracker.web.record.outline import OTHER, OUTLINE, is_claimed, leads_to_claimed
from tracker.web.record.outline_lines import FactLine, Line, ListLine, Outline
from tracker.web.record.parts import Fact, LastChange, Part, Prose, Section, Value
from tracker.web.record.prose import blocks_of
from tracker.web.record.values import values_of

_MOST_CHARS = 4_000
_MOST_FACTS = 200


def record_sections(record: Json, last_changes: Mapping[str, LastChange] | None = None) -> tuple[Section, ...]:
    """The sections of ``record`` that say anything; ``last_changes`` by section (``tracker.web.record.lately``)."""
    told = last_changes or {}
    outlines = ((outline, tuple(_parts(record, outline))) for outline in OUTLINE)
    found = [
        Section(key=outline.key, heading=outline.heading, parts=parts, last_change=told.get(outline.key))
        for outline, parts in outlines
        if parts or outline.key in told
    ]
    left = tuple(_left(record))
    if left or OTHER.key in told:
        found.append(Section(key=OTHER.key, heading=OTHER.heading, parts=left, last_change=told.get(OTHER.key)))
    return tuple(found)


def _parts(record: Json, outline: Outline) -> Iterator[Part]:
    for line in outline.lines:
        value = resolve(record, line.path)
        if value is not None and value not in ("", [], {}):
            yield from _shown(line, value)


def _shown(line: Line, value: Json) -> Iterator[Part]:
    if isinstance(line, ListLine):
        yield from list_parts(line.reader, line.label, line.path, value)
        return
    if isinstance(line, FactLine):
        values = values_of(value, line.form)
        if values:
            yield Fact(label=line.label, path=line.path, values=values)
        return
    text = value if isinstance(value, str) else in_words(value)
    blocks = blocks_of(text)
    if blocks:
        yield Prose(label=line.label, path=line.path, blocks=blocks, is_folded=line.is_folded)


def _left(record: Json) -> Iterator[Part]:
    """What no section shows, as facts named by their keys."""
    found = list(_unclaimed(record, ""))
    for label, path, value in found[:_MOST_FACTS]:
        yield Fact(label=label, path=path, values=(Value(text=shortened(in_words(value), _MOST_CHARS)),))
    if len(found) > _MOST_FACTS:
        more = Value(text=f"and {len(found) - _MOST_FACTS:,} more")
        yield Fact(label="Not shown here", path="", values=(more,))


def _unclaimed(node: Json, path: str) -> Iterable[tuple[str, str, Json]]:
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        at = f"{path}/{escape(key)}"
        if is_claimed(at) or key == OWN_SECTION or value in (None, "", [], {}):
            continue
        if leads_to_claimed(at) and isinstance(value, dict):
            yield from _unclaimed(value, at)
        else:
            yield key, at, value

"""Two records compared: the changes between them as rows, by section, and how much stayed the same. Pure; the front.

The changes come from the ledger's own diff (``tracker.diffing.compare.changes_between``), inside what both records
cover, with their values whole. Sections come in the order of the record page. Of thousands of changes at once the first
of each section are shown, unless all are asked for.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.domain.change import Change
from tracker.domain.record import Json
from tracker.web.comparison.rows import ComparedRow, compared_row
from tracker.web.record.outline import OTHER, OUTLINE, section_of
from tracker.web.record.parts import Section, Table
from tracker.web.record.sections import record_sections

MOST_ROWS = 60  # of a section
_MOST_CHARS = 150_000  # of all rows, beyond which a section shows its first alone


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSection:
    """A section with its changed rows, how many more there are, and how many other things in it stayed as they were."""

    key: str
    heading: str
    rows: tuple[ComparedRow, ...]
    left_out: int
    unchanged_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All sections that either record has, those without a change too; ``changes_count`` over all."""

    sections: tuple[ComparedSection, ...]
    changes_count: int

    @property
    def changed(self) -> tuple[ComparedSection, ...]:
        """The sections with changes."""
        return tuple(section for section in self.sections if section.rows)

    @property
    def unchanged(self) -> tuple[ComparedSection, ...]:
        """The sections without any."""
        return tuple(section for section in self.sections if not section.rows)


def compared(old: Json, new: Json, changes: Sequence[Change], *, is_whole: bool = True) -> Comparison:
    """The comparison of two records, of which ``changes`` lead from the old to the new; all rows, or the first."""
    by_section: dict[str, list[Change]] = {}
    for change in changes:
        by_section.setdefault(section_of(change.path).key, []).append(change)
    shown = {section.key: section for section in record_sections(new)}
    sections, room = [], _MOST_CHARS
    for outline in (*OUTLINE, OTHER):
        if outline.key not in shown and outline.key not in by_section:
            continue
        found = by_section.get(outline.key, [])
        rows = [compared_row(change, old, new) for change in (found if is_whole else found[:MOST_ROWS])]
        if not is_whole:
            rows = list(_fitting(rows, room))
            room -= sum(map(_chars, rows))
        sections.append(
            ComparedSection(
                key=outline.key,
                heading=outline.heading,
                rows=tuple(rows),
                left_out=len(found) - len(rows),
                unchanged_count=_unchanged(shown.get(outline.key), found),
            )
        )
    return Comparison(sections=tuple(sections), changes_count=len(changes))


def _fitting(rows: Sequence[ComparedRow], room: int) -> Iterator[ComparedRow]:
    """The first row, and those behind it while there is room for their texts."""
    for at, row in enumerate(rows):
        room -= _chars(row)
        if at and room < 0:
            return
        yield row


def _chars(row: ComparedRow) -> int:
    return len(row.old or "") + len(row.new or "")


def _unchanged(section: Section | None, changes: Sequence[Change]) -> int:
    """How many facts, texts and items of lists in the new record no change speaks of."""
    if section is None:
        return 0
    counts = _counts(section)
    tables = {part.path for part in section.parts if isinstance(part, Table)}
    touched = {place for change in changes if change.new is not None for place in _places(change.path, counts, tables)}
    return sum(max(0, count - sum(path == of for of, _ in touched)) for path, count in counts.items())


def _counts(section: Section) -> Counter[str]:
    """By path, how many things stand there: items of tables, else one."""
    counts = Counter({part.path: 0 for part in section.parts})
    for part in section.parts:
        if isinstance(part, Table):
            counts[part.path] += part.count
    return Counter({path: count or 1 for path, count in counts.items()})


def _places(path: str, counts: Counter[str], tables: set[str]) -> Iterator[tuple[str, str]]:
    """What of the shown a change at ``path`` touches: a part, or of a table an item."""
    for part in counts:
        if path == part or path.startswith(f"{part}/"):
            item = path[len(part) + 1 :].split("/", 1)[0] if part in tables else ""
            yield part, item

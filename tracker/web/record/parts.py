"""What a section of a record is made of: facts, prose, tables. All is text; nothing in it is markup.

A page shows text escaped and links only where ``Value.href`` has an address, which is http or https.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Text, and the web address that it leads to, if any."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A named value or several; ``path`` is its JSON Pointer."""

    label: str
    path: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a list in prose; ``number`` as the record counts it, None for a bullet; ``depth`` from 0."""

    text: str
    depth: int = 0
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph (one item) or a list of prose."""

    kind: Literal["paragraph", "list"]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A longer text; ``label`` is empty where the section's heading says it."""

    label: str
    path: str
    blocks: tuple[Block, ...]
    is_folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Items of a list: ``count`` of them, of which ``rows`` are shown, folded where they are many."""

    label: str
    path: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    count: int
    is_folded: bool = False

    @property
    def hidden_count(self) -> int:
        """How many items are not shown."""
        return self.count - len(self.rows)


Part: TypeAlias = Fact | Prose | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class LastChange:
    """The newest change in a section: its day in the registry's timeline, its place in the ledger, what it was."""

    on: str
    position: int | None
    revision: int | None
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the record; ``key`` is stable and fit for an anchor."""

    key: str
    heading: str
    parts: tuple[Part, ...]
    last_change: LastChange | None = None

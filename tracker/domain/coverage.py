"""Coverage: the parts of a record that a source can speak of.

A page text shows no reference and no zip code; that it does not mention one says nothing. Two observations
are compared only inside what both cover, so a thin one can never report a removal of what it cannot see.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from tracker.domain.pointer import split
from tracker.domain.record import Json

_Trie: TypeAlias = "dict[str, _Trie]"  # an empty trie covers everything below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A set of pointer patterns, each covering all that lies below it; None covers the whole record."""

    patterns: frozenset[str] | None

    @property
    def is_whole(self) -> bool:
        """Whether every part of a record is covered."""
        return self.patterns is None

    def __and__(self, other: "Coverage") -> "Coverage":
        """What both cover."""
        if self.patterns is None or other.patterns is None:
            return other if self.patterns is None else self
        below = {p for p in self.patterns if _covers(other.patterns, p)}
        return Coverage(patterns=frozenset(below | {p for p in other.patterns if _covers(self.patterns, p)}))

    def __or__(self, other: "Coverage") -> "Coverage":
        """What either covers."""
        if self.patterns is None or other.patterns is None:
            return WHOLE
        return coverage_of(self.patterns | other.patterns)

    def __ge__(self, other: "Coverage") -> bool:
        """Whether everything that ``other`` covers is covered here."""
        if self.patterns is None or other.patterns is None:
            return self.patterns is None
        return all(_covers(self.patterns, pattern) for pattern in other.patterns)

    def project(self, record: Json) -> Json:
        """The covered parts of ``record``; list items keep their places. ``record`` itself is not changed."""
        if self.patterns is None:
            return record
        return _project(record, _trie(self.patterns)) if self.patterns else {}


WHOLE = Coverage(patterns=None)


def coverage_of(patterns: Iterable[str]) -> Coverage:
    """The coverage of ``patterns``, without those that others include."""
    given = frozenset(patterns)
    return Coverage(patterns=frozenset(p for p in given if not _covers(given - {p}, p)))


def _covers(patterns: frozenset[str], pattern: str) -> bool:
    return any(pattern == p or pattern.startswith(p + "/") for p in patterns)


def _trie(patterns: frozenset[str]) -> _Trie:
    root: _Trie = {}
    for pattern in patterns:
        node = root
        for token in split(pattern):
            node = node.setdefault(token, {})
    return root


def _project(node: Json, trie: _Trie) -> Json:
    if not trie:
        return node
    if isinstance(node, dict):
        return {key: _project(node[key], below) for key, below in trie.items() if key in node}
    if isinstance(node, list) and "*" in trie:
        return [_project(item, trie["*"]) for item in node]
    return node if "*" in trie else None

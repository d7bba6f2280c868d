"""The fields of a study as the simulated registry knows them: names, pieces, types, and where they lie.

Source: API v2's data structure. A piece is the short name of a field (``OverallStatus``); it can stand in
``fields``, ``sort`` and ``AREA[...]``. The tree goes down to the leaves in the protocol section and to the
modules in the results. Types: date, text, markup, enum, int, bool, float, struct.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tracker.simulator.field_outline import OUTLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A field; ``path`` are the keys from the study down to it, lists not counted."""

    name: str
    piece: str
    type: str
    path: tuple[str, ...]
    children: tuple["Node", ...]

    def below(self) -> Iterator["Node"]:
        """This field and all below it."""
        yield self
        for child in self.children:
            yield from child.below()

    def as_metadata(self) -> dict[str, Any]:
        """The field as ``/studies/metadata`` tells it."""
        source = "STRUCT" if self.type == "struct" else self.type.upper()
        told: dict[str, Any] = {"name": self.name, "piece": self.piece, "sourceType": source, "type": self.type}
        if self.type == "enum":
            told["isEnum"] = True
        if self.children:
            told["children"] = [child.as_metadata() for child in self.children]
        return told


@cache
def roots() -> tuple[Node, ...]:
    """The sections of a study."""
    return _children(OUTLINE.splitlines(), ())


@cache
def by_name() -> dict[str, Node]:
    """Every field by its piece and by its dotted path."""
    nodes = [node for root in roots() for node in root.below()]
    return {name: node for node in nodes for name in (node.piece, ".".join(node.path))}


@cache
def markup_keys() -> frozenset[tuple[str, ...]]:
    """The paths of the fields whose text has markup."""
    return frozenset(node.path for node in by_name().values() if node.type == "markup")


def _children(lines: list[str], parent: tuple[str, ...]) -> tuple[Node, ...]:
    if not lines:
        return ()
    level = len(parent) * 2
    starts = [at for at, line in enumerate(lines) if not line[level:].startswith(" ")]
    blocks = [lines[at:end] for at, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    return tuple(_node(block, parent) for block in blocks)


def _node(block: list[str], parent: tuple[str, ...]) -> Node:
    name, piece, *told = block[0].split()
    path = (*parent, name)
    children = _children(block[1:], path)
    return Node(name=name, piece=piece, type=told[0] if told else _usual_type(children), path=path, children=children)


def _usual_type(children: tuple[Node, ...]) -> str:
    return "struct" if children else "text"

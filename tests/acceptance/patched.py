"""Both sides of a patch by the registry, rebuilt from its operations, without the record it was made for.

Operations are RFC 6902, in sequence; where they come with old values, those are what stood at the path when
the operation was applied. What no operation speaks of is unknown: an item of a list that is only passed over
becomes a placeholder, the same on both sides.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from tracker.domain.pointer import join, split

MISSING = {"__missing__": True}
PLACEHOLDER = "placeholder"
Json = Any


class _Unknown:
    """What nothing is known of yet."""


UNKNOWN = _Unknown()


@dataclass(eq=False, slots=True)
class Node:
    """A place of a record; ``twin`` is the same place on the other side, None where there is none."""

    content: Any = UNKNOWN  # a leaf, dict[str, Node], list[Node], or UNKNOWN
    twin: "Node | None" = None
    is_partial: bool = True  # keys that nobody spoke of may be there
    removed: set[str] = field(default_factory=set)

    def known(self, value: Json) -> None:
        """Take ``value`` for what was here all along."""
        if self.content is UNKNOWN:
            self.become(value)
            if self.twin is not None:
                self.twin.become(value)
                _link(self, self.twin)

    def become(self, value: Json) -> None:
        """Hold ``value`` entirely."""
        self.is_partial = False
        if isinstance(value, dict):
            self.content = {key: _whole(item) for key, item in value.items()}
        else:
            self.content = [_whole(item) for item in value] if isinstance(value, list) else value

    def child(self, token: str) -> "Node":
        """The place under ``token``, made on both sides where nothing was known of it."""
        if self.content is UNKNOWN:
            self.make([] if token.isdigit() else {})
        if isinstance(self.content, list):
            while len(self.content) <= int(token):
                self._append()
            return cast("Node", self.content[int(token)])
        assert isinstance(self.content, dict), (token, self.content)
        if token not in self.content:
            assert self.is_partial, f"{token!r} is not in an object that is known whole"
            assert token not in self.removed, f"{token!r} has been removed"
            self.content[token] = _pair(self.twin, token)
        return cast("Node", self.content[token])

    def make(self, empty: Any) -> None:
        """Turn out to be a list or an object."""
        self.content = type(empty)()
        if self.twin is not None:
            self.twin.content = type(empty)()

    def _append(self) -> None:
        assert self.is_partial, "a list that is known whole is shorter than the operation says"
        item = Node()
        self.content.append(item)
        if self.twin is not None:
            before = Node()
            self.twin.content.append(before)
            _tie(item, before)


def _tie(after: Node, before: Node) -> None:
    after.twin, before.twin = before, after


def _pair(twin: Node | None, token: str) -> Node:
    item = Node()
    if twin is not None:
        _tie(item, twin.content.setdefault(token, Node()))
    return item


def _whole(value: Json) -> Node:
    node = Node()
    node.become(value)
    return node


def _link(node: Node, twin: Node) -> None:
    _tie(node, twin)
    if isinstance(node.content, dict):
        for key, below in node.content.items():
            _link(below, twin.content[key])
    elif isinstance(node.content, list):
        for below, before in zip(node.content, twin.content, strict=True):
            _link(below, before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both sides, and the places that the patch touched: pointers into each."""

    old: Json
    new: Json
    touched_old: frozenset[str]
    touched_new: frozenset[str]


def sides_of(
    operations: Iterable[dict[str, Json]],
    *,
    old_value: Callable[[dict[str, Json]], Json],
    new_key: str,
    naming: Callable[[str], Iterable[str]],
) -> Sides:
    """Build both sides. ``naming`` gives the keys that tell the items of a list (by pattern) apart."""
    before, after = Node(content={}), Node(content={})
    _tie(after, before)
    touched_old: list[Node] = []
    touched_new: list[Node] = []
    for operation in operations:
        gone, come = _apply(after, operation, old_value(operation), operation.get(new_key))
        touched_old += [gone.twin] if gone is not None and gone.twin is not None else []
        touched_new += [come] if come is not None else []
    names = _Names(naming)
    old_places: dict[int, str] = {}
    new_places: dict[int, str] = {}
    old = names.written(before, [], old_places)
    new = names.written(after, [], new_places)
    return Sides(
        old=old,
        new=new,
        touched_old=frozenset(old_places[id(node)] for node in touched_old if id(node) in old_places),
        touched_new=frozenset(new_places[id(node)] for node in touched_new if id(node) in new_places),
    )


def _apply(root: Node, operation: dict[str, Json], old: Json, new: Json) -> tuple[Node | None, Node | None]:
    """Apply one operation; the places that it emptied and filled."""
    tokens = split(operation["path"])
    parent = root
    for token in tokens[:-1]:
        parent = parent.child(token)
    last = tokens[-1]
    if parent.content is UNKNOWN:
        parent.make([] if last.isdigit() else {})
    if operation["op"] == "add":
        return None, _add(parent, last, old, new)
    gone = parent.child(last)
    if old != MISSING:
        gone.known(old)
    if operation["op"] == "remove":
        _remove(parent, last)
        return gone, None
    assert operation["op"] == "replace", operation["op"]
    come = _whole(new)
    parent.content[int(last) if isinstance(parent.content, list) else last] = come
    return gone, come


def _add(parent: Node, last: str, old: Json, new: Json) -> Node:
    come = _whole(new)
    if isinstance(parent.content, list):
        if old != MISSING:  # what stood there, and makes room
            parent.child(last).known(old)
        elif int(last):
            parent.child(str(int(last) - 1))
        parent.content.insert(int(last), come)
    else:
        assert last not in parent.content, f"{last!r} is there already"
        parent.removed.add(last)  # not there before
        parent.content[last] = come
    return come


def _remove(parent: Node, last: str) -> None:
    if isinstance(parent.content, list):
        del parent.content[int(last)]
    else:
        del parent.content[last]
        parent.removed.add(last)


class _Names:
    """Writes sides out, with the same placeholder on both for the same unknown."""

    def __init__(self, naming: Callable[[str], Iterable[str]]) -> None:
        self._naming = naming
        self._numbers: dict[frozenset[int], int] = {}

    def written(self, node: Node, tokens: list[str | int], places: dict[int, str]) -> Json:
        """The JSON of ``node``; the pointer of every node goes into ``places``."""
        places[id(node)] = join(tokens)
        if isinstance(node.content, list):
            return [self.written(item, [*tokens, i], places) for i, item in enumerate(node.content)]
        if isinstance(node.content, dict):
            return self._object(node, tokens, places)
        return self._name(node) if node.content is UNKNOWN else node.content

    def _object(self, node: Node, tokens: list[str | int], places: dict[int, str]) -> Json:
        value = {key: self.written(item, [*tokens, key], places) for key, item in node.content.items()}
        if node.is_partial and tokens and isinstance(tokens[-1], int):
            pattern = join(["*" if isinstance(token, int) else token for token in tokens[:-1]])
            spoken_of = _keys(node) | (_keys(node.twin) if node.twin else set())
            value |= {key: self._name(node) for key in self._naming(pattern) if key not in spoken_of}
        return value

    def _name(self, node: Node) -> str:
        both = frozenset({id(node), id(node.twin or node)})
        return f"{PLACEHOLDER} {self._numbers.setdefault(both, len(self._numbers))}"


def _keys(node: Node) -> set[str]:
    return node.removed | set(node.content if isinstance(node.content, dict) else ())

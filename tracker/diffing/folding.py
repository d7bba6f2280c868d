"""Folding: the changes of a revision applied to the record before it give the record after it.

Law: ``canonical(fold(old, changes)) == canonical(new)`` for the changes between ``old`` and ``new``. Only
content is restored: order of lists that have none, white space and markup are those of the old record. Values
that travel as pointers into snapshots are to be fetched before.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice, pairwise

from tracker.diffing.canonical import FLAG, RESULTS, says_nothing
from tracker.domain.change import Change, Difference, Step
from tracker.domain.pointer import join, split
from tracker.domain.record import Json

_GONE = object()  # holds the place of a deleted item until all places have been used

_ORDER = {Step.REMOVE: 0, Step.DELETE: 0, Step.REPLACE: 1, Step.ADD: 2, Step.INSERT: 2}


def fold(record: Json, changes: Iterable[Change | Difference]) -> Json:
    """A copy of ``record`` with ``changes`` made; raises ValueError that names a path which does not fit."""
    touched = set()
    folding = _Folding(_copied(record))
    for change in sorted(changes, key=lambda change: _ORDER[change.step]):
        folding.make(change)
        touched.add(change.path)
    folded = folding.finish()
    if f"/{RESULTS}" in touched and f"/{FLAG}" not in touched and FLAG in folded:
        folded[FLAG] = RESULTS in folded  # goes with the section, and is not told beside it
    return folded


def _copied(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


class _Folding:
    def __init__(self, record: Json) -> None:
        self._holder = {"": record}
        self._inserts: dict[int, list[tuple[int, Json]]] = defaultdict(list)
        self._lists: dict[int, list[Json]] = {}

    def make(self, change: Change | Difference) -> None:
        """Make one change; places in lists are those of the old record until ``finish``."""
        tokens = ["", *split(change.old_path or change.path)]
        if change.step is Step.INSERT:
            items = self._list_at(tokens[:-1])
            self._inserts[id(items)].append((_place(change.path), _copied(change.new)))
            return
        parent = self._parent(tokens, create=change.step is Step.ADD)
        if isinstance(parent, list):
            self._change_item(parent, tokens[-1], change)
        elif change.step is not Step.ADD and tokens[-1] not in parent:
            raise ValueError(f"nothing to {change.step} at {change.old_path or change.path}")
        elif change.step in (Step.REMOVE, Step.DELETE):
            del parent[tokens[-1]]
        else:
            parent[tokens[-1]] = _copied(change.new)

    def finish(self) -> Json:
        """The folded record: deleted items taken out, new ones put in at their places."""
        for key, items in self._lists.items():
            items[:] = _filled([item for item in items if item is not _GONE], self._inserts[key])
        return self._holder[""]

    def _change_item(self, items: list[Json], token: str, change: Change | Difference) -> None:
        place = int(token) if _is_place(token) else -1
        if not 0 <= place < len(items):
            raise ValueError(f"no item at {change.old_path or change.path}")
        self._lists[id(items)] = items
        items[place] = _GONE if change.step is Step.DELETE else _copied(change.new)

    def _list_at(self, tokens: list[str]) -> list[Json]:
        parent = self._parent(tokens, create=True)
        here = parent[int(tokens[-1])] if isinstance(parent, list) else parent.get(tokens[-1])
        if not isinstance(here, list):
            here = [] if says_nothing(here) or isinstance(here, dict) else [here]
            parent[int(tokens[-1]) if isinstance(parent, list) else tokens[-1]] = here
        self._lists[id(here)] = here
        return here

    def _parent(self, tokens: list[str], *, create: bool) -> Json:
        """What holds the last of ``tokens``; missing objects on the way are made where ``create`` says so."""
        node: Json = self._holder
        for token, following in pairwise(tokens):
            below = node[int(token)] if isinstance(node, list) else node.get(token)
            if not _leads_on(below, following):
                if not create or not _is_gone(below):
                    raise ValueError(f"nothing at {join(tokens[1:])}")
                below = {}
                node[int(token) if isinstance(node, list) else token] = below
            node = below
        return node


def _filled(items: list[Json], inserts: list[tuple[int, Json]]) -> list[Json]:
    """``items`` in their order, with what was inserted at its places."""
    rest = iter(items)
    filled: list[Json] = []
    for place, value in sorted(inserts, key=lambda insert: insert[0]):
        filled += islice(rest, max(0, place - len(filled)))
        filled.append(value)
    return [*filled, *rest]


def _is_gone(node: Json) -> bool:
    """Whether an object may take the place of ``node``: of a list, when its items have gone."""
    return not isinstance(node, list) or all(item is _GONE for item in node)


def _leads_on(node: Json, token: str) -> bool:
    """Whether ``node`` can hold something under ``token``: an object can, a list where it has an item."""
    if not isinstance(node, list):
        return isinstance(node, dict)
    return _is_place(token) and int(token) < len(node) and node[int(token)] is not _GONE


def _is_place(token: str) -> bool:
    return token.isascii() and token.isdigit()


def _place(path: str) -> int:
    """The place in its list that ``path`` ends with; 0 for a single value that stands for a list."""
    last = path.rsplit("/", 1)[-1]
    return int(last) if _is_place(last) else 0

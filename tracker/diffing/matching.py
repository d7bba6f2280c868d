"""Which item of an old list is which item of a new one, when places say nothing.

Items are matched by content first, then by identity keys, then (objects only) by the likeness of their text;
what is left has gone or come. Work grows with n log n: likeness is asked inside small blocks, in larger ones
only of neighbours in sorted order. Nothing here looks inside a matched pair.
"""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from rapidfuzz import fuzz

from tracker.diffing.canonical import bytes_of, canonical_value, plain_text
from tracker.diffing.catalogue import ListRule
from tracker.domain.record import Json

LIKENESS_LEAST = 60.0  # of 100; below it two texts are two things
ALL_PAIRS_MOST = 10_000  # comparisons in one block
NEIGHBOURS = 10

Key = Hashable | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Places in both lists: ``pairs`` of items that are the same thing with other content, and the rest."""

    pairs: list[tuple[int, int]]
    removed: list[int]
    added: list[int]


def match_unordered(old: Sequence[Json], new: Sequence[Json], rule: ListRule | None) -> Matching:
    """Match lists whose order says nothing; items of equal content may be left out, empty ones are."""
    rule = rule or ListRule(identity=())
    old_left, new_left = _unequal(enumerate(map(bytes_of, old)), enumerate(map(bytes_of, new)))
    pairs = _by_unique_name(old, new, old_left, new_left, rule)
    old_left, new_left = _left(old_left, new_left, pairs)
    old_left, new_left = _unequal(_contents(old, old_left), _contents(new, new_left))
    old_at = [i for i in old_left if isinstance(old[i], dict)]
    new_at = [j for j in new_left if isinstance(new[j], dict)]
    for step in (_by_identity, _by_likeness, _by_place):
        found = step(old, new, old_at, new_at, rule)
        pairs += found
        old_at, new_at = _left(old_at, new_at, found)
    removed, added = _left(old_left, new_left, pairs)
    return Matching(pairs=sorted(pairs, key=lambda pair: pair[1]), removed=removed, added=added)


def _unequal(old: Iterable[tuple[int, bytes]], new: Iterable[tuple[int, bytes]]) -> tuple[list[int], list[int]]:
    """The places left when items of equal bytes are taken out, as often as both lists have them."""
    waiting: dict[bytes, deque[int]] = defaultdict(deque)
    for j, content in new:
        waiting[content].append(j)
    old_left = []
    for i, content in old:
        places = waiting.get(content)
        if places:
            places.popleft()
        else:
            old_left.append(i)
    return old_left, sorted(j for places in waiting.values() for j in places)


def _contents(items: Sequence[Json], at: Iterable[int]) -> Iterable[tuple[int, bytes]]:
    """What the items say, place by place; those that say nothing are left out."""
    for place in at:
        form = canonical_value(items[place], ordered=False)
        if form is not None:
            yield place, bytes_of(form)


def _by_unique_name(
    old: Sequence[Json], new: Sequence[Json], old_left: list[int], new_left: list[int], rule: ListRule
) -> list[tuple[int, int]]:
    """Objects whose first name no other object bears. It spares most items their canonical form."""
    if not rule.identity:
        return []
    named_old = _only_bearers(old, old_left, rule.identity[0])
    named_new = _only_bearers(new, new_left, rule.identity[0])
    return [(i, named_new[key]) for key, i in named_old.items() if key in named_new]


def _only_bearers(items: Sequence[Json], at: Iterable[int], keys: Sequence[str]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    shared = set()
    for place in at:
        key = identity_key(items[place], keys) if isinstance(items[place], dict) else None
        if key is None:
            continue
        if key in found:
            shared.add(key)
        found[key] = place
    return {key: place for key, place in found.items() if key not in shared}


def identity_key(item: Json, keys: Sequence[str]) -> Key:
    """The values of ``keys`` in ``item``, text without case and markup; None where the first is missing."""
    first = _comparable(item.get(keys[0])) if keys else None
    return None if first is None else (first, *[_comparable(item.get(key)) for key in keys[1:]])


def _comparable(value: Json) -> Key:
    """A name as it is compared: values with the same canonical form have the same one."""
    if isinstance(value, str):
        return plain_text(value).casefold() or None
    if value is None or isinstance(value, (int, float)):
        return value
    form = canonical_value(value, ordered=False)
    return bytes_of(form) if isinstance(form, (dict, list)) else _comparable(form)


def _by_identity(
    old: Sequence[Json], new: Sequence[Json], old_at: list[int], new_at: list[int], rule: ListRule
) -> list[tuple[int, int]]:
    pairs = []
    for keys in rule.identity:
        waiting: dict[Key, list[int]] = defaultdict(list)
        for j in reversed(new_at):
            waiting[identity_key(new[j], keys)].append(j)
        waiting.pop(None, None)
        for i in old_at:
            places = waiting.get(identity_key(old[i], keys))
            if places:
                pairs.append((i, places.pop()))
        old_at, new_at = _left(old_at, new_at, pairs)
    return pairs


def _by_likeness(
    old: Sequence[Json], new: Sequence[Json], old_at: list[int], new_at: list[int], rule: ListRule
) -> list[tuple[int, int]]:
    if not rule.similar:
        return []
    pairs = []
    for in_old, in_new in _blocks(old, new, old_at, new_at, rule):
        texts_old = [_texts(old[i], rule.similar) for i in in_old]
        texts_new = [_texts(new[j], rule.similar) for j in in_new]
        scored = [
            (-score, in_old[a], in_new[b])
            for a, b in _candidates(texts_old, texts_new)
            if (score := _likeness(texts_old[a], texts_new[b]))
        ]
        pairs += _best_first(scored)
    return pairs


def _blocks(
    old: Sequence[Json], new: Sequence[Json], old_at: list[int], new_at: list[int], rule: ListRule
) -> Iterable[tuple[list[int], list[int]]]:
    """The places of both lists, sorted by what the catalogue says must agree in the two items of a pair."""
    blocks: dict[Key, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for i in old_at:
        blocks[tuple(_comparable(old[i].get(key)) for key in rule.block)][0].append(i)
    for j in new_at:
        blocks[tuple(_comparable(new[j].get(key)) for key in rule.block)][1].append(j)
    return [block for block in blocks.values() if block[0] and block[1]]


def _texts(item: Json, keys: Sequence[str]) -> tuple[str, str]:
    """The most telling text of an item, and all of its telling text."""
    parts = [plain_text(value).casefold() for key in keys if isinstance(value := item.get(key), str)]
    return (parts[0] if isinstance(item.get(keys[0]), str) else ""), " ".join(parts)


def _likeness(old: tuple[str, str], new: tuple[str, str]) -> float:
    """How like two items are, of 100; 0 below ``LIKENESS_LEAST``."""
    if not old[1] or not new[1]:
        return 0.0
    first = fuzz.ratio(old[0], new[0], score_cutoff=LIKENESS_LEAST) if old[0] and new[0] else 0.0
    return max(first, fuzz.ratio(old[1], new[1], score_cutoff=max(first, LIKENESS_LEAST)))


def _candidates(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> Iterable[tuple[int, int]]:
    if len(old) * len(new) <= ALL_PAIRS_MOST:
        return product(range(len(old)), range(len(new)))
    order = sorted(range(len(new)), key=lambda b: new[b])
    texts = [new[b] for b in order]
    found = []
    for a, text in enumerate(old):
        place = bisect_left(texts, text)
        found += [(a, order[at]) for at in range(max(0, place - NEIGHBOURS), min(len(order), place + NEIGHBOURS))]
    return found


def _best_first(scored: list[tuple[float, int, int]]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    for _, i, j in sorted(scored):
        if i not in taken_old and j not in taken_new:
            pairs.append((i, j))
            taken_old.add(i)
            taken_new.add(j)
    return pairs


def _by_place(
    old: Sequence[Json], new: Sequence[Json], old_at: list[int], new_at: list[int], rule: ListRule
) -> list[tuple[int, int]]:
    """Objects that nothing identifies: the one at the same place, else the next, within their block."""
    nameless_old = [i for i in old_at if _is_nameless(old[i], rule)]
    nameless_new = [j for j in new_at if _is_nameless(new[j], rule)]
    pairs = []
    for in_old, in_new in _blocks(old, new, nameless_old, nameless_new, rule):
        same = [(i, i) for i in sorted(set(in_old) & set(in_new))]
        pairs += same + list(zip(*_left(in_old, in_new, same), strict=False))
    return pairs


def _is_nameless(item: Json, rule: ListRule) -> bool:
    return all(identity_key(item, keys) is None for keys in rule.identity)


def _left(old_at: list[int], new_at: list[int], pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    taken_old, taken_new = {i for i, _ in pairs}, {j for _, j in pairs}
    return [i for i in old_at if i not in taken_old], [j for j in new_at if j not in taken_new]

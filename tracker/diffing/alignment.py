"""Which item of an old list is which item of a new one, when their order counts (posted results).

Pairs never cross: items are paired by identity as long as both lists have them in the same order (a longest
rising run, n log n), what moved against that order has gone and come, and what stands alone in a gap of equal
size on both sides is the same item with another name.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from tracker.diffing.canonical import bytes_of, canonical_value, is_verbatim
from tracker.diffing.catalogue import ListRule
from tracker.diffing.matching import Key, Matching, identity_key
from tracker.domain.record import Json

# Keys that name an item of results, where the catalogue has no row for its list.
NAMING_KEYS = ("id", "groupId", "term", "title", "type", "units", "value")


def match_ordered(old: Sequence[Json], new: Sequence[Json], rule: ListRule | None) -> Matching:
    """Match lists in their order; equal items are among the pairs."""
    start = 0
    while start < min(len(old), len(new)) and is_verbatim(old[start], new[start]):
        start += 1
    anchors = [(start + i, start + j) for i, j in _rising(_keyed_pairs(old[start:], new[start:], rule))]
    pairs = [(i, i) for i in range(start)] + anchors
    removed, added = [], []
    edges = [(start - 1, start - 1), *anchors, (len(old), len(new))]
    for (i0, j0), (i1, j1) in pairwise(edges):
        gap_old, gap_new = list(range(i0 + 1, i1)), list(range(j0 + 1, j1))
        if len(gap_old) == len(gap_new) and all(
            _are_objects(old[i], new[j]) for i, j in zip(gap_old, gap_new, strict=True)
        ):
            pairs += zip(gap_old, gap_new, strict=True)
        else:
            removed += gap_old
            added += gap_new
    return Matching(pairs=sorted(pairs), removed=removed, added=added)


def _are_objects(old: Json, new: Json) -> bool:
    return isinstance(old, dict) and isinstance(new, dict)


def _keyed_pairs(old: Sequence[Json], new: Sequence[Json], rule: ListRule | None) -> list[tuple[int, int]]:
    """The n-th item of a key with the n-th item of that key, in the old list's order."""
    waiting: dict[Key, list[int]] = defaultdict(list)
    for j in reversed(range(len(new))):
        waiting[_key(new[j], rule)].append(j)
    pairs = []
    for i, item in enumerate(old):
        places = waiting.get(_key(item, rule))
        if places:
            pairs.append((i, places.pop()))
    return pairs


def _key(item: Json, rule: ListRule | None) -> Key:
    if isinstance(item, dict):
        keys = rule.identity[0] if rule else tuple(key for key in NAMING_KEYS if key in item)
        named = identity_key(item, keys)
        if named is not None:
            return (keys, named)
    return bytes_of(canonical_value(item, ordered=True))


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A longest run of pairs in which both places rise; ``pairs`` rise in the first already."""
    tails: list[int] = []  # for each length the least last place of a run of it
    ends: list[int] = []  # the pair it ends with
    before: list[int | None] = []
    for at, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        before.append(ends[length - 1] if length else None)
        tails[length : length + 1] = [j]
        ends[length : length + 1] = [at]
    run: list[tuple[int, int]] = []
    place = ends[-1] if ends else None
    while place is not None:
        run.append(pairs[place])
        place = before[place]
    return run[::-1]

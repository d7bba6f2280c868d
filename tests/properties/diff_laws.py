"""The laws of a differ, each a check that any differ can be put to; broken ones must be caught by them."""

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

from deepdiff import DeepDiff

from tracker.diffing.canonical import RESULTS, bytes_of, canonical, plain_text, says_nothing, tracked
from tracker.diffing.folding import fold
from tracker.domain.change import Change, Step
from tracker.domain.pointer import join, resolve

Json: TypeAlias = Any
ORACLE_MOST_BYTES = 30_000  # deepdiff takes seconds for a long list in which everything moved up by one
ORACLE_OPTIONS: dict[str, Any] = {
    "zip_ordered_iterables": True,
    "ignore_private_variables": False,
    "threshold_to_diff_deeper": 0,
}

Differ: TypeAlias = Callable[[Json, Json], list[Change]]


def check_all(differ: Differ, old: Json, new: Json, *, name: str = "") -> list[Change]:
    """Put ``differ`` to every law on one pair; its changes."""
    changes = check_inputs_are_kept(differ, old, new)
    check_folding(old, new, changes, name=name)
    check_silence(differ, old, new, changes)
    check_one_change_per_place(changes)
    check_values_are_verbatim(old, new, changes)
    check_leaves(old, new, changes)
    return changes


def check_inputs_are_kept(differ: Differ, old: Json, new: Json) -> list[Change]:
    """Neither record is changed by comparing; the changes."""
    before, after = copy.deepcopy(old), copy.deepcopy(new)
    changes = differ(old, new)
    assert (bytes_of(before), bytes_of(after)) == (bytes_of(old), bytes_of(new))
    return changes


def check_folding(old: Json, new: Json, changes: list[Change], *, name: str = "") -> None:
    """The changes turn the old content into the new one."""
    kept = bytes_of(old)
    folded = fold(old, changes)
    assert bytes_of(canonical(new)) == bytes_of(canonical(folded)), name
    assert kept == bytes_of(old), "folding changes its input"


def check_silence(differ: Differ, old: Json, new: Json, changes: list[Change]) -> None:
    """Nothing is said of a record and itself, nor of equal contents; something is of any two others."""
    assert [] == differ(old, old)
    before, after = canonical(old), canonical(new)
    differs = bytes_of(before) != bytes_of(after)
    assert differs == bool(changes)
    if len(bytes_of(before)) + len(bytes_of(after)) < ORACLE_MOST_BYTES:
        assert differs == bool(DeepDiff(before, after, **ORACLE_OPTIONS))


def check_one_change_per_place(changes: list[Change]) -> None:
    """No place is spoken of twice with the same step, nor inside an item that came or went whole."""
    counted = Counter((change.path, change.step) for change in changes)
    assert [] == [place for place, times in counted.items() if times > 1]
    for wholes, parts in (((Step.INSERT,), (Step.ADD, Step.REPLACE)), ((Step.DELETE,), (Step.REMOVE,))):
        items = {change.path for change in changes if change.step in wholes}
        inside = [c.path for c in changes if c.step in parts and any(above in items for above in _aboves(c.path))]
        assert [] == inside


def check_values_are_verbatim(old: Json, new: Json, changes: list[Change]) -> None:
    """Each path leads to the very value reported, in the new record or, for what went, in the old one."""
    for change in changes:
        old_path = change.old_path or change.path
        if change.step in (Step.ADD, Step.INSERT):
            assert change.old is None
        else:
            assert bytes_of(resolve(old, old_path)) == bytes_of(change.old), change
        if change.step in (Step.REMOVE, Step.DELETE):
            assert change.new is None
        else:
            assert bytes_of(resolve(new, change.path)) == bytes_of(change.new), change


def check_leaves(old: Json, new: Json, changes: list[Change]) -> None:
    """A value that differs outside of lists is reported at its path; only values, items and results are."""
    said = {change.path for change in changes}
    before, after = _leaves(old), _leaves(new)
    for path in before.keys() | after.keys():
        if LIST not in (sides := (_comparable(before.get(path)), _comparable(after.get(path)))):
            is_whole = f"/{RESULTS}" in said and path.startswith(f"/{RESULTS}/")
            assert sides[0] == sides[1] or path in said or is_whole, path
    for change in changes:
        if change.step in (Step.ADD, Step.REPLACE, Step.REMOVE) and change.path != f"/{RESULTS}":
            assert not isinstance(change.old, (dict, list)), change
            assert not isinstance(change.new, (dict, list)), change


def _aboves(path: str) -> list[str]:
    """The places above ``path``, nearest last."""
    return [path[:at] for at in range(1, len(path)) if path[at] == "/"]


def _leaves(record: Json) -> dict[str, Json]:
    """Single values by path, but for lists and what is in them, and what stands against a list."""
    found: dict[str, Json] = {}
    waiting: list[tuple[list[str | int], Json]] = [([key], item) for key, item in tracked(record).items()]
    while waiting:
        tokens, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [([*tokens, key], item) for key, item in value.items()]
        elif isinstance(value, list) or (not says_nothing(value) and tokens != ["hasResults"]):
            found[join(tokens)] = value
    return found


def _comparable(value: Json) -> Json:
    if isinstance(value, list):
        return LIST
    if isinstance(value, bool):
        return ("bool", value)
    return plain_text(value) if isinstance(value, str) else value


LIST = "a list, of which this oracle does not know"

"""Each law is seen to catch a differ that breaks it, so that a law which holds says something."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.properties.diff_laws import (
    Differ,
    check_all,
    check_folding,
    check_inputs_are_kept,
    check_leaves,
    check_one_change_per_place,
    check_silence,
    check_values_are_verbatim,
)
from tracker.diffing.canonical import bytes_of, canonical
from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.compare import changes_between
from tracker.domain.change import Change, Step
from tracker.domain.pointer import resolve

Json = Any


def sound(old: Json, new: Json) -> list[Change]:
    """The product's differ."""
    return changes_between(old, new, catalogue=default_catalogue())


def parent_only(old: Json, new: Json) -> list[Change]:
    """Reports the object above a leaf, as deepdiff does by default for an object whose keys changed."""
    found = {}
    for change in sound(old, new):
        parent = change.path.rsplit("/", 1)[0]
        if change.step in (Step.ADD, Step.REPLACE, Step.REMOVE):
            found[parent] = replace(
                change,
                step=Step.REPLACE,
                path=parent,
                old_path=None,
                old=resolve(old, parent),
                new=resolve(new, parent),
            )
        else:
            found[change.path] = change
    return list(found.values())


def blind_to_duplicates(old: Json, new: Json) -> list[Change]:
    """Takes lists for sets, as deepdiff does with ``ignore_order`` alone."""
    return sound(_as_sets(old), _as_sets(new))


def forgetful(old: Json, new: Json) -> list[Change]:
    """Loses one leaf of several."""
    return sound(old, new)[:-1]


def positional(old: Json, new: Json) -> list[Change]:
    """Matches the items of lists by their place, so that a site put first changes all sites."""
    return sound(_as_objects(old), _as_objects(new))


def repetitive(old: Json, new: Json) -> list[Change]:
    """Says everything twice."""
    return sound(old, new) * 2


def talkative(old: Json, new: Json) -> list[Change]:
    """Reports what is equal, such as a title in other white space."""
    noise = sound({**old, "x": 1}, {**new, "x": 2})
    return sound(old, new) + [replace(change, path="/x", old=None, new=None) for change in noise[-1:]]


def normalising(old: Json, new: Json) -> list[Change]:
    """Reports canonical values, where a verbatim one is asked for."""
    return sound(canonical(old), canonical(new))


def misplaced(old: Json, new: Json) -> list[Change]:
    """Gives the right values at the path of the old record, though an item moved."""
    return [replace(change, path=change.old_path or change.path, old_path=None) for change in sound(old, new)]


def meddling(old: Json, new: Json) -> list[Change]:
    """Sorts the lists of its input on the way."""
    for record in (old, new):
        for items in (record.get("sites"), record.get("conditions")):
            if isinstance(items, list):
                items.sort(key=bytes_of)
    return sound(old, new)


OLD: dict[str, Any] = {
    "title": "A  trial of &lt; one",
    "status": {"verified": "2024-05", "why": "money", "dates": {"start": "2024-05"}},
    "conditions": ["Sepsis", "Sepsis", "Asthma"],
    "sites": [{"name": "Berlin", "open": True}, {"name": "Aarhus", "open": True}],
}
NEW: dict[str, Any] = {
    "title": "A  trial of &lt; two",
    "status": {"verified": "2024-06", "whyStopped": "money", "dates": {"start": "2024-05-01"}},
    "conditions": ["Sepsis", "Asthma"],
    "sites": [
        {"name": "Cologne", "open": True},
        {"name": "Aarhus", "open": True},
        {"name": "Berlin", "open": False},
    ],
}


PAIRS = (
    (OLD, NEW),
    (NEW, OLD),
    (OLD, {**OLD, "sites": OLD["sites"][::-1]}),  # reordered
    (OLD, {**OLD, "conditions": ["Sepsis", "Asthma"]}),  # a duplicate less
    (OLD, {**OLD, "title": "A trial of < one"}),  # written otherwise
)


def test_the_sound_differ_passes() -> None:
    """The pairs that catch the broken ones are handled by the sound one."""
    for old, new in copy.deepcopy(PAIRS):
        check_all(sound, old, new)


@pytest.mark.parametrize(
    ("broken", "law"),
    (
        (parent_only, "check_leaves"),
        (blind_to_duplicates, "check_silence"),
        (blind_to_duplicates, "check_folding"),
        (forgetful, "check_leaves"),
        (forgetful, "check_folding"),
        (positional, "check_silence"),
        (repetitive, "check_one_change_per_place"),
        (talkative, "check_silence"),
        (normalising, "check_values_are_verbatim"),
        (misplaced, "check_values_are_verbatim"),
        (meddling, "check_inputs_are_kept"),
    ),
)
def test_a_broken_differ_is_caught(broken: Differ, law: str) -> None:
    """The law that it breaks fails on some pair of small records."""
    assert any(_is_caught(broken, law, old, new) for old, new in copy.deepcopy(PAIRS))


def _is_caught(broken: Differ, law: str, old: Json, new: Json) -> bool:
    laws: dict[str, Callable[[], object]] = {
        "check_inputs_are_kept": lambda: check_inputs_are_kept(broken, old, new),
        "check_folding": lambda: check_folding(old, new, broken(old, new)),
        "check_silence": lambda: check_silence(broken, old, new, broken(old, new)),
        "check_one_change_per_place": lambda: check_one_change_per_place(broken(old, new)),
        "check_values_are_verbatim": lambda: check_values_are_verbatim(old, new, broken(old, new)),
        "check_leaves": lambda: check_leaves(old, new, broken(old, new)),
    }
    try:
        laws[law]()
    except AssertionError:
        return True
    return False


def _as_sets(node: Json) -> Json:
    if isinstance(node, dict):
        return {key: _as_sets(item) for key, item in node.items()}
    if isinstance(node, list):
        return list({bytes_of(item): _as_sets(item) for item in node}.values())
    return node


def _as_objects(node: Json) -> Json:
    if isinstance(node, dict):
        return {key: _as_objects(item) for key, item in node.items()}
    return {str(i): _as_objects(item) for i, item in enumerate(node)} if isinstance(node, list) else node

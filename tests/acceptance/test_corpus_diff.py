"""The differ on real records: noise says nothing, versions fold, the registry's patches are the oracle."""

import copy
from collections.abc import Iterable
from itertools import count
from typing import Any

import pytest

from tests.acceptance.corpus import CORPUS, files, load, names, needs_corpus, studies, version_pairs
from tests.acceptance.patched import MISSING, Sides, sides_of
from tests.properties.diff_laws import check_all
from tracker.diffing.alignment import NAMING_KEYS
from tracker.diffing.canonical import bytes_of, canonical_value, says_nothing
from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.compare import changes_between
from tracker.domain.change import Change, Step
from tracker.domain.pointer import join, resolve, split
from tracker.domain.record import data_on
from tracker.domain.staleness import UNKNOWN, staleness_of

pytestmark = needs_corpus

Json = Any


def differ(old: Json, new: Json) -> list[Change]:
    """The product's differ with the catalogue that travels with it."""
    return changes_between(old, new, catalogue=default_catalogue())


def test_noise_says_nothing() -> None:
    """Versions that differ in ``versionHolder`` alone are the same content, in either direction."""
    pairs = list(version_pairs("versions_noise"))
    assert pairs
    assert [] == [(name, differ(a, b), differ(b, a)) for name, a, b in pairs if differ(a, b) or differ(b, a)]


def test_real_versions_keep_every_law() -> None:
    """All laws of the differ hold between consecutive versions of real trials, forwards and backwards."""
    pairs = list(version_pairs("versions"))
    assert pairs
    for name, old, new in pairs:
        for before, after in ((old, new), (new, old)):
            check_all(differ, before, after, name=name)


def test_unrelated_records_keep_every_law() -> None:
    """All laws hold between records that have nothing in common, and with an empty one."""
    records = [load(path) for path in files("studies")[::40]]
    for old, new in zip(records, [*records[1:], {}], strict=True):
        check_all(differ, old, new)
        check_all(differ, new, old)


def test_the_unknown_rule_agrees_with_every_label() -> None:
    """A record shows UNKNOWN exactly when the rule says so on its data date."""
    labelled = [(name, record, data_on(record)) for name, record in studies()]
    assert len(labelled) > 500
    wrong = [
        name
        for name, record, day in labelled
        if day is None or staleness_of(record).is_unknown(day) != (staleness_of(record).published_status == UNKNOWN)
    ]
    assert [] == wrong


@pytest.mark.parametrize("name", names("history_api/ops_with_old_values"))
def test_changes_agree_with_the_registrys_operations(name: str) -> None:
    """With both sides built from their values, each changed leaf is covered and nothing else is said."""
    entry = load(CORPUS / "history_api/ops_with_old_values" / name)
    sides = sides_of(entry["operations"], old_value=lambda op: op["old_value"], new_key="new_value", naming=naming_keys)
    check_against_operations(sides)


@pytest.mark.parametrize("name", names("history_api/patches"))
def test_changes_agree_with_bare_patches(name: str) -> None:
    """The same on made bases: what a bare patch replaces is made up."""
    entry = load(CORPUS / "history_api/patches" / name)
    numbers = count(1)
    sides = sides_of(
        entry["patch"], old_value=lambda op: made_up(op, next(numbers)), new_key="value", naming=naming_keys
    )
    check_against_operations(sides)


def naming_keys(pattern: str) -> Iterable[str]:
    """The keys that tell the items of a list from each other."""
    rule = default_catalogue().lists.get(pattern)
    return rule.identity[0] if rule else NAMING_KEYS[:1]


def made_up(operation: dict[str, Json], number: int) -> Json:
    """Something that may have stood where a patch replaces or removes."""
    if operation["op"] == "add":
        return MISSING
    value = operation.get("value")
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + number
    if operation["path"].endswith(("Section", "Module", "Struct", "Info")):
        return {"formerly": f"formerly {number}"}
    return MISSING if operation["path"].rsplit("/", 1)[-1].isdigit() else f"formerly {number}"


def check_against_operations(sides: Sides) -> None:
    """Each touched leaf is covered by a change, and each change lies where the operations touched."""
    untouched = copy.deepcopy(sides)
    changes = check_all(differ, sides.old, sides.new)
    check_all(differ, sides.new, sides.old)
    assert untouched == sides
    said_new = {c.path for c in changes if c.step in (Step.ADD, Step.REPLACE, Step.INSERT)}
    said_old = {c.old_path or c.path for c in changes if c.step in (Step.REMOVE, Step.REPLACE, Step.DELETE)}
    assert [] == _uncovered(sides.new, sides.old, sides.touched_new, said_new)
    assert [] == _uncovered(sides.old, sides.new, sides.touched_old, said_old)
    touched = {_region(path) for path in sides.touched_new | sides.touched_old}
    assert [] == [change for change in changes if not _is_explained(_region(change.path), touched)]


def _uncovered(here: Json, there: Json, touched: Iterable[str], said: set[str]) -> list[str]:
    """Touched leaves of ``here`` that no change speaks of, though they differ from what was ``there``."""
    elsewhere = _Elsewhere(here, there)
    leaves = {leaf for path in touched for leaf in _leaves(resolve(here, path), split(path))}
    return sorted(
        leaf
        for leaf in leaves
        if leaf != "/hasResults"  # goes with the section
        and not any(above in said for above in _aboves(leaf))
        and not elsewhere.has(leaf)
    )


def _leaves(value: Json, tokens: list[str]) -> list[str]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in _leaves(item, [*tokens, key])]
    if isinstance(value, list):
        return [leaf for i, item in enumerate(value) for leaf in _leaves(item, [*tokens, str(i)])]
    return [] if says_nothing(value) else [join(tokens)]


def _aboves(path: str) -> list[str]:
    tokens = split(path)
    return [join(tokens[:length]) for length in range(len(tokens) + 1)]


class _Elsewhere:
    """Knows which leaves are not new: the same at their place, or in an item of their list that moved."""

    def __init__(self, here: Json, there: Json) -> None:
        self._here, self._there = here, there
        self._held: dict[tuple[str, str], frozenset[bytes]] = {}

    def has(self, leaf: str) -> bool:
        """Whether what is at ``leaf`` was there, at this place or in another item."""
        content = _content(resolve(self._here, leaf))
        tokens = split(leaf)
        return content == _content(resolve(self._there, leaf)) or any(
            content in self._held_by(join(tokens[:at]), join(tokens[at + 1 :]))
            for at, token in enumerate(tokens)
            if token.isdigit()
        )

    def _held_by(self, items_at: str, rest: str) -> frozenset[bytes]:
        """What the items of a list hold at ``rest``."""
        if (items_at, rest) not in self._held:
            items = resolve(self._there, items_at)
            found = [_content(resolve(item, rest)) for item in items] if isinstance(items, list) else []
            self._held[items_at, rest] = frozenset(found)
        return self._held[items_at, rest]


def _content(value: Json) -> bytes:
    return bytes_of(canonical_value(value, ordered=True))


def _region(path: str) -> str:
    """The outermost list in which ``path`` lies, else ``path``: items are matched all over a list."""
    tokens = split(path)
    places = [at for at, token in enumerate(tokens) if token.isdigit()]
    return join(tokens[: places[0]]) if places else path


def _is_explained(region: str, touched: set[str]) -> bool:
    return any(above in touched for above in _aboves(region)) or any(
        known.startswith(region + "/") for known in touched
    )

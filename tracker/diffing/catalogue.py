"""The field catalogue, read from ``config/fields.toml``: names and meaning of fields, identity of list items.

Promises: every pattern has exactly one field, the best fitting row or a made one for what no row claims; a
row that cannot be understood is refused with its name. It knows patterns only, never values.
"""

import dataclasses
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from tracker.config_files import config_text
from tracker.domain.errors import InvalidInput
from tracker.domain.events import Category, EventType, Significance

_KINDS = ("text", "date", "count")
_FIELD_KEYS = frozenset(
    {
        *("name", "label", "category", "significance", "event"),
        *("added", "removed", "added_by", "becomes", "kind", "paths"),
    }
)
_LIST_KEYS = frozenset({"path", "identity", "similar", "block"})
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A row of the catalogue. ``whole_paths`` name the value or item itself, where ``added`` and ``removed``
    apply."""

    name: str
    label: str
    category: Category
    significance: Significance
    event: EventType
    added: EventType
    removed: EventType
    added_key: str = ""
    added_by: Mapping[str, EventType] = dataclasses.field(default_factory=dict)
    becomes: Mapping[str, EventType] = dataclasses.field(default_factory=dict)
    kind: str = "text"
    whole_paths: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRule:
    """How the items of a list are told from each other."""

    identity: tuple[tuple[str, ...], ...]
    similar: tuple[str, ...] = ()
    block: tuple[str, ...] = ()


class Catalogue:
    """All rows, found by pattern."""

    def __init__(self, fields: Iterable[tuple[Field, tuple[str, ...]]], lists: Mapping[str, ListRule]) -> None:
        self._exact: dict[str, Field] = {}
        self._below: dict[str, Field] = {}
        self.lists = dict(lists)
        self.fields: dict[str, Field] = {}
        self.paths: dict[str, tuple[str, ...]] = {}
        for row, paths in fields:
            if row.name in self.fields:
                raise InvalidInput(f"fields.toml has two rows named {row.name!r}; each name is given once")
            self.fields[row.name] = row
            self.paths[row.name] = paths
            for path in paths:
                known = self._below if path.endswith("/**") else self._exact
                other = known.setdefault(path.removesuffix("/**"), row)
                if other is not row:
                    raise InvalidInput(f"fields {other.name!r} and {row.name!r} both claim {path}")
        self._ancestors = {path[:cut] for path in (*self._exact, *self._below) for cut in _cuts(path)}
        self._cache: dict[str, Field] = {}
        self._described: dict[str, bool] = {}

    def field_for(self, pattern: str) -> Field:
        """The row that claims ``pattern``, or a made one whose event is ``field_changed``."""
        found = self._cache.get(pattern)
        if found is None:
            found = self._cache[pattern] = self._exact.get(pattern) or self._claim_below(pattern) or _unclaimed(pattern)
        return found

    def describes(self, pattern: str) -> bool:
        """Whether a row speaks of ``pattern`` or of something below it."""
        found = self._described.get(pattern)
        if found is None:
            known = pattern in self._ancestors or pattern in self._exact
            found = self._described[pattern] = known or self._claim_below(pattern) is not None
        return found

    def _claim_below(self, pattern: str) -> Field | None:
        while pattern:
            if pattern in self._below:
                return self._below[pattern]
            pattern = pattern[: pattern.rfind("/")]
        return None


@cache
def default_catalogue() -> Catalogue:
    """The catalogue that travels with trialog."""
    return read_catalogue(config_text("fields.toml"))


def read_catalogue(text: str) -> Catalogue:
    """The catalogue written in ``text``; raises InvalidInput that names the row and what is wrong with it."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise InvalidInput(f"the field catalogue is not TOML: {err}") from err
    lists = dict(_read(_read_list, row, f"list {row.get('path', '?')!r}") for row in tables.get("list", []))
    fields = [_read(_read_field, row, f"field {row.get('name', '?')!r}") for row in tables.get("field", [])]
    return Catalogue(fields, lists)


def _read(reader: Callable[[dict[str, Any]], _Row], row: dict[str, Any], name: str) -> _Row:
    try:
        return reader(row)
    except KeyError as err:
        raise InvalidInput(f"{name} of the catalogue has no {err}; each row needs one") from err
    except (TypeError, ValueError) as err:
        raise InvalidInput(f"{name} of the catalogue: {err}") from err


def _read_field(row: dict[str, Any]) -> tuple[Field, tuple[str, ...]]:
    _refuse_other_keys(row, _FIELD_KEYS)
    event = EventType(row["event"])
    kind = row.get("kind", "text")
    if kind not in _KINDS:
        raise ValueError(f"kind {kind!r} is none of {', '.join(_KINDS)}")
    paths = _texts(row, "paths")
    added_by = dict(row.get("added_by", {}))
    field = Field(
        name=row["name"],
        label=row["label"],
        category=Category(row["category"]),
        significance=Significance(row["significance"]),
        event=event,
        added=EventType(row.get("added", event)),
        removed=EventType(row.get("removed", event)),
        added_key=added_by.pop("key", ""),
        added_by=_event_names(added_by),
        becomes=_event_names(row.get("becomes", {})),
        kind=kind,
        whole_paths=frozenset(path for path in paths if not path.endswith("/**")),
    )
    return field, paths


def _refuse_other_keys(row: dict[str, Any], known: frozenset[str]) -> None:
    if other := sorted(row.keys() - known):
        raise ValueError(f"{other[0]!r} is none of {', '.join(sorted(known))}")


def _texts(row: dict[str, Any], key: str) -> tuple[str, ...]:
    if not isinstance(row[key], list) or not all(isinstance(text, str) for text in row[key]):
        raise ValueError(f"{key} is a list of texts, not {row[key]!r}")
    return tuple(row[key])


def _event_names(names: dict[str, str]) -> dict[str, EventType]:
    return {key: EventType(name) for key, name in names.items()}


def _read_list(row: dict[str, Any]) -> tuple[str, ListRule]:
    _refuse_other_keys(row, _LIST_KEYS)
    identity = tuple(_texts({"identity": keys}, "identity") for keys in row["identity"])
    optional = {key: _texts(row, key) for key in ("similar", "block") if key in row}
    return row["path"], ListRule(identity=identity, **optional)


def _unclaimed(pattern: str) -> Field:
    names = [token for token in pattern.split("/") if token not in ("", "*")] or ["record"]
    return Field(
        name=".".join(names),
        label=names[-1],
        category=Category.ADMINISTRATIVE,
        significance=Significance.MINOR,
        event=EventType.FIELD_CHANGED,
        added=EventType.FIELD_CHANGED,
        removed=EventType.FIELD_CHANGED,
    )


def _cuts(path: str) -> list[int]:
    return [i for i, char in enumerate(path) if char == "/"]

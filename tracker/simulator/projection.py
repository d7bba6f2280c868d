"""Selections of a study's fields, as the parameter ``fields`` asks for them, and the values at a path.

Nothing here changes a study; what is not selected is left out, and objects that are left empty with it.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from tracker.domain.record import Json
from tracker.simulator.field_tree import Node

Mask: TypeAlias = dict[str, "Mask | None"]  # None: everything below


def mask_of(nodes: Iterable[Node]) -> Mask:
    """What a selection of fields keeps; a field with fields below it keeps them all."""
    mask: Mask = {}
    for node in nodes:
        _keep(mask, node.path)
    return mask


def _keep(mask: Mask, path: tuple[str, ...]) -> None:
    for key in path[:-1]:
        below = mask.setdefault(key, {})
        if below is None:
            return
        mask = below
    mask[path[-1]] = None


def project(value: Json, mask: Mask | None) -> Json:
    """The part of ``value`` that ``mask`` keeps; None where nothing is left."""
    if mask is None or value is None:
        return value
    if isinstance(value, list):
        return [kept for item in value if (kept := project(item, mask)) is not None] or None
    if not isinstance(value, dict):
        return None
    kept = {}
    for key, below in mask.items():
        found = project(value.get(key), below)
        if found is not None:
            kept[key] = found
    return kept or None


def values_at(value: Json, path: tuple[str, ...]) -> Iterator[Json]:
    """The single values at ``path`` and below it, through lists."""
    if isinstance(value, list):
        for item in value:
            yield from values_at(item, path)
    elif isinstance(value, dict):
        if path:
            yield from values_at(value.get(path[0]), path[1:])
        else:
            for item in value.values():
                yield from values_at(item, ())
    elif value is not None and not path:
        yield value

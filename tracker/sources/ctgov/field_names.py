"""The registry's field names: whether those that trialog asks for still exist.

Source: ``GET /studies/metadata``, a tree of nodes with ``name``, ``piece`` and alternative pieces. In ``fields``, a
piece or a path of names may stand.
"""

import difflib
from collections.abc import Iterable, Iterator

from tracker.domain.errors import Permanent
from tracker.domain.record import Json
from tracker.sources.ctgov.answers import json_of
from tracker.sources.ctgov.courtesy import Unusable
from tracker.sources.ctgov.transport import Response


def names_of(response: Response) -> frozenset[str]:
    """Every name in the answer of ``/studies/metadata``."""
    tree = json_of(response)
    try:
        names = frozenset(_names(tree, ""))
    except (KeyError, TypeError, AttributeError) as err:
        raise Unusable("its answer is no tree of fields") from err
    if not names:
        raise Unusable("its answer names no field")
    return names


def require_known(asked: Iterable[str], *, known: frozenset[str]) -> None:
    """Raises Permanent where one of ``asked`` is not ``known``, with what is near."""
    unknown = [name for name in asked if name not in known]
    if not unknown:
        return
    told = []
    for name in unknown:
        near = difflib.get_close_matches(name, known, 1)
        told.append(f"{name} (near: {near[0]})" if near else name)
    raise Permanent(
        f"the registry has no field {', '.join(told)}; it may have renamed it, and trialog asks for nothing that "
        "would come back empty. Look for a newer trialog"
    )


def _names(nodes: Json, above: str) -> Iterator[str]:
    for node in nodes:
        path = f"{above}{node['name']}"
        yield path
        yield node["piece"]
        yield from node.get("altPieceNames") or ()
        yield from _names(node.get("children") or (), f"{path}.")

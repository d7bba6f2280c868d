"""How events stored under an earlier schema are read: each upcaster lifts one schema version to the next.

A stored event never changes. When its shape has to change, ``SCHEMA_VERSION`` rises, an upcaster from the version
before is added here, and a sample of the old shape is kept in ``tests/samples`` and must go on decoding.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tracker.domain.errors import Permanent

SCHEMA_VERSION = 1

Upcaster = Callable[[str, dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[int, Upcaster] = {}  # from version n to n + 1; takes the event's type and data


def lift(event_type: str, version: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` in the present schema; raises Permanent for a schema of a later trialog."""
    if version > SCHEMA_VERSION:
        raise Permanent(
            f"an event of type {event_type} has schema version {version}; this trialog knows up to {SCHEMA_VERSION}: "
            "upgrade trialog"
        )
    lifted = dict(data)
    for step in range(version, SCHEMA_VERSION):
        lifted = UPCASTERS[step](event_type, lifted)
    return lifted

"""How events stored under an earlier schema are read: each upcaster lifts one schema version to the next.

A stored event never changes. When its shape has to change, ``SCHEMA_VERSION`` rises (of trial events; those of the
events of watching and of subscriptions have their own), an upcaster from the version before is added here, and a
sample of the old shape is kept in ``tests/samples`` and must go on decoding.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tracker.domain.errors import Permanent
from tracker.domain.watching import MEMBERSHIPS

SCHEMA_VERSION = 1
WATCH_SCHEMA_VERSION = 2
SUBSCRIPTION_SCHEMA_VERSION = 1

Upcaster = Callable[[str, dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[int, Upcaster] = {}  # from version n to n + 1; takes the event's type and data


def _say_first_listing(event_type: str, data: dict[str, Any]) -> dict[str, Any]:
    """Until version 1 a first listing was not told from later ones."""
    return data | {"first_listing": False} if event_type in MEMBERSHIPS else data


WATCH_UPCASTERS: dict[int, Upcaster] = {1: _say_first_listing}
SUBSCRIPTION_UPCASTERS: dict[int, Upcaster] = {}


def lift(event_type: str, version: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """The ``data`` of a trial event in the present schema; raises Permanent for a schema of a later trialog."""
    return _lifted(event_type, version, data, steps=UPCASTERS, present=SCHEMA_VERSION)


def lift_watching(event_type: str, version: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """The same of an event of watching."""
    return _lifted(event_type, version, data, steps=WATCH_UPCASTERS, present=WATCH_SCHEMA_VERSION)


def lift_subscribing(event_type: str, version: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """The same of an event of subscriptions."""
    return _lifted(event_type, version, data, steps=SUBSCRIPTION_UPCASTERS, present=SUBSCRIPTION_SCHEMA_VERSION)


def _lifted(
    event_type: str, version: int, data: Mapping[str, Any], *, steps: Mapping[int, Upcaster], present: int
) -> dict[str, Any]:
    if version > present:
        raise Permanent(
            f"an event of type {event_type} has schema version {version}; this trialog knows up to {present}: "
            "upgrade trialog"
        )
    lifted = dict(data)
    for step in range(version, present):
        lifted = steps[step](event_type, lifted)
    return lifted

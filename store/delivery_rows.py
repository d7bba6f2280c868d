"""Deliveries as rows: what the values of `store.deliveries` are in the tables, and back.

It promises that content comes out as it went in, and that a row with damaged content or lists can still be listed. It
does not know who reads or writes the rows.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from store.deliveries import Attempt, AttemptOutcome, Delivery, DeliveryState, NewDelivery
from store.errors import Permanent
from store.events import check_name
from store.instants import instant_of, instant_text
from store.json_text import decode, encode
from store.outbox_tables import DELIVERIES
from store.zstd_frames import DamagedFrame, compress, decompress

_NAMES = ("subscription_id", "subscription", "address_id", "channel", "endpoint", "kind", "dedup")
_INSTANTS = ("created_at", "next_attempt_at", "settled_at", "pruned_at")
_TOLD = tuple(Delivery.__dataclass_fields__)

TOLD_COLUMNS = [DELIVERIES.c[name] for name in _TOLD]
"""The columns that `delivery_of_row` reads: all but the content and the lease."""


def row_of(new: NewDelivery, now: datetime) -> tuple[Any, ...]:
    """The row of a delivery that is enqueued, in the order of the columns; InvalidInput."""
    for name in _NAMES:
        check_name(name, getattr(new, name))
    content = encode(new.content)
    at, is_dead = instant_text(now), new.dead_because is not None
    is_held = int(new.is_held and not is_dead)
    due_at = at if new.due_at is None else instant_text(new.due_at)
    return (
        new.id,
        new.subscription_id,
        new.subscription,
        new.address_id,
        new.address_number,
        new.address,
        new.channel,
        new.endpoint,
        new.kind,
        str(DeliveryState.DEAD if is_dead else DeliveryState.PENDING),
        new.dedup,
        new.position,
        at,
        None if is_dead else due_at,
        at if is_dead else None,
        new.dead_because,
        0,  # attempts
        0,  # leases
        None,
        None,
        is_held,
        is_held,  # came while its subscription was held
        None,
        encode(list(new.items)).decode(),
        encode(list(new.trial_ids)).decode(),
        len(content),
        compress(content),
        None,  # pruned
    )


def delivery_of_row(row: RowMapping) -> Delivery:
    """The delivery of a row of which at least TOLD_COLUMNS were read."""
    told = {name: row[name] for name in _TOLD}
    instants = {name: None if row[name] is None else instant_of(row[name]) for name in _INSTANTS}
    converted = {
        "state": DeliveryState(row["state"]),
        "is_held": bool(row["is_held"]),
        "items": _texts(row["items"]) or (),
        "trial_ids": _texts(row["trial_ids"]) or (),
    }
    return Delivery(**(told | instants | converted))


def content_of_row(row: RowMapping) -> Any:
    """The content of a delivery; Permanent when it is damaged."""
    try:
        return decode(decompress(bytes(row["content"]), size_bytes=row["size_bytes"]))
    except (DamagedFrame, TypeError, ValueError) as err:
        raise Permanent(f"the content of delivery {row['id']} is damaged ({err}); restore a backup") from err


def content_or_damage(row: RowMapping) -> tuple[Any, str | None]:
    """The content of a delivery, or None and why the row cannot be read; the reason repeats nothing of it."""
    lists = [name for name in ("items", "trial_ids") if _texts(row[name]) is None]
    if lists:
        return None, f"what is stored of it cannot be read: its {lists[0]} are damaged"
    try:
        return content_of_row(row), None
    except Permanent:
        return None, "what is stored of it cannot be read: its content is damaged"


def _texts(stored: str) -> tuple[str, ...] | None:
    """The texts of a list as it is stored; None where it is damaged."""
    try:
        found = decode(stored)
    except (TypeError, ValueError):
        return None
    is_sound = isinstance(found, list) and all(isinstance(one, str) for one in found)
    return tuple(found) if is_sound else None


def attempt_of_row(row: RowMapping) -> Attempt:
    """The attempt of a row of the table."""
    return Attempt(
        at=instant_of(row["at"]),
        outcome=AttemptOutcome(row["outcome"]),
        ms=row["ms"],
        status=row["status"],
        reason=row["reason"],
        number=row["number"],
    )

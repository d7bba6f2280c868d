"""Cursors: how far somebody who reads on elsewhere has come, as JSON of their own.

It promises that a cursor moves with the transaction that stores what stands before it, or not at all. It does not
know what a cursor means.
"""

from typing import Any

from sqlalchemy import Connection, select, text

from store.instants import Clock, instant_text
from store.json_text import decode, encode
from store.tables import CURSORS


class Cursors:
    """The cursors as one transaction sees and moves them."""

    def __init__(self, connection: Connection, *, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def get(self, name: str) -> dict[str, Any] | None:
        """Where ``name`` stands; None before it is put for the first time."""
        found = self._connection.scalars(select(CURSORS.c.value).where(CURSORS.c.name == name)).one_or_none()
        if found is None:
            return None
        value: dict[str, Any] = decode(found)
        return value

    def put(self, name: str, value: dict[str, Any]) -> None:
        """Move ``name``; InvalidInput where JSON cannot say ``value`` exactly."""
        row = {"name": name, "value": encode(value).decode(), "updated_at": instant_text(self._clock())}
        self._connection.execute(_PUT, row)


_PUT = text("""
    INSERT INTO cursors (name, value, updated_at) VALUES (:name, :value, :updated_at)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
""")

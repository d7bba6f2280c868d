"""Checkpoints: how far each named consumer of the ledger has read.

It promises that a checkpoint moves in the same transaction as the effect it stands for, never back by
accident and never past the ledger's head. It does not know what a consumer does.
"""

from sqlalchemy import Connection, select, text

from store.errors import Conflict, InvalidInput
from store.events import check_name
from store.instants import Clock, instant_text
from store.tables import CHECKPOINTS, LEDGER_HEAD


class Checkpoints:
    """The checkpoints as one transaction sees and moves them."""

    def __init__(self, connection: Connection, *, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def get(self, consumer: str) -> int:
        """The position up to which, inclusive, the consumer is done; 0 for one never seen."""
        wanted = select(CHECKPOINTS.c.position).where(CHECKPOINTS.c.consumer == consumer)
        return self._connection.scalars(wanted).one_or_none() or 0

    def all(self) -> dict[str, int]:
        """Every consumer's position, by name."""
        columns = select(CHECKPOINTS.c.consumer, CHECKPOINTS.c.position)
        rows = self._connection.execute(columns.order_by(CHECKPOINTS.c.consumer))
        return {row.consumer: row.position for row in rows}

    def move(self, consumer: str, position: int) -> None:
        """Go on to `position`; Conflict when the consumer is beyond it, moved by another process."""
        self._check(consumer, position)
        if self._put(_MOVE, consumer, position) == 0:
            raise Conflict(
                f"consumer {consumer!r} is at {self.get(consumer)}, beyond {position}:"
                " another process moved it; read its checkpoint again, or reset it to go back"
            )

    def reset(self, consumer: str, position: int = 0) -> None:
        """Go to `position` in either direction, to read again what was read before."""
        self._check(consumer, position)
        self._put(_RESET, consumer, position)

    def _check(self, consumer: str, position: int) -> None:
        check_name("consumer", consumer)
        head = self._connection.scalars(select(LEDGER_HEAD.c.position)).one()
        if not 0 <= position <= head:
            raise InvalidInput(f"consumer {consumer!r} cannot stand at {position}: the ledger is 0 to {head}")

    def _put(self, statement: str, consumer: str, position: int) -> int:
        row = {"consumer": consumer, "position": position, "updated_at": instant_text(self._clock())}
        return self._connection.execute(text(statement), row).rowcount


_RESET = """
    INSERT INTO checkpoints (consumer, position, updated_at) VALUES (:consumer, :position, :updated_at)
    ON CONFLICT (consumer) DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at
"""
_MOVE = f"{_RESET} WHERE checkpoints.position <= excluded.position"

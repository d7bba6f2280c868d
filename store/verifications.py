"""The last checks of the ledger: how far, when, and whether it was sound.

It promises one row for each scope, the last one. What is checked is its callers' matter.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from store.daemon_tables import VERIFICATIONS
from store.instants import instant_of, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One check: everything up to the position ``checked_to``; ``position`` is the first that is wrong, if one is.

    ``checked_hash`` is that of the event at ``checked_to``, from which a later check may go on.
    """

    scope: str
    ok: bool
    checked_to: int
    checked_at: datetime
    checked_hash: str | None = None
    position: int | None = None
    reason: str | None = None


class Verifications:
    """The last checks as one transaction sees and changes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last(self, scope: str) -> Verification | None:
        """The last check of a scope; None before the first."""
        wanted = select(VERIFICATIONS).where(VERIFICATIONS.c.scope == scope)
        row = self._connection.execute(wanted).mappings().one_or_none()
        return None if row is None else _verification(row)

    def list(self) -> "list[Verification]":
        """The last check of every scope, by name."""
        rows = self._connection.execute(select(VERIFICATIONS).order_by(VERIFICATIONS.c.scope)).mappings()
        return [_verification(row) for row in rows]

    def put(self, check: Verification) -> None:
        """Keep a check in place of the last one of its scope."""
        values = {
            "ok": int(check.ok),
            "checked_to": check.checked_to,
            "checked_at": instant_text(check.checked_at),
            "checked_hash": check.checked_hash,
            "position": check.position,
            "reason": check.reason,
        }
        here = update(VERIFICATIONS).where(VERIFICATIONS.c.scope == check.scope).values(**values)
        if self._connection.execute(here).rowcount == 0:
            self._connection.execute(insert(VERIFICATIONS).values(scope=check.scope, **values))


def _verification(row: RowMapping) -> Verification:
    return Verification(**{**row, "ok": bool(row["ok"]), "checked_at": instant_of(row["checked_at"])})

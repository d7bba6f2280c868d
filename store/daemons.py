"""The daemons that run on a database: who, where, since when, and their last sign of life.

It promises instants of the database's clock, and that one that gives no sign for a while, or whose process has
certainly ended, is not called alive. It does not know what a role is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from store.daemon_tables import DAEMONS
from store.dialect import Dialect
from store.holders import Holder, is_gone
from store.instants import instant_of, instant_text

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """One daemon as it was seen last; ``alive`` as of the moment of asking."""

    holder: Holder
    version: str
    roles: tuple[str, ...]
    started_at: datetime
    seen_at: datetime
    alive: bool


class Daemons:
    """The daemons as one transaction sees and changes them."""

    def __init__(self, connection: Connection, *, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect

    def begin(self, holder: Holder, *, version: str) -> None:
        """Put a daemon on record, and forget those that were not seen for a day."""
        now = self._dialect.database_now(self._connection)
        self._connection.execute(delete(DAEMONS).where(DAEMONS.c.seen_at < instant_text(now - FORGOTTEN_AFTER)))
        row = {
            "daemon_id": holder.holder_id,
            "host": holder.host,
            "pid": holder.pid,
            "numbering": holder.numbering,
            "process_started": holder.process_started,
            "version": version,
            "roles": "",
            "started_at": instant_text(now),
            "seen_at": instant_text(now),
        }
        self._connection.execute(insert(DAEMONS).values(**row))

    def seen(self, holder: Holder, *, roles: Sequence[str]) -> bool:
        """Keep a sign of life; answers whether the daemon is still on record."""
        now = self._dialect.database_now(self._connection)
        values = {"roles": " ".join(roles), "seen_at": instant_text(now)}
        kept = update(DAEMONS).where(DAEMONS.c.daemon_id == holder.holder_id).values(**values)
        return self._connection.execute(kept).rowcount > 0

    def end(self, holder: Holder) -> None:
        """Take a daemon off the record."""
        self._connection.execute(delete(DAEMONS).where(DAEMONS.c.daemon_id == holder.holder_id))

    def list(self, *, silent_after_s: float, gone: Callable[[Holder], bool] = is_gone) -> "list[Daemon]":
        """All on record, the newest last; one that was not seen for so many seconds is not alive."""
        now = self._dialect.database_now(self._connection)
        rows = self._connection.execute(select(DAEMONS).order_by(DAEMONS.c.started_at, DAEMONS.c.daemon_id))
        return [_daemon(row, seen_since=now - timedelta(seconds=silent_after_s), gone=gone) for row in rows.mappings()]


def _daemon(row: RowMapping, *, seen_since: datetime, gone: Callable[[Holder], bool]) -> Daemon:
    holder = Holder(
        holder_id=row["daemon_id"],
        host=row["host"],
        pid=row["pid"],
        numbering=row["numbering"],
        process_started=row["process_started"],
    )
    seen_at = instant_of(row["seen_at"])
    return Daemon(
        holder=holder,
        version=row["version"],
        roles=tuple(row["roles"].split()),
        started_at=instant_of(row["started_at"]),
        seen_at=seen_at,
        alive=seen_at >= seen_since and not gone(holder),
    )

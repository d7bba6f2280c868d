"""PostgreSQL: several hosts, one database, writers in a queue.

It promises that write transactions run one after another (one advisory lock, held to the commit), so a
position never becomes visible after a later one, and that a reading transaction sees one moment. It
speaks through psycopg 3 alone.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import URL

from store.dialects.postgresql_connection import WatchedConnection, connect_watched
from store.dialects.postgresql_listener import CHANNEL, PostgresqlListener
from store.disk import Disk
from store.errors import Conflict, InvalidInput, Permanent, StoreError, Transient
from store.footing import Footing
from store.words import WordIndexSql, WordSyntax

_APPEND_LOCK = 0x73746F7265  # "store" in ASCII: the advisory lock of every write transaction

# A host that is cut off is noticed after 20 s, by us and by the server, which then lets go of what we had locked.
_KEEPING_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2, "tcp_user_timeout": 20_000}
_SERVER_KEEPING_ALIVE = {
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}

_TRANSIENT = ("08", "25P03", "40", "53300", "55P03", "57P01", "57P02", "57P03")
_CONFLICT = ("23",)
_INVALID = ("22",)
_LOGIN_REFUSED = ("authentication failed", "no password supplied", "no pg_hba.conf entry", 'FATAL: role "')
_ROW_CHANGES = 1 + 2 + 8 + 16  # pg_trigger.tgtype: for each row, before, DELETE, UPDATE
_TRUNCATION = 2 + 32  # before, TRUNCATE
_GUARDS = """
    SELECT tgname, tgtype, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
     WHERE tgrelid = to_regclass(%s) AND tgenabled IN ('O', 'A') AND tgqual IS NULL AND tgattr::text = ''
"""
_TABLES = "SELECT count(*) FROM pg_class WHERE relname = %s AND relkind = 'r' AND pg_table_is_visible(oid)"
_CONNECTIONS = """
    SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true), '0')::int,
           (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')
"""
_PORT = 5432  # where a URL names none


class PostgresqlDialect:
    """For several hosts on one ledger."""

    name = "postgresql"
    is_shared = True
    json_texts = "SELECT json_array_elements_text(CAST(:texts AS json)) AS value"
    word_syntax = WordSyntax(quote="'", prefix=":*", every=" & ", some=" | ", but=" & !")

    def word_index(self, table: str, *, key: str, words: str) -> WordIndexSql:
        # The words as they are, without positions: no dictionary of the server's has a say in what is found.
        as_vector = f"array_to_tsvector(string_to_array({words}, ' '))"
        return WordIndexSql(
            make=(f"CREATE INDEX {table}_index ON {table} USING gin ({as_vector})",),
            drop=(),
            empty=(f"DELETE FROM {table}",),
            keys=f"SELECT {key} AS found FROM {table} WHERE {as_vector} @@ CAST(:asked AS tsquery)",
        )

    def json_rows(self, names: Sequence[str]) -> str:
        members = [f"value ->> {place} AS {name}" for place, name in enumerate(names)]
        return f"SELECT {', '.join(members)} FROM json_array_elements(CAST(:rows AS json))"

    def locking(self, table: str, *, passes_over: bool = False) -> str:
        return f"FOR NO KEY UPDATE OF {table}" + (" SKIP LOCKED" if passes_over else "")

    def prepare(self, url: URL, *, makes: bool) -> URL:
        return url.set(drivername="postgresql+psycopg")

    def engine_options(self, *, lock_wait_s: float) -> dict[str, Any]:
        return {"pool_pre_ping": True}

    def connect(self, args: Sequence[Any], named: dict[str, Any], *, silence_s: float) -> WatchedConnection:
        return connect_watched(args, _KEEPING_ALIVE | named, silence_s=silence_s)  # the URL may say otherwise

    def on_connect(self, dbapi_connection: Any, *, lock_wait_s: float, makes: bool) -> None:
        settings = {"lock_timeout": round(lock_wait_s * 1000), **_SERVER_KEEPING_ALIVE}
        sets = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())
        dbapi_connection.execute(f"SELECT {sets}")
        dbapi_connection.commit()

    def begin_read(self, connection: Connection) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def begin_write(self, connection: Connection, *, longest_pause_s: float | None) -> None:
        # READ COMMITTED: what follows the lock must see what its last holder committed.
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE")
        if longest_pause_s is not None:  # before the lock: its answer may be the one that is lost
            limit = f"SET LOCAL idle_in_transaction_session_timeout = {round(longest_pause_s * 1000)}"
            connection.exec_driver_sql(limit)
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_APPEND_LOCK})")

    def has_table(self, connection: Connection, table: str) -> bool:
        return bool(connection.exec_driver_sql(_TABLES, (table,)).scalar_one())

    def database_now(self, connection: Connection) -> datetime:
        told: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        return told.astimezone(UTC)

    def begin_work(self, connection: Connection) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE")

    def announce(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")

    def listener(self, dbapi_connection: Any, *, where: str) -> PostgresqlListener:
        return PostgresqlListener(
            dbapi_connection, to_store_error=lambda error: self.store_error(error, where=where, connecting_to=None)
        )

    def insert_or_ignore(self, table: Table) -> Insert:
        return insert(table).on_conflict_do_nothing()

    def lock_out(self, connection: Connection, table: str) -> None:
        connection.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")

    def count_on(self, connection: Connection, table: str, column: str) -> None:
        highest = f"(SELECT max({column}) FROM {table})"
        connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), {highest})")

    def append_only_ddl(self, table: str, *, keys: tuple[tuple[str, ...], ...]) -> list[str]:
        # PostgreSQL has no INSERT OR REPLACE; its upsert updates, so one trigger covers `keys` too.
        return [
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $${_refusal(table)}$$",
            f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
        ]

    def missing_guards(self, connection: Connection, table: str, *, keys: tuple[tuple[str, ...], ...]) -> list[str]:
        rows = connection.exec_driver_sql(_GUARDS, (table,))
        found = {(name, kind) for name, kind, body in rows if body == _refusal(table)}
        expected = {f"{table}_refuse_change": _ROW_CHANGES, f"{table}_refuse_truncate": _TRUNCATION}
        return [name for name, kind in expected.items() if (name, kind) not in found]

    def storage_fault(self, connection: Connection) -> str | None:
        return None  # the server looks after its pages itself, and says nothing to an ordinary user

    def optimize(self, connection: Connection) -> None:
        connection.exec_driver_sql("ANALYZE")

    def rewrite(self, connection: Connection, table: Table) -> None:
        """A server leaves old row versions to its vacuum, since others may still see them."""

    def scrub(self, dbapi_connection: Any) -> bool:
        return True  # old row versions go with the server's vacuum, its log with its archive

    def footing(self, connection: Connection) -> Footing:
        most, taken = connection.exec_driver_sql(_CONNECTIONS).one()
        return Footing(connections_left=max(most - taken, 0), connections_most=most)

    def size_bytes(self, connection: Connection) -> int:
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())

    def disk(self, url: URL) -> Disk | None:
        return None

    def store_error(self, error: BaseException, *, where: str, connecting_to: URL | None) -> StoreError:
        if connecting_to is not None:
            return _not_connected(error, where=where, url=connecting_to)
        state = getattr(error, "sqlstate", None) or ""
        text = " ".join(str(error).split())
        is_lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        if state.startswith(_TRANSIENT) or (not state and is_lost):
            return Transient(f"{where}: the database is busy or the connection dropped ({text}); retry")
        if state.startswith(_CONFLICT):
            return Conflict(f"{where}: a row is already there or does not fit ({text}); reload and retry")
        if state.startswith(_INVALID):
            return InvalidInput(f"{where}: a value cannot be stored ({text}); mend the value")
        return Permanent(f"{where}: the database refused: {text}")


def _refusal(table: str) -> str:
    """The body of the triggers' function. It is compared as it is stored, so its text never changes."""
    return (
        f" BEGIN RAISE EXCEPTION '{table} is append-only, rows are never changed'"
        " USING ERRCODE = 'insufficient_privilege'; END "
    )


def _not_connected(error: BaseException, *, where: str, url: URL) -> StoreError:
    """Why there is no connection: libpq tells it in words alone, in the first line those of the last attempt."""
    text = " ".join(str(error).partition("\n")[0].split())
    if any(words in text for words in _LOGIN_REFUSED):
        return Permanent(f"{where}: the server refused the login ({text}); check user and password")
    if "FATAL: database" in text and "does not exist" in text:
        return Permanent(f"{where}: the server has no such database ({text}); create it, or name another")
    if "FATAL:" in text:
        return Transient(f"{where}: the server takes no connection now ({text}); retry later")
    host = url.host or url.query.get("host") or "localhost"
    port = url.port or url.query.get("port") or _PORT
    named = f"the server {host}, port {port}, cannot be reached"
    return Transient(f"{where}: {named} ({text}); check that it runs, and that host and port are right")

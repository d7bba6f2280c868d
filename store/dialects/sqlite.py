"""SQLite: one file, one writer at a time, any number of readers beside it.

It promises durable commits (write-ahead log, synchronous=FULL), one writer at a time (BEGIN IMMEDIATE)
and readers that see one moment. It does not work on a network folder, where SQLite has no write-ahead log.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Insert, Table, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import URL

from store.dialects.sqlite_listener import SqliteListener, count_up
from store.dialects.sqlite_words import word_index_sql
from store.disk import Disk, disk_of_file
from store.errors import Conflict, InvalidInput, NotFound, Permanent, StoreError, Transient
from store.footing import Footing, file_system_of, is_remote
from store.words import WordIndexSql, WordSyntax

_PERMANENT = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space, nothing of this transaction was kept",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore it from a backup",
    sqlite3.SQLITE_NOTADB: "the file is not a SQLite database; name another file",
    sqlite3.SQLITE_READONLY: "the file, or the folder where its log lies beside it, is read-only; make both writable",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; check the folder and its permissions",
    sqlite3.SQLITE_IOERR: "the disk failed; check it, nothing of this transaction was kept",
}

_NO_TEXT = "Could not decode to UTF-8"

# Pages of 4 kB in the log before they are moved to the file: rarely enough that bulk work does not wait for it.
_CHECKPOINT = "wal_autocheckpoint=8000"

# What is deleted or overwritten is zeroed, whatever the library was built to do: what was forgotten must be gone.
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "secure_delete=ON", _CHECKPOINT)


class SqliteDialect:
    """The default: needs nothing but a folder to write to."""

    name = "sqlite"
    is_shared = False
    json_texts = "SELECT value FROM json_each(:texts)"
    word_syntax = WordSyntax(quote='"', prefix="*", every=" AND ", some=" OR ", but=" NOT ")

    def word_index(self, table: str, *, key: str, words: str) -> WordIndexSql:
        return word_index_sql(table, key=key, words=words)

    def json_rows(self, names: Sequence[str]) -> str:
        members = [f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(names)]
        return f"SELECT {', '.join(members)} FROM json_each(:rows)"

    def locking(self, table: str, *, passes_over: bool = False) -> str:
        return ""  # no other transaction writes while this one may

    def prepare(self, url: URL, *, makes: bool) -> URL:
        if not url.database or url.database == ":memory:" or url.query:
            raise InvalidInput(f"{url.database or 'the URL'} names no file; write sqlite:///path/to/file")
        path = Path(url.database).expanduser().absolute()
        if path.is_dir():
            raise InvalidInput(f"{path} is a folder; name a file inside it")
        if not makes:
            if not path.exists():  # connecting would make it
                raise NotFound(f"no ledger at {path}")
            return url.set(database=str(path))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as err:
            raise Permanent(f"{path.parent} cannot be made a folder ({err.strerror}); name another") from err
        return url.set(database=str(path))

    def engine_options(self, *, lock_wait_s: float) -> dict[str, Any]:
        # isolation_level None: the driver begins nothing by itself; begin_read and begin_write do.
        return {"connect_args": {"timeout": lock_wait_s, "isolation_level": None}}

    def connect(self, args: Sequence[Any], named: dict[str, Any], *, silence_s: float) -> None:
        return None  # nothing lies between the program and a file

    def on_connect(self, dbapi_connection: Any, *, lock_wait_s: float, makes: bool) -> None:
        if makes:  # the file remembers it
            (journal,) = dbapi_connection.execute("PRAGMA journal_mode=WAL").fetchone()
            if journal != "wal":
                raise Permanent("SQLite has no write-ahead log in this folder; use a local disk")
        for pragma in _PRAGMAS:
            dbapi_connection.execute(f"PRAGMA {pragma}")

    def begin_read(self, connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only=ON")
        connection.exec_driver_sql("BEGIN")

    def begin_write(self, connection: Connection, *, longest_pause_s: float | None) -> None:
        # Nothing ends it but its process: a lock on a file lasts as long as that.
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def has_table(self, connection: Connection, table: str) -> bool:
        question = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
        return bool(connection.exec_driver_sql(question, (table,)).scalar_one())

    def database_now(self, connection: Connection) -> datetime:
        said = connection.exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')").scalar_one()
        return datetime.fromisoformat(said)

    def begin_work(self, connection: Connection) -> None:
        self.begin_write(connection, longest_pause_s=None)

    def announce(self, connection: Connection) -> None:
        count_up(connection)

    def listener(self, dbapi_connection: Any, *, where: str) -> SqliteListener:
        return SqliteListener(
            dbapi_connection, to_store_error=lambda error: self.store_error(error, where=where, connecting_to=None)
        )

    def insert_or_ignore(self, table: Table) -> Insert:
        return insert(table).on_conflict_do_nothing()

    def lock_out(self, connection: Connection, table: str) -> None:
        """Nothing to do: no other transaction writes while this one may."""

    def count_on(self, connection: Connection, table: str, column: str) -> None:
        """SQLite does by itself: it gives the number after the highest."""

    def append_only_ddl(self, table: str, *, keys: tuple[tuple[str, ...], ...]) -> list[str]:
        return list(_guards(table, keys).values())

    def missing_guards(self, connection: Connection, table: str, *, keys: tuple[tuple[str, ...], ...]) -> list[str]:
        question = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        found = {(name, sql) for name, sql in connection.exec_driver_sql(question, (table,))}
        return [name for name, sql in _guards(table, keys).items() if (name, sql) not in found]

    def storage_fault(self, connection: Connection) -> str | None:
        said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        return None if said == "ok" else " ".join(str(said).split())

    def optimize(self, connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA analysis_limit=1000")
        connection.exec_driver_sql("PRAGMA optimize=0x10002")  # also of tables that this connection has not asked

    def rewrite(self, connection: Connection, table: Table) -> None:
        # Cells that moved as a page was divided leave copies between those of the page; a page that is freed is zeroed.
        rows = [dict(row) for row in connection.execute(select(table)).mappings()]
        connection.execute(delete(table))
        if rows:
            connection.execute(insert(table), rows)

    def scrub(self, dbapi_connection: Any) -> bool:
        (is_busy, _, _) = dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy

    def footing(self, connection: Connection) -> Footing:
        kind = file_system_of(Path(connection.engine.url.database or ""))
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        modules = connection.exec_driver_sql("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'").scalar_one()
        return Footing(
            file_system=kind,
            is_remote=is_remote(kind),
            has_write_ahead_log=journal == "wal",
            has_word_search=bool(modules),
        )

    def size_bytes(self, connection: Connection) -> int:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        page_bytes = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        return int(pages) * int(page_bytes)

    def disk(self, url: URL) -> Disk | None:
        return disk_of_file(Path(url.database).expanduser()) if url.database else None

    def store_error(self, error: BaseException, *, where: str, connecting_to: URL | None) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0)
        primary = code & 0xFF
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return Transient(f"{where}: another program holds the database locked ({error}); retry")
        if str(error).startswith(_NO_TEXT):  # the driver's own, without a code, and with all of the text
            return Permanent(f"{where}: {_PERMANENT[sqlite3.SQLITE_CORRUPT]} (a text in it is not UTF-8)")
        if primary in _PERMANENT:
            return Permanent(f"{where}: {_PERMANENT[primary]} ({error})")
        if primary == sqlite3.SQLITE_CONSTRAINT and code != sqlite3.SQLITE_CONSTRAINT_TRIGGER:
            return Conflict(f"{where}: a row is already there or does not fit ({error}); reload and retry")
        return Permanent(f"{where}: the database refused: {error}")


def _guards(table: str, keys: tuple[tuple[str, ...], ...]) -> dict[str, str]:
    """The triggers by name. SQLite keeps their text as it is here: another text would miss those of older files."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: rows are never changed'); END"
    taken = " OR ".join(_taken(table, key) for key in keys)
    return {
        f"{table}_refuse_update": f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} {refuse}",
        f"{table}_refuse_delete": f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes without asking the trigger above unless recursive_triggers is on,
        # which is the connection's choice; this one cannot be chosen away.
        f"{table}_refuse_replace": (
            f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}"
        ),
    }


def _taken(table: str, key: tuple[str, ...]) -> str:
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    return f"EXISTS (SELECT 1 FROM {table} WHERE {same})"

"""The port of the databases: everything in which SQLite and PostgreSQL differ, and nothing else.

A dialect is a stateless value. Whatever is not named here is the same SQL on both, and one contract suite
runs over both. It does not know what the tables hold.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.engine import URL

from store.disk import Disk
from store.errors import StoreError
from store.footing import Footing
from store.words import WordIndexSql, WordSyntax


class Listener(Protocol):
    """Hears what was announced in a database, on a connection of its own and outside any transaction."""

    def heard(self, within_s: float, *, pause: Callable[[float], object]) -> bool:
        """Whether anything was announced since the last time; once, however often it was. Transient where it is lost.

        It may wait ``within_s`` for it, with ``pause`` where the database does not call by itself.
        """

    def close(self) -> None:
        """Give the connection back."""


class Dialect(Protocol):
    """One database's ways.

    Laws: between `begin_write` and its commit no other write transaction of the same database runs, so
    positions are handed out in commit order; after `begin_read` every read sees one moment; neither waits
    longer than the engine's `lock_wait_s`, then raises what `store_error` makes a Transient.
    """

    name: str
    """SQLAlchemy's name of the database."""

    is_shared: bool
    """Whether several hosts may use one database, so that nobody changes its shape on the way."""

    json_texts: str
    """SQL of a one-column table `value`, made of the JSON array of texts in the parameter :texts."""

    word_syntax: WordSyntax
    """How a question for words is written."""

    def word_index(self, table: str, *, key: str, words: str) -> WordIndexSql:
        """What makes, drops, empties and asks the index of `words`: see `store.word_index`."""

    def json_rows(self, names: Sequence[str]) -> str:
        """SQL of a table of the columns `names`, made of the JSON array of arrays in :rows; cast what it answers."""

    def locking(self, table: str, *, passes_over: bool = False) -> str:
        """The end of a SELECT that locks the rows of `table` which it finds until the transaction ends.

        It waits for rows that another transaction locked, or `passes_over` them, as if they were not there.
        """

    def prepare(self, url: URL, *, makes: bool) -> URL:
        """The complete URL, its folder made if it `makes` databases.

        InvalidInput or Permanent when it cannot be a database, NotFound when it is not there and may not be made.
        """

    def engine_options(self, *, lock_wait_s: float) -> dict[str, Any]:
        """Arguments of `create_engine`."""

    def connect(self, args: Sequence[Any], named: dict[str, Any], *, silence_s: float) -> Any:
        """A connection of the driver, by its own arguments; None for the one that the driver makes by itself.

        A statement on it fails soon after ``silence_s`` if its server is gone without a word.
        """

    def on_connect(self, dbapi_connection: Any, *, lock_wait_s: float, makes: bool) -> None:
        """Settings of a new connection of the driver; nothing of the database changes unless it `makes` them."""

    def begin_read(self, connection: Connection) -> None:
        """Begin a transaction that sees one moment and can change nothing."""

    def begin_write(self, connection: Connection, *, longest_pause_s: float | None) -> None:
        """Begin the only write transaction, waiting for the one before it.

        The database ends it once nothing was asked in it for so long, where a time is given and the database can.
        """

    def has_table(self, connection: Connection, table: str) -> bool:
        """Whether there is such a table, in one small question: every opening asks it."""

    def database_now(self, connection: Connection) -> datetime:
        """The instant of the database's own clock, aware, UTC; it goes on while a transaction lasts."""

    def begin_work(self, connection: Connection) -> None:
        """Begin a transaction that may write beside the write transaction, where the database lets several write."""

    def announce(self, connection: Connection) -> None:
        """Let every listener hear of this transaction once it commits."""

    def listener(self, dbapi_connection: Any, *, where: str) -> Listener:
        """Who hears, on a connection of the driver that is its own from now on, what is announced from now on."""

    def insert_or_ignore(self, table: Table) -> Insert:
        """An INSERT that passes over rows whose key is taken."""

    def lock_out(self, connection: Connection, table: str) -> None:
        """Let nobody else read `table` until this transaction ends, waiting for those whose transactions have."""

    def count_on(self, connection: Connection, table: str, column: str) -> None:
        """Let the numbers that the database gives rows of `table` go on behind those that are there."""

    def append_only_ddl(self, table: str, *, keys: tuple[tuple[str, ...], ...]) -> list[str]:
        """Statements after which the database itself refuses to change or replace rows of `table`."""

    def missing_guards(self, connection: Connection, table: str, *, keys: tuple[tuple[str, ...], ...]) -> list[str]:
        """Names of the triggers of `append_only_ddl` that are not there, switched off, or not as they were made."""

    def storage_fault(self, connection: Connection) -> str | None:
        """What is wrong with the pages on disk, in the database's words; None also where it cannot be asked."""

    def optimize(self, connection: Connection) -> None:
        """Bring the statistics up to date by which the database chooses its ways."""

    def rewrite(self, connection: Connection, table: Table) -> None:
        """Leave no copy of values that were overwritten in the pages of a small `table`, where the database can."""

    def scrub(self, dbapi_connection: Any) -> bool:
        """Leave no copy of what was overwritten outside the database's own pages; whether none is left there.

        Outside a transaction. What a server keeps is its administrator's to see to: True then.
        """

    def footing(self, connection: Connection) -> Footing:
        """What limits writers of this database."""

    def size_bytes(self, connection: Connection) -> int:
        """Bytes the database holds on disk, without its log."""

    def disk(self, url: URL) -> Disk | None:
        """The disk on which the database of a complete URL lies; None where that is a server's matter."""

    def store_error(self, error: BaseException, *, where: str, connecting_to: URL | None) -> StoreError:
        """The driver's error in the store's words; `where` names the database, without its password.

        `connecting_to` is given where the error is that no connection could be made.
        """

"""From a URL to an engine whose every transaction is begun the store's way.

It promises that a plain path or sqlite:/// means one file, that any postgresql:// means psycopg, that a
transaction waits at most `lock_wait_s` for another, that a server which is gone without a word is noticed soon after
`silence_s`, and that only the store's errors leave the engine.
It is the one module that knows the concrete dialects. It does not know the tables.
"""

from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

from store.dialect import Dialect
from store.disk import Disk
from store.errors import InvalidInput
from store.translation import translate_statements, translated

LOCK_WAIT_S = 30.0
SILENCE_S = 8.0
_WRITING = "store_writing"  # the execution option that tells a write transaction from a reading one
_WORKING = "store_working"  # ... and one that writes beside it
_LONGEST_PAUSE = "store_longest_pause_s"  # ... and how long a write transaction may stand still


def open_engine(
    url_or_path: str | Path, *, lock_wait_s: float = LOCK_WAIT_S, makes: bool = True, silence_s: float = SILENCE_S
) -> Engine:
    """An engine on a SQLite file (path or sqlite:///) or a PostgreSQL database (postgresql://).

    A SQLite file and its folder are made when missing, or NotFound where it does not `makes` them. InvalidInput
    for what is no such URL; Permanent for a file that is not a database or cannot be written; Transient when a
    server does not answer.
    """
    with translated(_without_password(url_or_path)):
        url = _url(url_or_path)
        dialect = dialect_named(url.get_backend_name())
        url = dialect.prepare(url, makes=makes)
        engine = create_engine(url, **dialect.engine_options(lock_wait_s=lock_wait_s))
    _connect_by(engine, dialect, silence_s=silence_s)
    _listen(engine, dialect, lock_wait_s=lock_wait_s, makes=makes)
    translate_statements(engine, dialect)
    return engine


def writing_engine(engine: Engine, *, longest_pause_s: float | None = None) -> Engine:
    """The same engine and pool, whose transactions are write transactions: see `Dialect.begin_write`."""
    return engine.execution_options(**{_WRITING: True, _LONGEST_PAUSE: longest_pause_s})


def working_engine(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions may write beside a write transaction."""
    return engine.execution_options(**{_WORKING: True})


@cache
def dialect_named(name: str) -> Dialect:
    """The dialect of SQLAlchemy's name of a database; InvalidInput for one the store does not run on.

    It and its driver are loaded here, since most programs need one of them alone.
    """
    match name:
        case "sqlite":
            from store.dialects.sqlite import SqliteDialect

            return SqliteDialect()
        case "postgresql" | "postgres":
            from store.dialects.postgresql import PostgresqlDialect

            return PostgresqlDialect()
    raise InvalidInput(f"the store runs on sqlite and postgresql, not on {name}")


def _connect_by(engine: Engine, dialect: Dialect, *, silence_s: float) -> None:
    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, args: list[Any], named: dict[str, Any]) -> Any:
        return dialect.connect(args, named, silence_s=silence_s)


def kind_and_disk(url_or_path: str | Path) -> tuple[str, Disk | None]:
    """The name of the dialect of a database, whether it is there or not, and the disk on which it lies, or would."""
    with translated(_without_password(url_or_path)):
        url = _url(url_or_path)
        dialect = dialect_named(url.get_backend_name())
    return dialect.name, dialect.disk(url)


def file_of(url_or_path: str | Path) -> Path | None:
    """The file that a database is, whether it is there or not; None where it is a server's. InvalidInput."""
    with translated(_without_password(url_or_path)):
        url = _url(url_or_path)
    if dialect_named(url.get_backend_name()).is_shared or not url.database:
        return None
    return Path(url.database).expanduser().absolute()


def has_table(connection: Connection, table: str) -> bool:
    """Whether the database has a table of this name."""
    return dialect_named(connection.dialect.name).has_table(connection, table)


def _listen(engine: Engine, dialect: Dialect, *, lock_wait_s: float, makes: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(dbapi_connection: Any, _record: object) -> None:
        dialect.on_connect(dbapi_connection, lock_wait_s=lock_wait_s, makes=makes)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(_WRITING):
            dialect.begin_write(connection, longest_pause_s=options.get(_LONGEST_PAUSE))
        elif options.get(_WORKING):
            dialect.begin_work(connection)
        else:
            dialect.begin_read(connection)


def _url(url_or_path: str | Path) -> URL:
    if isinstance(url_or_path, str) and "://" in url_or_path:
        try:
            return make_url(url_or_path)
        except ValueError as err:
            raise InvalidInput(f"{_without_password(url_or_path)} is no database URL ({err})") from err
    return URL.create("sqlite", database=str(url_or_path))


def _without_password(url_or_path: str | Path) -> str:
    """What may stand in a message when the URL could not even be parsed."""
    text = str(url_or_path)
    scheme, separator, rest = text.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"

"""The one place where errors of SQLAlchemy and the drivers become errors of the store.

It promises that each is translated once, chained to its original, and names the database without its
password. What a driver's code means is each dialect's knowledge, not this module's.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event, exc
from sqlalchemy.engine import URL, ExceptionContext

from store.dialect import Dialect
from store.errors import InvalidInput, Permanent, StoreError, Transient


def translate_statements(engine: Engine, dialect: Dialect) -> None:
    """From now on every statement, connect and commit of `engine` raises the store's errors."""
    where = database_label(engine.url)

    @event.listens_for(engine, "handle_error")
    def translate(context: ExceptionContext) -> StoreError | None:
        if context.sqlalchemy_exception is None or context.is_pre_ping:
            return None  # not a driver's error, or one the pool mends by itself
        connecting_to = engine.url if context.connection is None else None
        return dialect.store_error(context.original_exception, where=where, connecting_to=connecting_to)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """What SQLAlchemy raises by itself, outside any statement: a bad URL, an exhausted pool."""
    try:
        yield
    except exc.TimeoutError as err:
        raise Transient(f"{where}: all connections are in use ({err}); retry") from err
    except exc.ArgumentError as err:
        raise InvalidInput(f"{where} is no database URL; write sqlite:///file or postgresql://...") from err
    except exc.SQLAlchemyError as err:
        raise Permanent(f"{where}: {err}") from err


def database_label(url: URL) -> str:
    """The file of a SQLite database, the URL without its password of any other."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)

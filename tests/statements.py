"""SQL that is written out once in a test process, for every database that the process opens.

SQLAlchemy writes each statement out once for each engine, and one engine is all that a program needs. A test process
opens thousands, and would spend a fifth of its time on writing the same again. Nothing else of an engine is shared. It
knows nothing of engines of one kind whose dialects are set up differently; the store has none.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

_MOST = 4_000  # statements; a program that grows past it would be the first


class _Written(LRUCache[Any, Any]):
    """Statements of one kind of database, whichever engine asks."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_without_engine(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_without_engine(key), value)


def write_statements_once() -> None:
    """Let all engines of this process share what was written out, by kind of database."""
    written: dict[str, _Written] = defaultdict(lambda: _Written(_MOST))

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=written[connection.dialect.name])


def _without_engine(key: Any) -> Any:
    """A key of SQLAlchemy's without its first part, the dialect, of which each engine has its own."""
    return key[1:] if isinstance(key[0], Dialect) else key

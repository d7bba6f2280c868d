"""Many rows at once, past SQLAlchemy's bookkeeping for each of them, which would cost as much as the insert.

It promises the rows that SQLAlchemy's own insert would write; values must be what the driver takes as it is
(text, numbers, bytes, None).
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table

_MARKS = {"qmark": "?", "pyformat": "%s", "format": "%s"}
_AT_ONCE = 2_000  # rows; SQLite takes 32,766 values in one statement, PostgreSQL twice as many


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], *, on_conflict: str = "") -> int:
    """Insert `rows`, each with a value for every column of `table` that the database does not count up by itself.

    The values stand in the order of the columns. The answer is how many rows were inserted or changed.

    `on_conflict`: the clause, ON CONFLICT and all, that says what becomes of a row whose key is in the table; without
    it such a row is an error.
    """
    if not rows:
        return 0
    statement = _insert(table, _MARKS[connection.dialect.paramstyle], is_counted=True)
    return connection.exec_driver_sql(f"{statement} {on_conflict}", list(rows)).rowcount


def insert_at_once(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert `rows`, up to 2,000 in one statement, for a table where each statement costs: see `store.word_index`.

    The table has at most 16 columns, none of which the database counts up by itself.
    """
    mark = _MARKS[connection.dialect.paramstyle]
    for at in range(0, len(rows), _AT_ONCE):
        page = rows[at : at + _AT_ONCE]
        statement = _insert(table, mark, is_counted=False, rows_count=len(page))
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(page)))


def insert_copies(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert `rows`, each with a value for every column of `table`, also those that the database counts up itself."""
    if rows:
        statement = _insert(table, _MARKS[connection.dialect.paramstyle], is_counted=False)
        connection.exec_driver_sql(statement, list(rows))


def in_column_order(table: Table, rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Rows given by name as `insert_rows` takes them; `table` has two columns or more."""
    return list(map(itemgetter(*[column.name for column in table.columns]), rows))


@lru_cache(maxsize=64)
def _insert(table: Table, mark: str, *, is_counted: bool, rows_count: int = 1) -> str:
    columns = [column.name for column in table.columns if not (is_counted and column.autoincrement is True)]
    row = f"({', '.join([mark] * len(columns))})"
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {', '.join([row] * rows_count)}"

"""Many rows at once, past SQLAlchemy's bookkeeping for each of them, which would cost as much as the insert.

It promises the rows that SQLAlchemy's own insert would write; values must be what the driver takes as it is
(text, numbers, bytes, None).
"""

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table

_MARKS = {"qmark": "?", "pyformat": "%s", "format": "%s"}


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


def insert_copies(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert `rows`, each with a value for every column of `table`, also those that the database counts up itself."""
    if rows:
        statement = _insert(table, _MARKS[connection.dialect.paramstyle], is_counted=False)
        connection.exec_driver_sql(statement, list(rows))


def in_column_order(table: Table, rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Rows given by name as `insert_rows` takes them; `table` has two columns or more."""
    return list(map(itemgetter(*[column.name for column in table.columns]), rows))


@lru_cache(maxsize=64)
def _insert(table: Table, mark: str, *, is_counted: bool) -> str:
    columns = [column.name for column in table.columns if not (is_counted and column.autoincrement is True)]
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"

"""Whether the database around the ledger is sound: its file, the shape of its tables, its guards.

It promises to change nothing and to say what to do. It does not read what the tables hold: for events that is
`store.hash_chain`, for bodies `store.snapshots`.
"""

from sqlalchemy import Connection, MetaData, inspect

from store.dialect import Dialect
from store.tables import EVENT_KEYS, EVENTS, METADATA


class Integrity:
    """The database as one transaction sees it; each answer is a fault in words, or None."""

    def __init__(self, connection: Connection, *, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect

    def storage_fault(self) -> str | None:
        """The first thing wrong with how the database keeps its pages, where it can tell."""
        fault = self._dialect.storage_fault(self._connection)
        return None if fault is None else f"the file is damaged ({fault}); restore it from a backup"

    def shape_fault(self) -> str | None:
        """The first of the store's tables that is missing or has other columns."""
        fault = shape_fault(self._connection, METADATA)
        return None if fault is None else f"{fault}; restore a backup"

    def guard_fault(self) -> str | None:
        """Whether the database would still refuse to change what is recorded."""
        missing = self._dialect.missing_guards(self._connection, EVENTS.name, keys=EVENT_KEYS)
        if not missing:
            return None
        return (
            f"the database no longer refuses to change events: {', '.join(missing)} dropped, switched off or altered;"
            " every event is as it was recorded, restore a backup to have them guarded again"
        )


def shape_fault(connection: Connection, metadata: MetaData) -> str | None:
    """The first table of `metadata` that the database lacks or has with other columns."""
    names = [table.name for table in metadata.sorted_tables]
    read = inspect(connection).get_multi_columns(filter_names=names)  # of all tables at once: one question, not dozens
    present = {name: {column["name"] for column in columns} for (_, name), columns in read.items()}
    for table in metadata.sorted_tables:
        if table.name not in present:
            return f"the table {table.name} is missing"
        expected, found = {column.name for column in table.columns}, present[table.name]
        if expected - found:
            return f"the table {table.name} lacks {', '.join(sorted(expected - found))}"
        if found - expected:
            return f"the table {table.name} has {', '.join(sorted(found - expected))}, which does not belong there"
    return None

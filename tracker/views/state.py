"""The state of the views: made where they are missing, and of which version they are."""

from sqlalchemy import Connection, delete, insert, select

from store.engine import has_table
from store.integrity import shape_fault
from tracker.views.tables import METADATA, REPLAYED, SEARCH, STATE, VERSION, WORD_INDEX

VIEWS = "views"
"""The views' name among the consumers of the ledger."""


def views_version(connection: Connection) -> int | None:
    """The version of the views that are there; None where there are none."""
    if not has_table(connection, STATE.name):
        return None
    return connection.execute(select(STATE.c.version)).scalar_one_or_none()


def views_fault(connection: Connection) -> str | None:
    """Why the tables are not those of this trialog; None where their version and their columns are right."""
    if has_table(connection, STATE.name):
        version = views_version(connection)
        if version != VERSION:
            return f"the views are of version {version}, those of this trialog of version {VERSION}"
    return shape_fault(connection, METADATA)


def make_views(connection: Connection) -> None:
    """Make the tables of the present version, empty; those of another version are dropped."""
    WORD_INDEX.drop(connection)
    METADATA.drop_all(connection)
    METADATA.create_all(connection)
    WORD_INDEX.make(connection)
    connection.execute(insert(STATE).values(id=1, version=VERSION))


def empty_views(connection: Connection) -> None:
    """Take all rows out; readers of other transactions go on seeing them until this one commits."""
    WORD_INDEX.empty(connection)
    for table in REPLAYED:
        if table is not SEARCH:
            connection.execute(delete(table))

"""Whether the views are what the ledger makes them: a scratch copy, and the first row in which they differ.

The copy is a temporary SQLite file whatever the database is, so that checking writes nothing where it checks.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Row, Table, create_engine, select

from tracker.views.state import make_views, views_fault
from tracker.views.tables import REPLAYED, REVISIONS, WORD_INDEX

_FETCH_ROWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewFault:
    """A row of the views that is not what the ledger makes it; ``position`` of the event behind it."""

    position: int | None
    reason: str


@contextmanager
def scratch_views() -> Iterator[Connection]:
    """Empty views in a temporary file that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="trialog-") as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'views.db'}")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA synchronous=OFF")
                make_views(connection)
                yield connection
        finally:
            engine.dispose()


def first_difference(live: Connection, replayed: Connection) -> ViewFault | None:
    """The first row that the live views lack, have too much, or have otherwise; None where they are equal.

    Tables that are missing, or of another shape or version, come before any row; the index of words after all rows.
    """
    unlike = views_fault(live)
    if unlike is not None:
        return ViewFault(position=None, reason=f"{unlike}; run trialog rebuild")
    for table in REPLAYED:
        with _rows(live, table) as found, _rows(replayed, table) as expected:
            fault = _compare(table, iter(found), iter(expected), replayed)
        if fault is not None:
            return fault
    unlike = WORD_INDEX.fault(live)
    return None if unlike is None else ViewFault(position=None, reason=f"{unlike}; run trialog rebuild")


def _rows(connection: Connection, table: Table) -> CursorResult[Any]:
    question = select(table).order_by(*table.primary_key.columns)
    return connection.execute(question, execution_options={"yield_per": _FETCH_ROWS})


def _compare(
    table: Table, live: Iterator[Row[Any]], replayed: Iterator[Row[Any]], ledger: Connection
) -> ViewFault | None:
    while True:
        found, expected = next(live, None), next(replayed, None)
        if found is None and expected is None:
            return None
        if found is None or expected is None or tuple(found) != tuple(expected):
            row = (
                expected
                if found is None or (expected is not None and _key(expected, table) <= _key(found, table))
                else found
            )
            assert row is not None
            return ViewFault(position=_position(table, row, ledger), reason=_reason(table, row, found, expected))


def _key(row: Row[Any], table: Table) -> tuple[tuple[bool, Any], ...]:
    """In the order of the rows: SQLite takes text for a number, and sorts it behind all numbers."""
    values = [getattr(row, column.name) for column in table.primary_key.columns]
    return tuple((isinstance(value, str), value) for value in values)


def _position(table: Table, row: Row[Any], ledger: Connection) -> int | None:
    if "position" in table.columns:
        return row.position if isinstance(row.position, int) else None
    if "trial_id" not in table.columns:
        return None
    question = select(REVISIONS.c.position).where(REVISIONS.c.trial_id == row.trial_id)
    return ledger.execute(question.order_by(REVISIONS.c.position.desc()).limit(1)).scalar_one_or_none()


def _reason(table: Table, row: Row[Any], found: Row[Any] | None, expected: Row[Any] | None) -> str:
    named = f"{table.name} of {_subject(table, row)}"
    if found is None or (expected is not None and _key(expected, table) < _key(found, table)):
        return f"{named} lacks a row that the ledger makes; run trialog rebuild"
    if expected is None or _key(found, table) < _key(expected, table):
        return f"{named} has a row that the ledger does not make; run trialog rebuild"
    columns = [column for column, a, b in zip(row._fields, found, expected, strict=True) if a != b]
    return f"{named} differs from the ledger in {', '.join(columns)}; run trialog rebuild"


def _subject(table: Table, row: Row[Any]) -> str:
    if "trial_id" in table.c:
        return str(row.trial_id)
    return " ".join(str(value) for value in _named(table, row) if value)


def _named(table: Table, row: Row[Any]) -> list[Any]:
    return [getattr(row, column.name) for column in table.primary_key.columns]

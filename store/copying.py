"""Copies of everything that is stored: into a SQLite file, and from one database into another of either kind.

It promises one moment; every row of every table as it is, positions and hashes among them, read and written some at a
time; and that who did what just then is not carried over: what was being sent is due, leases keep their terms and
nobody holds one, whoever had signed in signs in anew, with the same token. Views are no part of the store: a copy made
by pages has them, one made by rows has not.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Table, delete, func, select, update

from store.bulk import insert_copies
from store.engine import dialect_named
from store.errors import Permanent
from store.ledger_files import copy_file
from store.outbox_tables import DELIVERIES
from store.tables import (
    ALARMS,
    CHECKPOINTS,
    DAEMONS,
    EVENTS,
    HELD,
    JOBS,
    LEASES,
    LEDGER_HEAD,
    METADATA,
    REJECTS,
    SIGN_IN_LINKS,
    SNAPSHOTS,
    VERIFICATIONS,
    WEB_SESSIONS,
)
from store.unit_of_work import Database, Transaction

Show = Callable[[int, int], None]  # how much is done, and how much there is

_ROWS = 1000
_ROWS_OF_BODIES = {REJECTS: 4, HELD: 4, SNAPSHOTS: 20, DELIVERIES: 100}
"""Read at a time: of what was refused one row may hold ten megabytes."""

_OF_THE_HOUR = (DAEMONS, WEB_SESSIONS, SIGN_IN_LINKS)
"""Tables that no copy carries over."""

_BESIDE_A_LEDGER = (LEDGER_HEAD, CHECKPOINTS, LEASES, JOBS, ALARMS, VERIFICATIONS, *_OF_THE_HOUR)
"""Tables in which an empty ledger has rows: without events each checkpoint is 0."""


def copy_to_file(source: Database, file: Path, *, now: datetime, show: Show) -> bool:
    """Make the empty ``file`` a ledger that holds what ``source`` holds, and answer whether it has its views too."""
    with source.reading() as read:
        has_views = copy_file(read.connection, file, show)
        made = Database.open(file, clock=lambda: now)
        try:
            with made.writing() as written:
                if not has_views:
                    copy_rows(read, written, show=show)
                calm(written, now)
        finally:
            made.close()
    return has_views


def copy_rows(read: Transaction, written: Transaction, *, show: Show) -> None:
    """Copy every row from one transaction into another, which sees no ledger but an empty one: see `require_empty`."""
    for table in _BESIDE_A_LEDGER:
        written.connection.execute(delete(table))
    counts = {table: _count(read, table) for table in METADATA.sorted_tables}
    done, total = 0, sum(counts.values())
    for table in counts:
        size = _ROWS_OF_BODIES.get(table, _ROWS)
        rows = read.connection.execute(select(table), execution_options={"yield_per": size})
        for page in rows.partitions():
            insert_copies(written.connection, table, [tuple(row) for row in page])
            done += len(page)
            show(done, total)
        _count_on(written, table)


def calm(written: Transaction, now: datetime) -> None:
    """Let nobody be at work or signed in any more: what was being sent is due, no lease is held, whose terms stay."""
    written.outbox.release_gone(lambda _holder: True, now)
    for table in _OF_THE_HOUR:
        written.connection.execute(delete(table))
    kept = {LEASES.c.name, LEASES.c.term}
    written.connection.execute(update(LEASES).values({column: None for column in LEASES.c if column not in kept}))


def require_empty(written: Transaction) -> None:
    """Pass a ledger in which nothing was ever recorded; else Permanent, naming what there is."""
    for table in (EVENTS, *METADATA.sorted_tables):
        if table not in _BESIDE_A_LEDGER and (found := _count(written, table)):
            raise Permanent(f"this database is not empty, its table {table.name} has {found:,} rows; name an empty one")


def _count(transaction: Transaction, table: Table) -> int:
    return int(transaction.connection.execute(select(func.count()).select_from(table)).scalar_one())


def _count_on(written: Transaction, table: Table) -> None:
    """Let the numbers that the database counts up by itself go on behind those that were copied."""
    dialect = dialect_named(written.connection.dialect.name)
    for column in table.columns:
        if column.autoincrement is True:
            dialect.count_on(written.connection, table.name, column.name)

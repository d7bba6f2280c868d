"""A store with rows in every table, whatever tables there are, and all of its rows to look at."""

from typing import Any

from sqlalchemy import Column, LargeBinary, Table, insert, select
from sqlalchemy.types import Integer

from store.claiming import Claim
from store.events import ANY
from store.tables import (
    DAEMONS,
    DELIVERIES,
    EVENTS,
    LEASES,
    LEDGER_HEAD,
    METADATA,
    SIGN_IN_LINKS,
    WEB_SESSIONS,
)
from store.unit_of_work import Database
from tests.contract.store.builders import event
from tests.contract.store.mailroom import NOW, enqueue, put

_MADE_BY_HAND = (EVENTS, LEDGER_HEAD, DELIVERIES)
ROWS = 3


def fill_every_table(database: Database) -> None:
    """Three rows at least in every table; two of three deliveries are being sent."""
    put(database, "a1")
    enqueue(database, "a1", "1", "2", "3")
    with database.writing() as transaction:
        transaction.events.append("s", [event(str(n), text="ü" * n) for n in range(ROWS)], expected_version=ANY)
        for table in METADATA.sorted_tables:
            if table not in _MADE_BY_HAND:
                made = [_row(table, n) for n in range(ROWS)]
                transaction.connection.execute(insert(table), made)
        transaction.outbox.claim(Claim(holder="h", now=NOW, lease_s=60, per_endpoint_most=2))


def rows_of(database: Database, *, without: tuple[Table, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in the order of their texts."""
    with database.reading() as transaction:
        return {
            table.name: sorted((tuple(row) for row in transaction.connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
            if table not in without
        }


CALMED = (LEASES, DAEMONS, DELIVERIES, WEB_SESSIONS, SIGN_IN_LINKS)
"""What says who was at work or signed in, so that a copy has it otherwise."""


def _row(table: Table, n: int) -> dict[str, Any]:
    return {column.name: _value(table, column, n) for column in table.columns if column.autoincrement is not True}


def _value(table: Table, column: Column[Any], n: int) -> Any:
    if isinstance(column.type, LargeBinary):
        return bytes([n, 0, 255]) * 5
    if isinstance(column.type, Integer):
        return n + 1
    if column.name.endswith("_at") or column.name == "at":
        return f"2026-05-0{n + 1}T09:00:00.000000Z"
    if column.nullable and n == 0:
        return None
    return f"{table.name}.{column.name} {n} é\n"

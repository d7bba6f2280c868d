"""However much was settled, a claim and a settlement read what they are about, through indexes."""

import re

from store.tables import DELIVERIES
from store.unit_of_work import Database
from tests.contract.store.mailroom import (
    NOW,
    claim,
    enqueue,
    failed,
    put,
    sent,
    settle,
    statements_of,
)

DOUBLINGS = 15  # of one settled delivery; where there are few, to scan them is best
SCANS = {
    "sqlite": r"^SCAN deliveries(?! USING (?:COVERING )?INDEX)",
    "postgresql": r"Seq Scan on (?:deliveries|attempts)",
}
ATTEMPTS_OF_ALL = """
    INSERT INTO attempts SELECT number, 1, created_at, 'sent', 200, 7, NULL FROM deliveries WHERE number > 1
"""
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


def fill(database: Database) -> None:
    """Many deliveries that are sent, some that wait, and some that will be tried again."""
    names = [f"a{n}" for n in range(10)]
    for name in names:
        put(database, name, endpoint=f"e-{name}")
    enqueue(database, "a0", "sent")
    settle(database, *map(sent, claim(database)))
    columns = [column.name for column in DELIVERIES.columns if column.name != "number"]
    with database.writing() as transaction:
        for n in range(DOUBLINGS):
            copied = [f"{name} || '-{n}'" if name in ("id", "dedup") else name for name in columns]
            doubled = f"INSERT INTO deliveries ({', '.join(columns)}) SELECT {', '.join(copied)} FROM deliveries"
            transaction.connection.exec_driver_sql(doubled)
        transaction.connection.exec_driver_sql(ATTEMPTS_OF_ALL)
    for name in names:
        enqueue(database, name, *map(str, range(20)))
    claimed = claim(database, per_endpoint_most=10)
    settle(database, *(failed(each, again_s=0) for each in claimed))
    analyze(database)


def analyze(database: Database) -> None:
    """Let the database look at what there is."""
    with database.working() as transaction:
        transaction.connection.exec_driver_sql("ANALYZE")


def test_nothing_is_scanned(database: Database) -> None:
    """No statement of a claim, a settlement or a release walks through the deliveries or the attempts."""
    fill(database)
    with statements_of(database) as statements:
        claimed = claim(database)
        settle(database, *map(sent, claimed[:50]), *(failed(one, again_s=9, rests=True) for one in claimed[50:]))
        with database.working() as transaction:
            transaction.outbox.release_gone("h".__eq__, NOW)
            transaction.outbox.extend("h", now=NOW, lease_s=60)
    asked = [each for each in statements if re.match(r"\s*(?:SELECT|UPDATE|INSERT|WITH)\b", each[0])]
    assert len(asked) >= 10
    with database.working() as transaction:
        plans = [
            "\n".join(
                str(row[-1])
                for row in transaction.connection.exec_driver_sql(EXPLAIN[database.dialect_name] + sql, told)
            )
            for sql, told in asked
        ]
    assert [] == [plan for plan in plans if re.search(SCANS[database.dialect_name], plan, re.MULTILINE)]
    used = " ".join(plans)
    assert ["deliveries_first", "deliveries_again", "deliveries_leased"] == [
        index for index in ("deliveries_first", "deliveries_again", "deliveries_leased") if index in used
    ]

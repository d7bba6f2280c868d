"""A process that is killed between claim and settlement takes nothing with it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import store
from store.unit_of_work import Database
from tests.contract.store.mailroom import claim, dedups, enqueue, later, put, sent, settle, states, stored

TOP = Path(store.__path__[0]).parent
CLAIM_AND_HANG = """
import sys
from datetime import UTC, datetime
from store.unit_of_work import Database
from tests.contract.store.mailroom import NOW, claim, sent, settle
database = Database.open(sys.argv[1], clock=lambda: datetime.now(UTC))
first, *others = claim(database, "doomed", endpoints_most=2, per_endpoint_most=3)
settle(database, sent(first))
if sys.argv[2] == "within":
    with database.working() as transaction:
        transaction.outbox.settle([sent(one) for one in others], NOW)
        print("claimed", flush=True)
        sys.stdin.read()
print("claimed", flush=True)
sys.stdin.read()
"""


def kill_between(database: Database, where: str) -> None:
    """Another process claims, settles one, and is killed before the others are settled, or within that."""
    command = [sys.executable, "-c", CLAIM_AND_HANG, database.url, where]
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "claimed\n" == process.stdout.readline()
        process.send_signal(signal.SIGKILL)


def test_a_holder_that_is_killed_loses_nothing(database: Database) -> None:
    """What it had settled stays, what it had claimed is due at once when it is seen to be gone, in its place."""
    check_killed(database, "between")


def test_a_holder_that_is_killed_within_a_settlement_has_settled_nothing_of_it(database: Database) -> None:
    """A settlement that did not commit did not happen: the same ids go out again."""
    check_killed(database, "within")


def check_killed(database: Database, where: str) -> None:
    """Kill a holder, and go on where it stopped."""
    put(database, "a", "b")
    enqueue(database, "a", "1", "2", "3")
    enqueue(database, "b", "4")
    ids = {dedup: one.id for dedup, one in stored(database).items()}
    kill_between(database, where)
    assert [] == claim(database, "i", now=later(1))
    with database.working() as transaction:
        assert 0 == transaction.outbox.release_gone("somebody".__eq__, later(1))
        assert 3 == transaction.outbox.release_gone("doomed".__eq__, later(1))
    assert {"1": "sent", "2": "pending", "3": "pending", "4": "pending"} == states(database)
    assert [1, 0, 0, 0] == [one.attempts_count for one in stored(database).values()]
    again = claim(database, "i", now=later(1))
    assert {"2", "3", "4"} == set(dedups(again))
    assert [ids[dedup] for dedup in dedups(again)] == [one.delivery.id for one in again]
    settle(database, *map(sent, again))
    assert {"sent"} == set(states(database).values())

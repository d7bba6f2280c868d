"""Transactions that write beside the write transaction, and leave the ledger alone."""

import pytest

from store.errors import InvalidInput, Transient
from store.events import NO_STREAM
from store.unit_of_work import Database
from tests.contract.store.builders import event, open_database
from tests.contract.store.mailroom import claim, dedups, enqueue, put, sent, settle


def test_nothing_is_appended_while_working(database: Database) -> None:
    """An event outside the queue of writers could become visible after a later one."""
    with database.working() as transaction, pytest.raises(InvalidInput, match="in a writing transaction"):
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)


def test_work_commits_or_leaves_nothing(database: Database) -> None:
    """All of it at the end, none of it where it fails."""
    put(database, "a")
    with pytest.raises(RuntimeError):
        _disable_and_fail(database)
    with database.working() as transaction:
        assert transaction.addresses.get("a").is_active
        transaction.addresses.enable("a")


def _disable_and_fail(database: Database) -> None:
    with database.working() as transaction:
        transaction.addresses.place("a", 9)
        raise RuntimeError


def test_work_goes_on_beside_a_writer(postgresql_url: str) -> None:
    """On PostgreSQL a claim and a settlement do not wait for the ledger's lock."""
    database, impatient = open_database(postgresql_url), open_database(postgresql_url, lock_wait_s=0.05)
    put(database, "a")
    enqueue(database, "a", "1")
    with database.writing() as writer:
        writer.events.append("a", [event("1")], expected_version=NO_STREAM)
        claimed = claim(impatient)
        assert {"sent"} == set(settle(impatient, *map(sent, claimed)).states.values())
    assert ["1"] == dedups(claimed)
    database.close()
    impatient.close()


def test_work_queues_with_writers_of_a_file(sqlite_url: str) -> None:
    """SQLite has one writer at a time, whatever it writes."""
    database, impatient = open_database(sqlite_url), open_database(sqlite_url, lock_wait_s=0.05)
    with database.writing(), pytest.raises(Transient), impatient.working():
        pytest.fail("two write transactions were open at once")
    database.close()
    impatient.close()

"""Locked, full, dropped: a clear error, and nothing half-done."""

import pickle
import sqlite3
from collections.abc import Callable

import pytest

from store.errors import Conflict, InvalidInput, Permanent, StoreError, Transient, WrongExpectedVersion
from store.events import ANY, NO_STREAM
from store.snapshots import pack
from store.unit_of_work import Database, Transaction
from tests.contract.store.builders import event, open_database
from tests.postgres import drop_others


def write_much(transaction: Transaction) -> None:
    """A megabyte in every table that takes bodies."""
    for n in range(50):
        transaction.snapshots.put_many([pack(f"{n}", bytes(range(256)) * 80)])
        transaction.events.append(f"{n}", [event(f"{n}", text=f"{n}" * 20_000)], expected_version=ANY)


def test_a_full_disk_is_permanent_and_keeps_nothing(sqlite_url: str) -> None:
    """When the disk is full the whole transaction is gone, and the store works again with more space."""
    database = open_database(sqlite_url)
    with pytest.raises(Permanent, match="disk is full"):
        write_with_little_space(database)
    with database.reading() as transaction:
        assert transaction.events.head().count == 0
        assert list(transaction.snapshots.hashes()) == []
        transaction.connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    with database.writing() as transaction:
        write_much(transaction)
        assert transaction.events.verify() is None
    database.close()


def write_with_little_space(database: Database) -> None:
    """Append into a file that may grow by 20 pages only."""
    with database.writing() as transaction:
        pages = transaction.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        transaction.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
        write_much(transaction)


def test_a_file_locked_by_another_program_is_transient(sqlite_url: str) -> None:
    """Another program's lock is waited for, then Transient; when it is gone the same write works."""
    database = open_database(sqlite_url, lock_wait_s=0.05)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Transient, match="locked") as locked, database.writing():
        pytest.fail("the file is locked")
    other.close()
    assert locked.value.retry_after_s > 0
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
    database.close()


def test_a_new_file_locked_by_another_program_is_transient(new_sqlite_url: str) -> None:
    """Opening a database that another program holds locked is Transient too."""
    other = sqlite3.connect(new_sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Transient, match="locked"):
        open_database(new_sqlite_url, lock_wait_s=0.05)
    other.close()


def test_a_damaged_file_is_permanent(sqlite_url: str) -> None:
    """Pages overwritten with noise are a Permanent error that says to restore a backup."""
    database = open_database(sqlite_url)
    with database.writing() as transaction:
        write_much(transaction)
    database.close()
    with open(sqlite_url.removeprefix("sqlite:///"), "r+b") as file:  # noqa: PTH123 - in place
        file.seek(4096)
        file.write(b"\xff" * 4096 * 200)
    with pytest.raises(Permanent, match="damaged"):
        read_everything(sqlite_url)


def read_everything(url: str) -> None:
    """Open, read the ledger, close."""
    database = open_database(url)
    try:
        with database.reading() as transaction:
            list(transaction.events.read_all())
    finally:
        database.close()


def test_a_dropped_connection_is_transient_and_keeps_nothing(postgresql_url: str) -> None:
    """A server that drops the connection mid-transaction: Transient, nothing kept, the next one works."""
    database = open_database(postgresql_url)
    with pytest.raises(Transient):
        append_and_lose_the_connection(database, then_append=True)
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
    database.close()


def test_a_connection_dropped_before_the_commit_is_transient(postgresql_url: str) -> None:
    """A drop that only the commit notices keeps nothing either."""
    database = open_database(postgresql_url)
    with pytest.raises(Transient):
        append_and_lose_the_connection(database, then_append=False)
    with database.reading() as transaction:
        assert transaction.events.head().count == 0
    database.close()


def test_a_connection_dropped_while_idle_is_not_noticed(postgresql_url: str) -> None:
    """A pooled connection that the server dropped between transactions is replaced in silence."""
    database = open_database(postgresql_url)
    drop_others(postgresql_url)
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
    database.close()


def append_and_lose_the_connection(database: Database, *, then_append: bool) -> None:
    """One append, then the server ends the connection under the open transaction."""
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
        drop_others(database.url.replace("+psycopg", ""))
        if then_append:
            transaction.events.append("a", [event("2")], expected_version=0)


def test_a_violated_constraint_of_a_callers_table_is_a_conflict(database: Database) -> None:
    """Errors of tables that are not the store's are translated as well: a taken key is a Conflict."""
    with database.writing() as transaction:
        transaction.connection.exec_driver_sql("CREATE TABLE mine (name TEXT PRIMARY KEY)")
        transaction.connection.exec_driver_sql("INSERT INTO mine VALUES ('a')")
    with pytest.raises(Conflict), database.writing() as transaction:
        transaction.connection.exec_driver_sql("INSERT INTO mine VALUES ('a')")


def test_a_missing_table_is_permanent(database: Database) -> None:
    """SQL that the database does not understand will not work next time either."""
    with pytest.raises(Permanent, match="missing"), database.reading() as transaction:
        transaction.connection.exec_driver_sql("SELECT * FROM missing")


@pytest.mark.parametrize(
    "make",
    (
        lambda: WrongExpectedVersion("a", NO_STREAM, 3),
        lambda: Transient("busy", retry_after_s=7.5),
        lambda: InvalidInput("bad"),
    ),
)
def test_errors_survive_the_way_from_a_worker_process(make: Callable[[], StoreError]) -> None:
    """An unpickled error says and carries what the original did."""
    error = make()
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))

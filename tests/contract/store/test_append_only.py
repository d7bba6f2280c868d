"""The database itself refuses to change what was recorded, whoever asks."""

import sqlite3

import psycopg
import pytest

from store.errors import Conflict, Permanent, StoreError
from store.events import NO_STREAM
from store.unit_of_work import Database
from tests.contract.store.builders import event, open_database

INSERT = (
    " INTO events SELECT {position}, {stream}, {version}, {event_id}, 'forged', schema_version, data,"
    " metadata, recorded_at, previous_hash, hash FROM events WHERE position = 1"
)
FREE = {"position": "9", "stream": "'z'", "version": "0", "event_id": "'z'"}


def fill(database: Database) -> None:
    """Two events."""
    with database.writing() as transaction:
        transaction.events.append("a", [event("1"), event("2")], expected_version=NO_STREAM)


def check_unchanged(database: Database) -> None:
    """The two events are as they were recorded."""
    with database.reading() as transaction:
        assert transaction.events.verify() is None
        assert transaction.events.head().count == 2


@pytest.mark.parametrize(
    "statement",
    (
        "UPDATE events SET data = '{}'",
        "UPDATE events SET position = 7 WHERE position = 2",
        "DELETE FROM events",
    ),
)
def test_update_and_delete_are_refused(database: Database, statement: str) -> None:
    """UPDATE and DELETE on events fail with a clear error and change nothing."""
    fill(database)
    with pytest.raises(Permanent, match="append-only"), database.writing() as transaction:
        transaction.connection.exec_driver_sql(statement)
    check_unchanged(database)


@pytest.mark.parametrize(
    "taken",
    ({"position": "1"}, {"event_id": "'1'"}, {"stream": "'a'", "version": "1"}),
    ids=lambda taken: "+".join(taken),
)
def test_an_insert_over_an_event_is_refused(database: Database, taken: dict[str, str]) -> None:
    """A plain INSERT cannot take a position, an id or a version twice."""
    fill(database)
    with pytest.raises((Permanent, Conflict)), database.writing() as transaction:
        transaction.connection.exec_driver_sql("INSERT" + INSERT.format(**(FREE | taken)))
    check_unchanged(database)


@pytest.mark.parametrize(
    "taken",
    ({"position": "1"}, {"event_id": "'1'"}, {"stream": "'a'", "version": "1"}),
    ids=lambda taken: "+".join(taken),
)
def test_replace_is_refused_to_a_stranger_on_sqlite(sqlite_url: str, taken: dict[str, str]) -> None:
    """INSERT OR REPLACE from a program with SQLite's default settings does not replace an event."""
    database = open_database(sqlite_url)
    fill(database)
    stranger = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        stranger.execute("INSERT OR REPLACE" + INSERT.format(**(FREE | taken)))
    stranger.close()
    check_unchanged(database)
    database.close()


def test_truncate_is_refused_on_postgresql(postgresql_url: str) -> None:
    """TRUNCATE, which asks no row trigger, is refused too."""
    database = open_database(postgresql_url)
    fill(database)
    with psycopg.connect(postgresql_url) as stranger, pytest.raises(psycopg.Error, match="append-only"):
        stranger.execute("TRUNCATE events")
    check_unchanged(database)
    database.close()


def test_an_upsert_cannot_change_an_event(database: Database) -> None:
    """ON CONFLICT DO UPDATE is an update, and refused."""
    fill(database)
    upsert = INSERT.format(**(FREE | {"event_id": "'1'"})) + " ON CONFLICT (event_id) DO UPDATE SET data = '[]'"
    with pytest.raises(StoreError), database.writing() as transaction:
        transaction.connection.exec_driver_sql("INSERT" + upsert)
    check_unchanged(database)

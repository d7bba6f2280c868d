"""Copies of whole stores: into a file, and from either kind of database into either kind."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from store.copying import calm, copy_rows, copy_to_file, require_empty
from store.deliveries import DeliveryState
from store.errors import Permanent
from store.events import ANY
from store.snapshots import pack
from store.tables import DAEMONS, DELIVERIES, LEASES, RUNS
from store.unit_of_work import Database
from tests.contract.store.builders import event, open_database, ticking_clock
from tests.contract.store.full_store import CALMED, fill_every_table, rows_of
from tests.contract.store.mailroom import NOW, enqueue, put, stored


def silent(done: int, total: int) -> None:
    """Shows no progress."""


@pytest.fixture(params=("sqlite", "postgresql"))
def target(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty store of each kind, besides the one that is copied."""
    opened = open_database(request.getfixturevalue(f"new_{request.param}_url"))
    yield opened
    opened.close()


def copied_into(target: Database, file: Path) -> None:
    """Copy all rows of a file."""
    source = Database.open_present(file, clock=ticking_clock())
    with source.reading() as read, target.writing() as written:
        require_empty(written)
        copy_rows(read, written, show=silent)
        calm(written, NOW)
    source.close()


def test_every_row_of_every_table_goes_over(database: Database, target: Database, tmp_path: Path) -> None:
    """By way of a file into either kind of database; only who was at work is left out."""
    fill_every_table(database)
    before = rows_of(database, without=CALMED)
    assert all(len(rows) >= 1 for rows in before.values())
    file = tmp_path / "copy.db"
    assert copy_to_file(database, file, now=NOW, show=silent) == (database.dialect_name == "sqlite")
    copied_into(target, file)
    assert before == rows_of(target, without=CALMED)
    with target.reading() as transaction:
        assert transaction.events.verify() is None


def test_nobody_is_at_work_in_a_copy(database: Database, tmp_path: Path) -> None:
    """What was being sent is due under its id, no lease is held, its term stays, and no daemon runs."""
    fill_every_table(database)
    with database.reading() as transaction:
        terms = {row.name: row.term for row in transaction.connection.execute(select(LEASES))}
    copy_to_file(database, tmp_path / "copy.db", now=NOW, show=silent)
    copy = Database.open_present(tmp_path / "copy.db", clock=ticking_clock())
    before, after = stored(database), stored(copy)
    assert [one.state for one in before.values()].count(DeliveryState.LEASED) == 2
    assert {name: (one.id, DeliveryState.PENDING) for name, one in before.items()} == {
        name: (one.id, one.state) for name, one in after.items()
    }
    with copy.reading() as transaction:
        assert [] == transaction.connection.execute(select(DAEMONS)).all()
        leases = transaction.connection.execute(select(LEASES)).all()
    assert terms == {row.name: row.term for row in leases}
    assert {None} == {value for row in leases for value in (row.holder, row.pid, row.expires_at)}
    copy.close()


def test_numbers_go_on_behind_those_that_were_copied(database: Database, target: Database, tmp_path: Path) -> None:
    """Appends, runs and deliveries of a restored store take the next number, never one that is taken."""
    fill_every_table(database)
    copy_to_file(database, tmp_path / "copy.db", now=NOW, show=silent)
    copied_into(target, tmp_path / "copy.db")
    put(target, "b1")
    assert 1 == enqueue(target, "b1", "9")
    with target.writing() as transaction:
        (recorded,) = transaction.events.append("t", [event("next")], expected_version=ANY)
        assert 4 == recorded.position
        numbers = transaction.connection.scalars(select(DELIVERIES.c.number).order_by(DELIVERIES.c.number)).all()
        runs = {"run_id": "new", "leg": "sweep", "scope": "x", "started_at": "2026-05-01T09:00:00.000000Z"}
        counts = ("fetched", "unchanged", "changed", "events", "rejected", "held", "requests", "bytes", "milliseconds")
        transaction.connection.execute(RUNS.insert().values(**runs, **dict.fromkeys(counts, 0), complete=0))
        ids = transaction.connection.scalars(select(RUNS.c.id).order_by(RUNS.c.id)).all()
    assert ([1, 2, 3, 4], [1, 2, 3, 4]) == (list(numbers), list(ids))


def test_a_copy_is_of_one_moment(database: Database, tmp_path: Path) -> None:
    """What is written while it is made is not in it, and does not make it begin anew."""
    with database.writing() as transaction:
        transaction.snapshots.put_many([pack("large", os.urandom(12_000_000))])
        transaction.events.append("s", [event("before")], expected_version=ANY)
    shown: list[int] = []

    def write_meanwhile(done: int, total: int) -> None:
        shown.append(done)
        with database.writing() as transaction:
            transaction.events.append("s", [event(f"while {done}")], expected_version=ANY)

    copy_to_file(database, tmp_path / "copy.db", now=NOW, show=write_meanwhile)
    copy = Database.open_present(tmp_path / "copy.db", clock=ticking_clock())
    with copy.reading() as transaction:
        assert 1 == transaction.events.head().count
        assert transaction.events.verify() is None
    copy.close()
    assert len(shown) > 1
    assert sorted(set(shown)) == shown


def _event(database: Database) -> None:
    with database.writing() as transaction:
        transaction.events.append("s", [event("1")], expected_version=ANY)


def _snapshot(database: Database) -> None:
    with database.writing() as transaction:
        transaction.snapshots.put_many([pack("a", b"body")])


def _delivery(database: Database) -> None:
    put(database, "a1")


@pytest.mark.parametrize("fill", (_event, _snapshot, _delivery))
def test_a_store_that_holds_anything_is_not_written_to(
    target: Database, fill: Callable[[Database], None], tmp_path: Path
) -> None:
    """Whatever it is: the table is named, and nothing of it changes."""
    source = Database.open(tmp_path / "source.db", clock=ticking_clock())
    fill_every_table(source)
    source.close()
    fill(target)
    before = rows_of(target)
    with pytest.raises(Permanent, match=r"not empty, its table (events|snapshots|addresses) has 1 rows"):
        copied_into(target, tmp_path / "source.db")
    assert before == rows_of(target)

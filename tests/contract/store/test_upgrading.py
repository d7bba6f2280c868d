"""Databases of an older or a newer program: who may change them, what is kept before, and who then stops."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store.engine import open_engine
from store.errors import Outdated, Permanent
from store.events import ANY
from store.migrate import REVISION, Upgrade, Upgrading, migrate
from store.unit_of_work import Database
from tests.contract.store.builders import event, open_database, ticking_clock
from tests.contract.store.mailroom import put
from tests.contract.store.test_opening import NEWER_THAN

OLDER = max(NEWER_THAN)


def make_older(url: str) -> None:
    """A database of one event becomes one of the revision before."""
    database = open_database(url)
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=ANY)
        for statement in (*NEWER_THAN[OLDER], f"UPDATE alembic_version SET version_num = '{OLDER}'"):
            transaction.connection.exec_driver_sql(statement)
    database.close()


def revision_of(file: Path) -> str:
    """The revision that a file says."""
    connection = sqlite3.connect(file)
    (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.close()
    return str(found)


def test_a_file_is_copied_before_it_is_brought_up_to_date(sqlite_url: str) -> None:
    """The copy is the ledger as it was, whole in one file; a second one gets a name of its own."""
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    told: list[Upgrade] = []
    for name in (f"{file.stem}.before-{REVISION}.db", f"{file.stem}.before-{REVISION}.2.db"):
        make_older(sqlite_url)
        with pytest.raises(Outdated):
            Database.open_present(sqlite_url, clock=ticking_clock())
        Database.open(sqlite_url, clock=ticking_clock(), told=told.append).close()
        assert Upgrade(found=OLDER, revision=REVISION, copy=file.with_name(name)) == told[-1]
        assert (REVISION, OLDER) == (revision_of(file), revision_of(file.with_name(name)))
    assert 3 == len(list(file.parent.iterdir()))


def test_an_upgrade_that_is_broken_off_changes_nothing(sqlite_url: str) -> None:
    """The file is as it was, and the copy of it stays."""
    make_older(sqlite_url)

    def interrupt(_upgrade: Upgrade) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Database.open(sqlite_url, clock=ticking_clock(), told=interrupt)
    assert OLDER == revision_of(Path(sqlite_url.removeprefix("sqlite:///")))
    Database.open(sqlite_url, clock=ticking_clock()).close()


def test_a_database_that_hosts_share_is_changed_only_when_asked(postgresql_url: str) -> None:
    """Opening it for whatever purpose refuses it, untouched; asked for, it is brought up to date, without a copy."""
    make_older(postgresql_url)
    with pytest.raises(Outdated, match=f"its schema is {OLDER}"):
        Database.open(postgresql_url, clock=ticking_clock())
    with pytest.raises(Outdated, match=f"its schema is {OLDER}"):
        Database.open_present(postgresql_url, clock=ticking_clock(), upgrading=Upgrading.UNSHARED)
    told: list[Upgrade] = []
    asked = Upgrading.ASKED
    Database.open_present(postgresql_url, clock=ticking_clock(), upgrading=asked, told=told.append).close()
    assert [Upgrade(found=OLDER, revision=REVISION, copy=None)] == told
    open_database(postgresql_url).close()


def _append(database: Database) -> None:
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=ANY)


def _release(database: Database) -> None:
    with database.working() as transaction:
        transaction.outbox.release_gone(lambda _: True, ticking_clock()())


def _subscribe(database: Database) -> None:
    put(database, "a1")


@pytest.mark.parametrize("write", (_append, _release, _subscribe))
def test_a_newer_schema_that_appears_stops_whoever_writes(
    database: Database, database_url: str, write: Callable[[Database], None]
) -> None:
    """The next write of a program that has it open is refused, and says what to do."""
    write(database)
    other = open_database(database_url)
    with other.writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    other.close()
    with pytest.raises(Permanent, match=r"9999, which this program does not know: .* update the program"):
        write(database)


def test_an_upgrade_waits_for_work_that_has_begun(postgresql_url: str) -> None:
    """Nobody is in the middle of writing into a shape that changes."""
    make_older(postgresql_url)
    engine = open_engine(postgresql_url)
    begun, order = threading.Event(), []

    def upgrade() -> None:
        begun.set()
        migrate(engine, upgrading=Upgrading.ASKED, told=lambda _: order.append("upgrade"))

    other = open_engine(postgresql_url)
    with other.connect() as working:
        working.exec_driver_sql("SELECT version_num FROM alembic_version")  # as whatever writes begins
        thread = threading.Thread(target=upgrade)
        thread.start()
        begun.wait(10)
        _wait_for_lock(postgresql_url)
        order.append("work")
    thread.join(10)
    assert ["work", "upgrade"] == order
    engine.dispose()
    other.dispose()


def test_work_that_begins_during_an_upgrade_waits_and_sees_what_is_new(postgresql_url: str) -> None:
    """It reads the revision once the upgrade is done, not as it was when it began to wait."""
    database = open_database(postgresql_url)
    make_older(postgresql_url)
    worked: list[str] = []

    def work() -> None:
        with database.working() as transaction:
            transaction.outbox.release_gone(lambda _: True, ticking_clock()())
        worked.append("well")

    thread = threading.Thread(target=work)

    def meanwhile(_upgrade: Upgrade) -> None:
        thread.start()
        _wait_for_lock(postgresql_url)

    engine = open_engine(postgresql_url)
    migrate(engine, upgrading=Upgrading.ASKED, told=meanwhile)
    engine.dispose()
    thread.join(10)
    database.close()
    assert ["well"] == worked


def _wait_for_lock(url: str) -> None:
    """Until somebody waits for a lock."""
    engine: Any = open_engine(url)
    question = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    until_s = time.monotonic() + 10
    while time.monotonic() < until_s:
        with engine.connect() as connection:
            if connection.exec_driver_sql(question).scalar_one():
                break
    engine.dispose()

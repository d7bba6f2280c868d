"""Who of several daemons is the poller, and when another takes over."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from store.errors import Conflict
from store.holders import Holder, this_process
from store.unit_of_work import Database
from tests.contract.store.builders import open_database
from tracker.daemon.presence import LEASE, Presence


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open store on each kind of database."""
    opened = open_database(database_url)
    yield opened
    opened.close()


def presence(database: Database, *, lasts_s: float = 60.0, holder: Holder | None = None) -> Presence:
    """A daemon's place."""
    return Presence(database=database, version="1", lasts_s=lambda: lasts_s, holder=holder or this_process())


def test_one_is_the_poller_until_it_ends(database: Database) -> None:
    """The second takes over once the first has given the role back; both deliver all the time."""
    first, second = presence(database), presence(database)
    first.look()
    second.look()
    assert (("poller", "deliverer"), ("deliverer",)) == (first.roles, second.roles)
    first.end()
    first.look()
    second.look()
    assert (("deliverer",), ("poller", "deliverer")) == (first.roles, second.roles)
    with database.reading() as transaction:
        assert [second.holder] == [one.holder for one in transaction.daemons.list(silent_after_s=60)]
    second.end()


def test_one_whose_process_is_gone_is_succeeded_at_once(database: Database) -> None:
    """The lease of a process that ended on this host is nobody's, whatever its time."""
    gone = replace(this_process(), pid=2**22 - 1, process_started="never")
    first, second = presence(database, holder=gone), presence(database)
    first.look()
    second.look()
    assert ("poller", "deliverer") == second.roles
    first.end()
    second.end()


def test_what_was_the_poller_writes_nothing_any_more(database: Database) -> None:
    """One that was paused past its lease finds out at its first write, and gives signs of life as a deliverer."""
    first, second = presence(database, lasts_s=60), presence(database)
    first.look()
    under = first.poller_database
    assert under is not None
    with database.writing() as transaction:
        held = transaction.leases.current(LEASE)
        assert held is not None
        transaction.leases.release(held)
    second.look()
    with pytest.raises(Conflict), under.writing():
        raise AssertionError("written without the lease")
    assert ("poller", "deliverer") == second.roles
    second.end()
    first.end()


def test_a_database_that_is_gone_for_a_while_is_asked_again(database: Database) -> None:
    """A look that fails says so in the log alone; a later one is as if nothing had been."""
    here = presence(database)
    with database.writing() as transaction:
        transaction.connection.exec_driver_sql("ALTER TABLE daemons RENAME TO away")
    here.look()
    with database.writing() as transaction:
        transaction.connection.exec_driver_sql("ALTER TABLE away RENAME TO daemons")
    here.look()
    with database.reading() as transaction:
        assert [True] == [one.alive for one in transaction.daemons.list(silent_after_s=60)]
    here.end()

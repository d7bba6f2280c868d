"""A PostgreSQL server that fails and comes back: what was open is Transient, and what follows works."""

from contextlib import ExitStack

import pytest

from store.errors import Transient
from store.events import ANY
from store.unit_of_work import Database
from store.waking import Waker
from tests.contract.store.builders import event, open_database
from tests.postgres import OwnServer, fresh_database, own_server

CONNECTIONS = 4
QUICK_S = 5.0


def append(database: Database, stream: str) -> None:
    """Write an event of a stream of its own."""
    with database.writing() as transaction:
        transaction.events.append(stream, [event(stream)], expected_version=ANY)


def read_at_once(database: Database) -> list[int]:
    """How many events there are, asked in as many transactions at once as there will be connections."""
    with ExitStack() as stack:
        opened = [stack.enter_context(database.reading()) for _ in range(CONNECTIONS)]
        return [transaction.events.head().count for transaction in opened]


def append_and_restart(database: Database, server: OwnServer) -> None:
    """Append, with the server failing before the commit."""
    with database.writing() as transaction:
        transaction.events.append("lost", [event("lost")], expected_version=ANY)
        server.restart()


def test_after_a_restart_all_goes_on() -> None:
    """A transaction that was open is gone; every pooled connection is replaced in silence; who waits hears again."""
    with own_server() as server, fresh_database(server.url) as url:
        database = open_database(url)
        append(database, "a")
        with Waker(database) as waker:
            assert [1] * CONNECTIONS == read_at_once(database)
            with pytest.raises(Transient):
                append_and_restart(database, server)
            assert [1] * CONNECTIONS == read_at_once(database)
            server.restart()
            append(database, "b")
            assert waker.wait(QUICK_S)
            append(database, "c")
            assert waker.wait(QUICK_S)
        assert [3] * CONNECTIONS == read_at_once(database)
        database.close()

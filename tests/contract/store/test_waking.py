"""Waking: who waits hears of what others append and enqueue, once, and of nothing else."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from store.deliveries import EVERY
from store.events import ANY
from store.unit_of_work import Database
from store.waking import Waker
from tests.contract.store.builders import event, open_database
from tests.contract.store.mailroom import NOW, claim, enqueue, failed, put, sent, settle
from tests.postgres import drop_others

QUICK_S = 2.0  # within which a commit is heard of
MOMENT_S = 0.05
LONG_S = 30.0

_ANOTHER = """
import sys
from tests.contract.store.builders import open_database
from tests.contract.store.test_waking import append
database = open_database(sys.argv[1])
append(database, "from another process")
database.close()
"""


@pytest.fixture
def waker(database: Database) -> Iterator[Waker]:
    """Who waits for what happens in the database."""
    with Waker(database) as made:
        yield made


def append(database: Database, stream: str) -> None:
    """Write an event of a stream of its own."""
    with database.writing() as transaction:
        transaction.events.append(stream, [event(stream)], expected_version=ANY)


class Waiting:
    """A thread that waits for long, and what came of it."""

    def __init__(self, waker: Waker) -> None:
        self._waker = waker
        self._answers: list[bool] = []
        self._thread = threading.Thread(target=lambda: self._answers.append(waker.wait(LONG_S)))
        self._thread.start()

    def answer(self) -> bool:
        """What came of it within QUICK_S; else it failed."""
        self._thread.join(QUICK_S)
        late = not self._answers
        self._waker.stop()
        self._thread.join()
        assert not late, "it was not woken"
        return self._answers[0]


def test_an_append_of_another_process_ends_a_wait(database: Database, waker: Waker) -> None:
    """Whatever was committed before a wait begins is there at once; then there is nothing more."""
    subprocess.run([sys.executable, "-c", _ANOTHER, database.url], check=True)
    assert (True, False) == (waker.wait(QUICK_S), waker.wait(MOMENT_S))


def test_a_wait_under_way_is_ended(database_url: str, waker: Waker) -> None:
    """An append by another connection is heard of within 2 s."""
    other = open_database(database_url)
    waiting = Waiting(waker)
    append(other, "a")
    assert waiting.answer()
    other.close()


def test_without_anything_new_a_wait_ends_by_itself(database: Database, waker: Waker) -> None:
    """Reading, and an append of what is known already, are nothing new."""
    append(database, "a")
    assert waker.wait(QUICK_S)
    append(database, "a")
    with database.reading() as transaction:
        assert 1 == transaction.events.head().position
    assert [False, False] == [waker.wait(MOMENT_S), waker.wait(0)]


def test_what_came_before_it_was_made_is_not_heard(database: Database) -> None:
    """It listens from then on, and so does not miss what comes before its first wait."""
    append(database, "a")
    with Waker(database) as waker:
        assert not waker.wait(MOMENT_S)
    with Waker(database) as waker:
        append(database, "b")
        assert waker.wait(QUICK_S)


def test_many_appends_wake_once(database: Database, waker: Waker) -> None:
    """However much happens while nobody waits: who was woken looks at all of it."""
    for stream in "abcde":
        append(database, stream)
    assert (True, False) == (waker.wait(QUICK_S), waker.wait(MOMENT_S))


def test_each_waker_hears(database: Database, waker: Waker) -> None:
    """What one has heard is not lost to another."""
    with Waker(database) as another:
        append(database, "a")
        assert [True, True] == [waker.wait(QUICK_S), another.wait(QUICK_S)]


def test_what_was_rolled_back_wakes_nobody(database: Database, waker: Waker) -> None:
    """It never happened; what commits after it does."""
    with pytest.raises(RuntimeError):
        _append_and_fail(database)
    assert not waker.wait(MOMENT_S)
    append(database, "b")
    assert waker.wait(QUICK_S)


def _append_and_fail(database: Database) -> None:
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=ANY)
        raise RuntimeError


def test_what_is_enqueued_wakes(database: Database, waker: Waker) -> None:
    """An address alone is nothing to deliver, and a delivery that is there already is none more."""
    put(database, "a")
    assert not waker.wait(MOMENT_S)
    enqueue(database, "a", "1")
    assert waker.wait(QUICK_S)
    enqueue(database, "a", "1")
    assert not waker.wait(MOMENT_S)


def test_settling_wakes_nobody(database: Database, waker: Waker) -> None:
    """Whoever was woken and delivers would otherwise wake itself for ever; so would who claims or gives back."""
    put(database, "a")
    enqueue(database, "a", "1", "2")
    assert waker.wait(QUICK_S)
    first, second = claim(database)
    settle(database, sent(first), failed(second, again_s=60))
    with database.working() as transaction:
        transaction.outbox.release_gone(lambda _: True, NOW)
    assert not waker.wait(MOMENT_S)


def _redeliver(database: Database) -> None:
    with database.writing() as transaction:
        transaction.outbox.redeliver(EVERY, NOW)


def _let_go(database: Database) -> None:
    with database.writing() as transaction:
        transaction.outbox.let_go("s-a", NOW)


@pytest.mark.parametrize("begin_anew", (_redeliver, _let_go))
def test_what_becomes_due_by_hand_wakes(
    database: Database, waker: Waker, begin_anew: Callable[[Database], None]
) -> None:
    """Deliveries that are sent again, or go on after a hold, have no new number; where there is none, nobody wakes."""
    begin_anew(database)
    assert not waker.wait(MOMENT_S)
    put(database, "a")
    enqueue(database, "a", "1")
    with database.writing() as transaction:
        transaction.outbox.hold("s-a")
    assert (True, False) == (waker.wait(QUICK_S), waker.wait(MOMENT_S))
    begin_anew(database)
    assert waker.wait(QUICK_S)


def test_one_that_is_stopped_waits_no_more(waker: Waker) -> None:
    """Also by another thread, in the middle of a long wait."""
    waiting = Waiting(waker)
    waker.stop()
    assert [False, False] == [waiting.answer(), waker.wait(LONG_S)]


def test_closing_waits_for_who_waits(database: Database) -> None:
    """It ends the wait first, soon; closing twice is closing once."""
    waker = Waker(database)
    waiting = Waiting(waker)
    closing = threading.Thread(target=waker.close)
    closing.start()
    closing.join(QUICK_S)
    is_late = closing.is_alive()
    assert not waiting.answer()
    closing.join()
    waker.close()
    assert not is_late


def test_a_waiting_connection_keeps_nothing_open(sqlite_url: str) -> None:
    """The log of a SQLite file can be emptied beside it, which any open read would prevent."""
    database = open_database(sqlite_url)
    append(database, "a")
    with Waker(database) as waker:
        assert not waker.wait(MOMENT_S)
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        assert (0, 0, 0) == other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        other.close()
    database.close()


def test_an_open_transaction_is_not_heard_until_it_commits(database_url: str, waker: Waker) -> None:
    """A writer who holds the lock delays nobody who waits."""
    other = open_database(database_url)
    with other.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=ANY)
        assert not waker.wait(MOMENT_S)
    assert waker.wait(QUICK_S)
    other.close()


def test_a_locked_file_is_waited_for(sqlite_url: str) -> None:
    """What cannot be listened to is silent, and once it can be, something may have been missed."""
    database = open_database(sqlite_url, lock_wait_s=0.01)
    database.close()
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with Waker(database) as waker:
        assert not waker.wait(MOMENT_S)
        other.close()
        assert (True, False) == (waker.wait(QUICK_S), waker.wait(MOMENT_S))
        append(database, "a")
        assert waker.wait(QUICK_S)
    database.close()


def test_a_lost_connection_is_made_anew(postgresql_url: str) -> None:
    """The server ended it: nothing is raised, and what was committed meanwhile is not missed."""
    database = open_database(postgresql_url)
    with Waker(database) as waker:
        waiting = Waiting(waker)
        drop_others(postgresql_url)
        append(database, "a")
        assert waiting.answer()
    database.close()


def test_a_database_that_takes_no_connection_is_waited_for(postgresql_url: str) -> None:
    """A wait ends at its time without raising; when the database is back, something may have been missed."""
    database = open_database(postgresql_url)
    name = urlsplit(postgresql_url).path.removeprefix("/")
    with (
        Waker(database) as waker,
        psycopg.connect(urlsplit(postgresql_url)._replace(path="/postgres").geturl(), autocommit=True) as server,
    ):
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", (name,))
        assert [False, False] == [waker.wait(MOMENT_S), waker.wait(MOMENT_S)]
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert (True, False) == (waker.wait(QUICK_S), waker.wait(MOMENT_S))
    database.close()

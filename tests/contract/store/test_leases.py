"""Leases: one holder at a time, a term that rises, and nothing written by who lost it."""

import os
import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from store import holders
from store.errors import Conflict, InvalidInput
from store.events import ANY
from store.holders import Holder, is_gone, this_process
from store.kept_lease import KeptLease
from store.leases import Lease, LeaseHeld, LeaseLost
from store.unit_of_work import Database
from tests.contract.store.builders import event, open_database

TRIES = 100_000


def acquire(database: Database, holder: Holder, *, lasts_s: float = 60.0) -> Lease:
    """Take the lease of this module's tests."""
    with database.writing() as transaction:
        return transaction.leases.acquire("test", holder, lasts_s=lasts_s)


def append(database: Database, stream: str) -> None:
    """Write something."""
    with database.writing() as transaction:
        transaction.events.append(stream, [event(stream)], expected_version=ANY)


def count(database: Database) -> int:
    """How many events there are."""
    with database.reading() as transaction:
        return transaction.events.head().count


@contextmanager
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    """Another process, which does nothing until it is ended."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def of(pid: int, **other: str) -> Holder:
    """A holder that is the process of that number, as it would tell of itself."""
    started = replace(this_process(), pid=pid, process_started=None)
    return replace(started, **other)  # type: ignore[arg-type] # texts all


def test_a_second_holder_is_told_of_the_first(database: Database) -> None:
    """Who has it, on which host, since when; another name is another lease."""
    held = acquire(database, this_process())
    with pytest.raises(LeaseHeld) as refused:
        acquire(database, this_process())
    assert held == refused.value.lease
    told = str(refused.value)
    assert all(word in told for word in (str(held.holder.pid), socket.gethostname(), f"{held.acquired_at:%H:%M:%S}"))
    with database.writing() as transaction:
        assert held == transaction.leases.current("test")
        assert 1 == transaction.leases.acquire("other", this_process(), lasts_s=60).term


def test_instants_are_those_of_the_database(database: Database) -> None:
    """Whatever clock the program has: a lease begins now and ends after its length, by the clock all hosts share."""
    held = acquire(database, this_process(), lasts_s=30)
    assert timedelta(seconds=30) == held.expires_at - held.acquired_at
    with database.reading() as transaction:
        assert held.acquired_at <= transaction.leases.now() < held.expires_at


def test_the_term_rises_with_every_holder_and_survives_its_return(database: Database) -> None:
    """A lease that was given back is free, and no term of it is used again."""
    terms = []
    for _ in range(3):
        lease = acquire(database, this_process())
        terms.append(lease.term)
        with database.writing() as transaction:
            transaction.leases.release(lease)
            assert transaction.leases.current("test") is None
    assert [1, 2, 3] == terms


def test_one_whose_time_is_over_is_taken_over_and_writes_nothing_more(database: Database) -> None:
    """Its later writes raise LeaseLost and leave nothing, and so does renewing or giving back."""
    first = acquire(database, this_process(), lasts_s=0)
    late = database.under(first)
    append(late, "a")  # nobody has taken it over yet
    second = acquire(database, this_process())
    assert (1, 2) == (first.term, second.term)
    with pytest.raises(LeaseLost, match="nothing more may be written"):
        append(late, "b")
    for act in ("renew", "release"):
        with database.writing() as transaction, pytest.raises(LeaseLost):
            getattr(transaction.leases, act)(first, **({"lasts_s": 60} if act == "renew" else {}))
    append(database.under(second), "c")
    append(database, "d")
    assert 3 == count(database)


def test_a_holder_that_asks_again_has_a_new_term(database: Database) -> None:
    """What it began under the old one is over: it lost its way to give it back."""
    holder = this_process()
    first, second = acquire(database, holder), acquire(database, holder)
    assert (1, 2) == (first.term, second.term)
    with pytest.raises(LeaseLost):
        append(database.under(first), "a")


def test_a_renewed_lease_lasts_longer(database: Database) -> None:
    """From the moment of its renewal, also where its time had been over and nobody had come."""
    lease = acquire(database, this_process(), lasts_s=0)
    with database.writing() as transaction:
        renewed = transaction.leases.renew(lease, lasts_s=60)
        assert renewed == transaction.leases.current("test")
    with pytest.raises(LeaseHeld):
        acquire(database, this_process())
    append(database.under(lease), "a")


def test_a_process_that_ended_is_succeeded_at_once(database: Database) -> None:
    """On this host; one on another, or in another numbering, is waited for."""
    with sleeper() as process:
        holder = of(process.pid)
        acquire(database, holder)
        with pytest.raises(LeaseHeld):
            acquire(database, this_process())
        assert not is_gone(holder)
    assert is_gone(holder)
    assert 2 == acquire(database, this_process()).term
    for elsewhere in (of(process.pid, host="elsewhere"), of(process.pid, numbering="another")):
        assert not is_gone(elsewhere)


def test_a_process_that_was_killed_and_not_waited_for_is_gone() -> None:
    """The system still has its number, and nothing else."""
    with sleeper() as process:
        holder = replace(of(process.pid), process_started=holders._started(process.pid))
        assert not is_gone(holder)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(holder)


def test_a_number_that_was_given_again_is_another_process() -> None:
    """Same host, same number, another start: who had it is gone; this process itself is not."""
    mine = this_process()
    assert mine.process_started is not None
    assert (False, True) == (is_gone(mine), is_gone(replace(mine, process_started="12")))


def test_two_at_once_one_gets_it(database_url: str) -> None:
    """Of many threads that ask at the same moment, exactly one has it."""
    got: list[int] = []
    refused: list[str] = []
    start = threading.Barrier(8)

    def ask() -> None:
        database = open_database(database_url)
        start.wait()
        try:
            got.append(acquire(database, this_process()).term)
        except LeaseHeld as err:
            refused.append(str(err))
        database.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ([1], 7) == (got, len(refused))


def test_a_kept_lease_is_renewed_and_given_back(database: Database) -> None:
    """For as long as the block lasts, though its holder does nothing."""
    lease = acquire(database, this_process(), lasts_s=0.03)
    with KeptLease(database, lease, lasts_s=0.03) as kept:
        for _ in range(TRIES):
            with database.reading() as transaction:
                now = transaction.leases.current("test")
            if now is not None and now.expires_at > lease.expires_at + timedelta(seconds=0.03):
                break
        else:
            pytest.fail("it was not renewed")
        kept.require()
        append(kept.database, "a")
    with database.reading() as transaction:
        assert transaction.leases.current("test") is None


def test_who_keeps_a_lease_learns_that_it_was_lost(database: Database) -> None:
    """Also without writing anything; at the end nothing is given back that is another's."""
    lease = acquire(database, this_process(), lasts_s=0)
    second = acquire(database, this_process())
    with KeptLease(database, lease, lasts_s=0.01) as kept, pytest.raises(LeaseLost):
        go_on(kept)
    with database.reading() as transaction:
        assert second == transaction.leases.current("test")


def go_on(kept: KeptLease) -> None:
    """Do something else for a long time, and see now and then whether the lease is still there."""
    for _ in range(TRIES):
        kept.require()
        with kept.database.reading() as transaction:
            transaction.events.head()


def test_what_is_no_length_is_refused(database: Database) -> None:
    """A lease of less than nothing, or of no number."""
    for lasts_s in (-1.0, float("nan")):
        with pytest.raises(InvalidInput):
            acquire(database, this_process(), lasts_s=lasts_s)


def test_the_errors_survive_the_way_from_a_worker_process(database: Database) -> None:
    """An unpickled error says and carries what the original did, and is a Conflict."""
    lease = acquire(database, this_process())
    for error in (LeaseHeld(lease), LeaseLost(lease, None), LeaseLost(lease, lease)):
        again = pickle.loads(pickle.dumps(error))
        assert isinstance(again, Conflict)
        assert (type(error), str(error), vars(error)) == (type(again), str(again), vars(again))


def test_a_holder_that_stands_still_in_a_transaction_is_ended(postgresql_url: str) -> None:
    """PostgreSQL ends it before others give up waiting; the limit is set where a lease is needed, and only there."""
    database = open_database(postgresql_url)
    question = "SELECT current_setting('idle_in_transaction_session_timeout')"
    for asked, limit in ((database.under(acquire(database, this_process())), "20s"), (database, "0")):
        with asked.writing() as transaction:
            assert limit == transaction.connection.exec_driver_sql(question).scalar_one()
    database.close()


def test_leases_add_up(database: Database) -> None:
    """What is written under two leases is written under both: losing either is enough to be refused."""
    outer = acquire(database, this_process())
    with database.writing() as transaction:
        inner = transaction.leases.acquire("inner", this_process(), lasts_s=60)
    under = database.under(outer).under(inner)
    append(under, "both")
    with database.writing() as transaction:
        transaction.leases.release(outer)
    with pytest.raises(LeaseLost):
        append(under, "lost")
    assert 1 == count(database)

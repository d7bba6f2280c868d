"""One poll at a time: who comes second is told, who is paused writes nothing more, and all others go on working."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import pytest

from store.holders import this_process
from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab
from tests.contract.pipeline.test_poll_crashes import FORKSERVER
from tests.following import DAILY, Follower, follow_releases, following, poll_once
from tests.unit.simulator.worlds import ONE, made_world, study, world
from tracker.domain.errors import Conflict
from tracker.pipeline.polling.lease import LEASE, NO_SIGN_OF_LIFE, state_of
from tracker.pipeline.polling.legs import Leg

TRIALS = 60
EXPIRE = "UPDATE leases SET expires_at = '2000-01-01T00:00:00.000000Z'"


def poll_and_tell(url: str, site: str, answers: Connection) -> None:
    """Poll in a process of its own, and hand back why that failed."""
    answers.send(poll_once(url, site))


@contextmanager
def started(
    url: str, follower: Follower, before: Callable[[BaseProcess], object] = lambda _: None
) -> Iterator[tuple[BaseProcess, Connection]]:
    """Another process that polls, and where it will say why that failed; it does not outlive the block."""
    told, tells = FORKSERVER.Pipe(duplex=False)
    process = FORKSERVER.Process(target=poll_and_tell, args=(url, follower.server.url, tells))
    before(process)
    process.start()
    try:
        yield process, told
    finally:
        process.kill()
        process.join()


def send(what: signal.Signals, process: BaseProcess) -> None:
    """Send a signal to another process."""
    assert process.pid is not None
    os.kill(process.pid, what)


def answer(told: Connection) -> str:
    """What another process said."""
    assert told.poll(timeout=60), "it said nothing"
    said: str = told.recv()
    return said


def begin_release(follower: Follower) -> None:
    """Publish another release, so that every leg has something to read."""
    follower.world.advance()
    follower.world.publish()


def at_request(follower: Follower, number: int, act: Callable[[], object]) -> threading.Event:
    """Do something while a request waits for its answer; set once it was done."""
    done = threading.Event()

    def do() -> None:
        act()
        done.set()

    follower.server.after_requests(number, do)
    return done


@pytest.mark.parametrize("request_number", (1, 4, 9))
def test_a_second_poll_is_told_of_the_first_and_does_nothing(own_url: str, request_number: int) -> None:
    """Its process, its host, since when; not one request is sent, not one row written, and the first goes on."""
    lab = Lab.open(own_url)
    refused: list[str] = []

    def poll_too() -> None:
        before = len(follower.server.requests), rows(lab.database)
        refused.append(poll_once(own_url, follower.server.url))
        assert before == (len(follower.server.requests), rows(lab.database))

    with following(lab, made_world(TRIALS, seed=6)) as follower:
        follower.track_all()
        done = at_request(follower, request_number, poll_too)
        assert [True] * 4 == [run.complete for run in follower.poll(*DAILY)]
        assert done.is_set()
    (told,) = refused
    assert f"another poll is under way: process {os.getpid()} on {follower.holder.host} since 20" in told
    lab.close()


def rows(database: Database) -> list[int]:
    """How many events and runs there are, and the term of the lease."""
    with database.reading() as transaction:
        lease = transaction.leases.current(LEASE)
        return [transaction.events.head().count, len(transaction.runs.list()), lease.term if lease else 0]


def test_two_polls_at_once_lose_and_double_nothing(own_url: str) -> None:
    """Two processes poll the same ledger: one, or one after the other; each change is there once."""
    lab = Lab.open(own_url)

    def poll() -> None:
        with started(own_url, follower) as (_, one), started(own_url, follower) as (_, other):
            said = [answer(one), answer(other)]
        assert "" in said
        assert all("another poll is under way" in one for one in said if one)

    with following(lab, made_world(TRIALS, seed=6)) as follower:
        wanted = follow_releases(follower, poll)
        assert wanted == follower.told()
    assert lab.verify().ok
    lab.close()


def test_one_that_is_paused_past_its_time_writes_nothing_when_it_wakes(own_url: str) -> None:
    """SIGSTOP at ever later requests, another polls, SIGCONT: it ends with a message, and the ledger is as it was."""
    lab = Lab.open(own_url)
    polls = 0
    closed: list[str | None] = []
    stopped: list[threading.Event] = []

    def pause(process: BaseProcess) -> None:
        stopped.append(at_request(follower, 3 * polls, lambda: send(signal.SIGSTOP, process)))

    def expire() -> list[str]:
        """Wait until it stands still, and let its time be over; answers the runs that it has under way."""
        assert stopped[-1].wait(timeout=60)
        with lab.database.writing() as transaction:
            transaction.connection.exec_driver_sql(EXPIRE)
            paused = [run for run in transaction.runs.list() if run.finished_at is None]
            assert all("no sign of life since 2000" in str(state_of(transaction, run)) for run in paused)
        return [run.run_id for run in paused]

    def poll() -> None:
        nonlocal polls
        polls += 1
        with started(own_url, follower, pause) as (process, told):
            paused = expire()
            assert all(run.complete for run in follower.poll(*DAILY))
            before = rows(lab.database), follower.told()
            send(signal.SIGCONT, process)
            assert "this poll was paused too long, and was taken over by another, which has ended" in answer(told)
        assert before == (rows(lab.database), follower.told())
        with lab.database.reading() as transaction:
            closed.extend(transaction.runs.get(run_id).reason for run_id in paused)

    with following(lab, made_world(TRIALS, seed=6)) as follower:
        wanted = follow_releases(follower, poll)
        assert wanted == follower.told()
    assert (4, {NO_SIGN_OF_LIFE}, True) == (polls, set(closed), lab.verify().ok)
    lab.close()


def test_a_poll_that_was_taken_over_asks_nothing_more(own_url: str) -> None:
    """It ends with the next page, also where it has nothing to write, and says who took over."""
    lab = Lab.open(own_url)

    requests: list[int] = []

    def take_over() -> None:
        (renewing,) = [thread for thread in threading.enumerate() if thread.name == f"lease {LEASE}"]
        with lab.database.writing() as transaction:
            transaction.leases.acquire(LEASE, this_process(), lasts_s=60, gone=lambda _: True)
        renewing.join(timeout=60)  # it ends as soon as it knows
        requests.append(len(follower.server.requests))

    with following(lab, made_world(TRIALS, seed=6), page_size=5) as follower:
        follower.track_all()
        follower.poll()
        begin_release(follower)
        at_request(follower, 3, take_over)
        short_lived = replace(follower.poller, lease_s=0.01)
        with pytest.raises(Conflict, match="taken over"):
            short_lived.poll([Leg.SWEEP])
        assert len(follower.server.requests) == requests[0] + 1  # the one that was under way
    lab.close()


def test_others_write_while_a_poll_is_under_way(own_url: str) -> None:
    """An import and tracking need no lease; what they bring is there, and the poll is complete."""
    lab = Lab.open(own_url)
    other = Lab.open(own_url)

    def work() -> None:
        other.see(study("NCT00000009"))
        follower.track("NCT00000009")

    with following(lab, world()) as follower:
        follower.track(ONE)
        done = at_request(follower, 4, work)
        assert [True] * 5 == [run.complete for run in follower.poll(*Leg)]
        assert done.is_set()
    assert 1 == len(lab.events("NCT00000009"))
    assert lab.verify().ok
    other.close()
    lab.close()


def test_what_is_under_way_says_who_is_at_work(own_url: str) -> None:
    """Of a run without an end, while it lasts; a finished one needs no word."""
    lab = Lab.open(own_url)
    said: list[str | None] = []

    def look() -> None:
        with lab.database.reading() as transaction:
            said.extend(state_of(transaction, run) for run in transaction.runs.list())

    with following(lab, world()) as follower:
        follower.track(ONE)
        at_request(follower, 3, look)
        follower.poll(Leg.SWEEP)
        look()
    assert [f"under way: process {os.getpid()} on {follower.holder.host}", None] == [
        one and one.partition(" since")[0] for one in said
    ]
    lab.close()

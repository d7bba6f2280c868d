"""A poll that dies, wherever, loses nothing stored, moves no cursor too far, and repeats nothing when run again."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import datetime
from random import Random

from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab, ticking_clock
from tests.following import DAILY, follow_releases, following, poll_once
from tests.unit.simulator.worlds import made_world
from tracker.pipeline.polling.lease import PROCESS_ENDED, state_of

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["tests.following"])
TRIALS = 60
MOST_REQUESTS, MOST_READS = 12, 40  # before a kill: fewer than a poll of many changes has, so that most of them strike


class Stops(Exception):
    """The power is gone."""


def stop() -> None:
    """Have the power gone."""
    raise Stops


def kill_this_process() -> None:
    """As kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


class EndingClock:
    """A clock that can be read so many times, and then ends everything."""

    def __init__(self, end: Callable[[], None], reads_left: int = 1_000_000) -> None:
        self.reads_left = reads_left
        self._end = end
        self._clock = ticking_clock()

    def __call__(self) -> datetime:
        """The time, or the end."""
        self.reads_left -= 1
        if self.reads_left < 0:
            self._end()
        return self._clock()


def poll_and_die(url: str, site: str, reads: int) -> None:
    """Poll in a process of its own, which is killed in the transaction that reads its clock once more."""
    poll_once(url, site, clock=EndingClock(kill_this_process, reads))


def test_a_crash_inside_each_transaction(own_url: str) -> None:
    """The store reads its clock in the middle of transactions; dying there, ever later, keeps nothing of them."""
    clock = EndingClock(stop)
    lab = Lab(Database.open(own_url, clock=clock), ticking_clock())
    crashes = 0

    def poll() -> None:
        nonlocal crashes
        after = 0
        while True:
            clock.reads_left = after
            try:
                assert all(run.complete for run in follower.poll(*DAILY))
                return
            except Stops:
                crashes += 1
                after += 1 + after // 4
            finally:
                clock.reads_left = 1_000_000

    with following(lab, made_world(TRIALS, seed=6)) as follower:
        wanted = follow_releases(follower, poll)
        assert wanted == follower.told()
    assert crashes >= 12
    assert lab.verify().ok
    lab.close()


def test_kill_9_at_any_moment(own_url: str) -> None:
    """Killed before random answers and in random transactions, the ledger ends as if nothing had happened.

    Who comes next polls at once, though the killed one had not given its lease back, and closes what it had begun.
    """
    random = Random(9)
    lab = Lab.open(own_url)
    kills: list[int | None] = []

    def broken_off() -> int:
        with lab.database.reading() as transaction:
            return sum(state_of(transaction, run) == PROCESS_ENDED for run in transaction.runs.list())

    def poll() -> None:
        before = broken_off()
        for n in range(6):
            in_transaction = n % 2 == 0
            reads = random.randint(1, MOST_READS) if in_transaction else 1_000_000
            process = FORKSERVER.Process(target=poll_and_die, args=(own_url, follower.server.url, reads))
            if not in_transaction:
                follower.server.after_requests(random.randint(1, MOST_REQUESTS), process.kill)
            process.start()
            process.join()
            kills.append(process.exitcode)
        assert before <= broken_off() <= 1
        assert all(run.complete for run in follower.poll(*DAILY))
        assert 0 == broken_off()

    with following(lab, made_world(TRIALS, seed=6)) as follower:
        wanted = follow_releases(follower, poll)
        assert wanted == follower.told()
    with lab.database.reading() as transaction:
        runs = transaction.runs.list()
    assert {0, -signal.SIGKILL} == set(kills)
    assert all(run.finished_at for run in runs)
    assert 1 <= sum(run.reason == PROCESS_ENDED for run in runs) <= kills.count(-signal.SIGKILL)
    assert lab.verify().ok
    lab.close()

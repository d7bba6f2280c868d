"""A poll that dies, wherever, loses nothing stored, moves no cursor too far, and repeats nothing when run again."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from random import Random

from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab, ticking_clock
from tests.following import DAILY, Follower, Told, expected, firsts, following, poll_once
from tests.unit.simulator.worlds import made_world
from tracker.simulator.evolution import Evolution
from tracker.simulator.net_changes import Leg as SeenBy
from tracker.simulator.sightings import seen_changes

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["tests.following"])
TRIALS, RELEASES = 60, 3


class Stops(Exception):
    """The power is gone."""


class StoppingClock:
    """A clock that may be read so many times."""

    def __init__(self) -> None:
        self.reads_left = 1_000_000
        self._clock = ticking_clock()

    def __call__(self) -> datetime:
        """The time, or the end."""
        self.reads_left -= 1
        if self.reads_left < 0:
            raise Stops
        return self._clock()


def live(follower: Follower, poll: Callable[[], None]) -> Counter[Told]:
    """Poll release after release; answers what the ledger should then say."""
    world = follower.world
    follower.track_all()
    first, numbers = firsts(world), [world.release.number]
    poll()
    evolution = Evolution(world, seed=6)
    for _ in range(RELEASES):
        numbers.append(evolution.step().number)
        poll()
    seen = seen_changes(world, numbers, [SeenBy(leg.value) for leg in DAILY])
    return first + expected(world, seen)


def test_a_crash_inside_each_transaction(own_url: str) -> None:
    """The store reads its clock in the middle of transactions; dying there, ever later, keeps nothing of them."""
    clock = StoppingClock()
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
        wanted = live(follower, poll)
        assert wanted == follower.told()
    assert crashes >= 12
    assert lab.verify().ok
    lab.close()


def test_kill_9_at_any_moment(own_url: str) -> None:
    """Killed at random moments in the middle of polls, the ledger ends as if nothing had happened."""
    random = Random(9)
    lab = Lab.open(own_url)
    unfinished = 0

    def poll() -> None:
        nonlocal unfinished
        for _ in range(5):
            process = FORKSERVER.Process(target=poll_once, args=(own_url, follower.server.url))
            process.start()
            process.join(timeout=random.uniform(0.2, 1.2))
            process.kill()
            process.join()
        assert all(run.complete for run in follower.poll(*DAILY))
        with lab.database.reading() as transaction:
            unfinished = sum(run.finished_at is None for run in transaction.runs.list())

    with following(lab, made_world(TRIALS, seed=6)) as follower:
        wanted = live(follower, poll)
        assert wanted == follower.told()
    assert unfinished >= 1
    assert lab.verify().ok
    lab.close()


def test_two_polls_at_once_lose_and_double_nothing(own_url: str) -> None:
    """Two processes poll the same ledger; each change is there once."""
    lab = Lab.open(own_url)

    def poll() -> None:
        processes = [FORKSERVER.Process(target=poll_once, args=(own_url, follower.server.url)) for _ in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [0, 0] == [process.exitcode for process in processes]

    with following(lab, made_world(TRIALS, seed=6)) as follower:
        wanted = live(follower, poll)
        assert wanted == follower.told()
    assert lab.verify().ok
    lab.close()

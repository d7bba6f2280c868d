"""Disk full, disk broken, database locked, connection dropped in the middle of a poll: said, and made up for."""

import resource
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Protocol

import pytest
from sqlalchemy import Connection, event

from store.errors import StoreError
from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab, ticking_clock
from tests.copies import copied
from tests.following import DAILY, Follower, follow_releases, following
from tests.postgres import drop_others
from tests.unit.simulator.worlds import made_world
from tracker.cli.failures import told

TRIALS, FAULTS = 60, 4
MOST_READS, MOST_REQUESTS, MOST_PAGES = 30, 12, 40
NEVER, ENOUGH_PAGES = 1_000_000, 1_000_000


class Trouble(Protocol):
    """Something that goes wrong."""

    def begin(self, follower: Follower, random: Random) -> None:
        """Let it go wrong in the middle of the next poll, at random."""

    def end(self) -> None:
        """Mend it, whether or not it went wrong."""


@dataclass(slots=True)
class FaultyClock:
    """A clock of the store, which reads it in the middle of its transactions: there something goes wrong."""

    reads_left: int = NEVER
    fault: Callable[[], None] = lambda: None
    tick: Callable[[], datetime] = field(default_factory=ticking_clock)

    def __call__(self) -> datetime:
        """The time, once what goes wrong has."""
        self.reads_left -= 1
        if self.reads_left == 0:
            self.fault()
        return self.tick()


@dataclass(slots=True)
class FullDisk:
    """A file that may not grow by more than some pages."""

    database: Database
    pages: int = ENOUGH_PAGES

    def __post_init__(self) -> None:
        event.listen(self.database._engine, "begin", self._limit)

    def _limit(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {self.pages}")

    def begin(self, follower: Follower, random: Random) -> None:
        """So many pages more than it has now."""
        with self.database.reading() as transaction:
            now = transaction.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        self.pages = now + random.randint(0, MOST_PAGES)

    def end(self) -> None:
        """Room for everything."""
        self.pages = ENOUGH_PAGES


@dataclass(slots=True)
class BrokenDisk:
    """A log that takes no more bytes: the system refuses to write them."""

    clock: FaultyClock
    log: Path

    def begin(self, follower: Follower, random: Random) -> None:
        """In some transaction."""
        self.clock.reads_left, self.clock.fault = random.randint(1, MOST_READS), self._refuse

    def _refuse(self) -> None:
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.log.stat().st_size, most))

    def end(self) -> None:
        """Write on."""
        self.clock.reads_left = NEVER
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@dataclass(slots=True)
class Locked:
    """Another program that holds the file locked for longer than anybody waits."""

    file: Path
    others: list[sqlite3.Connection] = field(default_factory=list)
    is_near: bool = False

    def begin(self, follower: Follower, random: Random) -> None:
        """While some request is under way."""
        self.is_near = True
        follower.server.after_requests(random.randint(1, MOST_REQUESTS), self._lock)

    def _lock(self) -> None:
        if not self.is_near:  # the poll had ended before that request
            return
        other = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        self.others.append(other)

    def end(self) -> None:
        """The other program has done."""
        self.is_near = False
        while self.others:
            self.others.pop().close()


@dataclass(slots=True)
class Dropped:
    """A server that ends the connection."""

    clock: FaultyClock
    url: str

    def begin(self, follower: Follower, random: Random) -> None:
        """Under some transaction."""
        self.clock.reads_left, self.clock.fault = random.randint(1, MOST_READS), lambda: drop_others(self.url)

    def end(self) -> None:
        """Not again."""
        self.clock.reads_left = NEVER


def follow_in_trouble(lab: Lab, trouble: Trouble) -> list[str]:
    """Poll release after release, each time in trouble before; answers what was said, the ledger being as it must."""
    random, said = Random(4), list[str]()

    def poll_in_trouble() -> None:
        trouble.begin(follower, random)
        try:
            follower.poll(*DAILY)
        except StoreError as err:
            failure = told(err)
            assert (1, 1) == (failure.status, len(failure.message.splitlines()))
            said.append(failure.message)
        finally:
            trouble.end()

    def poll() -> None:
        for _ in range(FAULTS):
            poll_in_trouble()
        assert all(run.complete for run in follower.poll(*DAILY))

    with following(lab, made_world(TRIALS, seed=6)) as follower:
        wanted = follow_releases(follower, poll, releases=2)
        assert wanted == follower.told()
    assert lab.verify().ok
    with lab.database.reading() as transaction:
        assert all(run.finished_at for run in transaction.runs.list())
    lab.close()
    return said


@pytest.fixture
def clock() -> FaultyClock:
    """A clock with which nothing is wrong yet."""
    return FaultyClock()


@pytest.fixture
def file(empty_sqlite: str, tmp_path: Path) -> Path:
    """An empty ledger."""
    copy = tmp_path / "ledger.db"
    copy.write_bytes(Path(empty_sqlite.removeprefix("sqlite:///")).read_bytes())
    return copy


@pytest.fixture
def lab(file: Path, clock: FaultyClock) -> Lab:
    """What works on it, and waits for nobody."""
    return Lab(Database.open(file, clock=clock, lock_wait_s=0.05), ticking_clock())


def test_a_full_disk_in_the_middle_of_a_poll(lab: Lab) -> None:
    """The person is told to free some space; the next poll makes up for it."""
    said = follow_in_trouble(lab, FullDisk(lab.database))
    assert said
    assert all("the disk is full; free some space" in one for one in said)


def test_a_broken_disk_in_the_middle_of_a_poll(lab: Lab, file: Path, clock: FaultyClock) -> None:
    """The person is told to check the disk; the next poll makes up for it."""
    said = follow_in_trouble(lab, BrokenDisk(clock, file.with_name(f"{file.name}-wal")))
    assert said
    assert all("the disk failed; check it" in one for one in said)


def test_a_database_locked_in_the_middle_of_a_poll(lab: Lab, file: Path) -> None:
    """The person is told that another program holds it; the next poll makes up for it."""
    said = follow_in_trouble(lab, Locked(file))
    assert said
    assert all("another program holds the database locked" in one for one in said)


def test_a_connection_dropped_in_the_middle_of_a_poll(
    empty_postgresql: str, tmp_path: Path, clock: FaultyClock
) -> None:
    """The person is told to try again; the run is closed with the reason, and the next poll makes up for it."""
    with copied(empty_postgresql, tmp_path) as url:
        lab = Lab(Database.open(url, clock=clock), ticking_clock())
        said = follow_in_trouble(lab, Dropped(clock, url))
    assert said
    assert all("the connection dropped" in one for one in said)

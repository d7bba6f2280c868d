"""Runs of one job: when, how often, and what is kept of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from store.errors import Transient
from store.holders import this_process
from store.jobs import JobState
from store.unit_of_work import Database
from tests.contract.store.builders import open_database
from tracker.daemon.job import Amiss, Job, Waits
from tracker.daemon.runner import JobRunner
from tracker.domain.errors import BLOCKS, Blocked, Stopped
from tracker.domain.schedule import parse_rules

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@dataclass
class Bench:
    """One job under test, whose runs do what ``does`` says."""

    database: Database | None
    now: datetime = NOON
    rules: tuple[str, ...] = ("every 1h",)
    ran_at: list[datetime] = field(default_factory=list)
    does: Callable[[], str | None] = lambda: None
    wanted: bool = False

    def runner(self, *, is_made_up: bool = True) -> JobRunner:
        """What runs the job, as one daemon has it."""
        return JobRunner(
            job=Job(name="tidy", run=self._run, is_made_up=is_made_up),
            database=lambda: self.database,
            schedule=lambda: parse_rules(self.rules),
            now=lambda: self.now,
            is_wanted=lambda: self.wanted,
            blocked_wait_s=lambda: 600.0,
        )

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def kept(self) -> JobState:
        """What is kept of the job."""
        assert self.database is not None
        with self.database.reading() as transaction:
            return transaction.jobs.get("tidy")

    def fail(self) -> str | None:
        """A run that fails."""
        raise OSError("no room")

    def _run(self, database: Database) -> str | None:
        self.ran_at.append(self.now)
        return self.does()


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    """A job that never ran, on each kind of database."""
    opened = open_database(database_url)
    yield Bench(opened)
    opened.close()


def test_it_runs_once_for_all_that_was_missed(bench: Bench) -> None:
    """At first at once, then by its schedule, after a long sleep once; another daemon goes on from there."""
    runner = bench.runner()
    assert [True, False] == [runner.look(), runner.look()]
    bench.later(minutes=59)
    assert not runner.look()
    bench.later(days=3)
    assert [True, False] == [runner.look(), bench.runner().look()]
    assert (NOON + timedelta(days=3, minutes=59), "ok", 0) == (
        bench.kept().done_at,
        bench.kept().outcome,
        bench.kept().failures_in_a_row,
    )


def test_what_is_not_made_up_waits_for_its_first_time(bench: Bench) -> None:
    """A job that never ran counts from the first look, also where that was another daemon's."""
    assert not bench.runner(is_made_up=False).look()
    bench.later(minutes=40)
    assert not bench.runner(is_made_up=False).look()
    bench.later(minutes=20)
    assert bench.runner(is_made_up=False).look()


def test_a_failure_is_kept_and_tried_again_after_a_growing_pause(bench: Bench) -> None:
    """It is no success: it stays due; the next success ends the row."""
    runner, bench.does = bench.runner(), bench.fail
    pauses = []
    for _ in range(3):
        began = bench.now
        while not runner.look():
            bench.later(seconds=10)
        pauses.append(bench.now - began)
    assert pauses == sorted(pauses)
    assert timedelta(0) == pauses[0] < pauses[1] < pauses[2]
    assert ("failed", "no room", 3, None) == (
        bench.kept().outcome,
        bench.kept().reason,
        bench.kept().failures_in_a_row,
        bench.kept().done_at,
    )
    assert 3 == runner.failures_in_a_row
    bench.does = lambda: "tidied"
    bench.later(hours=1)
    assert runner.look()
    assert ("ok", "tidied", 0, 3) == (
        bench.kept().outcome,
        bench.kept().reason,
        bench.kept().failures_in_a_row,
        bench.kept().failures_count,
    )


def test_who_is_blocked_does_not_come_back_a_minute_later(bench: Bench) -> None:
    """From the first time it rests as long as a request waits then; another daemon keeps to that too."""

    def blocked() -> None:
        raise Blocked(f"{BLOCKS}: it answered 403 4 times")

    bench.rules, bench.does = ("every 1m",), blocked
    assert bench.runner().look()
    bench.later(minutes=9, seconds=59)
    assert not bench.runner().look()
    bench.later(seconds=1)
    assert bench.runner().look()
    bench.later(minutes=19, seconds=59)
    assert not bench.runner().look()


@pytest.mark.parametrize(
    "err", (Stopped("the daemon ends"), Transient("the database is locked"), Waits("another poll is under way"))
)
def test_what_is_no_failure_leaves_the_job_due(bench: Bench, err: Exception) -> None:
    """The end of the daemon, a busy database, or somebody who does it already: the next look tries again."""

    def hindered() -> None:
        raise err

    runner, bench.does = bench.runner(), hindered
    assert [True, True] == [runner.look(), runner.look()]
    assert (None, 0) == (bench.kept().done_at, bench.kept().failures_count)


def test_who_is_no_longer_the_poller_keeps_nothing(bench: Bench) -> None:
    """A run whose writes are refused since another took over is no failure; without the role nothing is looked at."""
    whole = bench.database
    assert whole is not None
    with whole.writing() as transaction:
        lease = transaction.leases.acquire("poller", this_process(), lasts_s=0)
    bench.database = whole.under(lease)

    def taken_over() -> None:
        assert bench.database is not None
        with whole.writing() as transaction:
            transaction.leases.acquire("poller", this_process(), lasts_s=60)
        with bench.database.writing():
            raise AssertionError("written without the lease")

    runner, bench.does = bench.runner(), taken_over
    assert runner.look()
    bench.database = None
    assert not runner.look()
    bench.database = whole
    assert (None, 0) == (bench.kept().done_at, bench.kept().failures_count)


def test_what_is_off_never_runs(bench: Bench) -> None:
    """Neither by its schedule nor because it is wanted."""
    bench.rules, bench.wanted = ("off",), True
    bench.later(days=400)
    assert not bench.runner().look()


def test_what_failed_and_is_off_now_is_no_failure(bench: Bench) -> None:
    """Else a run of all that is due would never be well again."""
    bench.does = bench.fail
    runner = bench.runner()
    assert (True, 1) == (runner.look(), runner.failures_in_a_row)
    bench.rules = ("off",)
    assert (False, 0) == (runner.look(), runner.failures_in_a_row)


def test_what_is_wanted_runs_at_once_but_not_while_it_fails(bench: Bench) -> None:
    """News hurry a job, but a failing one keeps its pauses."""
    runner = bench.runner()
    assert runner.look()
    bench.wanted = True
    assert [True, True] == [runner.look(), runner.look()]
    bench.does = bench.fail
    bench.later(hours=1)
    assert [True, False] == [runner.look(), runner.look()]


def test_what_is_amiss_beside_a_job_is_told_and_holds_nothing_up(bench: Bench) -> None:
    """The job did its work: it counts as done and goes on with news at once, yet each time as failed."""

    def amiss() -> None:
        raise Amiss("email: no sender is set")

    runner, bench.does, bench.wanted = bench.runner(), amiss, True
    assert [True, True, True] == [runner.look() for _ in range(3)]
    assert ("failed", "email: no sender is set", 3, NOON) == (
        bench.kept().outcome,
        bench.kept().reason,
        bench.kept().failures_in_a_row,
        bench.kept().done_at,
    )
    bench.wanted = False
    assert not runner.look()

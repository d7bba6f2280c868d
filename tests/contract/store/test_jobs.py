"""Daemons, jobs, alarms and verifications: what is kept of those who run for months."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from store.alarms import Alarm
from store.holders import this_process
from store.unit_of_work import Database
from store.verifications import Verification

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_job_is_done_from_when_its_run_began(database: Database) -> None:
    """A run that succeeds leaves when it was begun as what the schedule counts from; one that fails leaves that be."""
    with database.writing() as transaction:
        jobs = transaction.jobs
        jobs.count_from("release", NOON - MINUTE)
        jobs.begin("release", NOON)
        jobs.succeed("release", started_at=NOON, at=NOON + MINUTE, reason="nothing new")
        jobs.begin("release", NOON + 2 * MINUTE)
        failed = jobs.fail("release", at=NOON + 3 * MINUTE, reason="the registry blocks")
    assert (NOON, NOON + 2 * MINUTE, NOON + 3 * MINUTE) == (
        failed.done_at,
        failed.last_started_at,
        failed.last_finished_at,
    )
    assert ("failed", "the registry blocks", 1, 1) == (
        failed.outcome,
        failed.reason,
        failed.failures_in_a_row,
        failed.failures_count,
    )


def test_failures_are_counted_for_ever_and_in_a_row(database: Database) -> None:
    """A success ends the row of failures; the count only rises."""
    with database.writing() as transaction:
        for _ in range(2):
            transaction.jobs.fail("verify", at=NOON, reason="busy")
        transaction.jobs.succeed("verify", started_at=NOON, at=NOON)
        found = transaction.jobs.fail("verify", at=NOON, reason="busy")
        assert [found] == transaction.jobs.list()
    assert (1, 3) == (found.failures_in_a_row, found.failures_count)


def test_a_daemon_is_alive_while_it_gives_signs(database: Database) -> None:
    """One that was seen lately is alive, with its roles; one whose process is gone, or that ended, is not."""
    here, other = this_process(), replace(this_process(), host="elsewhere")
    with database.writing() as transaction:
        transaction.daemons.begin(here, version="1")
        transaction.daemons.begin(other, version="1")
        assert transaction.daemons.seen(here, roles=("poller", "deliverer"))
    with database.reading() as transaction:
        first, second = transaction.daemons.list(silent_after_s=60, gone=lambda one: one.host == "elsewhere")
        silent = transaction.daemons.list(silent_after_s=-1)
    assert (("poller", "deliverer"), True, False) == (first.roles, first.alive, second.alive)
    assert [False, False] == [one.alive for one in silent]
    with database.writing() as transaction:
        transaction.daemons.end(here)
        assert not transaction.daemons.seen(here, roles=())
        assert [other] == [one.holder for one in transaction.daemons.list(silent_after_s=60)]


def test_an_alarm_is_told_once_and_once_when_over(database: Database) -> None:
    """However often it is raised; raised again after its end, it is a new one."""

    def untold() -> list[Alarm]:
        found = transaction.alarms.untold()
        for one in found:
            transaction.alarms.told(one, at=NOON)
        return found

    with database.writing() as transaction:
        alarms = transaction.alarms
        for minute in range(2):
            alarms.raised("job_failing", "release", message=f"failed {minute}", at=NOON + minute * MINUTE)
        assert [("failed 1", NOON)] == [(one.message, one.raised_at) for one in alarms.going_on()]
        assert [None] == [one.over_at for one in untold()]
        assert [] == untold()
        alarms.over("job_failing", "release", at=NOON + 5 * MINUTE)
        assert [NOON + 5 * MINUTE] == [one.over_at for one in untold()]
        assert [] == untold() == alarms.going_on()
        alarms.raised("job_failing", "release", message="again", at=NOON + 9 * MINUTE)
        assert ["again"] == [one.message for one in untold()]


def test_what_was_over_before_it_was_told_is_never_told(database: Database) -> None:
    """Nobody is told that something is over of which nobody was told."""
    with database.writing() as transaction:
        transaction.alarms.raised("silence", "", message="no complete run", at=NOON)
        transaction.alarms.over("silence", "", at=NOON + MINUTE)
        assert [] == transaction.alarms.untold()


def test_the_last_verification_of_a_scope_is_kept(database: Database) -> None:
    """A later one takes its place; other scopes are left alone."""
    first = Verification(scope="all", ok=True, checked_to=7, checked_at=NOON)
    then = replace(first, ok=False, position=3, reason="event 3 was changed")
    with database.writing() as transaction:
        assert transaction.verifications.last("all") is None
        transaction.verifications.put(first)
        transaction.verifications.put(replace(first, scope="new"))
        transaction.verifications.put(then)
        assert (then, replace(first, scope="new")) == (
            transaction.verifications.last("all"),
            transaction.verifications.last("new"),
        )

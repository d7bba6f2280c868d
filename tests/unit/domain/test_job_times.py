"""When a job is due that failed, or whose clock was set back, and how long it rests."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tracker.domain.errors import BLOCKS
from tracker.domain.job_times import JobTime, is_job_due, job_time, retry_after
from tracker.domain.schedule import parse_rules

NIGHTLY = parse_rules(["17 3 * * *"])
SLOT = datetime(2026, 5, 2, 3, 17, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of a job's runs."""

    done_at: datetime | None = SLOT - timedelta(days=1)
    last_finished_at: datetime | None = None
    failures_in_a_row: int = 0
    reason: str | None = None


@pytest.mark.parametrize(
    ("failures", "minutes"), ((0, 0), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (10**9, 60))
)
def test_a_rest_doubles_up_to_an_hour(failures: int, minutes: int) -> None:
    """A minute after the first failure, twice as long after each further one, an hour at most."""
    assert timedelta(minutes=minutes) == retry_after(failures)


@pytest.mark.parametrize(
    ("failures", "wait_s", "minutes"),
    ((1, 600, 10), (2, 600, 20), (5, 600, 160), (6, 600, 320), (7, 600, 360), (10**9, 600, 360), (1, 86_400, 1440)),
)
def test_who_is_blocked_rests_for_longer_from_the_first_time(failures: int, wait_s: int, minutes: int) -> None:
    """As long as a request waits then, doubled for each further failure, six hours at most unless that is longer."""
    reason = f"not complete: delta: {BLOCKS}: it answered 403 4 times"
    past = Past(last_finished_at=SLOT, failures_in_a_row=failures, reason=reason)
    wait, again_at = timedelta(seconds=wait_s), SLOT + timedelta(minutes=minutes)
    assert JobTime(is_due=False, next_at=again_at) == job_time(NIGHTLY, past, SLOT, blocked_wait=wait)
    assert is_job_due(NIGHTLY, past, again_at, blocked_wait=wait)


def test_who_is_blocked_rests_no_less_than_after_any_failure() -> None:
    """Also where the setting is 0; and what failed otherwise does not rest as if it were blocked."""
    blocked = Past(last_finished_at=SLOT, failures_in_a_row=1, reason=BLOCKS)
    other = Past(last_finished_at=SLOT, failures_in_a_row=1, reason="the registry gave no usable answer")
    for past, wait in ((blocked, timedelta(0)), (other, timedelta(hours=1))):
        assert SLOT + A_MINUTE == job_time(NIGHTLY, past, SLOT, blocked_wait=wait).next_at


def test_a_job_that_did_its_work_waits_for_its_slot() -> None:
    """Without failures the schedule alone decides, whenever the last run ended."""
    past = Past(last_finished_at=SLOT + timedelta(hours=5))
    assert JobTime(is_due=False, next_at=SLOT) == job_time(NIGHTLY, past, SLOT - A_MINUTE)
    assert JobTime(is_due=True, next_at=SLOT) == job_time(NIGHTLY, past, SLOT + timedelta(hours=6))


def test_a_job_that_failed_is_due_again_when_it_has_rested() -> None:
    """It was not done, so it stays due, from so long after the end of its last run."""
    ended_at = SLOT + timedelta(minutes=7)
    past = Past(last_finished_at=ended_at, failures_in_a_row=3)
    again_at = ended_at + timedelta(minutes=4)
    assert JobTime(is_due=False, next_at=again_at) == job_time(NIGHTLY, past, again_at - timedelta(seconds=1))
    assert is_job_due(NIGHTLY, past, again_at)


def test_a_job_that_never_ran_is_due_now() -> None:
    """Nothing is known of it, so nothing holds it back."""
    never = Past(done_at=None)
    assert JobTime(is_due=True, next_at=SLOT) == job_time(NIGHTLY, never, SLOT)


def test_a_job_that_failed_at_its_first_run_rests() -> None:
    """Never done is no reason to hurry from failure to failure."""
    past = Past(done_at=None, last_finished_at=SLOT, failures_in_a_row=1)
    assert JobTime(is_due=False, next_at=SLOT + A_MINUTE) == job_time(NIGHTLY, past, SLOT)
    assert is_job_due(NIGHTLY, past, SLOT + A_MINUTE)


def test_a_failure_makes_nothing_due_before_its_slot() -> None:
    """A job whose schedule was made rarer while it failed waits for the new slot."""
    past = Past(done_at=SLOT - timedelta(hours=2), last_finished_at=SLOT - timedelta(hours=1), failures_in_a_row=1)
    assert JobTime(is_due=False, next_at=SLOT) == job_time(NIGHTLY, past, SLOT - A_MINUTE)


def test_a_clock_that_was_set_back_lets_no_job_rest_for_ever() -> None:
    """A failure that is said to have ended next year is tried again at once; one half a minute ahead of now rests."""
    failed = Past(last_finished_at=SLOT + timedelta(days=365), failures_in_a_row=1)
    assert is_job_due(NIGHTLY, failed, SLOT)
    ahead = Past(last_finished_at=SLOT + timedelta(seconds=30), failures_in_a_row=1)
    assert JobTime(is_due=False, next_at=SLOT + timedelta(seconds=90)) == job_time(NIGHTLY, ahead, SLOT)


def test_a_job_that_is_off_rests_for_good() -> None:
    """Also with failures behind it."""
    past = Past(last_finished_at=SLOT, failures_in_a_row=2)
    assert JobTime(is_due=False, next_at=None) == job_time(parse_rules(["off"]), past, SLOT + timedelta(days=9))

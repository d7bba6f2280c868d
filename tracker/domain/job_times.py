"""When a job that may have failed is due: its schedule, held back for as long as it has to rest.

A job that failed was not done, so it stays due; it rests from the end of its last run for a minute, doubled for each
further failure in a row, an hour at most. It promises that no job rests for more than a minute longer than that where
the clock was set back: an end that lies further ahead of now is not believed. It does not know what the job does. Pure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tracker.domain.schedule import CLOCKS_DIFFER, Schedule, due_at

_FIRST_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=1)
_DOUBLINGS = 6  # a minute doubled as often is over an hour


class JobPast(Protocol):
    """What is known of a job's runs. Law: its instants are aware.

    ``done_at`` is the beginning of the last run that did its work, or the instant from which a job counts that never
    ran; ``failures_in_a_row`` is 0 after a run that did its work.
    """

    @property
    def done_at(self) -> datetime | None: ...
    @property
    def last_finished_at(self) -> datetime | None: ...
    @property
    def failures_in_a_row(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTime:
    """Whether a job is due, and when it is: ``next_at``, where that has passed, says since when; None means never."""

    is_due: bool
    next_at: datetime | None


def retry_after(failures_in_a_row: int) -> timedelta:
    """How long a job rests after so many failures; not at all after none.

    >>> str(retry_after(3))
    '0:04:00'
    """
    if failures_in_a_row < 1:
        return timedelta(0)
    return min(_FIRST_REST * (1 << min(failures_in_a_row - 1, _DOUBLINGS)), _LONGEST_REST)


def job_time(schedule: Schedule, past: JobPast, now: datetime) -> JobTime:
    """When the job is due by its schedule, or once it has rested, whichever is later."""
    next_at = due_at(schedule, done_at=past.done_at, now=now)
    if next_at is None:
        return JobTime(is_due=False, next_at=None)
    ended_at = past.last_finished_at
    if past.failures_in_a_row and ended_at is not None and ended_at - now <= CLOCKS_DIFFER:
        next_at = max(next_at, ended_at + retry_after(past.failures_in_a_row))
    return JobTime(is_due=next_at <= now, next_at=next_at)


def is_job_due(schedule: Schedule, past: JobPast, now: datetime) -> bool:
    """Whether the job is to be run now."""
    return job_time(schedule, past, now).is_due

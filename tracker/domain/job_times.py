"""When a job that may have failed is due: its schedule, held back for as long as it has to rest.

A job that failed was not done, so it stays due; it rests from the end of its last run for a minute, doubled for each
further failure in a row, an hour at most. One that failed because the registry blocks this client (403,
``docs/registry.md``) rests for as long as a request would wait then, doubled alike, six hours at most: a client that
was turned away does not come back a minute later. It promises that no job rests for more than a minute longer than that
where the clock was set back: an end that lies further ahead of now is not believed. It does not know what the job does.
Pure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tracker.domain.errors import BLOCKS
from tracker.domain.schedule import CLOCKS_DIFFER, Schedule, due_at

_FIRST_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=1)
_LONGEST_BLOCKED_REST = timedelta(hours=6)
_DOUBLINGS = 6  # a minute doubled as often is over an hour


class JobPast(Protocol):
    """What is known of a job's runs. Law: its instants are aware.

    ``done_at`` is the beginning of the last run that did its work, or the instant from which a job counts that never
    ran; ``failures_in_a_row`` is 0 after a run that did its work; ``reason`` says why the last one did not.
    """

    @property
    def done_at(self) -> datetime | None: ...
    @property
    def last_finished_at(self) -> datetime | None: ...
    @property
    def failures_in_a_row(self) -> int: ...
    @property
    def reason(self) -> str | None: ...


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


def rest_of(past: JobPast, *, blocked_wait: timedelta) -> timedelta:
    """How long the job rests after its last run; ``blocked_wait``: at least so long where the registry blocks."""
    rest, failures = retry_after(past.failures_in_a_row), past.failures_in_a_row
    if not failures or BLOCKS not in (past.reason or ""):
        return rest
    doubled = blocked_wait * (1 << min(failures - 1, _DOUBLINGS))
    return max(rest, blocked_wait, min(doubled, _LONGEST_BLOCKED_REST))


def job_time(schedule: Schedule, past: JobPast, now: datetime, *, blocked_wait: timedelta = timedelta(0)) -> JobTime:
    """When the job is due by its schedule, or once it has rested (``rest_of``), whichever is later."""
    next_at = due_at(schedule, done_at=past.done_at, now=now)
    if next_at is None:
        return JobTime(is_due=False, next_at=None)
    ended_at = past.last_finished_at
    if past.failures_in_a_row and ended_at is not None and ended_at - now <= CLOCKS_DIFFER:
        next_at = max(next_at, ended_at + rest_of(past, blocked_wait=blocked_wait))
    return JobTime(is_due=next_at <= now, next_at=next_at)


def is_job_due(schedule: Schedule, past: JobPast, now: datetime, *, blocked_wait: timedelta = timedelta(0)) -> bool:
    """Whether the job is to be run now."""
    return job_time(schedule, past, now, blocked_wait=blocked_wait).is_due

"""What runs on a schedule: when it was begun, ended and done last, and how that went.

It promises one row for each name, whoever runs it, and a count of failures that only rises. It knows no schedule.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from store.daemon_tables import JOBS
from store.instants import instant_of, instant_text

OK, FAILED = "ok", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """How a job stands.

    ``done_at`` is when the last run that did all it had to was begun, or from when a job counts that never ran;
    ``outcome`` (``ok``, ``failed``) and ``reason`` are those of the last run that ended.
    """

    job: str
    done_at: datetime | None = None
    last_started_at: datetime | None = None
    last_finished_at: datetime | None = None
    outcome: str | None = None
    reason: str | None = None
    failures_in_a_row: int = 0
    failures_count: int = 0


class Jobs:
    """The jobs as one transaction sees and changes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, job: str) -> JobState:
        """How a job stands; one that never ran has no instants."""
        row = self._connection.execute(select(JOBS).where(JOBS.c.job == job)).mappings().one_or_none()
        return JobState(job=job) if row is None else _state(row)

    def list(self) -> "list[JobState]":
        """All jobs that are known, by name."""
        return [_state(row) for row in self._connection.execute(select(JOBS).order_by(JOBS.c.job)).mappings()]

    def count_from(self, job: str, at: datetime) -> None:
        """Let a job's schedule count from an instant."""
        self._put(job, done_at=instant_text(at))

    def begin(self, job: str, at: datetime) -> None:
        """A run of the job was begun."""
        self._put(job, last_started_at=instant_text(at))

    def succeed(self, job: str, *, started_at: datetime, at: datetime, reason: str | None = None) -> None:
        """The run begun at ``started_at`` did what it had to; ``reason``: what is worth saying of it."""
        done = {"done_at": instant_text(started_at), "outcome": OK, "reason": reason, "failures_in_a_row": 0}
        self._put(job, last_finished_at=instant_text(at), **done)

    def fail(self, job: str, *, at: datetime, reason: str, done_at: datetime | None = None) -> JobState:
        """The run that was begun last failed; answers how the job stands. ``done_at``: what it counts from."""
        before = self.get(job)
        counts_from = {} if done_at is None else {"done_at": instant_text(done_at)}
        self._put(
            job,
            **counts_from,
            last_finished_at=instant_text(at),
            outcome=FAILED,
            reason=reason,
            failures_in_a_row=before.failures_in_a_row + 1,
            failures_count=before.failures_count + 1,
        )
        return self.get(job)

    def _put(self, job: str, **values: Any) -> None:
        if self._connection.execute(update(JOBS).where(JOBS.c.job == job).values(**values)).rowcount == 0:
            empty = {"failures_in_a_row": 0, "failures_count": 0}
            self._connection.execute(insert(JOBS).values(job=job, **(empty | values)))


def _state(row: RowMapping) -> JobState:
    instants = ("done_at", "last_started_at", "last_finished_at")
    read = {name: None if row[name] is None else instant_of(row[name]) for name in instants}
    return JobState(**{**row, **read})

"""Runs one job when it is due, and keeps when that was and how it went.

Promises: what is due is decided by schedule, time last done and now; a failure is told, counted and tried again after a
pause that grows, and never leaves here; who is no longer the poller keeps nothing and goes no further. Where the
database cannot be written to, the failure is remembered here until it can.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from structlog.contextvars import bound_contextvars

from store.errors import StoreError, Transient
from store.jobs import FAILED, OK, JobState
from store.leases import LeaseLost
from store.unit_of_work import Database
from tracker.daemon.job import Amiss, Job, Waits
from tracker.domain.errors import Stopped
from tracker.domain.job_times import is_job_due
from tracker.domain.schedule import Schedule

_LOG = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class JobRunner:
    """One job on one daemon.

    ``database`` is what the job may write to now, None where it is not this daemon's; ``schedule`` is what holds now;
    ``is_wanted``: whether it is to be done at once, unless its schedule is off. ``blocked_wait_s``: how long it rests
    at least where the registry blocks.
    """

    job: Job
    database: Callable[[], Database | None]
    schedule: Callable[[], Schedule]
    now: Callable[[], datetime]
    is_wanted: Callable[[], bool] = lambda: False
    blocked_wait_s: Callable[[], float] = lambda: 0.0
    on_end: Callable[[JobState], None] = lambda _: None
    _known: tuple[Database, JobState] | None = None  # how the job stands, for as long as nobody else may run it
    _rests: bool = True  # after failures; not where the job did its work
    _running: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> bool:
        """Run the job if it is due; answers whether it was run. Raises nothing."""
        with self._running:
            database = self.database()
            if database is None:
                self._known = None
                return False
            try:
                state, now = self._state(database), self.now()
            except Exception as err:  # noqa: BLE001 # the top of the loop: whatever it is, the next look comes
                _LOG.error("job_cannot_be_looked_at", job=self.job.name, reason=str(err))
                return False
            if not self._is_due(state, now):
                return False
            with bound_contextvars(job=self.job.name):
                self._run(database, state, now)
            return True

    @property
    def failures_in_a_row(self) -> int:
        """How often the job failed since it last did not, as far as this daemon knows; nothing that is off fails."""
        return 0 if self._known is None or self.schedule().is_off else self._known[1].failures_in_a_row

    def _is_due(self, state: JobState, now: datetime) -> bool:
        schedule = self.schedule()
        past = state if self._rests else replace(state, failures_in_a_row=0)
        is_wanted = self.is_wanted() and not schedule.is_off and not past.failures_in_a_row
        blocked_wait = timedelta(seconds=self.blocked_wait_s())
        return is_wanted or is_job_due(schedule, past, now, blocked_wait=blocked_wait)

    def is_left(self, database: Database) -> bool:
        """Whether the job is due, for whoever may run it. Nothing is kept; raises what the database raises."""
        with database.reading() as transaction:
            state = transaction.jobs.get(self.job.name)
        is_new = state.done_at is None and state.last_started_at is None
        return (self.job.is_made_up or not is_new) and self._is_due(state, self.now())

    def _state(self, database: Database) -> JobState:
        if self._known is not None and self._known[0] is database:
            return self._known[1]
        with database.reading() as transaction:
            state = transaction.jobs.get(self.job.name)
        if state.done_at is None and state.last_started_at is None and not self.job.is_made_up:
            state = replace(state, done_at=self.now())
            with database.writing() as transaction:
                assert state.done_at is not None
                transaction.jobs.count_from(self.job.name, state.done_at)
        self._known = (database, state)
        return state

    def _run(self, database: Database, state: JobState, started_at: datetime) -> None:
        state = replace(state, last_started_at=started_at)
        try:
            with database.writing() as transaction:
                transaction.jobs.begin(self.job.name, started_at)
            said = self.job.run(database)
        except Stopped:
            _LOG.info("job_stopped")
        except Waits as err:
            _LOG.info("job_waits", reason=str(err))
        except Transient as err:  # the database is not there, or busy: the next look tries again
            _LOG.warning("job_waits", reason=str(err))
        except Exception as err:  # noqa: BLE001 # the top of the loop: it is logged, counted, and others go on
            if self._is_role_lost(err):
                self._known = None
                _LOG.warning("job_given_up", reason=str(err))
            else:
                self._keep_failure(database, state, err)
        else:
            self._keep_success(database, state, said)

    def _is_role_lost(self, err: Exception) -> bool:
        return isinstance(err, LeaseLost) or isinstance(err.__cause__, LeaseLost)

    def _keep_failure(self, database: Database, state: JobState, err: Exception) -> None:
        at, reason = self.now(), str(err) or type(err).__name__
        self._rests = not isinstance(err, Amiss)
        done_at = state.done_at if self._rests else state.last_started_at
        state = replace(
            state,
            done_at=done_at,
            last_finished_at=at,
            outcome=FAILED,
            reason=reason,
            failures_in_a_row=state.failures_in_a_row + 1,
            failures_count=state.failures_count + 1,
        )
        _LOG.error("job_failed", reason=reason, failures_in_a_row=state.failures_in_a_row)
        _LOG.debug("job_failure", exc_info=err)
        try:
            with database.writing() as transaction:
                transaction.jobs.fail(self.job.name, at=at, reason=reason, done_at=done_at)
        except StoreError as hindered:
            self._note_not_kept("job_failure_not_kept", hindered)
        self._known = (database, state)
        self.on_end(state)

    def _keep_success(self, database: Database, state: JobState, said: str | None) -> None:
        at, started_at = self.now(), state.last_started_at
        assert started_at is not None
        state = replace(state, done_at=started_at, last_finished_at=at, outcome=OK, reason=said, failures_in_a_row=0)
        _LOG.info("job_done", said=said)
        try:
            with database.writing() as transaction:
                transaction.jobs.succeed(self.job.name, started_at=started_at, at=at, reason=said)
        except StoreError as hindered:  # it may be done again, which harms nothing
            self._note_not_kept("job_success_not_kept", hindered)
        self._known = (database, state)
        self.on_end(state)

    def _note_not_kept(self, what: str, hindered: StoreError) -> None:
        log = _LOG.warning if isinstance(hindered, LeaseLost) else _LOG.error  # the new poller does it again
        log(what, reason=str(hindered))

"""How trialog itself is doing, as facts: of its database, polls, jobs, deliveries and daemons at one moment.

Values alone, gathered by whoever looks (``tracker.pipeline.surveying``) and judged by ``tracker.domain.fitness``. What
could not be looked at is empty, and ``database_fault`` says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

OPERATOR = "@operator"
"""The name and the id under which deliveries to whoever runs trialog stand; no subscription can have it."""


class DatabaseFault(StrEnum):
    """Why the ledger cannot be used."""

    NO_LEDGER = "no_ledger"
    SCHEMA_OLDER = "schema_older"
    SCHEMA_NEWER = "schema_newer"
    UNREACHABLE = "database_unreachable"  # locked, down, damaged
    VIEWS_OUTDATED = "views_outdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFacts:
    """A leg of polls. ``last_complete_at``: when it was last known to have seen everything, "nothing new" included.

    ``outcome`` of its last run is ``complete``, ``incomplete`` or ``running``; None where it never ran.
    """

    leg: str
    last_complete_at: datetime | None = None
    last_run: str | None = None
    outcome: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    """A job of the daemon.

    ``done_at`` is when the last run that did its work was begun, or from when a job counts that never ran;
    ``last_finished_at``, ``outcome`` and ``reason`` are those of the last run that ended. ``is_off``: it is never due.
    """

    job: str
    done_at: datetime | None = None
    last_started_at: datetime | None = None
    last_finished_at: datetime | None = None
    outcome: str | None = None
    reason: str | None = None
    failures_in_a_row: int = 0
    failures_count: int = 0
    is_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonFacts:
    """A daemon on record; ``alive`` as of the moment of asking."""

    daemon_id: str
    host: str
    pid: int
    version: str
    roles: tuple[str, ...]
    started_at: datetime
    seen_at: datetime
    alive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """The newest data release that polls have met: when they first did, and when they last looked."""

    data_on: date
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """The last verification of a scope; ``position`` is the first that is wrong, where one is."""

    scope: str
    ok: bool
    checked_at: datetime
    position: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFacts:
    """The disk where the ledger lies."""

    free_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything by which it is judged whether somebody has to do something.

    ``tracked_since``: the first of what is tracked now; None where nothing is. ``held_runs``: how many observations
    wait, by run. ``overdue_since``: since when the delivery that is overdue the longest has been due. ``unreachable``:
    subscriptions of which no address takes anything any more, and OPERATOR where the operator's own does not. ``disk``
    is None where it is another machine's. ``database_now``: the database's own clock, by which daemons are judged.
    """

    now: datetime
    silence_h: float
    database_fault: DatabaseFault | None = None
    database_said: str = ""
    database_now: datetime | None = None
    disk: DiskFacts | None = None
    daemons: tuple[DaemonFacts, ...] = ()
    legs: tuple[LegFacts, ...] = ()
    jobs: tuple[JobFacts, ...] = ()
    tracked_since: datetime | None = None
    release: ReleaseFacts | None = None
    held_runs: Mapping[str, int] = field(default_factory=dict)
    overdue_since: datetime | None = None
    unreachable: tuple[str, ...] = ()
    checks: tuple[CheckFacts, ...] = ()

"""What ``trialog status --json`` answers, as the OpenAPI describes it. Instants are RFC 3339 UTC."""

from pydantic import BaseModel


class ReasonAnswer(BaseModel):
    """What needs somebody, and what to do."""

    code: str
    message: str
    advice: str


class DatabaseAnswer(BaseModel):
    """Where the ledger lies; sizes are null where they could not be asked."""

    kind: str
    size_bytes: int | None
    free_bytes: int | None


class DaemonAnswer(BaseModel):
    """A daemon, and whether it gave a sign of life lately."""

    id: str
    host: str
    pid: int
    version: str
    roles: list[str]
    started_at: str | None
    seen_at: str | None
    alive: bool


class PollerAnswer(BaseModel):
    """The daemon that polls."""

    daemon: str
    term: int
    expires_at: str | None


class LegAnswer(BaseModel):
    """A leg of polls, and what came of its last run."""

    leg: str
    last_complete_at: str | None
    last_run: str | None
    outcome: str | None
    reason: str | None


class JobAnswer(BaseModel):
    """A job of the daemon, its rules, and when it is due next."""

    job: str
    schedule: list[str]
    last_started_at: str | None
    last_finished_at: str | None
    outcome: str | None
    failures_in_a_row: int
    next_at: str | None


class LagAnswer(BaseModel):
    """How far behind what is."""

    registry_data_on: str | None
    ledger_data_on: str | None
    watermark_on: str | None
    events_behind: dict[str, int]


class OutboxAnswer(BaseModel):
    """Deliveries by state, and how long the oldest is overdue."""

    pending: int
    leased: int
    failed: int
    dead: int
    oldest_age_s: float | None


class CountsAnswer(BaseModel):
    """How much there is; null where it could not be counted."""

    trials: int | None
    revisions: int | None
    events: int | None
    subscriptions: int | None


class StatusAnswer(BaseModel):
    """Whether trialog is well, why not, and everything by which a person would judge that.

    ``clock`` is told only where it is not the machine's.
    """

    ok: bool
    reasons: list[ReasonAnswer]
    now: str
    version: str
    schema_version: int | str | None
    database: DatabaseAnswer
    daemons: list[DaemonAnswer]
    poller: PollerAnswer | None
    legs: list[LegAnswer]
    jobs: list[JobAnswer]
    lag: LagAnswer
    outbox: OutboxAnswer
    held_runs: list[str]
    counts: CountsAnswer
    clock: str = ""

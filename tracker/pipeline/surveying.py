"""A look at how trialog is doing: what is kept of daemons, jobs, polls, deliveries and checks, at one moment.

It promises an answer whatever the database does: what cannot be read is empty, and the facts say why. It changes
nothing, brings no view up to date, and asks nothing whose cost grows with the ledger. What is amiss is for
``tracker.domain.fitness`` to say.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from store.deliveries import DeliveryState
from store.errors import NotFound, StoreError
from store.jobs import FAILED, JobState
from store.leases import Lease
from store.migrate import REVISION, current_revision
from store.run_totals import ReleaseSeen
from store.unit_of_work import Database, Transaction
from tracker.domain.running import (
    OPERATOR,
    CheckFacts,
    DaemonFacts,
    DatabaseFault,
    DiskFacts,
    Facts,
    JobFacts,
    LegFacts,
    ReleaseFacts,
)
from tracker.pipeline.polling.lease import PROCESS_ENDED, state_of
from tracker.pipeline.polling.legs import NOTHING_NEW, Leg
from tracker.pipeline.polling.scope import Scope, cursor_name
from tracker.views.standing import standing_with_id
from tracker.views.state import views_version
from tracker.views.tables import VERSION
from tracker.views.watch_list import tracked_since, watch_list

POLLER = "poller"
"""The lease of the daemon that polls and keeps house."""

RELEASE_JOB = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Where to look from: the settings that count, and the readers of the ledger that are there by name.

    ``daemon_silent_s``: how long a daemon without a sign of life counts as alive; ``jobs_off``: what is never due.
    """

    silence_h: float
    daemon_silent_s: float
    consumers: Collection[str]
    jobs_off: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far what is kept is behind.

    ``registry_data_on``: the newest release that any poll met; ``ledger_data_on``: the newest that every leg that runs
    has seen completely; ``watermark_on``: up to which post date everything tracked was read.
    """

    registry_data_on: date | None = None
    ledger_data_on: date | None = None
    watermark_on: date | None = None
    events_behind: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What one look saw; ``events``: how many there are."""

    facts: Facts
    schema_version: str | None = None
    poller: Lease | None = None
    lag: Lag = field(default_factory=Lag)
    deliveries: Mapping[DeliveryState, int] = field(default_factory=dict)
    events: int | None = None


def survey(database: Database, outlook: Outlook, *, now: datetime) -> Survey:
    """Look at a database."""
    disk = database.disk()
    seen = DiskFacts(free_bytes=disk.free_bytes, total_bytes=disk.total_bytes) if disk is not None else None
    try:
        with database.reading() as transaction:
            return _looked(transaction, Facts(now=now, silence_h=outlook.silence_h, disk=seen), outlook)
    except StoreError as err:
        return nothing_seen(err, outlook, now=now, disk=seen)


def readiness(database: Database, outlook: Outlook, *, now: datetime) -> Facts:
    """Whether a database can be worked with: two small reads."""
    try:
        with database.reading() as transaction:
            fault = schema_fault(current_revision(transaction.connection))
            if fault is None and views_version(transaction.connection) != VERSION:
                fault = DatabaseFault.VIEWS_OUTDATED
    except StoreError as err:
        return nothing_seen(err, outlook, now=now, disk=None).facts
    return Facts(now=now, silence_h=outlook.silence_h, database_fault=fault)


def nothing_seen(error: StoreError, outlook: Outlook, *, now: datetime, disk: DiskFacts | None) -> Survey:
    """What there is to say where the database could not be opened, or read."""
    fault = DatabaseFault.NO_LEDGER if isinstance(error, NotFound) else DatabaseFault.UNREACHABLE
    said = str(error)
    return Survey(
        facts=Facts(now=now, silence_h=outlook.silence_h, database_fault=fault, database_said=said, disk=disk)
    )


def schema_fault(found: str | None) -> DatabaseFault | None:
    """What is wrong with a ledger of that schema; None with one of this trialog's."""
    if found is None:
        return DatabaseFault.NO_LEDGER
    if found == REVISION:
        return None
    return DatabaseFault.SCHEMA_OLDER if found < REVISION else DatabaseFault.SCHEMA_NEWER


def _looked(transaction: Transaction, facts: Facts, outlook: Outlook) -> Survey:
    found = current_revision(transaction.connection)
    fault = schema_fault(found)
    if fault is not None:
        said = "" if found is None else f"its schema is {found}, this program's {REVISION}"
        return Survey(facts=replace(facts, database_fault=fault, database_said=said), schema_version=found)
    release = transaction.runs.newest_release()
    jobs = {job.job: job for job in transaction.jobs.list()}
    looked_at = _looked_at(jobs.get(RELEASE_JOB))
    has_views = views_version(transaction.connection) == VERSION
    facts = replace(
        facts,
        database_fault=None if has_views else DatabaseFault.VIEWS_OUTDATED,
        database_now=transaction.leases.now(),
        daemons=_daemons(transaction, outlook),
        legs=_legs(transaction, looked_at),
        jobs=tuple(JobFacts(**_same(job, JobFacts), is_off=job.job in outlook.jobs_off) for job in jobs.values()),
        release=None if release is None else _release(release, looked_at),
        held_runs=transaction.held.waiting_counts(),
        overdue_since=transaction.outbox.overdue_since(facts.now),
        checks=tuple(CheckFacts(**_same(check, CheckFacts)) for check in transaction.verifications.list()),
        tracked_since=tracked_since(transaction.connection) if has_views else None,
        unreachable=_unreachable(transaction) if has_views else (),
    )
    return Survey(
        facts=facts,
        schema_version=found,
        poller=transaction.leases.current(POLLER),
        lag=_lag(transaction, facts, outlook, has_views=has_views),
        deliveries=transaction.outbox.counts().by_state,
        events=transaction.events.head().count,
    )


def _looked_at(job: JobState | None) -> datetime | None:
    """When a daemon last looked for news and found none, or that may be: of what it found, the runs tell.

    A failure hides what the look before it came to, which then counts; so one failure alone makes no silence.
    """
    if job is None or job.last_finished_at is None:  # one that never ran counts from elsewhen
        return None
    return job.done_at if job.reason == NOTHING_NEW or job.outcome == FAILED else None


def _same(value: Any, kind: Any) -> dict[str, Any]:
    """What of ``value`` goes by the same names in ``kind``."""
    return {name: getattr(value, name) for name in kind.__dataclass_fields__ if hasattr(value, name)}


def _daemons(transaction: Transaction, outlook: Outlook) -> tuple[DaemonFacts, ...]:
    return tuple(
        DaemonFacts(
            daemon_id=one.holder.holder_id,
            host=one.holder.host,
            pid=one.holder.pid,
            version=one.version,
            roles=one.roles,
            started_at=one.started_at,
            seen_at=one.seen_at,
            alive=one.alive,
        )
        for one in transaction.daemons.list(silent_after_s=outlook.daemon_silent_s)
    )


def _legs(transaction: Transaction, looked_at: datetime | None) -> tuple[LegFacts, ...]:
    """All legs. A daemon's look for news that found none leaves no run: it counts as a complete one of each leg."""
    found = transaction.runs.legs()
    legs = []
    for leg in Leg:
        if leg not in found:
            legs.append(LegFacts(leg=leg.value, last_complete_at=looked_at))
            continue
        run = transaction.runs.get(found[leg].last_run)
        state = state_of(transaction, run)
        is_running = state is not None and state != PROCESS_ENDED
        ended = "complete" if run.complete else "incomplete"
        known = filter(None, (found[leg].last_complete_at, looked_at))
        legs.append(
            LegFacts(
                leg=leg.value,
                last_complete_at=max(known, default=None),
                last_run=run.run_id,
                outcome="running" if is_running else ended,
                reason=state or run.reason,
            )
        )
    return tuple(legs)


def _release(seen: ReleaseSeen, looked_at: datetime | None) -> ReleaseFacts:
    last = seen.last_seen_at if looked_at is None else max(seen.last_seen_at, looked_at)
    return ReleaseFacts(data_on=seen.data_on, first_seen_at=seen.first_seen_at, last_seen_at=last)


def _unreachable(transaction: Transaction) -> tuple[str, ...]:
    """The subscriptions of which no address takes anything any more, the operator's own address among them."""
    names = []
    for subscription_id in dict.fromkeys(one.subscription_id for one in transaction.addresses.disabled()):
        subscription = standing_with_id(transaction.connection, subscription_id)
        name = OPERATOR if subscription_id == OPERATOR else subscription and subscription.name
        if name and not any(one.is_active for one in transaction.addresses.of(subscription_id)):
            names.append(name)
    return tuple(names)


def _lag(transaction: Transaction, facts: Facts, outlook: Outlook, *, has_views: bool) -> Lag:
    complete = [leg.data_on for leg in transaction.runs.legs().values()]
    seen = [day for day in complete if day is not None]
    checkpoints, head = transaction.checkpoints.all(), transaction.events.head().position
    names = sorted({*outlook.consumers, *checkpoints})
    return Lag(
        registry_data_on=None if facts.release is None else facts.release.data_on,
        ledger_data_on=min(seen) if seen and len(seen) == len(complete) else None,
        watermark_on=_watermark_on(transaction) if has_views else None,
        events_behind={name: head - checkpoints.get(name, 0) for name in names},
    )


def _watermark_on(transaction: Transaction) -> date | None:
    """The least of all parts; None where one of them was never read completely."""
    scope = Scope(watched=watch_list(transaction.connection))
    cursors = [transaction.cursors.get(cursor_name(Leg.DELTA, part.name)) for part in scope.parts(Leg.DELTA)]
    days = [cursor.get("watermark") if cursor else None for cursor in cursors]
    return min(map(date.fromisoformat, filter(None, days))) if days and all(days) else None

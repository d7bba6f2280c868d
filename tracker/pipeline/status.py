"""The status of trialog: whether it is well, why not, and everything by which a person would judge that.

It promises one object, whoever asks for it by whatever door, with all its keys also where there is no ledger. It asks
for more than ``surveying`` does: the counts take longer the larger the ledger is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from store.errors import StoreError
from store.leases import Lease
from store.unit_of_work import Database
from tracker.domain.fitness import Reason, reasons
from tracker.domain.running import DaemonFacts, DatabaseFault, JobFacts, LegFacts
from tracker.pipeline.surveying import Survey
from tracker.views.overview import Counts, counts

_WAITING = ("pending", "leased", "failed", "dead")

NextAt = Callable[[JobFacts, Sequence[str], datetime], datetime | None]
"""When a job is due next by its rules, as of now; None where it is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the settings say: ``schedule`` has the rules of each job; ``clock_url`` is empty for the machine's clock."""

    version: str
    database_kind: str
    schedule: Mapping[str, Sequence[str]]
    clock_url: str
    next_at: NextAt


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What one look came to; sizes and counts are None where they could not be asked."""

    survey: Survey
    setting: Setting
    reasons: Sequence[Reason]
    size_bytes: int | None = None
    counts: Counts | None = None

    @property
    def ok(self) -> bool:
        """Whether nobody has to do anything."""
        return not self.reasons


def status_of(found: Survey, setting: Setting, database: Database | None = None) -> Status:
    """The status as a look at the database found it; without one, nothing is counted."""
    size_bytes, counted = (None, None) if database is None else _counted(database, found.facts.database_fault)
    return Status(survey=found, setting=setting, reasons=reasons(found.facts), size_bytes=size_bytes, counts=counted)


def _counted(database: Database, fault: DatabaseFault | None) -> tuple[int | None, Counts | None]:
    try:
        size_bytes = database.size_bytes()
        if fault is not None:
            return size_bytes, None
        with database.reading() as transaction:
            return size_bytes, counts(transaction.connection)
    except StoreError:  # went away since the look
        return None, None


def status_object(status: Status) -> dict[str, Any]:
    """The status as programs get it; ``clock`` is told only where it is not the machine's."""
    found, facts, setting = status.survey, status.survey.facts, status.setting
    return {
        "ok": status.ok,
        "reasons": [reason_object(reason) for reason in status.reasons],
        "now": instant(facts.now),
        "version": setting.version,
        "schema_version": found.schema_version,
        "database": {
            "kind": setting.database_kind,
            "size_bytes": status.size_bytes,
            "free_bytes": facts.disk and facts.disk.free_bytes,
        },
        "daemons": [_daemon(one) for one in facts.daemons],
        "poller": found.poller and _poller(found.poller),
        "legs": [_leg(one) for one in facts.legs],
        "jobs": _jobs(status),
        "lag": {
            "registry_data_on": _day(found.lag.registry_data_on),
            "ledger_data_on": _day(found.lag.ledger_data_on),
            "watermark_on": _day(found.lag.watermark_on),
            "events_behind": dict(found.lag.events_behind),
        },
        "outbox": _outbox(found),
        "held_runs": list(facts.held_runs),
        "counts": _counts(status),
        **({"clock": setting.clock_url} if setting.clock_url else {}),
    }


def reason_object(reason: Reason) -> dict[str, str]:
    """A reason as programs get it."""
    return {"code": reason.code.value, "message": reason.message, "advice": reason.advice}


def instant(at: datetime | None) -> str | None:
    """An instant as programs get it."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"


def oldest_age_s(found: Survey) -> float | None:
    """Seconds since the delivery that is overdue the longest became due; None where none is."""
    since = found.facts.overdue_since
    return None if since is None else round((found.facts.now - since).total_seconds(), 3)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _daemon(one: DaemonFacts) -> dict[str, Any]:
    return {
        "id": one.daemon_id,
        "host": one.host,
        "pid": one.pid,
        "version": one.version,
        "roles": list(one.roles),
        "started_at": instant(one.started_at),
        "seen_at": instant(one.seen_at),
        "alive": one.alive,
    }


def _poller(lease: Lease) -> dict[str, Any]:
    return {"daemon": lease.holder.holder_id, "term": lease.term, "expires_at": instant(lease.expires_at)}


def _leg(one: LegFacts) -> dict[str, Any]:
    return {
        "leg": one.leg,
        "last_complete_at": instant(one.last_complete_at),
        "last_run": one.last_run,
        "outcome": one.outcome,
        "reason": one.reason,
    }


def _jobs(status: Status) -> list[dict[str, Any]]:
    """Every job of the settings, also one that never ran."""
    known = {job.job: job for job in status.survey.facts.jobs}
    return [_job(known.get(name, JobFacts(job=name)), rules, status) for name, rules in status.setting.schedule.items()]


def _job(job: JobFacts, rules: Sequence[str], status: Status) -> dict[str, Any]:
    return {
        "job": job.job,
        "schedule": list(rules),
        "last_started_at": instant(job.last_started_at),
        "last_finished_at": instant(job.last_finished_at),
        "outcome": job.outcome,
        "failures_in_a_row": job.failures_in_a_row,
        "next_at": instant(status.setting.next_at(job, rules, status.survey.facts.now)),
    }


def _outbox(found: Survey) -> dict[str, Any]:
    states = {state.value: total for state, total in found.deliveries.items()}
    return {**{state: states.get(state, 0) for state in _WAITING}, "oldest_age_s": oldest_age_s(found)}


def _counts(status: Status) -> dict[str, int | None]:
    counted = status.counts
    return {
        "trials": None if counted is None else counted.trials,
        "revisions": None if counted is None else counted.revisions,
        "events": status.survey.events,
        "subscriptions": None if counted is None else counted.subscriptions,
    }

"""Why trialog itself needs somebody: from facts to reasons. Pure.

It promises that nothing amiss gives no reason, that a code never changes its meaning, and that ``code`` and ``subject``
name the same trouble for as long as it lasts, so that it can be told once. No message holds an address.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tracker.domain.errors import BLOCKS
from tracker.domain.running import OPERATOR, DaemonFacts, DatabaseFault, Facts, LegFacts
from tracker.domain.safe_text import one_line
from tracker.domain.wording import count, size

FAILURES_TOLD = 3  # in a row
NO_RELEASE_AFTER = timedelta(days=5)
OVERDUE_AFTER = timedelta(hours=1)
ABSENT_FOR = timedelta(days=1)  # a daemon that others outlived is forgotten after this
LEAST_FREE_BYTES = 1_000_000_000
LEAST_FREE_SHARE = 0.05


class Code(StrEnum):
    """What can be amiss; stable."""

    NO_LEDGER = "no_ledger"
    SCHEMA_OLDER = "schema_older"
    SCHEMA_NEWER = "schema_newer"
    DATABASE_UNREACHABLE = "database_unreachable"
    VIEWS_OUTDATED = "views_outdated"
    DISK_NEARLY_FULL = "disk_nearly_full"
    VERIFICATION_FAILED = "verification_failed"
    REGISTRY_BLOCKS = "registry_blocks"
    SILENCE = "silence"
    NO_RELEASE = "no_release"
    HELD_RUN = "held_run"
    JOB_FAILING = "job_failing"
    OUTBOX_OVERDUE = "outbox_overdue"
    SUBSCRIPTION_UNREACHABLE = "subscription_unreachable"
    DAEMON_GONE = "daemon_gone"


OF_DATABASE = frozenset(map(Code, DatabaseFault))
"""Without these nothing can be asked."""

OF_FRESHNESS = frozenset({Code.SILENCE, Code.OUTBOX_OVERDUE})
"""Runs and outbox are too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that is amiss; ``subject`` tells several of one code apart, and may be empty."""

    code: Code
    message: str
    advice: str
    subject: str = ""


def reasons(facts: Facts) -> list[Reason]:
    """All that is amiss, the worst first; none where trialog is well."""
    if facts.database_fault not in (None, DatabaseFault.VIEWS_OUTDATED):
        return [*_of_database(facts), *_of_disk(facts)]
    parts = (_of_database, _of_disk, _of_checks, _of_polls, _of_held, _of_jobs, _of_deliveries, _of_daemons)
    return [reason for part in parts for reason in part(facts)]


_DATABASE_WORDS = {
    DatabaseFault.NO_LEDGER: ("there is no ledger", "import or track something first, or name another --database"),
    DatabaseFault.SCHEMA_OLDER: ("the ledger was made by an older trialog", "bring it up to date: trialog migrate"),
    DatabaseFault.SCHEMA_NEWER: ("the ledger was made by a newer trialog", "update trialog"),
    DatabaseFault.UNREACHABLE: ("the database cannot be read", "see that it runs and may be reached; trialog verify"),
    DatabaseFault.VIEWS_OUTDATED: (
        "the views are missing, or those of another trialog",
        "make them anew: trialog rebuild",
    ),
}


def public_words(code: Code) -> str:
    """What may be said of a fault of the database where anybody listens: nothing of where it lies."""
    return _DATABASE_WORDS[DatabaseFault(code)][0]


def _of_database(facts: Facts) -> Iterator[Reason]:
    if facts.database_fault is not None:
        words, advice = _DATABASE_WORDS[facts.database_fault]
        said = one_line(facts.database_said).removeprefix("no ledger ")
        yield Reason(code=Code(facts.database_fault), message=f"{words}{': ' if said else ''}{said}", advice=advice)


def _of_disk(facts: Facts) -> Iterator[Reason]:
    """Full is what has less than a gigabyte, and on a small disk less than a twentieth of it."""
    disk = facts.disk
    if disk is not None and disk.free_bytes < min(LEAST_FREE_BYTES, disk.total_bytes * LEAST_FREE_SHARE):
        free = f"{size(disk.free_bytes)} of {size(disk.total_bytes)}"
        yield Reason(
            code=Code.DISK_NEARLY_FULL,
            message=f"the disk of the ledger is nearly full: {free} are free",
            advice="free some space or move the ledger; nothing is lost, but nothing can be recorded on a full disk",
        )


def _of_checks(facts: Facts) -> Iterator[Reason]:
    for check in facts.checks:
        if not check.ok:
            place = "" if check.position is None else f" at position {check.position}"
            why = one_line(check.reason or "no reason was kept")
            yield Reason(
                code=Code.VERIFICATION_FAILED,
                subject=check.scope,
                message=f"the verification of {_minute(check.checked_at)} ({check.scope}) failed{place}: {why}",
                advice="trialog verify says what is wrong and what to do; keep the last backup until that is done",
            )


def _of_polls(facts: Facts) -> Iterator[Reason]:
    if facts.tracked_since is None:
        return
    yield from _of_blocking(facts)
    silent = [leg for leg in facts.legs if _is_silent(leg, facts)]
    if silent:
        oldest = min((leg.last_complete_at for leg in silent if leg.last_complete_at), default=None)
        since = "ever" if any(leg.last_complete_at is None for leg in silent) else f"since {_minute(oldest)}"
        legs = "any leg" if len(silent) == len(facts.legs) else ", ".join(leg.leg for leg in silent)
        yield Reason(
            code=Code.SILENCE,
            message=f"no complete run of {legs} {since}; expected one within {facts.silence_h:g} hours",
            advice="see why: trialog runs; poll by hand with trialog poll, or see that trialog run is running",
        )
    release = facts.release
    if release is not None and release.last_seen_at - release.first_seen_at >= NO_RELEASE_AFTER:
        yield Reason(
            code=Code.NO_RELEASE,
            message=f"the registry has shown no data release after that of {release.data_on} since "
            f"{_minute(release.first_seen_at)}",
            advice="look at the registry's own page; nothing is lost, the next release brings what changed",
        )


def _is_silent(leg: LegFacts, facts: Facts) -> bool:
    """What is tracked anew has as long as what is known has."""
    assert facts.tracked_since is not None
    heard = max(filter(None, (leg.last_complete_at, facts.tracked_since)))
    return facts.now - heard > timedelta(hours=facts.silence_h)


def _of_blocking(facts: Facts) -> Iterator[Reason]:
    told = [*(leg.reason for leg in facts.legs if leg.outcome == "incomplete")]
    told += [job.reason for job in facts.jobs if job.job == "release" and job.failures_in_a_row and not job.is_off]
    if any(reason is not None and BLOCKS in reason for reason in told):
        yield Reason(
            code=Code.REGISTRY_BLOCKS,
            message=f"{BLOCKS} (403); nothing is concluded about any trial",
            advice="set TRIALOG_CTGOV__CONTACT, try TRIALOG_CTGOV__TRANSPORT=curl or another network, or ask the "
            "registry",
        )


def _of_held(facts: Facts) -> Iterator[Reason]:
    for run, waiting in facts.held_runs.items():
        yield Reason(
            code=Code.HELD_RUN,
            subject=run,
            message=f"run {one_line(run)} holds {count(waiting, 'observation')} back: too many changed alike",
            advice=f"trialog runs --held says which; trialog release {one_line(run)} records them",
        )


def _of_jobs(facts: Facts) -> Iterator[Reason]:
    """What is off is tried no more, so nobody has to mend it."""
    for job in facts.jobs:
        if job.failures_in_a_row >= FAILURES_TOLD and not job.is_off:
            why = one_line(job.reason or "no reason was kept")
            yield Reason(
                code=Code.JOB_FAILING,
                subject=job.job,
                message=f"the job {job.job} has failed {job.failures_in_a_row} times in a row: {why}",
                advice="the reason says what to mend; the job is tried again by itself",
            )


def _of_deliveries(facts: Facts) -> Iterator[Reason]:
    since = facts.overdue_since
    if since is not None and facts.now - since > OVERDUE_AFTER:
        yield Reason(
            code=Code.OUTBOX_OVERDUE,
            message=f"deliveries have been due since {_minute(since)} and nobody sent them",
            advice="see that trialog run is running, or send them: trialog deliver says what hinders",
        )
    for name in facts.unreachable:
        yield _of_operator() if name == OPERATOR else _of_subscription(name)


def _of_subscription(name: str) -> Reason:
    return Reason(
        code=Code.SUBSCRIPTION_UNREACHABLE,
        subject=name,
        message=f"no address of the subscription {one_line(name)} takes anything any more, and its owner could not be "
        "told",
        advice=f"trialog subscriptions {one_line(name)} says why; mend it, then trialog resume {one_line(name)}",
    )


def _of_operator() -> Reason:
    return Reason(
        code=Code.SUBSCRIPTION_UNREACHABLE,
        subject=OPERATOR,
        message="the address of operator.to takes nothing any more, so nobody is told of alarms",
        advice=f"trialog deliveries --subscription {OPERATOR} says why; mend it or set another TRIALOG_OPERATOR__TO, "
        "then start trialog run anew, or send it SIGHUP",
    )


def _of_daemons(facts: Facts) -> Iterator[Reason]:
    for daemon in facts.daemons:
        if not daemon.alive and not _is_succeeded(daemon, facts):
            yield Reason(
                code=Code.DAEMON_GONE,
                subject=daemon.daemon_id,
                message=f"the daemon on {one_line(daemon.host)} (process {daemon.pid}) has given no sign of life since "
                f"{_minute(daemon.seen_at)}, and did not end as it should",
                advice="start it again: trialog run; nothing is lost, and what was missed is made up once",
            )


def _is_succeeded(gone: DaemonFacts, facts: Facts) -> bool:
    """Whether a later one runs on its host, or others have run without it for a day."""
    others = [one for one in facts.daemons if one.alive]
    if any(one.host == gone.host and one.started_at > gone.started_at for one in others):
        return True
    now = facts.database_now or facts.now
    return bool(others) and now - gone.seen_at > ABSENT_FOR


def _minute(instant: datetime | None) -> str:
    return "-" if instant is None else f"{instant:%Y-%m-%d %H:%M} UTC"

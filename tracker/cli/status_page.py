"""The status as a person reads it: what is amiss and what to do first, then how everything stands."""

from datetime import datetime
from typing import TYPE_CHECKING

from tracker.domain.running import JobFacts
from tracker.domain.safe_text import one_line
from tracker.domain.wording import count, size

if TYPE_CHECKING:
    from tracker.cli.page import Page
    from tracker.domain.running import DaemonFacts, LegFacts
    from tracker.pipeline.status import Status


def show_status(page: "Page", status: "Status") -> None:
    """The page."""
    page.line("All is well." if status.ok else _how_many(status), style="bold")
    for reason in status.reasons:
        page.line(f"{reason.message} ({reason.code.value})", indent=2, hang=2)
        page.line(f"-> {reason.advice}", indent=4, hang=3, style="dim")
    page.line()
    _show_ledger(page, status)
    if status.survey.facts.legs:
        page.line()
        _show_legs(page, status)
        page.line()
        _show_jobs(page, status)
    if status.survey.facts.daemons:
        page.line()
        _show_daemons(page, status)


def _how_many(status: "Status") -> str:
    return f"{count(len(status.reasons), 'thing needs', 'things need')} somebody:"


def _show_ledger(page: "Page", status: "Status") -> None:
    found, lag, counted = status.survey, status.survey.lag, status.counts
    behind = ", ".join(f"{one_line(name)} {events:,}" for name, events in lag.events_behind.items() if events)
    page.fields(
        [
            ("now", f"{status.survey.facts.now:%Y-%m-%d %H:%M:%S} UTC"),
            ("clock", one_line(status.setting.clock_url)),
            ("trialog", status.setting.version),
            ("database", _database(status)),
            ("holds", "" if counted is None else _holds(status)),
            ("registry's data", _day(lag.registry_data_on)),
            ("ledger's data", _day(lag.ledger_data_on)),
            ("read up to", _day(lag.watermark_on)),
            ("events behind", behind),
            ("outbox", ", ".join(f"{total:,} {state}" for state, total in found.deliveries.items() if total)),
            ("held runs", ", ".join(map(one_line, found.facts.held_runs))),
        ],
        indent=2,
    )


def _database(status: "Status") -> str:
    disk = status.survey.facts.disk
    parts = [status.setting.database_kind]
    if status.survey.schema_version is not None:
        parts.append(f"schema {status.survey.schema_version}")
    if status.size_bytes is not None:
        parts.append(size(status.size_bytes))
    if disk is not None:
        parts.append(f"{size(disk.free_bytes)} free on its disk")
    return ", ".join(parts)


def _holds(status: "Status") -> str:
    counted = status.counts
    assert counted is not None
    return ", ".join(
        (
            count(counted.trials, "trial"),
            count(counted.revisions, "revision"),
            count(status.survey.events or 0, "event"),
            count(counted.subscriptions, "subscription"),
        )
    )


def _show_legs(page: "Page", status: "Status") -> None:
    page.table(
        ("Leg", "Last complete", "Last run, and what came of it"),
        [(leg.leg, _minute(leg.last_complete_at), _last_run(leg)) for leg in status.survey.facts.legs],
    )


def _last_run(leg: "LegFacts") -> str:
    if leg.last_run is None:
        return "never ran"
    said = f"; {one_line(leg.reason)}" if leg.reason else ""
    return f"{one_line(leg.last_run)}: {leg.outcome}{said}"


def _show_jobs(page: "Page", status: "Status") -> None:
    known = {job.job: job for job in status.survey.facts.jobs}
    rows = []
    for name, rules in status.setting.schedule.items():
        job = known.get(name, JobFacts(job=name))
        failed = f", {job.failures_in_a_row} in a row" if job.failures_in_a_row else ""
        next_at = status.setting.next_at(job, rules, status.survey.facts.now)
        row = (name, _minute(job.last_finished_at), f"{job.outcome or '-'}{failed}", _minute(next_at))
        rows.append((*row, "; ".join(rules)))
    page.table(("Job", "Last ended", "Outcome", "Next", "Schedule"), rows)


def _show_daemons(page: "Page", status: "Status") -> None:
    poller = status.survey.poller
    page.table(
        ("Daemon", "Version", "Since", "Last seen", "What it does"),
        [
            (
                f"{one_line(one.host)}, process {one.pid}",
                one.version,
                _minute(one.started_at),
                _minute(one.seen_at),
                _does(one, is_poller=poller is not None and poller.holder.holder_id == one.daemon_id),
            )
            for one in status.survey.facts.daemons
        ],
    )


def _does(daemon: "DaemonFacts", *, is_poller: bool) -> str:
    roles = ", ".join(daemon.roles) or ("poller" if is_poller else "-")
    return roles if daemon.alive else f"gone; did: {roles}"


def _minute(instant: datetime | None) -> str:
    return "-" if instant is None else f"{instant:%Y-%m-%d %H:%M} UTC"


def _day(day: object) -> str:
    return "" if day is None else str(day)

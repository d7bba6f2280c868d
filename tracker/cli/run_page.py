"""Runs as people and programs read them: what each leg of a poll did, and what it holds.

It promises that a run which is not complete says why, and that one without an end is not shown as done.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tracker.cli.safe_text import one_line
from tracker.cli.wording import count, minute

if TYPE_CHECKING:
    from store.held import HeldCount
    from store.runs import Run
    from tracker.cli.page import Page


def run_object(run: "Run") -> dict[str, Any]:
    """A run as ``--json`` gives it; ``finished_at`` is null for one under way or broken off."""
    return {
        "run": run.run_id or None,
        "leg": run.leg,
        "release": run.release,
        "started_at": _instant(run.started_at),
        "finished_at": None if run.finished_at is None else _instant(run.finished_at),
        "expected": run.expected,
        "fetched": run.fetched,
        "unchanged": run.unchanged,
        "changed": run.changed,
        "events": run.events,
        "rejected": run.rejected,
        "held": run.held,
        "requests": run.requests,
        "bytes": run.bytes,
        "seconds": run.seconds,
        "complete": run.complete,
        "reason": run.reason,
    }


def show_runs(page: "Page", runs: Sequence["Run"]) -> None:
    """A table of runs in their order."""
    page.table(
        ("Started", "Leg", "Data date", "Fetched", "Changed", "Events", "Held", "Run, and what came of it"),
        [
            (
                minute(run.started_at.isoformat()),
                run.leg,
                "-" if run.data_on is None else run.data_on.isoformat(),
                f"{run.fetched:,}" if run.expected is None else f"{run.fetched:,} of {run.expected:,}",
                f"{run.changed:,}",
                f"{run.events:,}",
                f"{run.held:,}",
                f"{run.run_id}: {_outcome(run)}",
            )
            for run in runs
        ],
    )


def show_held(page: "Page", counts: Sequence["HeldCount"]) -> None:
    """What runs hold, by reason and path, with the way on where anything waits."""
    page.line("Held", style="bold")
    for run_id in dict.fromkeys(one.run_id for one in counts):
        page.line(f"run {run_id}", indent=2)
        for one in counts:
            if one.run_id == run_id:
                where = "" if one.path is None else f"{one_line(one.path)}, "
                page.line(f"{where}{one.reason}: {_fate(one)}", indent=4, hang=2)
    if any(one.waiting or one.gone_back for one in counts):
        page.line()
        hint = "trialog release RUN records what a run holds; with --as-migration as changes that never alert."
        page.line(hint, style="dim")


def _outcome(run: "Run") -> str:
    if run.finished_at is None:
        return "not finished: under way, or broken off"
    said = f"; {one_line(run.reason)}" if run.reason else ""
    return f"{'complete' if run.complete else 'not complete'} after {run.seconds:,.1f} s{said}"


def _fate(one: "HeldCount") -> str:
    parts = (
        (one.waiting, "waiting"),
        (one.gone_back, "gone back"),
        (one.released, "released"),
        (one.migrated, "released as a migration"),
    )
    fates = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    return f"{count(one.count, 'record')}, {fates}"


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S.%fZ}"

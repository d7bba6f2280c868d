"""Runs, and what they hold, as programs get them by whatever door."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from store.held import HeldCount
from store.runs import Run


def run_object(run: Run, state: str | None = None) -> dict[str, Any]:
    """A run; one without an end has its ``state``, under way or broken off, as the reason."""
    return {
        "run": run.run_id,
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
        "reason": state or run.reason,
    }


def held_object(one: HeldCount) -> dict[str, Any]:
    """What a run holds on one path; the run is named as everywhere."""
    counts = asdict(one)
    return {"run": counts.pop("run_id"), **counts}


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S.%fZ}"

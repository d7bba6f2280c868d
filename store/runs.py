"""Runs: what each run set out to do, what it did, and whether it is complete.

It promises that a run is on record from its beginning, so that one broken off is seen to have been, and that a
finished one stays as it was told. What a leg or a release is, is for its callers to know.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from store.errors import Conflict, NotFound
from store.instants import instant_of, instant_text
from store.tables import RUNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: ``expected`` is what it was told to expect, ``seconds`` how long it took.

    ``finished_at`` is None for one under way or broken off; ``reason`` says why one is not ``complete``. ``data_on``
    is the date of ``release``.
    """

    run_id: str
    leg: str
    scope: str
    started_at: datetime
    release: str | None = None
    data_on: date | None = None
    finished_at: datetime | None = None
    expected: int | None = None
    fetched: int = 0
    unchanged: int = 0
    changed: int = 0
    events: int = 0
    rejected: int = 0
    held: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    complete: bool = False
    reason: str | None = None


class Runs:
    """The runs as one transaction sees and adds to them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, run_id: str, leg: str, scope: str, started_at: datetime) -> Run:
        """Put a run on record; its id is used for no other."""
        run = Run(run_id=run_id, leg=leg, scope=scope, started_at=started_at)
        self._connection.execute(insert(RUNS).values(**_values(run)))
        return run

    def finish(self, run: Run) -> None:
        """Keep what a run that was begun came to; NotFound for another, Conflict for one that is finished already."""
        unfinished = (RUNS.c.run_id == run.run_id, RUNS.c.finished_at.is_(None))
        if self._connection.execute(update(RUNS).where(*unfinished).values(**_values(run))).rowcount == 0:
            self.get(run.run_id)
            raise Conflict(f"run {run.run_id} is finished already")

    def get(self, run_id: str) -> Run:
        """The run of this id; NotFound where there is none."""
        row = self._connection.execute(select(RUNS).where(RUNS.c.run_id == run_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"there is no run {run_id}")
        return _run(row)

    def list(self, limit: int | None = None) -> "list[Run]":
        """The newest ``limit`` runs, or all, the newest first."""
        newest = select(RUNS).order_by(RUNS.c.id.desc()).limit(limit)
        return [_run(row) for row in self._connection.execute(newest).mappings()]


def _values(run: Run) -> dict[str, Any]:
    values = asdict(run)
    return {
        **{name: value for name, value in values.items() if name != "seconds"},
        "data_on": None if run.data_on is None else run.data_on.isoformat(),
        "started_at": instant_text(run.started_at),
        "finished_at": None if run.finished_at is None else instant_text(run.finished_at),
        "milliseconds": round(run.seconds * 1000),
        "complete": int(run.complete),
    }


def _run(row: RowMapping) -> Run:
    same = {name: value for name, value in row.items() if name not in ("id", "milliseconds")}
    converted = {
        "data_on": None if row["data_on"] is None else date.fromisoformat(row["data_on"]),
        "started_at": instant_of(row["started_at"]),
        "finished_at": None if row["finished_at"] is None else instant_of(row["finished_at"]),
        "seconds": row["milliseconds"] / 1000,
        "complete": bool(row["complete"]),
    }
    return Run(**(same | converted))

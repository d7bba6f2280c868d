"""Runs: what each run set out to do, what it did, and whether it is complete.

It promises that a run is on record from its beginning, so that one broken off is seen to have been, and that a
finished one stays as it was told. What a leg or a release is, is for its callers to know.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, insert, not_, select, update

from store.errors import Conflict, NotFound
from store.instants import instant_of, instant_text
from store.run_totals import RunTotals
from store.tables import RUNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: ``expected`` is what it was told to expect, ``seconds`` how long it took.

    ``finished_at`` is None for one under way or broken off; ``reason`` says why one is not ``complete``, or what is
    notable about one that is. ``data_on`` is the date of ``release``. ``term`` is that of the lease under which it was
    begun, None where there was none. What the counts count is the caller's matter.
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
    term: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Runs that a listing left out: how many, and the newest."""

    count: int
    newest: Run


class Runs(RunTotals):
    """The runs as one transaction sees and adds to them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, run: Run) -> None:
        """Put a run on record; its id is used for no other."""
        self._connection.execute(insert(RUNS).values(**_values(run)))

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

    def break_off(self, at: datetime, reason: str) -> int:
        """Finish every run that is not, as broken off; answers how many. For who knows that none is under way."""
        broken = {"finished_at": instant_text(at), "complete": 0, "reason": reason}
        return self._connection.execute(update(RUNS).where(RUNS.c.finished_at.is_(None)).values(**broken)).rowcount

    def list(self, limit: int | None = None, *, without: str | None = None, before: str | None = None) -> "list[Run]":
        """The newest ``limit`` runs, or all, the newest first; ``without`` the complete ones of that reason.

        ``before``: only those older than the run of that id; NotFound where there is none.
        """
        newest = select(RUNS).order_by(RUNS.c.id.desc()).limit(limit)
        if before is not None:
            self.get(before)
            newest = newest.where(RUNS.c.id < select(RUNS.c.id).where(RUNS.c.run_id == before).scalar_subquery())
        if without is not None:
            newest = newest.where(not_(_is_complete(without)))
        return [_run(row) for row in self._connection.execute(newest).mappings()]

    def newest_data_on(self) -> date | None:
        """The newest date of a release that a complete run has seen; None where none has."""
        found = self._connection.scalar(select(func.max(RUNS.c.data_on)).where(RUNS.c.complete == 1))
        return None if found is None else date.fromisoformat(found)

    def left_out(self, reason: str, *, since: datetime | None) -> LeftOut | None:
        """The complete runs of this reason since an instant at which they were started, or ever; None without any."""
        wanted = [_is_complete(reason)]
        if since is not None:
            wanted.append(RUNS.c.started_at >= instant_text(since))
        newest = select(RUNS).where(*wanted).order_by(RUNS.c.id.desc()).limit(1)
        found = self._connection.execute(newest).mappings().one_or_none()
        if found is None:
            return None
        count = self._connection.execute(select(func.count()).select_from(RUNS).where(*wanted)).scalar_one()
        return LeftOut(count=count, newest=_run(found))


def _is_complete(reason: str) -> ColumnElement[bool]:
    """Complete, and nothing but that reason is said of it."""
    return and_(RUNS.c.complete == 1, func.coalesce(RUNS.c.reason, "") == reason)


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

"""Runs in sum: how each leg stands, which release was met when, and what all runs came to.

It promises a few grouped reads, whatever the number of runs. It changes nothing, and knows no leg by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, case, func, select

from store.instants import instant_of
from store.tables import RUNS


@dataclass(frozen=True, slots=True, kw_only=True)
class LegStanding:
    """A leg that has run: its last run, when one was last complete, and the newest date that such a one has seen."""

    leg: str
    last_run: str
    last_complete_at: datetime | None
    data_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSeen:
    """The newest release that any run has met: when the first did, and the last."""

    data_on: date
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LegTotals:
    """The finished runs of a leg in sum; ``within[i]`` took at most the i-th of the spans that were asked for."""

    leg: str
    complete: int
    incomplete: int
    seconds: float
    within: tuple[int, ...]
    unchanged: int
    changed: int
    rejected: int
    held: int


class RunTotals:
    """The runs as one transaction sees them, in sum."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def legs(self) -> dict[str, LegStanding]:
        """How each leg that has ever run stands, by its name."""
        newest = select(RUNS.c.leg, func.max(RUNS.c.id).label("id")).group_by(RUNS.c.leg).subquery()
        ended = case((RUNS.c.complete == 1, RUNS.c.finished_at))
        dated = case((RUNS.c.complete == 1, RUNS.c.data_on))
        of_leg = select(RUNS.c.leg, func.max(ended).label("ended"), func.max(dated).label("dated"))
        sums = of_leg.group_by(RUNS.c.leg).subquery()
        rows = self._connection.execute(
            select(RUNS.c.leg, RUNS.c.run_id, sums.c.ended, sums.c.dated)
            .join(newest, newest.c.id == RUNS.c.id)
            .join(sums, sums.c.leg == RUNS.c.leg)
        )
        return {
            row.leg: LegStanding(
                leg=row.leg,
                last_run=row.run_id,
                last_complete_at=None if row.ended is None else instant_of(row.ended),
                data_on=None if row.dated is None else date.fromisoformat(row.dated),
            )
            for row in rows
        }

    def newest_release(self) -> ReleaseSeen | None:
        """The newest release that was met, by its date and then its stamp; None where none ever was."""
        seen = select(RUNS.c.data_on, func.min(RUNS.c.started_at), func.max(RUNS.c.started_at))
        known = seen.where(RUNS.c.release.is_not(None), RUNS.c.data_on.is_not(None))
        newest = known.group_by(RUNS.c.release, RUNS.c.data_on).order_by(RUNS.c.data_on.desc(), RUNS.c.release.desc())
        row = self._connection.execute(newest.limit(1)).one_or_none()
        if row is None:
            return None
        return ReleaseSeen(
            data_on=date.fromisoformat(row[0]), first_seen_at=instant_of(row[1]), last_seen_at=instant_of(row[2])
        )

    def totals(self, spans_s: Sequence[float]) -> list[LegTotals]:
        """What all finished runs came to, by leg, and how many took at most each of ``spans_s``."""
        within = [
            func.sum(case((RUNS.c.milliseconds <= span_s * 1000, 1), else_=0)).label(f"within_{place}")
            for place, span_s in enumerate(spans_s)
        ]
        sums = [
            func.sum(RUNS.c[name]).label(name)
            for name in ("complete", "milliseconds", "unchanged", "changed", "rejected", "held")
        ]
        question = select(RUNS.c.leg, func.count().label("total"), *sums, *within).where(
            RUNS.c.finished_at.is_not(None)
        )
        rows = self._connection.execute(question.group_by(RUNS.c.leg).order_by(RUNS.c.leg)).mappings()
        return [
            LegTotals(
                leg=row["leg"],
                complete=int(row["complete"]),
                incomplete=int(row["total"] - row["complete"]),
                seconds=int(row["milliseconds"]) / 1000,
                within=tuple(int(row[f"within_{place}"]) for place in range(len(within))),
                **{name: int(row[name]) for name in ("unchanged", "changed", "rejected", "held")},
            )
            for row in rows
        ]

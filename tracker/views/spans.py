"""What the registry showed of a trial on which days: its records in spans, with the spans in which there was none.

It promises what ``shown_on`` says for each day (the law of backtests holds the two together), and that trials of which
a condition can hold between two days are found by an index.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from tracker.domain.conditions import Condition
from tracker.domain.facts import Facts
from tracker.domain.whereabouts import Whereabouts
from tracker.views.holdings import holds_within, judged
from tracker.views.sides import facts_from
from tracker.views.tables import MOVES, REVISIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was shown of a trial from ``first`` to ``last``, both included: where the record was, and the last one."""

    trial_id: str
    first: date
    last: date
    revision: int
    facts: Facts
    whereabouts: Whereabouts


def trials_that_may_hold(
    connection: Connection, condition: Condition, *, since: date, until: date, trial_ids: Collection[str] = ()
) -> list[str]:
    """The trials of which the condition holds on a day from ``since`` to ``until``, and a few that were away; sorted.

    ``trial_ids``: of these alone; all, where there are none.
    """
    later = REVISIONS.alias()
    is_past = exists().where(
        later.c.trial_id == REVISIONS.c.trial_id,
        later.c.rank > REVISIONS.c.rank,
        later.c.holds_from <= since.isoformat(),
        later.c.replaced_at.is_(None),
    )
    question = select(REVISIONS.c.trial_id).where(
        holds_within(condition, since, until),
        *judged(),
        REVISIONS.c.replaced_at.is_(None),
        REVISIONS.c.holds_from <= until.isoformat(),
        ~is_past,
    )
    if trial_ids:
        question = question.where(REVISIONS.c.trial_id.in_(trial_ids))
    return list(connection.scalars(question.distinct().order_by(REVISIONS.c.trial_id)))


def shown_spans(connection: Connection, trial_ids: Collection[str]) -> dict[str, list[Shown]]:
    """What was shown of each of ``trial_ids`` (some hundreds), the earliest first; the last spans never end."""
    wanted = list(trial_ids)
    revisions = select(REVISIONS).where(REVISIONS.c.trial_id.in_(wanted), REVISIONS.c.replaced_at.is_(None))
    moves = select(MOVES).where(MOVES.c.trial_id.in_(wanted)).order_by(MOVES.c.data_on, MOVES.c.position)
    rows: dict[str, list[Row[Any]]] = {trial_id: [] for trial_id in wanted}
    moved: dict[str, dict[date, Whereabouts]] = {trial_id: {} for trial_id in wanted}
    for row in connection.execute(revisions.order_by(REVISIONS.c.trial_id, REVISIONS.c.rank)):
        rows[row.trial_id].append(row)
    for row in connection.execute(moves):
        moved[row.trial_id][date.fromisoformat(row.data_on)] = Whereabouts(row.whereabouts)
    return {trial_id: list(_spans(rows[trial_id], moved[trial_id])) for trial_id in wanted}


def _spans(rows: Sequence[Row[Any]], moved: dict[date, Whereabouts]) -> Iterator[Shown]:
    for row, first, last in _held(rows):
        facts = facts_from(row)
        begins = [first, *(day for day in moved if first < day <= last)]
        ends = [*(day - timedelta(days=1) for day in begins[1:]), last]
        for begin, end in zip(begins, ends, strict=True):
            before = [day for day in moved if day <= begin]
            yield Shown(
                trial_id=row.trial_id,
                first=begin,
                last=end,
                revision=row.revision,
                facts=facts,
                whereabouts=moved[before[-1]] if before else Whereabouts.VISIBLE,
            )


def _held(rows: Sequence[Row[Any]]) -> list[tuple[Row[Any], date, date]]:
    """The records in their order with the days of each: until the first on which any later one holds."""
    found, last = [], date.max
    for row in reversed(rows):
        first = date.fromisoformat(row.holds_from)
        if first <= last:
            found.append((row, first, last))
            if first == date.min:
                break
            last = first - timedelta(days=1)
    return found[::-1]

"""What changed on the days of the registry's timeline, one day after the other, whenever it was recorded.

Promises: the finest known way only; of one trial, the changes of a day in the order of its timeline; of several, in the
order of recording. A day's changes are looked up first, and read in full some hundreds at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from tracker.domain.events import BESIDE_REVISIONS, Significance
from tracker.views.answers import AnsweredChange
from tracker.views.tables import CHANGES, REVISIONS
from tracker.views.trails import and_above, changes_at, finest_known, named

_PAGE = 500
_OF_REVISION = and_(REVISIONS.c.trial_id == CHANGES.c.trial_id, REVISIONS.c.revision == CHANGES.c.revision)

Place = tuple[int, list[AnsweredChange]]
"""Changes that were recorded together, and their place in the order of recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFilter:
    """Which changes are asked for; values of one field are alternatives, fields must all hold.

    ``significance`` means that and above; ``without_origins`` are left out.
    """

    fields: Sequence[str] = ()
    types: Sequence[str] = ()
    categories: Sequence[str] = ()
    origins: Sequence[str] = ()
    without_origins: Sequence[str] = ()
    trials: Sequence[str] = ()
    significance: Significance | None = None


def days_with_changes(connection: Connection, *, since: date, until: date) -> Iterator[date]:
    """The days from ``since`` to ``until`` on which anything changed."""
    least = since.isoformat()
    while (found := _first_day(connection, least)) is not None and found <= until:
        yield found
        least = (found + timedelta(days=1)).isoformat()


def _first_day(connection: Connection, least: str) -> date | None:
    """The first day from ``least`` on; a change that no date of its own places stands where its revision holds from."""
    dated = select(func.min(CHANGES.c.timeline_on)).where(CHANGES.c.timeline_on >= least)
    placed = (
        select(func.min(REVISIONS.c.holds_from))
        .join(CHANGES, _OF_REVISION)
        .where(CHANGES.c.timeline_on.is_(None), REVISIONS.c.holds_from >= least)
    )
    days = [day for question in (dated, placed) if (day := connection.scalar(question)) is not None]
    return date.fromisoformat(min(days)) if days else None


def changes_on(connection: Connection, day: date, wanted: DayFilter) -> Iterator[list[Place]]:
    """The changes of a day, those of one revision together, in pages of some hundreds."""
    places = _in_order(_rows(connection, day, wanted))
    page: list[tuple[int, list[int]]] = []
    count = 0
    for place, positions in places:
        page.append((place, positions))
        count += len(positions)
        if count >= _PAGE:
            yield _read(connection, page)
            page, count = [], 0
    if page:
        yield _read(connection, page)


def _read(connection: Connection, page: Sequence[tuple[int, list[int]]]) -> list[Place]:
    wanted = [position for _, positions in page for position in positions]
    changes: dict[int, AnsweredChange] = {}
    for at in range(0, len(wanted), _PAGE):
        changes |= changes_at(connection, wanted[at : at + _PAGE])
    return [(place, [changes[position] for position in positions]) for place, positions in page]


def _rows(connection: Connection, day: date, wanted: DayFilter) -> list[Row[Any]]:
    columns = (CHANGES.c.position, CHANGES.c.trial_id, CHANGES.c.revision, CHANGES.c.predecessor, CHANGES.c.type)
    on = day.isoformat()
    is_placed = and_(CHANGES.c.timeline_on.is_(None), REVISIONS.c.holds_from == on)
    question = select(*columns, REVISIONS.c.rank).join(REVISIONS, _OF_REVISION)
    question = question.where(or_(CHANGES.c.timeline_on == on, is_placed), finest_known(None), *_conditions(wanted))
    return list(connection.execute(question.order_by(CHANGES.c.position)))


def _conditions(wanted: DayFilter) -> list[ColumnElement[bool]]:
    conditions = named(wanted.fields, wanted.types, wanted.categories)
    if wanted.origins:
        conditions.append(CHANGES.c.origin.in_(wanted.origins))
    if wanted.without_origins:
        conditions.append(CHANGES.c.origin.not_in(wanted.without_origins))
    if wanted.trials:
        conditions.append(CHANGES.c.trial_id.in_(wanted.trials))
    if wanted.significance:
        conditions.append(CHANGES.c.significance.in_(and_above(wanted.significance)))
    return conditions


def _in_order(rows: Sequence[Row[Any]]) -> list[tuple[int, list[int]]]:
    """Positions of changes that belong together; each trial's have the places that it has, by its timeline."""
    groups = [list(group) for _, group in groupby(rows, key=_together)]
    of_trial: dict[str, list[list[Row[Any]]]] = {}
    for group in groups:
        of_trial.setdefault(group[0].trial_id, []).append(group)
    by_timeline = {
        trial_id: iter(sorted(found, key=lambda group: (group[0].rank, group[0].position)))
        for trial_id, found in of_trial.items()
    }
    placed = [(group[0].position, next(by_timeline[group[0].trial_id])) for group in groups]
    return [(place, [row.position for row in group]) for place, group in placed]


def _together(row: Row[Any]) -> tuple[object, ...]:
    return row.trial_id, row.revision, row.predecessor, row.position if row.type in BESIDE_REVISIONS else None

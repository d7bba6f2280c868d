"""What happened: changes of one trial along the registry's timeline, and changes of all in the order of recording."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, or_, select, tuple_

from store.json_text import decode
from store.tables import EVENTS
from tracker.domain.errors import NotFound
from tracker.domain.events import LAPSES, Significance
from tracker.views.answers import AnsweredChange
from tracker.views.rows import instant_text, storable
from tracker.views.tables import CHANGES, REVISIONS

_PAGE = 500
_OF_REVISION = and_(REVISIONS.c.trial_id == CHANGES.c.trial_id, REVISIONS.c.revision == CHANGES.c.revision)

_COLUMNS = (
    CHANGES,
    EVENTS.c.data,
    EVENTS.c.stream_version,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which changes are asked for; values of one field are alternatives, fields must all hold.

    ``since`` and ``until`` are days of the registry's timeline, both included; ``known_at`` an instant.
    """

    fields: Sequence[str] = ()
    types: Sequence[str] = ()
    categories: Sequence[str] = ()
    since: date | None = None
    until: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFilter:
    """Which changes of the whole ledger are asked for.

    ``since`` (included) and ``until`` (excluded) are instants of observation; ``after`` is a position;
    ``significance`` means that and above. ``before`` is a position too; both are excluded.
    """

    fields: Sequence[str] = ()
    types: Sequence[str] = ()
    categories: Sequence[str] = ()
    origins: Sequence[str] = ()
    trials: Sequence[str] = ()
    significance: Significance | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int | None = None
    before: int | None = None


def trail(connection: Connection, trial_id: str, wanted: TrailFilter, *, limit: int | None) -> list[AnsweredChange]:
    """A trial's changes along its timeline, finest known way; the newest ``limit``, newest last."""
    question = _trail(trial_id, wanted).order_by(REVISIONS.c.rank.desc(), CHANGES.c.position.desc()).limit(limit)
    return [_change(row) for row in reversed(connection.execute(question).all())]


def trail_after(
    connection: Connection, trial_id: str, wanted: TrailFilter, *, after: int | None, limit: int
) -> list[AnsweredChange]:
    """The first ``limit`` of a trial's changes along its timeline, or those behind the change at a position.

    Raises NotFound where the trial has no change at that position.
    """
    question = _trail(trial_id, wanted)
    if after is not None:
        question = question.where(tuple_(REVISIONS.c.rank, CHANGES.c.position) > _place(connection, trial_id, after))
    ordered = question.order_by(REVISIONS.c.rank, CHANGES.c.position).limit(limit)
    return [_change(row) for row in connection.execute(ordered)]


def _place(connection: Connection, trial_id: str, position: int) -> tuple[int, int]:
    question = (
        select(REVISIONS.c.rank)
        .join(CHANGES, _OF_REVISION)
        .where(CHANGES.c.trial_id == trial_id, CHANGES.c.position == position)
    )
    rank = connection.scalar(question)
    if rank is None:
        raise NotFound(f"{trial_id} has no change at the position {position}")
    return rank, position


def _trail(trial_id: str, wanted: TrailFilter) -> Select[Any]:
    conditions = [CHANGES.c.trial_id == trial_id, *named(wanted.fields, wanted.types, wanted.categories)]
    timeline_on = func.coalesce(CHANGES.c.timeline_on, REVISIONS.c.holds_from)
    if wanted.since:
        conditions.append(timeline_on >= wanted.since.isoformat())
    if wanted.until:
        conditions.append(timeline_on <= wanted.until.isoformat())
    conditions.append(finest_known(wanted.known_at))
    return _question().join(REVISIONS, _OF_REVISION).where(*conditions)


def feed(connection: Connection, wanted: FeedFilter, *, limit: int | None) -> Iterator[AnsweredChange]:
    """Changes in the order of recording; the newest ``limit`` (the first after ``after``), newest last."""
    conditions = asked_for(wanted)
    if limit is not None and wanted.after is None:
        newest = connection.execute(_page(conditions, newest_first=True, limit=limit)).all()
        yield from map(_change, reversed(newest))
        return
    yield from _pages(connection, conditions, after=wanted.after or 0, limit=limit)


def asked_for(wanted: FeedFilter) -> list[ColumnElement[bool]]:
    """That a change is what a filter asks for, whatever its position."""
    conditions = named(wanted.fields, wanted.types, wanted.categories)
    if wanted.origins:
        conditions.append(CHANGES.c.origin.in_(wanted.origins))
    if wanted.trials:
        conditions.append(CHANGES.c.trial_id.in_(wanted.trials))
    if wanted.significance:
        conditions.append(CHANGES.c.significance.in_(and_above(wanted.significance)))
    if wanted.since:
        conditions.append(CHANGES.c.observed_at >= instant_text(wanted.since))
    if wanted.until:
        conditions.append(CHANGES.c.observed_at < instant_text(wanted.until))
    if wanted.before is not None:
        conditions.append(CHANGES.c.position < wanted.before)
    return conditions


def changes_at(connection: Connection, positions: Collection[int]) -> dict[int, AnsweredChange]:
    """The changes at those positions (some hundreds), by position."""
    rows = connection.execute(_AT, {"positions": list(positions)})
    return {row.position: _change(row) for row in rows}


def lapses_told(connection: Connection, trial_ids: Collection[str]) -> set[tuple[str, str, str]]:
    """Trial, type and day of each lapse that was told of ``trial_ids`` (some hundreds at most)."""
    question = select(CHANGES.c.trial_id, CHANGES.c.type, CHANGES.c.timeline_on).where(
        CHANGES.c.trial_id.in_(trial_ids), CHANGES.c.type.in_(sorted(LAPSES))
    )
    return {(row.trial_id, row.type, row.timeline_on) for row in connection.execute(question)}


def _pages(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], *, after: int, limit: int | None
) -> Iterator[AnsweredChange]:
    left = limit
    while left is None or left > 0:
        size = _PAGE if left is None else min(_PAGE, left)
        behind = [*conditions, CHANGES.c.position > after]
        rows = connection.execute(_page(behind, newest_first=False, limit=size)).all()
        yield from map(_change, rows)
        if len(rows) < size:
            return
        after = rows[-1].position
        left = None if left is None else left - size


def _page(conditions: Sequence[ColumnElement[bool]], *, newest_first: bool, limit: int) -> Select[Any]:
    """A page of changes by position: which they are is found in the view alone, or SQLite would sort all of both."""
    order = CHANGES.c.position.desc() if newest_first else CHANGES.c.position
    found = select(CHANGES.c.position).where(*conditions).order_by(order).limit(limit).subquery()
    return _question().where(CHANGES.c.position.in_(select(found.c.position))).order_by(order)


def _question() -> Select[Any]:
    return select(*_COLUMNS).join(EVENTS, EVENTS.c.position == CHANGES.c.position)


_AT = _question().where(CHANGES.c.position.in_(bindparam("positions", expanding=True)))


def named(fields: Sequence[str], types: Sequence[str], categories: Sequence[str]) -> list[ColumnElement[bool]]:
    """Changes of these names, fields as they are stored; what is empty says nothing."""
    pairs = (
        (CHANGES.c.field, [storable(name) for name in fields]),
        (CHANGES.c.type, types),
        (CHANGES.c.category, categories),
    )
    return [column.in_(values) for column, values in pairs if values]


def finest_known(known_at: datetime | None) -> ColumnElement[bool]:
    """Changes that were the finest way known at an instant; now, where none is given."""
    if known_at is None:
        return CHANGES.c.superseded_at.is_(None)
    at = instant_text(known_at)
    return and_(CHANGES.c.recorded_at <= at, or_(CHANGES.c.superseded_at.is_(None), CHANGES.c.superseded_at > at))


def and_above(significance: Significance) -> list[str]:
    """That significance and those above it."""
    order = list(Significance)
    return [level.value for level in order[: order.index(significance) + 1]]


def _change(row: Row[Any]) -> AnsweredChange:
    data = decode(row.data)
    return AnsweredChange(
        position=row.position,
        trial_id=row.trial_id,
        revision=row.revision,
        stream_version=row.stream_version,
        type=row.type,
        field=data["field"],
        label=data["label"],
        path=data["path"],
        old=data["old"],
        new=data["new"],
        category=row.category,
        significance=row.significance,
        origin=row.origin,
        posted_on=data["posted_on"],
        data_on=data["data_on"],
        observed_at=row.observed_at,
        recorded_at=row.recorded_at,
        detail=data.get("detail", {}),
        predecessor=row.predecessor,
        superseded_at=row.superseded_at,
    )

"""The life of a trial, asked of the views: its revisions' rows, the few changes that matter, and one record.

It promises one answer from one reading transaction, at a cost that grows with revisions and changes, never with the
snapshots: of those it reads the newest alone.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, case, func, select

from store.json_text import decode
from store.tables import EVENTS
from store.unit_of_work import Transaction
from tracker.domain.change import is_pointer
from tracker.domain.events import BESIDE_REVISIONS, EventType
from tracker.domain.life.model import Life
from tracker.domain.life.telling import life_of
from tracker.domain.life.told import ChangeTold, LifeTold, MoveTold, ResultsTold, RevisionTold
from tracker.domain.record import Json
from tracker.domain.staleness import Staleness
from tracker.domain.whereabouts import Whereabouts
from tracker.views.held import coverage_from
from tracker.views.tables import CHANGES, MOVES, REVISIONS
from tracker.views.timelines import require_trial

_WITH_VALUES = (
    *("start_date", "primary_completion_date", "completion_date", "enrollment", "enrollment_type"),
    *("unposted_event", "estimated_results_submit_date", "delay_certification_date"),
)
_OF_RESULTS = (EventType.RESULTS_POSTED, EventType.RESULTS_REVISED, EventType.RESULTS_REMOVED)
_COUNTED = CHANGES.c.type.not_in(sorted(BESIDE_REVISIONS))
_TRIAL: ColumnElement[str] = bindparam("trial")

# Made once: making a question costs more than asking it.
_REVISIONS: Select[Any] = (
    select(
        *(REVISIONS.c.revision, REVISIONS.c.rank, REVISIONS.c.snapshot, REVISIONS.c.coverage, REVISIONS.c.origin),
        *(REVISIONS.c.holds_from, REVISIONS.c.published_status, REVISIONS.c.last_known_status),
        *(REVISIONS.c.data_on, REVISIONS.c.completion_on, REVISIONS.c.verified_on, REVISIONS.c.lapses_on),
    )
    .where(REVISIONS.c.trial_id == _TRIAL, REVISIONS.c.replaced_at.is_(None))
    .order_by(REVISIONS.c.rank)
)
_GROUPS: Select[Any] = (
    select(
        *(CHANGES.c.revision, func.count()),
        *(
            column
            for kind in _OF_RESULTS
            for column in (
                func.min(case((CHANGES.c.type == kind.value, CHANGES.c.position))),
                func.count(case((CHANGES.c.type == kind.value, 1))),
            )
        ),
    )
    .where(CHANGES.c.trial_id == _TRIAL, CHANGES.c.superseded_at.is_(None), _COUNTED)
    .group_by(CHANGES.c.revision)
)
_CHANGES = (
    select(CHANGES.c.position, CHANGES.c.revision, CHANGES.c.type, EVENTS.c.data)
    .join(EVENTS, EVENTS.c.position == CHANGES.c.position)
    .where(CHANGES.c.trial_id == _TRIAL, CHANGES.c.field.in_(_WITH_VALUES), CHANGES.c.superseded_at.is_(None))
    .order_by(CHANGES.c.position)
)
_MOVES = select(MOVES).where(MOVES.c.trial_id == _TRIAL).order_by(MOVES.c.data_on, MOVES.c.position)


def trial_life(transaction: Transaction, trial_id: str, *, today: date, record: Json = None) -> Life:
    """The life of a trial; ``record``: its newest, where the caller has read it. Raises NotFound with near misses."""
    connection = transaction.connection
    rows = connection.execute(_REVISIONS, {"trial": trial_id}).all()
    if not rows:
        require_trial(connection, trial_id)
    counts, results = _groups(connection, trial_id)
    told = LifeTold(
        trial_id=trial_id,
        revisions=[_revision(row, counts.get(row.revision, 0)) for row in rows],
        changes=_changes(connection, trial_id),
        results=results,
        moves=_moves(connection, trial_id),
        record=decode(transaction.snapshots.get(rows[-1].snapshot)) if record is None else record,
    )
    return life_of(told, today=today)


def _revision(row: Row[Any], changes_count: int) -> RevisionTold:
    return RevisionTold(
        revision=row.revision,
        holds_from=date.fromisoformat(row.holds_from),
        data_on=date.fromisoformat(row.data_on) if row.data_on else None,
        origin=row.origin,
        changes_count=changes_count,
        staleness=Staleness(
            published_status=row.published_status,
            last_known_status=row.last_known_status,
            completion_on=row.completion_on,
            verified_on=row.verified_on,
            lapses_on=date.fromisoformat(row.lapses_on) if row.lapses_on else None,
        ),
        coverage=coverage_from(row.coverage),
    )


def _groups(connection: Connection, trial_id: str) -> tuple[dict[int, int], list[ResultsTold]]:
    """How many changes each revision brought, and of those of results how many of each type; in one look."""
    rows = connection.execute(_GROUPS, {"trial": trial_id}).all()
    results = [
        ResultsTold(revision=row[0], position=row[at], type=kind, changes_count=row[at + 1])
        for row in rows
        for at, kind in zip(range(2, len(row), 2), _OF_RESULTS, strict=True)
        if row[at + 1]
    ]
    return {row[0]: row[1] for row in rows}, results


def _changes(connection: Connection, trial_id: str) -> list[ChangeTold]:
    return list(_told(connection.execute(_CHANGES, {"trial": trial_id}).all()))


def _told(rows: Iterable[Any]) -> Iterable[ChangeTold]:
    for row in rows:
        data = decode(row.data)
        old, new = (None if is_pointer(data[side]) else data[side] for side in ("old", "new"))
        yield ChangeTold(
            revision=row.revision,
            position=row.position,
            type=EventType(row.type),
            path=data["path"],
            old=old,
            new=new,
        )


def _moves(connection: Connection, trial_id: str) -> list[MoveTold]:
    return [
        MoveTold(
            on=date.fromisoformat(row.data_on),
            whereabouts=Whereabouts(row.whereabouts),
            merged_into=row.merged_into,
        )
        for row in connection.execute(_MOVES, {"trial": trial_id})
    ]

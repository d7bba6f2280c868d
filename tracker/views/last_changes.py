"""The last change of each field of a trial: one look at the trial's rows, and one event for each field."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from store.json_text import decode
from store.tables import EVENTS
from tracker.domain.events import ARRIVALS, BESIDE_REVISIONS
from tracker.domain.record import Json
from tracker.views.tables import CHANGES, REVISIONS

_UNTOLD = CHANGES.c.type.not_in(sorted(ARRIVALS | BESIDE_REVISIONS))


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTold:
    """The newest change of a field; ``on`` is its day in the registry's timeline, ``rank`` its revision's place there.

    ``old`` and ``new`` are verbatim, or pointers into snapshots where they are large.
    """

    rank: int
    position: int
    revision: int
    on: str
    path: str
    label: str
    significance: str
    old: Json
    new: Json


def last_changes(connection: Connection, trial_id: str) -> list[LastTold]:
    """The newest change of each field that ever changed, in the order of the timeline."""
    found = []
    for row in connection.execute(_NEWEST, {"trial": trial_id}):
        data = decode(row.data)
        found.append(
            LastTold(
                rank=row.rank,
                position=row.position,
                revision=row.revision,
                on=row.on_day,
                path=data["path"],
                label=data["label"],
                significance=row.significance,
                old=data["old"],
                new=data["new"],
            )
        )
    return found


def _newest() -> Select[Any]:
    of_field = func.row_number().over(
        partition_by=CHANGES.c.field, order_by=(REVISIONS.c.rank.desc(), CHANGES.c.position.desc())
    )
    told = (
        select(
            CHANGES.c.position,
            CHANGES.c.revision,
            CHANGES.c.significance,
            REVISIONS.c.rank,
            func.coalesce(CHANGES.c.timeline_on, REVISIONS.c.holds_from).label("on_day"),
            of_field.label("place"),
        )
        .join(
            REVISIONS,
            (REVISIONS.c.trial_id == CHANGES.c.trial_id) & (REVISIONS.c.revision == CHANGES.c.revision),
        )
        .where(CHANGES.c.trial_id == bindparam("trial"), CHANGES.c.superseded_at.is_(None), _UNTOLD)
        .subquery()
    )
    return (
        select(told, EVENTS.c.data)
        .join(EVENTS, EVENTS.c.position == told.c.position)
        .where(told.c.place == 1)
        .order_by(told.c.rank, told.c.position)
    )


_NEWEST = _newest()  # made once: making a question costs more than asking it

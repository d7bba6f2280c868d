"""Of which trials something was recorded behind a position of the ledger."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, func, select

from tracker.domain.events import EventType
from tracker.views.tables import CHANGES, MEMBERS, REVISIONS

_PAGE = 500


def touched_since(connection: Connection, position: int) -> list[str]:
    """The trials of which anything was recorded behind ``position``, their places in queries included; sorted."""
    changed = connection.scalars(select(CHANGES.c.trial_id).where(CHANGES.c.position > position).distinct())
    moved = connection.scalars(select(MEMBERS.c.trial_id).where(MEMBERS.c.position > position).distinct())
    return sorted({*changed, *moved})


def first_seen_since(connection: Connection, position: int) -> frozenset[str]:
    """The trials that were seen for the first time behind ``position``."""
    is_first = CHANGES.c.type == EventType.TRIAL_FIRST_OBSERVED.value
    return frozenset(connection.scalars(select(CHANGES.c.trial_id).where(is_first, CHANGES.c.position > position)))


def first_sights(connection: Connection, trial_ids: Collection[str]) -> dict[str, date]:
    """The day (UTC) on which each of ``trial_ids`` was first observed."""
    wanted = sorted(set(trial_ids))
    found: dict[str, date] = {}
    for at in range(0, len(wanted), _PAGE):
        question = (
            select(REVISIONS.c.trial_id, func.min(REVISIONS.c.observed_at).label("observed_at"))
            .where(REVISIONS.c.trial_id.in_(wanted[at : at + _PAGE]))
            .group_by(REVISIONS.c.trial_id)
        )
        found |= {row.trial_id: date.fromisoformat(row.observed_at[:10]) for row in connection.execute(question)}
    return found

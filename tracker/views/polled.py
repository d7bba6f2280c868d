"""What a poll needs to know of what is held: short rows, whereabouts, who is due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, bindparam, func, select

from tracker.domain.staleness import UNKNOWN
from tracker.domain.whereabouts import Whereabouts
from tracker.views.tables import REVISIONS, TRIALS

_PAGE_IDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTrial:
    """The fingerprint of a trial's short row (``tracker.domain.short_row``), and where the trial is."""

    short_row: str
    whereabouts: Whereabouts
    merged_into: str | None


_KNOWN = select(TRIALS.c.trial_id, TRIALS.c.short_row, TRIALS.c.whereabouts, TRIALS.c.merged_into).where(
    TRIALS.c.trial_id.in_(bindparam("ids", expanding=True))
)
_PLACES = {place.value: place for place in Whereabouts}


def known_trials(connection: Connection, trial_ids: Collection[str]) -> dict[str, KnownTrial]:
    """Those of ``trial_ids`` (a thousand at most) that are held."""
    return {
        trial_id: KnownTrial(short_row=short_row, whereabouts=_PLACES[place], merged_into=into)
        for trial_id, short_row, place, into in connection.execute(_KNOWN, {"ids": list(trial_ids)})
    }


def held_ids(connection: Connection, *, is_visible: bool, after: str) -> Sequence[str]:
    """The next page of the trials that are held and can, or cannot, be seen at the registry; in order."""
    place = Whereabouts.VISIBLE.value
    is_there = TRIALS.c.whereabouts == place if is_visible else TRIALS.c.whereabouts != place
    page = select(TRIALS.c.trial_id).where(is_there, TRIALS.c.trial_id > after)
    return connection.scalars(page.order_by(TRIALS.c.trial_id).limit(_PAGE_IDS)).all()


def visible_count(connection: Connection) -> int:
    """How many of the trials held can be seen at the registry."""
    wanted = select(func.count()).select_from(TRIALS).where(TRIALS.c.whereabouts == Whereabouts.VISIBLE.value)
    return connection.execute(wanted).scalar_one()


def due_trials(connection: Connection, *, on: date) -> list[str]:
    """The trials that are UNKNOWN by the rule on that day, and do not show it as far as is known; sorted."""
    is_newest = and_(REVISIONS.c.trial_id == TRIALS.c.trial_id, REVISIONS.c.revision == TRIALS.c.revision)
    wanted = (
        select(TRIALS.c.trial_id)
        .join(REVISIONS, is_newest)
        .where(
            REVISIONS.c.lapses_on <= on.isoformat(),
            TRIALS.c.published_status.is_distinct_from(UNKNOWN),
            TRIALS.c.whereabouts == Whereabouts.VISIBLE.value,
        )
        .order_by(TRIALS.c.trial_id)
    )
    return list(connection.scalars(wanted))

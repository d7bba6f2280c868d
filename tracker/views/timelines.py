"""Which contents a trial had, and which of them held when: by the registry's days, or by what was known."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, or_, select

from store.json_text import decode
from store.tables import EVENTS
from tracker.domain.errors import NotFound
from tracker.domain.events import BESIDE_REVISIONS
from tracker.views.answers import AnsweredRevision
from tracker.views.rows import instant_text, since_when
from tracker.views.tables import CHANGES, REVISIONS, TRIALS
from tracker.views.trails import finest_known

_NEAR_MOST = 3
_OF_REVISIONS = CHANGES.c.type.not_in(sorted(BESIDE_REVISIONS))
_HELD = select(TRIALS.c.trial_id).where(TRIALS.c.trial_id == bindparam("trial"))


def is_held(connection: Connection, trial_id: str) -> bool:
    """Whether anything is held of a trial."""
    return connection.execute(_HELD, {"trial": trial_id}).first() is not None


def require_trial(connection: Connection, trial_id: str) -> None:
    """Raises NotFound, with near misses, for a trial that is not held."""
    if not is_held(connection, trial_id):
        near = _near_misses(connection, trial_id)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; import its record first"
        raise NotFound(f"{trial_id} is not in the ledger{hint}")


def timeline(connection: Connection, trial_id: str, *, known_at: datetime | None = None) -> list[AnsweredRevision]:
    """A trial's revisions in the registry's order, as known now or at an instant, with the dates told until then."""
    revisions_sql, counts_sql = _NOW if known_at is None else _questions(known_at)
    rows = connection.execute(revisions_sql, {"trial": trial_id}).all()
    counts = {row.revision: row[1] for row in connection.execute(counts_sql, {"trial": trial_id})}
    before: list[int | None] = [None, *(row.revision for row in rows)]
    revisions = [_revision(row, predecessor, counts) for row, predecessor in zip(rows, before, strict=False)]
    if known_at is None:
        return revisions
    dates = _dates_told(connection, trial_id, known_at)
    days = accumulate(
        (since_when(dates[row.revision]["holds_from"], data_on=row.data_on, posted_on=row.posted_on) for row in rows),
        max,
    )
    return [
        replace(revision, posted_on=dates[revision.revision]["posted_on"], holds_from=day)
        for revision, day in zip(revisions, days, strict=True)
    ]


def revision_at(
    connection: Connection,
    trial_id: str,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    number: int | None = None,
) -> AnsweredRevision:
    """The revision that held on a day, was the newest known at an instant, has a number, or is the newest.

    Raises NotFound that says from when on there is one.
    """
    revisions = timeline(connection, trial_id, known_at=known_at)
    return revision_among(connection, trial_id, revisions, as_of=as_of, number=number)


def revision_among(
    connection: Connection,
    trial_id: str,
    revisions: Sequence[AnsweredRevision],
    *,
    as_of: date | None = None,
    number: int | None = None,
) -> AnsweredRevision:
    """The same of a timeline that was asked for already in this transaction."""
    if not revisions:
        require_trial(connection, trial_id)
    if number is not None:
        return _numbered(connection, trial_id, number, revisions)
    if not revisions:
        raise _unknown_then(connection, trial_id)
    holding = [found for found in revisions if as_of is None or found.holds_from <= as_of.isoformat()]
    if not holding:
        raise NotFound(
            f"nothing is known of {trial_id} on {as_of}: the earliest known record holds from {revisions[0].holds_from}"
        )
    return holding[-1]


def held_from(connection: Connection, trial_id: str, number: int) -> str:
    """Since when a revision holds, as known now."""
    wanted = (REVISIONS.c.trial_id == trial_id, REVISIONS.c.revision == number)
    return str(connection.execute(select(REVISIONS.c.holds_from).where(*wanted)).scalar_one())


def require_known(connection: Connection, trial_id: str, *, known_at: datetime | None) -> None:
    """Raises NotFound for a trial that is not held, or of which nothing was known at the instant, if one is given."""
    require_trial(connection, trial_id)
    if known_at is not None:
        known = select(REVISIONS.c.revision).where(REVISIONS.c.trial_id == trial_id, _as_known(known_at))
        if connection.execute(known.limit(1)).first() is None:
            raise _unknown_then(connection, trial_id)


def _unknown_then(connection: Connection, trial_id: str) -> NotFound:
    first = connection.scalar(select(func.min(REVISIONS.c.recorded_at)).where(REVISIONS.c.trial_id == trial_id))
    return NotFound(
        f"nothing was known of {trial_id} then: its first record was stored at {first}; "
        "--known-at asks what this ledger knew, --as-of what the registry said"
    )


def _numbered(
    connection: Connection, trial_id: str, number: int, revisions: Sequence[AnsweredRevision]
) -> AnsweredRevision:
    found = [revision for revision in revisions if revision.revision == number]
    if found:
        return found[0]
    row = connection.execute(
        select(REVISIONS).where(REVISIONS.c.trial_id == trial_id, REVISIONS.c.revision == number)
    ).first()
    if row is not None:
        return _revision(row, row.predecessor, {})
    most = max(revision.revision for revision in revisions)
    raise NotFound(f"{trial_id} has no revision {number}: expected one of 1 to {most}")


def _as_known(known_at: datetime | None) -> ColumnElement[bool]:
    if known_at is None:
        return REVISIONS.c.replaced_at.is_(None)
    at = instant_text(known_at)
    return and_(REVISIONS.c.recorded_at <= at, or_(REVISIONS.c.replaced_at.is_(None), REVISIONS.c.replaced_at > at))


def _dates_told(connection: Connection, trial_id: str, known_at: datetime) -> dict[int, dict[str, Any]]:
    """Of each revision the dates that move when its way is told anew, as its newest event until then says them."""
    newest = (
        select(func.max(CHANGES.c.position))
        .where(CHANGES.c.trial_id == trial_id, CHANGES.c.recorded_at <= instant_text(known_at), _OF_REVISIONS)
        .group_by(CHANGES.c.revision)
    )
    told = (decode(text) for text in connection.scalars(select(EVENTS.c.data).where(EVENTS.c.position.in_(newest))))
    return {data["revision"]: {name: data[name] for name in ("posted_on", "holds_from")} for data in told}


def _questions(known_at: datetime | None) -> tuple[Select[Any], Select[Any]]:
    """The revisions of a trial, and how many changes each brought, as known now or at an instant."""
    trial: ColumnElement[str] = bindparam("trial")
    counts = select(CHANGES.c.revision, func.count()).group_by(CHANGES.c.revision)
    return (
        select(REVISIONS).where(REVISIONS.c.trial_id == trial, _as_known(known_at)).order_by(REVISIONS.c.rank),
        counts.where(CHANGES.c.trial_id == trial, finest_known(known_at), _OF_REVISIONS),
    )


_NOW = _questions(None)  # made once: making a question costs more than asking it


def _revision(row: Row[Any], predecessor: int | None, counts: dict[int, int]) -> AnsweredRevision:
    return AnsweredRevision(
        trial_id=row.trial_id,
        revision=row.revision,
        predecessor=predecessor,
        origin=row.origin,
        source=row.source,
        registry_version=row.registry_version,
        posted_on=row.event_posted_on,
        data_on=row.data_on,
        holds_from=row.holds_from,
        observed_at=row.observed_at,
        recorded_at=row.recorded_at,
        changes=counts.get(row.revision, 0),
        published_status=row.published_status,
        title=row.title,
        is_whole=row.coverage is None,
        snapshot=row.snapshot,
    )


def _near_misses(connection: Connection, trial_id: str) -> list[str]:
    """Held ids that differ in one digit or by two neighbours changing places."""
    head, digits = trial_id[:3], trial_id[3:]
    near = {head + digits[:i] + digit + digits[i + 1 :] for i in range(len(digits)) for digit in "0123456789"}
    near |= {head + digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)}
    question = select(TRIALS.c.trial_id).where(TRIALS.c.trial_id.in_(sorted(near))).order_by(TRIALS.c.trial_id)
    return list(connection.scalars(question.limit(_NEAR_MOST)))

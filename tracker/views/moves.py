"""Where a trial's record was on a day, or as was known at an instant."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, FromClause, and_, bindparam, exists, or_, select

from tracker.domain.whereabouts import Whereabouts
from tracker.views.answers import AnsweredMove
from tracker.views.rows import instant_text
from tracker.views.tables import MOVES

_OF_TRIAL = (
    select(MOVES)
    .where(MOVES.c.trial_id == bindparam("trial"))
    .order_by(MOVES.c.data_on.desc(), MOVES.c.position.desc())
    .limit(1)
)
_LAST, _LATER = MOVES.alias(), MOVES.alias()


def last_move(
    connection: Connection, trial_id: str, *, as_of: date | None = None, known_at: datetime | None = None
) -> AnsweredMove | None:
    """The newest move of a trial's record, or the last up to a day or an instant; None where it never moved."""
    question = _OF_TRIAL
    if as_of is not None:
        question = question.where(MOVES.c.data_on <= as_of.isoformat())
    if known_at is not None:
        question = question.where(MOVES.c.recorded_at <= instant_text(known_at))
    row = connection.execute(question, {"trial": trial_id}).one_or_none()
    if row is None:
        return None
    return AnsweredMove(
        trial_id=row.trial_id,
        whereabouts=row.whereabouts,
        merged_into=row.merged_into,
        data_on=row.data_on,
        recorded_at=row.recorded_at,
    )


def is_away(rows: FromClause, on: str) -> ColumnElement[bool]:
    """Whether the record of the trial in a row of ``rows`` was withheld, merged or gone on the day ``on``."""
    last, later = _LAST, _LATER
    return exists().where(
        last.c.trial_id == rows.c.trial_id,
        last.c.data_on <= on,
        last.c.whereabouts != Whereabouts.VISIBLE.value,
        ~exists().where(
            later.c.trial_id == last.c.trial_id,
            later.c.data_on <= on,
            or_(
                later.c.data_on > last.c.data_on,
                and_(later.c.data_on == last.c.data_on, later.c.position > last.c.position),
            ),
        ),
    )

"""Of which trials a condition of time holds on a day: one look-up in an index, however many trials there are.

It promises to agree with ``tracker.domain.conditions`` for every trial (a property test holds the two together), and
for ``unknown`` and ``lapsing`` with the stale list.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from tracker.domain.conditions import ALWAYS_UNKNOWN, NEVER_VERIFIED, Cause, Condition, ConditionKind
from tracker.domain.facts import Facts
from tracker.domain.partial_date import add_months, parse_partial_date
from tracker.domain.record import Json
from tracker.domain.results_duty import GRACE_DAYS
from tracker.domain.staleness import ALWAYS
from tracker.views.answers import StaleTrial
from tracker.views.sides import facts_from
from tracker.views.stale import shown_on, stale_trial
from tracker.views.tables import REVISIONS

_YEAR_CHARACTERS = len("2024")
_STALE_KEYS = tuple(StaleTrial.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A trial of which a condition holds. ``row``: the keys of the stale list; ``revision``: what it was judged by."""

    trial_id: str
    cause: Cause
    revision: int
    facts: Facts
    row: dict[str, Json]


def holdings(
    connection: Connection,
    condition: Condition,
    *,
    on: date,
    begun_after: date | None = None,
    trial_ids: Collection[str] | None = None,
) -> Iterator[Holding]:
    """The trials of which ``condition`` holds on day ``on``, of all or of ``trial_ids`` (some hundreds), by id.

    ``begun_after``: only those of whose present records it did not hold on that day yet.
    """
    holds = holds_within(condition, on, on)
    question = select(REVISIONS).where(holds, *judged(), *shown_on(on)).order_by(REVISIONS.c.trial_id)
    if begun_after is not None:
        held = holds_within(condition, begun_after, begun_after)
        question = question.where(func.coalesce(held, False).is_(False))
    if trial_ids is not None:
        question = question.where(REVISIONS.c.trial_id.in_(trial_ids))
    for row in connection.execute(question):
        yield Holding(
            trial_id=row.trial_id,
            cause=_cause(condition, row),
            revision=row.revision,
            facts=facts_from(row),
            row=_row(row, on),
        )


def judged() -> list[ColumnElement[bool]]:
    """A record without a status, or a stub, says nothing."""
    return [REVISIONS.c.published_status.is_not(None), REVISIONS.c.published_status != "WITHHELD"]


def holds_within(condition: Condition, first: date, last: date) -> ColumnElement[bool]:
    """Whether the condition holds of a record on any day from ``first`` to ``last``, however long that is shown."""
    lapses, due, days = REVISIONS.c.lapses_on, REVISIONS.c.results_due_on, condition.days or 0
    match condition.kind:
        case ConditionKind.UNKNOWN:
            return or_(lapses == ALWAYS.isoformat(), lapses <= _text(last, -days))
        case ConditionKind.LAPSING:
            return and_(lapses > first.isoformat(), lapses <= _text(last, days))
        case ConditionKind.RESULTS_DUE:
            return and_(due <= _text(last, days), due >= _text(first, -GRACE_DAYS))
        case ConditionKind.RESULTS_OVERDUE:
            return due < _text(last, -GRACE_DAYS)
        case ConditionKind.UNVERIFIED:
            return _unverified(last, condition.months or 0)


def _text(on: date, days: int) -> str:
    """The day so many days from ``on``, or the calendar's end."""
    try:
        return (on + timedelta(days=days)).isoformat()
    except OverflowError:
        return (date.max if days > 0 else date.min).isoformat()


def _unverified(on: date, months: int) -> ColumnElement[bool]:
    """Never verified, or in a month that ended so many before that of ``on``; a year counts to its end."""
    verified = REVISIONS.c.verified_on
    try:
        bound = f"{add_months(on, -months):%Y-%m}"
    except (OverflowError, ValueError):
        return verified.is_(None)
    is_long_ago = and_(verified < bound, or_(func.length(verified) > _YEAR_CHARACTERS, verified + "-12" < bound))
    return or_(verified.is_(None), is_long_ago)


def _cause(condition: Condition, row: Row[Any]) -> Cause:
    match condition.kind:
        case ConditionKind.UNKNOWN | ConditionKind.LAPSING:
            return ALWAYS_UNKNOWN if row.lapses_on == ALWAYS.isoformat() else str(row.lapses_on)
        case ConditionKind.RESULTS_DUE | ConditionKind.RESULTS_OVERDUE:
            return str(row.results_due_on)
        case ConditionKind.UNVERIFIED:
            verified = parse_partial_date(row.verified_on or "")
            return NEVER_VERIFIED if verified is None else verified.month_end.strftime("%Y-%m")


def _row(row: Row[Any], on: date) -> dict[str, Json]:
    """The keys of the stale list, null where the rule of UNKNOWN says nothing of the trial; and the record's dates."""
    told: dict[str, Json] = dict.fromkeys(_STALE_KEYS) | {"disagrees": False}
    if row.lapses_on is None:
        told |= {name: getattr(row, name) for name in _STALE_KEYS if name in row._fields}
    else:
        told |= asdict(stale_trial(row, on))
    return told | {name: getattr(row, name) for name in ("results_due_on", "posted_on", "observed_at")}

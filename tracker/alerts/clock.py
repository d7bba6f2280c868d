"""Records what time has done to trials: each day, and for those that changed, the lapses that were not told yet.

Promises: whoever subscribes, a trial that turned UNKNOWN by the rule, was not verified for a year or whose results
appear overdue has an event of it, once per cause, where the day came after the trial was first seen.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from store.unit_of_work import Transaction
from tracker.alerts.lapses import Lapse, record_lapses
from tracker.domain.conditions import Condition, ConditionKind
from tracker.domain.events import EventType
from tracker.domain.partial_date import add_months, parse_partial_date
from tracker.domain.results_duty import overdue_from
from tracker.domain.staleness import ALWAYS, UNKNOWN
from tracker.views.holdings import Holding, holdings
from tracker.views.touched import first_sights, touched_since

CURSOR = "clock"
VERIFICATION_MONTHS = 12
_PAGE_TRIALS = 200
_CONDITIONS = {
    EventType.STATUS_LAPSED: Condition(kind=ConditionKind.UNKNOWN),
    EventType.VERIFICATION_LAPSED: Condition(kind=ConditionKind.UNVERIFIED, months=VERIFICATION_MONTHS),
    EventType.RESULTS_OVERDUE: Condition(kind=ConditionKind.RESULTS_OVERDUE),
}


def last_day(transaction: Transaction) -> date | None:
    """The day of the last look; None before the first."""
    kept = transaction.cursors.get(CURSOR)
    return date.fromisoformat(kept["on"]) if kept else None


def record_what_lapsed(transaction: Transaction, *, today: date, now: datetime, run_id: str) -> int:
    """Record the lapses of the days since the last look, and of the trials that changed since; answers how many.

    A day that was looked at never comes back: it counts where ``today`` is before it.
    """
    head = transaction.events.head().position
    kept = transaction.cursors.get(CURSOR)
    today = max(today, last_day(transaction) or today)
    if kept is not None and kept == {"on": today.isoformat(), "position": head}:
        return 0
    lapses: list[Lapse] = []
    begun_after = date.fromisoformat(kept["on"]) if kept else None
    if begun_after is None or begun_after < today:
        lapses += _lapses(transaction, today, begun_after=begun_after)
    if kept is not None:
        touched = touched_since(transaction.connection, kept["position"])
        for at in range(0, len(touched), _PAGE_TRIALS):
            lapses += _lapses(transaction, today, trial_ids=touched[at : at + _PAGE_TRIALS])
    count = record_lapses(transaction, lapses, now=now, run_id=run_id)
    head = transaction.events.head().position
    transaction.cursors.put(CURSOR, {"on": today.isoformat(), "position": head})
    return count


def _lapses(
    transaction: Transaction,
    today: date,
    *,
    begun_after: date | None = None,
    trial_ids: Collection[str] | None = None,
) -> Iterator[Lapse]:
    for event_type, condition in _CONDITIONS.items():
        found = list(
            holdings(transaction.connection, condition, on=today, begun_after=begun_after, trial_ids=trial_ids)
        )
        seen_on = first_sights(transaction.connection, [one.trial_id for one in found])
        for one in found:
            lapse = _lapse(event_type, one)
            if lapse is not None and lapse.cause > seen_on[one.trial_id]:
                yield lapse


def _lapse(event_type: EventType, one: Holding) -> Lapse | None:
    """What lapsed on which day; None where no date says."""
    staleness = one.facts.staleness
    if event_type is EventType.STATUS_LAPSED:
        day, was = staleness.lapses_on, staleness.last_known_status or staleness.published_status
        if day is None or day == ALWAYS:
            return None
        return Lapse(trial_id=one.trial_id, type=event_type, cause=day, old=was, new=UNKNOWN)
    if event_type is EventType.VERIFICATION_LAPSED:
        verified = parse_partial_date(staleness.verified_on or "")
        if verified is None:
            return None
        day = date.fromordinal(add_months(verified.month_end, VERIFICATION_MONTHS).toordinal() + 1)
        return Lapse(trial_id=one.trial_id, type=event_type, cause=day, old=staleness.verified_on)
    due_on = one.facts.results_due_on
    day = overdue_from(due_on) if due_on else None
    return None if day is None else Lapse(trial_id=one.trial_id, type=event_type, cause=day)

"""How a condition of time that held is over: in the few words that those who were told of it are told.

Silent are the ends that lead on to what the alert was about: a ``lapsing`` that ends in the lapse, a ``results-due``
that ends in being overdue; and a trial that is withheld, merged or gone, of which nothing is told.
"""

from datetime import date

from tracker.domain.conditions import Condition, ConditionKind, TrialState, holds
from tracker.domain.results_duty import Exemption, Reported
from tracker.domain.staleness import ACTIVE_STATUSES, UNKNOWN

_OF_RESULTS = frozenset({ConditionKind.RESULTS_DUE, ConditionKind.RESULTS_OVERDUE})


def over_reason(condition: Condition, before: TrialState, *, now: TrialState, on: date) -> str | None:
    """Why a condition that held of ``before`` is over on day ``on``; None where it is not, or ends silently.

    One that holds again for another cause is not over.
    """
    if not now.is_judged or holds(condition, now, on=on) is not None or _leads_on(condition, now, on):
        return None
    if condition.kind in _OF_RESULTS:
        return _results_reason(before, now)
    if condition.kind is ConditionKind.UNVERIFIED:
        return "verified again"
    return _status_reason(before, now)


def _leads_on(condition: Condition, now: TrialState, on: date) -> bool:
    if condition.kind is ConditionKind.LAPSING:
        return now.staleness.is_unknown(on)
    return condition.kind is ConditionKind.RESULTS_DUE and now.duty.is_overdue(on)


def _status_reason(before: TrialState, now: TrialState) -> str:
    status = now.staleness.published_status or ""
    if status == UNKNOWN:
        status = now.staleness.last_known_status or status
    if status not in ACTIVE_STATUSES | {UNKNOWN} and status != before.staleness.published_status:
        return in_words(status)
    if before.staleness.verified_on != now.staleness.verified_on:
        return "verified again"
    if before.staleness.completion_on != now.staleness.completion_on:
        return "completion date moved"
    return "updated"


def _results_reason(before: TrialState, now: TrialState) -> str:
    duty = now.duty
    if duty.reported is not Reported.NOT_REPORTED:
        return f"results {in_words(duty.reported)}"
    if duty.exemption is not None:
        return "withdrawn" if duty.exemption is Exemption.WITHDRAWN else f"no longer owed: {duty.exemption}"
    if duty.certified_on is not None and before.duty.certified_on is None:
        return "delay certified"
    return "due date moved" if before.duty.due_on != duty.due_on else "updated"


def in_words(name: str) -> str:
    """A name of the registry's as words: ``ACTIVE_NOT_RECRUITING`` is ``active not recruiting``."""
    return name.lower().replace("_", " ")

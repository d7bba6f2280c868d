"""Conditions of time: what a subscription can wait for that no event announces, and on which days it holds.

=====================  ==============================================================================  ===========
``unknown``            UNKNOWN by the registry's rule, as ``trialog stale`` lists it                   since when
``unknown:180d``       ... for at least 180 days                                                       since when
``lapsing:60d``        UNKNOWN within 60 days and not yet, as ``trialog stale --within 60`` lists it   first day
``results-due:30d``    results due within 30 days or in the days of grace, and not reported            due date
``results-overdue``    results appear overdue                                                          due date
``unverified:12mo``    the end of the month of the last verification plus 12 months is past            that month
=====================  ==============================================================================  ===========

The last column is the *cause*: a text that stays the same as long as the record does, so that an alert is told once
for each. A condition holds from ``holds_from`` to ``holds_until``, both included, if nothing changes; so the answer
for a day is a look-up. A trial whose record is withheld, merged or gone fulfils none, nor does a record without a
status, of which the rules say nothing. Results and UNKNOWN follow ``results_duty`` and ``staleness``.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeAlias

from tracker.domain.closed_sets import one_of
from tracker.domain.errors import InvalidInput
from tracker.domain.partial_date import add_months, parse_partial_date
from tracker.domain.results_duty import ResultsDuty
from tracker.domain.staleness import ALWAYS, Staleness
from tracker.domain.whereabouts import Whereabouts

Cause: TypeAlias = str

ALWAYS_UNKNOWN = "always"
NEVER_VERIFIED = "never verified"
_MOST_DAYS, _MOST_MONTHS = 36_500, 1_200
_LENGTH = re.compile(r"0*([1-9]\d{0,5})(d|mo)", re.ASCII)


class ConditionKind(StrEnum):
    """What is waited for."""

    UNKNOWN = "unknown"
    LAPSING = "lapsing"
    RESULTS_DUE = "results-due"
    RESULTS_OVERDUE = "results-overdue"
    UNVERIFIED = "unverified"


_EXAMPLES = {
    ConditionKind.UNKNOWN: "unknown or unknown:180d",
    ConditionKind.LAPSING: "lapsing:60d",
    ConditionKind.RESULTS_DUE: "results-due:30d",
    ConditionKind.RESULTS_OVERDUE: "results-overdue",
    ConditionKind.UNVERIFIED: "unverified:12mo",
}
_WITHOUT_LENGTH = frozenset({ConditionKind.UNKNOWN, ConditionKind.RESULTS_OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition of time; ``parse_condition`` makes none but sound ones.

    ``days``: at least so long for unknown, at most so far ahead for lapsing and results-due; ``months``: unverified.
    """

    kind: ConditionKind
    days: int | None = None
    months: int | None = None

    def __str__(self) -> str:
        """The condition as people write it, which ``parse_condition`` reads back."""
        if self.months is not None:
            return f"{self.kind}:{self.months}mo"
        return self.kind.value if self.days is None else f"{self.kind}:{self.days}d"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialState:
    """What conditions look at: what the rules say of a trial's newest record, and where that is."""

    staleness: Staleness
    duty: ResultsDuty
    whereabouts: Whereabouts = Whereabouts.VISIBLE

    @property
    def is_judged(self) -> bool:
        """Whether the registry shows a record that says something; a withheld one is a stub."""
        return self.whereabouts is Whereabouts.VISIBLE and self.staleness.published_status not in (None, "WITHHELD")


def parse_condition(text: str) -> Condition:
    """The condition that people write; raises InvalidInput that says what was expected.

    >>> str(parse_condition("lapsing:060d"))
    'lapsing:60d'
    """
    name, mark, length = text.strip().lower().partition(":")
    kind = ConditionKind(one_of("condition", name, tuple(ConditionKind)))
    if not mark and kind in _WITHOUT_LENGTH:
        return Condition(kind=kind)
    match = _LENGTH.fullmatch(length)
    unit = "mo" if kind is ConditionKind.UNVERIFIED else "d"
    if match is None or match[2] != unit or kind is ConditionKind.RESULTS_OVERDUE:
        raise InvalidInput(f"{text!r} is no condition: expected {_EXAMPLES[kind]}")
    number, most = int(match[1]), _MOST_MONTHS if unit == "mo" else _MOST_DAYS
    if number > most:
        raise InvalidInput(f"{text!r} is too long: expected at most {kind}:{most}{unit}")
    return Condition(kind=kind, months=number) if unit == "mo" else Condition(kind=kind, days=number)


def holds(condition: Condition, state: TrialState, *, on: date) -> Cause | None:
    """Why the condition holds on day ``on``; None where it does not."""
    first, last = holds_from(condition, state), holds_until(condition, state)
    if first is None or on < first or (last is not None and on > last):
        return None
    return _cause(condition, state)


def holds_from(condition: Condition, state: TrialState) -> date | None:
    """The first day on which the condition holds if nothing changes, ``date.min`` where it always did; else None."""
    if not state.is_judged:
        return None
    lapses_on, duty = state.staleness.lapses_on, state.duty
    owed_on = duty.owed_on
    match condition.kind:
        case ConditionKind.UNKNOWN:
            return lapses_on if lapses_on == ALWAYS else _shifted(lapses_on, condition.days or 0)
        case ConditionKind.LAPSING:
            return None if lapses_on == ALWAYS else _not_before(lapses_on, condition.days or 0)
        case ConditionKind.RESULTS_DUE:
            return _not_before(owed_on, condition.days or 0)
        case ConditionKind.RESULTS_OVERDUE:
            return duty.overdue_from if owed_on else None
        case ConditionKind.UNVERIFIED:
            return _unverified_from(state.staleness.verified_on, condition.months or 0)


def holds_until(condition: Condition, state: TrialState) -> date | None:
    """The last day on which the condition holds if nothing changes; None where no day ends it.

    ``lapsing`` ends on the day before the lapse, ``results-due`` on the last day of grace; the others never end.
    """
    if condition.kind is ConditionKind.LAPSING:
        return _shifted(state.staleness.lapses_on, -1)
    if condition.kind is ConditionKind.RESULTS_DUE:
        return _shifted(state.duty.overdue_from, -1)
    return None


def _cause(condition: Condition, state: TrialState) -> Cause:
    match condition.kind:
        case ConditionKind.UNKNOWN | ConditionKind.LAPSING:
            lapses_on = state.staleness.lapses_on
            return ALWAYS_UNKNOWN if lapses_on in (None, ALWAYS) else str(lapses_on)
        case ConditionKind.RESULTS_DUE | ConditionKind.RESULTS_OVERDUE:
            return str(state.duty.due_on)
        case ConditionKind.UNVERIFIED:
            verified = parse_partial_date(state.staleness.verified_on or "")
            return NEVER_VERIFIED if verified is None else verified.month_end.strftime("%Y-%m")


def _unverified_from(verified_on: str | None, months: int) -> date | None:
    verified = parse_partial_date(verified_on or "")
    if verified is None:
        return date.min
    try:
        return add_months(verified.month_end, months) + timedelta(days=1)
    except (OverflowError, ValueError):  # a placeholder such as 9999-12: no day comes after it
        return None


def _shifted(day: date | None, days: int) -> date | None:
    try:
        return None if day is None else day + timedelta(days=days)
    except OverflowError:
        return None


def _not_before(day: date | None, days: int) -> date | None:
    """The day that lies ``days`` before ``day``, or the first of the calendar."""
    return None if day is None else _shifted(day, -days) or date.min

"""Conditions of time are the rules that they name, and the days of a condition are the span that is foretold."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws import tries
from tests.properties.records import LAWFUL
from tracker.domain.conditions import (
    Condition,
    ConditionKind,
    TrialState,
    holds,
    holds_from,
    holds_until,
    parse_condition,
)
from tracker.domain.conditions_over import over_reason
from tracker.domain.results_duty import Reported, results_duty_of
from tracker.domain.staleness import staleness_of
from tracker.domain.whereabouts import Whereabouts

DATES = st.none() | st.sampled_from(("2023-12", "2024-02-29", "2025-01-15", "1900-01-01", "0001-01", "9999-12-31", "x"))
STATUSES = st.sampled_from(("RECRUITING", "UNKNOWN", "COMPLETED", "WITHHELD", "ACTIVE_NOT_RECRUITING", None))
CONDITIONS = st.builds(
    Condition,
    kind=st.sampled_from(
        (ConditionKind.UNKNOWN, ConditionKind.LAPSING, ConditionKind.RESULTS_DUE),
    ),
    days=st.integers(1, 1000),
) | st.sampled_from(tuple(map(parse_condition, ("unknown", "results-overdue", "unverified:12mo", "unverified:24mo"))))
DAYS = st.integers(0, 2500).map(lambda days: date(2022, 1, 1) + timedelta(days=days)) | st.sampled_from(
    (date.min, date.max, date(2026, 1, 1), date(2025, 12, 31))
)


@st.composite
def states(draw: st.DrawFn) -> TrialState:
    """What the rules say of a record with or without the dates that count, wherever it is."""
    names = ("completionDateStruct", "primaryCompletionDateStruct", "statusVerifiedDate", "dispFirstSubmitDate")
    status = {name: value for name in names if (value := draw(DATES)) is not None}
    record = {
        "protocolSection": {
            "statusModule": {**status, "overallStatus": draw(STATUSES), "startDateStruct": "2018-01"},
            "designModule": {"studyType": "INTERVENTIONAL"},
            "oversightModule": {"isFdaRegulatedDrug": draw(st.booleans())},
        },
        "hasResults": draw(st.booleans()),
    }
    whereabouts = draw(st.sampled_from((Whereabouts.VISIBLE, *Whereabouts)))
    return TrialState(staleness=staleness_of(record), duty=results_duty_of(record), whereabouts=whereabouts)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Condition, TrialState, date]:
    """A condition, a state, and a day, often one about which the answer turns."""
    condition, state = draw(CONDITIONS), draw(states())
    turns = [state.staleness.lapses_on, state.duty.due_on, state.duty.overdue_from, holds_from(condition, state)]
    numbers = [turn.toordinal() + draw(st.integers(-1, 1)) for turn in turns if turn is not None]
    days = [date.fromordinal(min(max(number, 1), date.max.toordinal())) for number in numbers]
    return condition, state, draw(DAYS | st.sampled_from(days) if days else DAYS)


def plainly(condition: Condition, state: TrialState, on: date) -> bool:
    """Whether the condition holds, in the words of the rule, counted in days."""
    lapses_on, duty = state.staleness.lapses_on, state.duty
    if state.whereabouts is not Whereabouts.VISIBLE or state.staleness.published_status in (None, "WITHHELD"):
        return False
    is_owed = duty.due_on is not None and duty.reported is Reported.NOT_REPORTED
    match condition.kind:
        case ConditionKind.UNKNOWN:
            least = condition.days or 0
            return state.staleness.is_unknown(on) and (lapses_on == date.min or (on - (lapses_on or on)).days >= least)
        case ConditionKind.LAPSING:
            return lapses_on is not None and 0 < (lapses_on - on).days <= (condition.days or 0)
        case ConditionKind.RESULTS_DUE:
            is_near = duty.due_on is not None and (duty.due_on - on).days <= (condition.days or 0)
            return is_owed and is_near and not duty.is_overdue(on)
        case ConditionKind.RESULTS_OVERDUE:
            return is_owed and duty.is_overdue(on)
        case ConditionKind.UNVERIFIED:
            verified = state.staleness.verified_on
            if verified in (None, "x"):
                return True
            assert verified is not None
            passed = (on.year - int(verified[:4])) * 12 + on.month - int(verified[5:7])
            return passed > (condition.months or 0)


@settings(LAWFUL, max_examples=tries(400))
@given(cases())
def test_a_condition_holds_exactly_when_the_rule_says_so(case: tuple[Condition, TrialState, date]) -> None:
    """Whatever the record says, and at both ends of the calendar."""
    condition, state, on = case
    assert plainly(condition, state, on) is (holds(condition, state, on=on) is not None)


@settings(LAWFUL, max_examples=tries(400))
@given(cases())
def test_the_days_of_a_condition_are_foretold(case: tuple[Condition, TrialState, date]) -> None:
    """It holds on a day exactly when the day lies between its first and its last, both included."""
    condition, state, on = case
    first, last = holds_from(condition, state), holds_until(condition, state)
    is_within = first is not None and first <= on and (last is None or on <= last)
    assert is_within is (holds(condition, state, on=on) is not None)


@settings(LAWFUL, max_examples=tries(300))
@given(condition=CONDITIONS, state=states(), days=st.lists(DAYS, min_size=2, max_size=6))
def test_a_cause_stays_the_same(condition: Condition, state: TrialState, days: list[date]) -> None:
    """As long as nothing changes, a condition holds for one cause, and ends without a word."""
    causes = {holds(condition, state, on=day) for day in days} - {None}
    assert len(causes) <= 1
    first = holds_from(condition, state)
    assert {None} >= {over_reason(condition, state, now=state, on=day) for day in days if first and day >= first}

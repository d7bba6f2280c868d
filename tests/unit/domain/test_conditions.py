"""Conditions of time: how they are written, when they hold, for which cause, and how they are over."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tracker.domain.conditions import TrialState, holds, parse_condition
from tracker.domain.conditions_over import over_reason
from tracker.domain.errors import InvalidInput
from tracker.domain.results_duty import Exemption, Reported, ResultsDuty
from tracker.domain.staleness import ALWAYS, Staleness
from tracker.domain.whereabouts import Whereabouts

STALENESS = Staleness(
    published_status="RECRUITING",
    last_known_status=None,
    completion_on="2026-03",
    verified_on="2024-05-07",
    lapses_on=date(2026, 6, 1),
)
DUTY = ResultsDuty(
    exemption=None,
    due_on=date(2026, 5, 1),
    overdue_from=date(2026, 6, 1),
    reported=Reported.NOT_REPORTED,
    certified_on=None,
)
STATE = TrialState(staleness=STALENESS, duty=DUTY)
NEVER = date(9000, 1, 1)


def stale(**said: Any) -> TrialState:
    """The state with something of its staleness said otherwise."""
    return replace(STATE, staleness=replace(STALENESS, **said))


def owing(**said: Any) -> TrialState:
    """The state with something of its duty said otherwise."""
    return replace(STATE, duty=replace(DUTY, **said))


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("unknown", "unknown"),
        ("UNKNOWN:180d", "unknown:180d"),
        (" lapsing:060d ", "lapsing:60d"),
        ("results-due:30d", "results-due:30d"),
        ("results-overdue", "results-overdue"),
        ("unverified:12mo", "unverified:12mo"),
    ),
)
def test_a_condition_is_read_and_printed(text: str, expected: str) -> None:
    """What is printed is read back as the same condition."""
    condition = parse_condition(text)
    assert expected == str(condition)
    assert condition == parse_condition(str(condition))


@pytest.mark.parametrize(
    ("text", "said"),
    (
        ("lapsing", "expected lapsing:60d"),
        ("results-due", "expected results-due:30d"),
        ("unverified", "expected unverified:12mo"),
        ("unverified:12m", "expected unverified:12mo"),
        ("unverified:365d", "expected unverified:12mo"),
        ("unknown:6mo", "expected unknown or unknown:180d"),
        ("unknown:", "expected unknown or unknown:180d"),
        ("unknown:0d", "expected unknown or unknown:180d"),
        ("lapsing:-3d", "expected lapsing:60d"),
        ("lapsing:٣d", "expected lapsing:60d"),
        ("lapsing:99999d", "expected at most lapsing:36500d"),
        ("results-overdue:30d", "expected results-overdue"),
        ("unknwon", "did you mean unknown"),
        ("results_due:30d", "did you mean results-due"),
        ("", "expected one of unknown, lapsing"),
    ),
)
def test_what_is_no_condition_is_refused(text: str, said: str) -> None:
    """The refusal says what was expected, or what is near."""
    with pytest.raises(InvalidInput) as refused:
        parse_condition(text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "first", "last", "cause"),
    (
        ("unknown", date(2026, 6, 1), NEVER, "2026-06-01"),
        ("unknown:180d", date(2026, 11, 28), NEVER, "2026-06-01"),
        ("lapsing:60d", date(2026, 4, 2), date(2026, 5, 31), "2026-06-01"),
        ("results-due:30d", date(2026, 4, 1), date(2026, 5, 31), "2026-05-01"),
        ("results-overdue", date(2026, 6, 1), NEVER, "2026-05-01"),
        ("unverified:12mo", date(2025, 6, 1), NEVER, "2024-05"),
    ),
)
def test_a_condition_holds_from_its_first_day_to_its_last(text: str, first: date, last: date, cause: str) -> None:
    """On the day before the first and on the day after the last it does not hold; between them for one cause."""
    condition = parse_condition(text)
    assert (cause, cause) == (holds(condition, STATE, on=first), holds(condition, STATE, on=last))
    assert holds(condition, STATE, on=date.fromordinal(first.toordinal() - 1)) is None
    if last != NEVER:
        assert holds(condition, STATE, on=date.fromordinal(last.toordinal() + 1)) is None


@pytest.mark.parametrize("text", ("unknown", "unknown:180d"))
def test_a_trial_without_any_date_was_always_unknown(text: str) -> None:
    """It has been UNKNOWN for any number of days, as the stale list has it, and never lapses."""
    always = stale(lapses_on=ALWAYS, verified_on=None, completion_on=None)
    assert {"always"} == {holds(parse_condition(text), always, on=on) for on in (date.min, date(2026, 1, 1))}
    assert holds(parse_condition("lapsing:60d"), always, on=date(2026, 1, 1)) is None


def test_before_the_first_day_of_the_calendar_there_is_none() -> None:
    """What holds so many days ahead of an early day holds from the calendar's first."""
    early = stale(lapses_on=date(1, 1, 10))
    assert "0001-01-10" == holds(parse_condition("lapsing:60d"), early, on=date.min)


def test_a_trial_that_was_never_verified_is_unverified() -> None:
    """A missing date of verification is no reason to wait, nor is one that no calendar has."""
    condition = parse_condition("unverified:12mo")
    assert "never verified" == holds(condition, stale(verified_on=None), on=date(2020, 1, 1))
    assert "never verified" == holds(condition, stale(verified_on="2023-13"), on=date(2020, 1, 1))
    assert holds(condition, stale(verified_on="9999-12"), on=NEVER) is None


@pytest.mark.parametrize("reported", (Reported.POSTED, Reported.SUBMITTED))
@pytest.mark.parametrize("text", ("results-due:30d", "results-overdue"))
def test_what_is_reported_is_neither_due_nor_overdue(text: str, reported: Reported) -> None:
    """Results that were posted or submitted are owed no more."""
    assert holds(parse_condition(text), owing(reported=reported), on=date(2026, 5, 20)) is None
    assert holds(parse_condition(text), owing(reported=reported), on=NEVER) is None


@pytest.mark.parametrize(
    "away",
    (
        *(replace(STATE, whereabouts=where) for where in Whereabouts if where is not Whereabouts.VISIBLE),
        stale(published_status="WITHHELD"),
        stale(published_status=None),
    ),
)
@pytest.mark.parametrize("text", ("unknown", "lapsing:60d", "results-due:30d", "results-overdue", "unverified:12mo"))
def test_a_trial_that_is_not_shown_fulfils_nothing(text: str, away: TrialState) -> None:
    """Of a withheld, merged or vanished trial nothing fires and nothing is over."""
    days = [date(2026, 5, 20), date(2030, 1, 1)]
    assert [None, None] == [holds(parse_condition(text), away, on=day) for day in days]
    assert [None, None] == [over_reason(parse_condition(text), STATE, now=away, on=day) for day in days]


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    (
        ("unknown", stale(verified_on="2026-06", lapses_on=date(2028, 7, 1)), "verified again"),
        ("unknown", stale(published_status="COMPLETED", verified_on="2026-06", lapses_on=None), "completed"),
        ("unknown", stale(published_status="UNKNOWN", last_known_status="SUSPENDED", lapses_on=None), "suspended"),
        ("unknown", stale(completion_on="2030-01", lapses_on=date(2030, 2, 1)), "completion date moved"),
        ("unknown", stale(verified_on="2024-06", lapses_on=date(2026, 7, 1)), None),  # UNKNOWN for another cause
        ("lapsing:60d", stale(verified_on="2026-04", lapses_on=date(2028, 5, 1)), "verified again"),
        ("lapsing:60d", STATE, None),  # it ended in the lapse
        ("unverified:12mo", stale(published_status="COMPLETED", verified_on="2026-06"), "verified again"),
        ("results-due:30d", STATE, None),  # it ended in being overdue
        ("results-due:30d", owing(reported=Reported.POSTED), "results posted"),
        ("results-overdue", owing(reported=Reported.SUBMITTED), "results submitted"),
        ("results-overdue", owing(exemption=Exemption.WITHDRAWN, due_on=None, overdue_from=None), "withdrawn"),
        (
            "results-overdue",
            owing(exemption=Exemption.NOT_REGULATED, due_on=None, overdue_from=None),
            "no longer owed: no FDA-regulated drug or device",
        ),
        (
            "results-overdue",
            owing(certified_on="2026-05-01", due_on=date(2028, 5, 1), overdue_from=date(2028, 6, 1)),
            "delay certified",
        ),
        ("results-due:30d", owing(due_on=date(2027, 5, 1), overdue_from=date(2027, 6, 1)), "due date moved"),
    ),
)
def test_what_is_over_is_told_in_a_few_words(text: str, now: TrialState, expected: str | None) -> None:
    """On 2026-07-10, when the alert's subject is past, its end has a reason, or is silent where it led to the worse."""
    assert expected == over_reason(parse_condition(text), STATE, now=now, on=date(2026, 7, 10))

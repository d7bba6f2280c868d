"""The UNKNOWN rule at its borders; that it agrees with real records is proved in the acceptance tests."""

from datetime import date, timedelta
from typing import Any

import pytest

from tracker.domain.staleness import ACTIVE_STATUSES, ALWAYS, staleness_of


def record(**status: Any) -> dict[str, Any]:
    """A recruiting trial verified in May 2024 that was to end in May 2024, with ``status`` said otherwise."""
    module = {
        "overallStatus": "RECRUITING",
        "statusVerifiedDate": "2024-05",
        "completionDateStruct": {"date": "2024-05"},
        **status,
    }
    return {"protocolSection": {"statusModule": {k: v for k, v in module.items() if v is not None}}}


def lapses_on(**status: Any) -> date | None:
    """The first UNKNOWN day of ``record(**status)``."""
    return staleness_of(record(**status)).lapses_on


def test_it_lapses_the_day_after_the_24th_month_since_verification() -> None:
    """Verified 2024-05: 2026-05-31 is the last day, 2026-06-01 the first UNKNOWN one."""
    stale = staleness_of(record())
    assert date(2026, 6, 1) == stale.lapses_on
    assert not stale.is_unknown(date(2026, 5, 31))
    assert stale.is_unknown(date(2026, 6, 1))


@pytest.mark.parametrize(
    ("verified", "expected"),
    (
        ("2024-09", date(2026, 10, 1)),
        ("2024-02", date(2026, 3, 1)),
        ("2022-02", date(2024, 3, 1)),  # the 29th still belongs to February
        ("2023-12", date(2026, 1, 1)),
        ("2024-05-03", date(2026, 6, 1)),  # the end of the month, whatever the day
    ),
)
def test_verification_counts_to_the_end_of_its_month(verified: str, expected: date) -> None:
    """24 months are counted from the end of the month of verification to the end of a month."""
    assert expected == lapses_on(statusVerifiedDate=verified, completionDateStruct={"date": "2023"})


@pytest.mark.parametrize(
    ("completion", "expected"),
    (
        ("2027-02", date(2027, 3, 1)),
        ("2028-02", date(2028, 3, 1)),
        ("2027-02-10", date(2027, 2, 11)),
        ("2027-12-31", date(2028, 1, 1)),
        ("2027", date(2028, 1, 1)),
        ("2026-05-31", date(2026, 6, 1)),
        ("2026-06-01", date(2026, 6, 2)),
    ),
)
def test_completion_counts_to_the_end_of_its_period(completion: str, expected: date) -> None:
    """A later completion date puts the day off: to the day after it, or after its month or year."""
    assert expected == lapses_on(completionDateStruct={"date": completion})


def test_the_primary_completion_date_stands_in_for_a_missing_one() -> None:
    """The primary completion date counts only where there is no usable completion date."""
    primary = {"date": "2030-01"}
    assert date(2030, 2, 1) == lapses_on(completionDateStruct=None, primaryCompletionDateStruct=primary)
    assert date(2030, 2, 1) == lapses_on(
        completionDateStruct={"date": "2023-13-45"}, primaryCompletionDateStruct=primary
    )
    assert date(2026, 6, 1) == lapses_on(primaryCompletionDateStruct=primary)


def test_missing_dates_hold_nothing_up() -> None:
    """A missing date is no reason to wait; without any the trial was never anything but UNKNOWN."""
    assert date(2026, 6, 1) == lapses_on(completionDateStruct=None)
    assert date(2024, 6, 1) == lapses_on(statusVerifiedDate=None)
    assert ALWAYS == lapses_on(statusVerifiedDate=None, completionDateStruct=None)


@pytest.mark.parametrize("status", sorted(ACTIVE_STATUSES))
def test_active_statuses_lapse(status: str) -> None:
    """The four active statuses go UNKNOWN, as published or as last known."""
    assert date(2026, 6, 1) == lapses_on(overallStatus=status)
    assert date(2026, 6, 1) == lapses_on(overallStatus="UNKNOWN", lastKnownStatus=status)


@pytest.mark.parametrize(
    "status",
    (
        *("SUSPENDED", "COMPLETED", "TERMINATED", "WITHDRAWN", "WITHHELD"),
        *("AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING"),
    ),
)
def test_other_statuses_never_lapse(status: str) -> None:
    """Suspended and finished trials, and expanded access, never go UNKNOWN."""
    assert lapses_on(overallStatus=status) is None
    assert lapses_on(overallStatus="UNKNOWN", lastKnownStatus=status) is None


def test_unknown_without_a_last_known_status_counts_as_active() -> None:
    """A page text shows UNKNOWN and not what it was: it must have been active."""
    stale = staleness_of(record(overallStatus="UNKNOWN"))
    assert (None, date(2026, 6, 1)) == (stale.last_known_status, stale.lapses_on)


def test_a_record_without_a_status_never_lapses() -> None:
    """Nothing is said of a record that shows no status."""
    assert staleness_of({}).lapses_on is None
    assert lapses_on(overallStatus=None) is None


def test_placeholder_dates_are_dates() -> None:
    """1900-01-01 has passed, 2100-12-31 will; after the last day of the calendar comes none."""
    assert date(2026, 6, 1) == lapses_on(completionDateStruct={"date": "1900-01-01"})
    assert date(2101, 1, 1) == lapses_on(completionDateStruct={"date": "2100-12-31"})
    assert lapses_on(completionDateStruct={"date": "9999-12"}) is None
    assert lapses_on(statusVerifiedDate="9998-12") is None


def test_what_the_rule_used_is_told_verbatim() -> None:
    """Published and last known status and the dates that counted are given as the record has them."""
    stale = staleness_of(record(overallStatus="UNKNOWN", lastKnownStatus="RECRUITING"))
    assert ("UNKNOWN", "RECRUITING", "2024-05", "2024-05") == (
        stale.published_status,
        stale.last_known_status,
        stale.completion_on,
        stale.verified_on,
    )


def test_being_unknown_lasts() -> None:
    """From its first UNKNOWN day on, a record that nobody updates stays UNKNOWN."""
    stale = staleness_of(record())
    assert [True] * 400 == [stale.is_unknown(date(2026, 6, 1) + timedelta(days=n)) for n in range(400)]


@pytest.mark.parametrize("name", ("completionDateStruct", "primaryCompletionDateStruct"))
@pytest.mark.parametrize("value", ("2027-02", {"date": "2027-02"}))
def test_a_date_of_an_old_capture_is_told_as_it_is_counted(name: str, value: Any) -> None:
    """A date given as bare text is the completion date that is shown, as it is the one that the rule counts from."""
    stale = staleness_of(record(**{"completionDateStruct": None, name: value}))
    assert ("2027-02", date(2027, 3, 1)) == (stale.completion_on, stale.lapses_on)


def test_a_date_that_is_none_is_neither_told_nor_counted() -> None:
    """The primary completion date takes the place of a completion date that no calendar has."""
    stale = staleness_of(record(completionDateStruct="2023-13-45", primaryCompletionDateStruct="2027-02"))
    assert ("2027-02", date(2027, 3, 1)) == (stale.completion_on, stale.lapses_on)

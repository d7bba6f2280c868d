"""The figures that a change carries beside its values."""

from typing import Any

import pytest

from tests.unit.diffing.trial import TRIAL, but, changes

DATE = "/protocolSection/statusModule/completionDateStruct/date"
COUNT = "/protocolSection/designModule/enrollmentInfo/count"


def detail(path: str, old: Any, new: Any) -> dict[str, Any]:
    """The detail of the one change from ``old`` to ``new`` at ``path``."""
    [change] = changes(but(path, old), but(path, new))
    return change.detail


@pytest.mark.parametrize(
    ("old", "new", "days"),
    (
        ("2026-05-01", "2026-05-31", 30),
        ("2026-05-31", "2026-05-01", -30),
        ("2026-05", "2026-06", 30),  # month ends: 31 May to 30 June
        ("2026-06", "2026-05", -30),
        ("2024-01", "2024-02", 29),
        ("2026-05", "2026-06-01", 1),
        ("2026-05-15", "2026-05", 16),  # a day that became its month
        ("2026-05", "2027-05", 365),
        ("1900-01-01", "2100-12-31", 73413),
    ),
)
def test_a_moved_date_says_by_how_many_days(old: str, new: str, days: int) -> None:
    """The shift is signed, from day to day, with the last day of a month that has none."""
    assert {"shift_days": days} == detail(DATE, old, new)


@pytest.mark.parametrize(("old", "new"), (("2026-05", "2026-05-31"), ("2026-05", "2026-05-01"), ("2026", "2026-05")))
def test_a_date_that_names_its_day_is_refined_not_moved(old: str, new: str) -> None:
    """When the new date only says more precisely what the old one said, nothing shifted."""
    assert {"precision_refined": True} == detail(DATE, old, new)


@pytest.mark.parametrize(
    ("old", "new"), ((None, "2026-05"), ("2026-05", None), ("2026-13", "2026-05"), ("soon", "2026"))
)
def test_without_two_dates_there_is_no_shift(old: str | None, new: str | None) -> None:
    """A date that came, went or is none has no distance."""
    assert {} == detail(DATE, old, new)


def test_estimated_to_actual_is_said() -> None:
    """The type of a date is a leaf of its own, of the same event type and without figures."""
    path = "/protocolSection/statusModule/completionDateStruct/type"
    [change] = changes(TRIAL, but(path, "ACTUAL"))
    assert ("completion_date_changed", "ESTIMATED", "ACTUAL", {}) == (
        change.type,
        change.old,
        change.new,
        change.detail,
    )


@pytest.mark.parametrize(
    ("old", "new", "percent"),
    (
        (100, 200, 100),
        (200, 100, -50),
        (100, 0, -100),
        (300, 400, 33.3),
        (100, 101, 1),
        (1, 99999999, 9999999800),
    ),
)
def test_enrollment_says_the_change_in_percent(old: int, new: int, percent: float) -> None:
    """Doubled is 100, halved is -50; one decimal, and none where it is whole."""
    assert {"percent": percent} == detail(COUNT, old, new)


@pytest.mark.parametrize(("old", "new"), ((0, 10), (None, 10), (10, None), (True, 10), ("10", 20)))
def test_nothing_has_no_percentage(old: Any, new: Any) -> None:
    """From zero, from nothing or from what is no number, there is no percentage."""
    assert {} == detail(COUNT, old, new)


def test_text_has_no_figures() -> None:
    """Only dates and counts do."""
    assert {} == detail("/protocolSection/identificationModule/briefTitle", "2024", "2025")

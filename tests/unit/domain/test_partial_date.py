"""Dates that name a day, a month or a year."""

from datetime import date

import pytest

from tracker.domain.partial_date import PartialDate, add_months, parse_partial_date


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("2024-05-31", PartialDate(year=2024, month=5, day=31)),
        ("2024-05", PartialDate(year=2024, month=5)),
        ("2024", PartialDate(year=2024)),
        (" 2024-05\n", PartialDate(year=2024, month=5)),
        ("1900-01-01", PartialDate(year=1900, month=1, day=1)),
        ("2100-12-31", PartialDate(year=2100, month=12, day=31)),
        ("2024-02-29", PartialDate(year=2024, month=2, day=29)),
    ),
)
def test_dates_are_read_to_their_precision(text: str, expected: PartialDate) -> None:
    """A day, a month and a year are told apart; placeholders are dates."""
    assert expected == parse_partial_date(text)


@pytest.mark.parametrize(
    "text",
    (
        *(
            "2023-13-45",
            "2023-02-29",
            "2024-00",
            "0000-01",
            "2024-5",
            "24-05",
            "May 2024",
            "2024-05-31T00:00",
        ),
        *("", "-", "\u0662\u0660\u0662\u0664-\u0660\u0665"),
    ),
)
def test_what_is_no_date_is_none(text: str) -> None:
    """Impossible and unfamiliar dates are refused, not bent."""
    assert parse_partial_date(text) is None


@pytest.mark.parametrize(
    ("text", "last_day", "month_end"),
    (
        ("2024-02", date(2024, 2, 29), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 28), date(2023, 2, 28)),
        ("2024-02-01", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024", date(2024, 12, 31), date(2024, 12, 31)),
    ),
)
def test_a_period_stands_for_its_last_day(text: str, last_day: date, month_end: date) -> None:
    """Where a rule needs a day, a month or year gives its last one."""
    found = parse_partial_date(text)
    assert found is not None
    assert (last_day, month_end) == (found.last_day, found.month_end)


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    (
        ("2026-05-31", "2026-05", True),
        ("2026-05-01", "2026-05", True),
        ("2026-05", "2026", True),
        ("2026-05-31", "2026", True),
        ("2026-06-01", "2026-05", False),
        ("2027-05-31", "2026-05", False),
        ("2026-05", "2026-05-31", False),
        ("2026-05", "2026-05", False),
        ("2026-05-02", "2026-05-01", False),
    ),
)
def test_refining_names_the_same_period_more_precisely(new: str, old: str, expected: bool) -> None:
    """A date refines another when it lies in it and says more."""
    finer, coarser = parse_partial_date(new), parse_partial_date(old)
    assert finer is not None
    assert coarser is not None
    assert expected == finer.refines(coarser)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    (
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2024, 12, 1), 1, date(2025, 1, 31)),
        (date(2024, 5, 31), 24, date(2026, 5, 31)),
        (date(2024, 1, 1), -1, date(2023, 12, 31)),
    ),
)
def test_months_are_counted_to_month_ends(day: date, months: int, expected: date) -> None:
    """Adding months gives the last day of a month, also across years and leap years."""
    assert expected == add_months(day, months)


def test_there_is_no_month_after_the_last_year() -> None:
    """The calendar ends with the year 9999."""
    with pytest.raises(ValueError, match="10000"):
        add_months(date(9999, 12, 1), 1)

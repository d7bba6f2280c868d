"""When a trial will turn UNKNOWN, and the sentence that says why."""

from datetime import date

import pytest

from tests.records import record
from tracker.domain.foretelling import Foretold, Outlook, foretold
from tracker.domain.staleness import staleness_of
from tracker.domain.whereabouts import Whereabouts

TODAY = date(2026, 9, 1)


def told(*, today: date = TODAY, status: str | None = "RECRUITING", **dates: str) -> Foretold:
    """What is foretold of a record with these dates."""
    module = {"statusVerifiedDate": dates.get("verified"), "lastKnownStatus": dates.get("last_known")}
    if dates.get("completion"):
        module["completionDateStruct"] = {"date": dates["completion"]}  # type: ignore[assignment]
    given = {key: value for key, value in module.items() if value}
    return foretold(staleness_of(record(status=status, statusModule=given)), today=today)


@pytest.mark.parametrize(
    ("verified", "completion", "on", "reason"),
    (
        (
            "2024-09",
            "2026-05",
            date(2026, 10, 1),
            "its status was last verified in 2024-09, two years end on 2026-09-30, "
            "and by then the completion date 2026-05 is over",
        ),
        (
            "2024-01",
            "2026-11",
            date(2026, 12, 1),
            "by then its completion date 2026-11 is over, and its status was last verified in 2024-01",
        ),
        (
            "",
            "2026-11",
            date(2026, 12, 1),
            "by then its completion date 2026-11 is over, and no date is given at which it was verified",
        ),
        (
            "2024-09",
            "",
            date(2026, 10, 1),
            "its status was last verified in 2024-09, two years end on 2026-09-30, and no completion date is given",
        ),
    ),
)
def test_the_sentence_names_the_date_that_decides(verified: str, completion: str, on: date, reason: str) -> None:
    """Whichever of two years after verification and the end of the completion date comes later."""
    found = told(verified=verified, completion=completion)
    assert (Outlook.LAPSING, on) == (found.outlook, found.on)
    assert f"{reason}." in found.sentence


def test_a_trial_that_is_past_its_day_is_unknown_since_then() -> None:
    """Also where the record does not say so, and the sentence says that."""
    found = told(verified="2024-01", completion="2024-02")
    assert (Outlook.UNKNOWN, date(2026, 2, 1)) == (found.outlook, found.on)
    assert "UNKNOWN since 2026-02-01" in found.sentence
    assert "does not say so" in found.sentence
    shown = told(status="UNKNOWN", last_known="RECRUITING", verified="2024-01", completion="2024-02")
    assert "does not say so" not in shown.sentence
    assert "UNKNOWN since 2026-02-01, for 7 months: its status" in shown.sentence
    first, before = (told(verified="2024-01", today=date(2026, *day)) for day in ((2, 1), (1, 31)))
    assert (Outlook.UNKNOWN, Outlook.LAPSING) == (first.outlook, before.outlook)
    assert "UNKNOWN since 2026-02-01, though" in first.sentence


def test_a_record_without_dates_has_no_day() -> None:
    """It is UNKNOWN, and was never anything else."""
    found = told()
    assert (Outlook.UNKNOWN, None) == (found.outlook, found.on)


def test_a_completed_trial_never_lapses() -> None:
    """The sentence names its status."""
    found = told(status="COMPLETED", verified="2020-01")
    assert (Outlook.NEVER, None) == (found.outlook, found.on)
    assert "completed" in found.sentence
    shown = told(status="UNKNOWN", last_known="TERMINATED", verified="2020-01")
    assert (Outlook.NEVER, True) == (shown.outlook, "that is terminated." in shown.sentence)
    nothing = told(status=None, verified="2020-01")
    assert (Outlook.NEVER, True) == (nothing.outlook, "the record gives no status" in nothing.sentence)


def test_a_date_that_is_none_decides_nothing() -> None:
    """The sentence says what the record does, and nothing fails at the end of the calendar."""
    assert "was last verified in soon" in told(verified="soon", completion="2026-11").sentence
    assert (Outlook.NEVER, None) == ((end := told(verified="9999-12", completion="2026-11")).outlook, end.on)


def test_of_a_record_that_is_away_nothing_is_foretold() -> None:
    """The registry shows no status that could change."""
    staleness = staleness_of(record(statusModule={"statusVerifiedDate": "2024-09"}))
    assert Outlook.AWAY is foretold(staleness, today=TODAY, whereabouts=Whereabouts.WITHHELD).outlook

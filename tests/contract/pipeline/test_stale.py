"""Which trials are UNKNOWN by the rule on a day, or will be; each as of its record on that day."""

from datetime import date
from typing import Any

import pytest

from tests.contract.pipeline.lab import Lab
from tests.records import Json, site
from tracker.views.answers import StaleTrial
from tracker.views.stale import StaleFilter, stale_trials


def ask(lab: Lab, on: str, **wanted: Any) -> StaleTrial | None:
    """What the question answers of this test's trial."""
    with lab.database.reading() as transaction:
        found = stale_trials(transaction.connection, StaleFilter(on=date.fromisoformat(on), **wanted))
    return next((trial for trial in found if trial.trial_id == lab.trial), None)


def active(lab: Lab, *, status: str = "RECRUITING", **dates: Any) -> dict[str, Json]:
    """A recruiting trial, complete in May 2026 and verified in September 2024: UNKNOWN from 2026-10-01."""
    told: dict[str, Json] = {
        "statusVerifiedDate": "2024-09",
        "completionDateStruct": {"date": "2026-05", "type": "ESTIMATED"},
    }
    return lab.record(status=status, **dates, statusModule=told)


def without(record: dict[str, Json], *keys: str) -> dict[str, Json]:
    """The record without these keys of its status module."""
    for key in keys:
        del record["protocolSection"]["statusModule"][key]
    return record


def test_a_trial_is_unknown_from_the_rules_first_day_on(lab: Lab) -> None:
    """The day before it is not; on the day itself it is, since that day."""
    lab.see(active(lab))
    assert ask(lab, "2026-09-30") is None
    found = ask(lab, "2026-10-01")
    assert found is not None
    assert ("unknown", "2026-10-01", 0) == (found.state, found.unknown_since, found.days_unknown)
    assert ("2024-09", "2026-05", None, None) == (
        found.verified_on,
        found.completion_on,
        found.lapses_on,
        found.days_left,
    )


@pytest.mark.parametrize(("within_days", "is_listed"), ((29, False), (30, True), (90, True), (None, False)))
def test_within_lists_those_that_will_lapse(lab: Lab, within_days: int | None, is_listed: bool) -> None:
    """The first UNKNOWN day counts: 30 days ahead is within 30."""
    lab.see(active(lab))
    found = ask(lab, "2026-09-01", within_days=within_days)
    assert is_listed == (found is not None)
    if found:
        assert ("lapsing", "2026-10-01", 30) == (found.state, found.lapses_on, found.days_left)
        assert (None, None, False) == (found.unknown_since, found.days_unknown, found.disagrees)


def test_a_day_is_answered_with_the_records_of_that_day(lab: Lab) -> None:
    """Before the new version it was UNKNOWN; from the day it holds it is not; before the first it is not known."""
    lab.see(active(lab, posted_on="2024-10-01"))
    renewed = active(lab, posted_on="2026-11-05")
    renewed["protocolSection"]["statusModule"]["statusVerifiedDate"] = "2026-11"
    lab.see(renewed)
    assert ask(lab, "2026-11-04") is not None
    assert ask(lab, "2026-11-05") is None
    assert ask(lab, "2024-09-30", within_days=10_000) is None
    assert ask(lab, "2028-12-01") is not None


def test_a_replaced_revision_is_not_asked(lab: Lab) -> None:
    """Where a content was seen to begin earlier, it counts from the earlier day on, and to the end."""
    lab.see_each(active(lab, status="COMPLETED", data_on="2026-01-12"), active(lab, data_on="2026-11-20"))
    assert ask(lab, "2026-11-10") is None
    lab.see(active(lab, data_on="2026-11-10"))
    assert [False, True, True] == [ask(lab, day) is not None for day in ("2026-11-09", "2026-11-10", "2026-11-20")]


@pytest.mark.parametrize(
    ("status", "last_known", "on", "disagrees"),
    (
        ("RECRUITING", None, "2026-10-01", True),
        ("UNKNOWN", "RECRUITING", "2026-10-01", False),
        ("UNKNOWN", None, "2026-10-01", False),  # as a page text shows it: it had an active status
        ("UNKNOWN", "RECRUITING", "2026-09-30", True),
    ),
)
def test_a_published_status_that_does_not_show_what_the_rule_says_disagrees(
    lab: Lab, status: str, last_known: str | None, on: str, disagrees: bool
) -> None:
    """UNKNOWN by the rule and published otherwise, or the other way round."""
    record = active(lab, status=status)
    if last_known:
        record["protocolSection"]["statusModule"]["lastKnownStatus"] = last_known
    lab.see(record)
    found = ask(lab, on, within_days=1)
    assert found is not None
    assert (disagrees, status, last_known) == (found.disagrees, found.published_status, found.last_known_status)


@pytest.mark.parametrize(
    ("status", "last_known"), (("COMPLETED", None), ("SUSPENDED", None), ("UNKNOWN", "SUSPENDED"), (None, None))
)
def test_a_trial_without_an_active_status_is_never_listed(lab: Lab, status: str | None, last_known: str | None) -> None:
    """Only an active submitted status can lapse."""
    record = lab.record(status=status, statusModule={"lastKnownStatus": last_known})
    lab.see(record)
    assert ask(lab, "2099-01-01") is None


def test_a_trial_without_any_date_has_always_been_unknown(lab: Lab) -> None:
    """There is no first day to count from, and no minimum of days shuts it out."""
    lab.see(without(active(lab), "statusVerifiedDate", "completionDateStruct"))
    found = ask(lab, "2026-01-10", least_days=1000)
    assert found is not None
    assert ("unknown", None, None) == (found.state, found.unknown_since, found.days_unknown)


@pytest.mark.parametrize(
    ("wanted", "is_listed"),
    (
        ({"condition": "LIVER"}, True),
        ({"condition": "lung"}, False),
        ({"sponsor": "ÖBERG"}, True),
        ({"sponsor": "Nobody"}, False),
        ({"country": "norw"}, True),
        ({"country": "Sweden"}, False),
        ({"least_days": 31}, True),
        ({"least_days": 32}, False),
        ({"condition": "liver", "country": "Sweden"}, False),
    ),
)
def test_filters_look_anywhere_without_regard_to_case(lab: Lab, wanted: dict[str, Any], is_listed: bool) -> None:
    """A filter finds its text in any condition, the lead sponsor, any country; all filters must hold."""
    record = active(lab)
    record["protocolSection"] |= {
        "conditionsModule": {"conditions": ["Pain", "Liver Cirrhosis"]},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Öberg Institute"}},
        "contactsLocationsModule": {"locations": [site("A", "Lyon", "France"), site("B", "Bergen", "Norway")]},
    }
    lab.see(record)
    assert is_listed == (ask(lab, "2026-11-01", **wanted) is not None)


def test_the_longest_unknown_come_first(own_lab: Lab) -> None:
    """By the first UNKNOWN day, those without one before all others; those that will lapse come last."""
    for trial, verified in (("NCT00000003", "2024-11"), ("NCT00000001", "2024-09"), ("NCT00000002", None)):
        own_lab.trial = trial
        record = active(own_lab)
        record["protocolSection"]["statusModule"]["statusVerifiedDate"] = verified
        if verified is None:
            del record["protocolSection"]["statusModule"]["completionDateStruct"]
        own_lab.see(record)
    with own_lab.database.reading() as transaction:
        found = stale_trials(transaction.connection, StaleFilter(on=date(2026, 10, 1), within_days=90))
    assert [("NCT00000002", "unknown"), ("NCT00000001", "unknown"), ("NCT00000003", "lapsing")] == [
        (trial.trial_id, trial.state) for trial in found
    ]

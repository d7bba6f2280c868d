"""The duty to report results at its borders, and what of it is said to people."""

from datetime import date
from typing import Any

import pytest

from tracker.domain.results_duty import APPEARS_OVERDUE, Exemption, Reported, ResultsDuty, results_duty_of

RELEASED, RESET = {"type": "RELEASE", "date": "2025-01-16"}, {"type": "RESET", "date": "2025-02-10"}
CANCELLED = {"type": "UNRELEASE", "dateUnknown": True}


def record(*, design: Any = None, oversight: Any = None, sections: Any = None, **status: Any) -> dict[str, Any]:
    """A phase 3 trial of a regulated drug, begun in 2018 and ended in March 2024, with the rest said otherwise."""
    dates = {"startDateStruct": {"date": "2018-05-01"}, "primaryCompletionDateStruct": {"date": "2024-03-15"}}
    told = {"overallStatus": "COMPLETED", **dates, **status}
    return {
        "protocolSection": {
            "statusModule": {key: value for key, value in told.items() if value is not None},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE3"], **(design or {})},
            "oversightModule": {"isFdaRegulatedDrug": True, "isFdaRegulatedDevice": False, **(oversight or {})},
        },
        **(sections or {}),
    }


def duty(**said: Any) -> ResultsDuty:
    """The duty of ``record(**said)``."""
    return results_duty_of(record(**said))


def unposted(*events: Any) -> dict[str, Any]:
    """Sections with these steps of a submission."""
    return {"annotationSection": {"annotationModule": {"unpostedAnnotation": {"unpostedEvents": list(events)}}}}


def tracking(*infos: Any, **more: Any) -> dict[str, Any]:
    """Sections with the registry's own tracking of submissions."""
    return {"derivedSection": {"miscInfoModule": {"submissionTracking": {"submissionInfos": list(infos), **more}}}}


def test_results_are_due_after_a_year_and_overdue_after_thirty_days_more() -> None:
    """Completed on 2024-03-15: due on 2025-03-15, the last day of grace is 2025-04-14."""
    owed = duty()
    assert (None, date(2025, 3, 15), date(2025, 4, 15)) == (owed.exemption, owed.due_on, owed.overdue_from)
    assert not owed.is_overdue(date(2025, 4, 14))
    assert owed.is_overdue(date(2025, 4, 15))


@pytest.mark.parametrize(
    ("completed", "expected"),
    (
        ("2024-03", date(2025, 3, 31)),
        ("2024-02", date(2025, 2, 28)),  # the 29th of a leap year
        ("2024-02-29", date(2025, 2, 28)),
        ("2023-02", date(2024, 2, 28)),
        ("2023", date(2024, 12, 31)),
        ("2100-12-31", date(2101, 12, 31)),
        ("9999-12-31", None),
    ),
)
def test_the_clock_starts_at_the_end_of_the_period(completed: str, expected: date | None) -> None:
    """A month counts to its end, a year after 29 February is 28 February, and nothing follows the year 9999."""
    assert expected == duty(primaryCompletionDateStruct={"date": completed}).due_on


def test_the_completion_date_stands_in_for_a_missing_primary_one() -> None:
    """The primary completion date starts the clock, else the completion date; without both nothing says when."""
    completion = {"date": "2024-09-01"}
    assert date(2025, 3, 15) == duty(completionDateStruct=completion).due_on
    assert date(2025, 9, 1) == duty(primaryCompletionDateStruct=None, completionDateStruct=completion).due_on
    owed = duty(primaryCompletionDateStruct=None)
    assert (True, None, None) == (owed.is_applicable, owed.due_on, owed.overdue_from)


def test_a_certificate_of_delay_gives_three_years() -> None:
    """With a certificate results are due three years after completion, and the certificate's date is told."""
    owed = duty(dispFirstSubmitDate="2025-01-10")
    assert ("2025-01-10", date(2027, 3, 15), date(2027, 4, 15)) == (owed.certified_on, owed.due_on, owed.overdue_from)
    assert date(2027, 2, 28) == duty(dispFirstSubmitDate="2025", primaryCompletionDateStruct="2024-02-29").due_on


@pytest.mark.parametrize(
    ("said", "expected"),
    (
        ({"design": {"studyType": "OBSERVATIONAL"}}, Exemption.NOT_INTERVENTIONAL),
        ({"oversight": {"isFdaRegulatedDrug": False}}, Exemption.NOT_REGULATED),
        ({"oversight": {"isFdaRegulatedDrug": None, "isFdaRegulatedDevice": None}}, Exemption.NOT_REGULATED),
        ({"oversight": {"isFdaRegulatedDrug": None, "isFdaRegulatedDevice": True}}, None),
        ({"design": {"phases": ["PHASE1"]}}, Exemption.EARLY_PHASE),
        ({"design": {"phases": ["EARLY_PHASE1"]}}, Exemption.EARLY_PHASE),
        ({"design": {"phases": "PHASE1"}}, Exemption.EARLY_PHASE),  # an old capture
        ({"design": {"phases": ["PHASE1", "PHASE2"]}}, None),
        ({"design": {"phases": ["NA"]}}, None),
        ({"design": {"phases": []}}, None),
        ({"design": {"designInfo": {"primaryPurpose": "DEVICE_FEASIBILITY"}}}, Exemption.DEVICE_FEASIBILITY),
        ({"overallStatus": "WITHDRAWN"}, Exemption.WITHDRAWN),
        ({"startDateStruct": None}, Exemption.NO_START),
        ({"startDateStruct": {"date": "2017-01-17"}}, Exemption.STARTED_EARLIER),
        ({"startDateStruct": {"date": "2017-01-18"}}, None),
        ({"startDateStruct": {"date": "2017-01"}}, None),  # the month counts to its end
    ),
)
def test_only_applicable_trials_owe_results(said: dict[str, Any], expected: Exemption | None) -> None:
    """Each condition of the rule exempts by itself, and what is exempt has no due date."""
    owed = duty(**said)
    assert expected == owed.exemption
    assert (expected is None) is owed.is_applicable is (owed.due_on is not None)


@pytest.mark.parametrize(
    ("said", "expected"),
    (
        ({}, Reported.NOT_REPORTED),
        ({"sections": {"hasResults": True}}, Reported.POSTED),
        ({"sections": {"resultsSection": {"participantFlowModule": {}}}}, Reported.POSTED),
        ({"resultsFirstPostDateStruct": {"date": "2025-01-01"}}, Reported.POSTED),
        ({"resultsFirstSubmitDate": "2025-01-01"}, Reported.SUBMITTED),
        ({"sections": unposted(RELEASED)}, Reported.SUBMITTED),
        ({"sections": unposted(RELEASED, RESET)}, Reported.SUBMITTED),
        ({"sections": unposted(RELEASED, CANCELLED)}, Reported.NOT_REPORTED),
        ({"sections": unposted(RELEASED, CANCELLED, RELEASED)}, Reported.SUBMITTED),
        ({"sections": tracking(estimatedResultsFirstSubmitDate="2025-05-03")}, Reported.SUBMITTED),
        ({"sections": tracking({"releaseDate": "2025-01-16", "resetDate": "2025-02-10"})}, Reported.SUBMITTED),
        (
            {
                "sections": tracking(
                    {"releaseDate": "2017-12-19", "unreleaseDateUnknown": True},
                    {"releaseDate": "2018-02-01", "unreleaseDate": "2018-08-15"},
                    estimatedResultsFirstSubmitDate="2017-04-04",
                )
            },
            Reported.NOT_REPORTED,
        ),
    ),
)
def test_submitted_counts_as_reported_and_cancelled_does_not(said: dict[str, Any], expected: Reported) -> None:
    """The last step of a submission decides; one in review or returned stays submitted, one cancelled does not."""
    owed = duty(**said)
    assert expected == owed.reported
    assert (expected is Reported.NOT_REPORTED) is owed.is_overdue(date(2030, 1, 1))


@pytest.mark.parametrize(
    ("said", "on", "expected"),
    (
        ({}, date(2025, 4, 14), "results due on 2025-03-15"),
        ({}, date(2025, 4, 15), f"results were due on 2025-03-15: {APPEARS_OVERDUE}"),
        ({"sections": {"hasResults": True}}, date(2025, 4, 15), "results posted"),
        (
            {"primaryCompletionDateStruct": None},
            date(2025, 4, 15),
            "results are owed, but no completion date says when",
        ),
        ({"overallStatus": "WITHDRAWN"}, date(2025, 4, 15), "no results appear to be owed: withdrawn"),
    ),
)
def test_people_are_told_what_appears(said: dict[str, Any], on: date, expected: str) -> None:
    """An overdue trial only appears so, absent an unpublished extension."""
    assert expected == duty(**said).in_words(on)


def test_an_empty_record_owes_nothing() -> None:
    """What says nothing is exempt and not reported."""
    owed = results_duty_of({})
    assert (Exemption.NOT_INTERVENTIONAL, Reported.NOT_REPORTED) == (owed.exemption, owed.reported)
    assert "appears overdue, absent an unpublished extension" == APPEARS_OVERDUE

"""A made trial with a long life, as its sponsor posted it: delayed, suspended, amended, and then forgotten."""

from collections.abc import Iterator
from typing import Any

from tests.records import enrollment, record
from tests.records import site as place

MAIN = "NCT90000017"
_LAST = {
    "start": "2022-05-23",
    "ends": "2025-10",
    "count": 180,
    "sites_count": 6,
    "is_amended": True,
    "sponsor": "Aldgate Children's Hospital",
}
_BEFORE = {"count": 240, "is_amended": False, "sites_count": 3}
_PLACES = (
    ("Fjordby University Hospital", "Fjordby", "Norway"),
    ("Birchfield Clinic", "Leeds", "United Kingdom"),
    ("Cedar Institute", "Lyon", "France"),
    ("Larch Children's Hospital", "Turin", "Italy"),
    ("Ivy Chest Centre", "Madrid", "Spain"),
    ("Dune Medical Centre", "Utrecht", "Netherlands"),
)
_CRITERIA = """Inclusion Criteria:

* Age 6 to {oldest} years
* Asthma, diagnosed at least six months ago
* At least two exacerbations in the last year

Exclusion Criteria:

* Smoking in the household
* Treatment with systemic steroids within {weeks} weeks"""


def long_life() -> Iterator[dict[str, Any]]:
    """Its versions, oldest first."""
    yield version("NOT_YET_RECRUITING", "2022-03-14", **_BEFORE, start="2022-05", ends="2023-12")
    yield version("RECRUITING", "2022-06-02", **_BEFORE, ends="2023-12")
    yield version("RECRUITING", "2023-02-20", **_BEFORE, ends="2024-09")
    yield version("SUSPENDED", "2023-05-11", **_BEFORE, ends="2024-09")
    yield version("RECRUITING", "2023-08-03", ends="2025-03")
    yield version("ACTIVE_NOT_RECRUITING", "2024-05-21")


def version(status: str, posted_on: str, **given: Any) -> dict[str, Any]:
    """One of them; what is not given is as it was in the last."""
    told: dict[str, Any] = _LAST | given
    return record(
        MAIN,
        status=status,
        posted_on=posted_on,
        submitted_on=posted_on,
        identificationModule={
            "briefTitle": _title(is_amended=told["is_amended"]),
            "officialTitle": "A Randomised, Double-Blind Trial of Inhaled Tolvarine Added to Usual Care in Asthma",
            "orgStudyIdInfo": {"id": "BREATHE-2"},
            "acronym": "BREATHE-2",
        },
        statusModule=_dates(posted_on, told),
        sponsorCollaboratorsModule={
            "leadSponsor": {"name": told["sponsor"], "class": "OTHER"},
            "collaborators": [{"name": "Marlowe Therapeutics", "class": "INDUSTRY"}],
        },
        descriptionModule={"briefSummary": _summary(is_amended=told["is_amended"])},
        conditionsModule={"conditions": ["Asthma", "Asthma in Children"], "keywords": ["inhaler", "exacerbation"]},
        designModule={
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2", "PHASE3"],
            "designInfo": {"allocation": "RANDOMIZED", "primaryPurpose": "TREATMENT"},
            **enrollment(told["count"]),
        },
        armsInterventionsModule={
            "armGroups": [
                {"label": "Tolvarine", "type": "EXPERIMENTAL", "description": "200 mcg, twice a day"},
                {"label": "Placebo", "type": "PLACEBO_COMPARATOR", "description": "Twice a day"},
            ],
            "interventions": [{"type": "DRUG", "name": "Tolvarine", "description": "Inhaled powder"}],
        },
        outcomesModule=_outcomes(is_amended=told["is_amended"]),
        eligibilityModule={
            "eligibilityCriteria": _CRITERIA.format(
                oldest=17 if told["is_amended"] else 12, weeks=8 if told["is_amended"] else 4
            ),
            "minimumAge": "6 Years",
            "maximumAge": "17 Years" if told["is_amended"] else "12 Years",
            "sex": "ALL",
        },
        contactsLocationsModule={"locations": [place(*one) for one in _PLACES[: told["sites_count"]]]},
    )


def _title(*, is_amended: bool) -> str:
    whom = "Children and Adolescents With Severe" if is_amended else "Children With"
    return f"Inhaled Tolvarine in {whom} Asthma"


def _summary(*, is_amended: bool) -> str:
    whom = "children and adolescents with severe asthma" if is_amended else "children with asthma"
    return f"This trial asks whether inhaled tolvarine, added to usual care, prevents exacerbations in {whom}."


def _outcomes(*, is_amended: bool) -> dict[str, Any]:
    first = "Time to the first severe exacerbation" if is_amended else "Change in FEV1"
    return {
        "primaryOutcomes": [{"measure": first, "timeFrame": "52 weeks" if is_amended else "12 weeks"}],
        "secondaryOutcomes": [
            {"measure": "Days of school missed", "timeFrame": "52 weeks"},
            {"measure": "Asthma Control Questionnaire score", "timeFrame": "12 and 52 weeks"},
        ],
    }


def _dates(posted_on: str, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "statusVerifiedDate": posted_on[:7],
        "studyFirstPostDateStruct": {"date": "2022-03-14", "type": "ACTUAL"},
        "startDateStruct": {"date": told["start"], "type": "ACTUAL" if len(told["start"]) == 10 else "ESTIMATED"},
        "primaryCompletionDateStruct": {"date": told["ends"], "type": "ESTIMATED"},
        "completionDateStruct": {"date": told["ends"], "type": "ESTIMATED"},
    }

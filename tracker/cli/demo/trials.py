"""The made trials of the demonstration: five from the beginning, and one that is registered later.

Nothing here is a real trial.
"""

from datetime import UTC, datetime

from tracker.domain.record import Json
from tracker.simulator.world import World

STALE, OUTCOMES, FOUND, RENAMED, TWIN, NEWCOMER = (f"NCT9000000{number}" for number in range(1, 7))


def first_release() -> World:
    """The registry on the day on which the story begins; its clock stands still until it is moved."""
    records = (
        _record(
            STALE,
            about=("Mesenchymal Cells in Decompensated Cirrhosis", "Liver Cirrhosis"),
            sponsor="Fjordby University Hospital",
            status="RECRUITING",
            completion="2025-12",
            posted="2024-03-11",
        ),
        _record(
            OUTCOMES,
            about=("Tolvarine for Resistant Hypertension", "Hypertension"),
            sponsor="Marlowe Therapeutics",
            status="ACTIVE_NOT_RECRUITING",
            completion="2026-03",
            posted="2025-12-19",
        ),
        _record(
            FOUND,
            about=("Dexalumab in Early Psoriatic Arthritis", "Psoriatic Arthritis"),
            sponsor="Brightwater Bio",
            status="RECRUITING",
            completion="2027-08",
            posted="2026-01-08",
        ),
        _record(
            RENAMED,
            about=("Home Dialysis After Transplant Failure", "Kidney Failure"),
            sponsor="Aldgate Renal Group",
            status="ENROLLING_BY_INVITATION",
            completion="2028-01",
            posted="2025-10-02",
        ),
        _record(
            TWIN,
            about=("Dialysis at Home After a Failed Transplant", "Kidney Failure"),
            sponsor="Aldgate Renal Group",
            status="NOT_YET_RECRUITING",
            completion="2028-01",
            posted="2025-11-14",
        ),
    )
    return World(records, data_time=datetime(2026, 1, 15, 9, 0, 5, tzinfo=UTC), monotonic=lambda: 0.0)


def _record(trial_id: str, *, about: tuple[str, str], sponsor: str, status: str, completion: str, posted: str) -> Json:
    """A trial that was last verified and submitted on the day it was ``posted``; ``about``: title and condition."""
    title, condition = about
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": trial_id,
                "orgStudyIdInfo": {"id": f"DEMO-{trial_id[-1]}"},
                "briefTitle": title,
            },
            "statusModule": {
                "statusVerifiedDate": posted[:7],
                "overallStatus": status,
                "primaryCompletionDateStruct": {"date": completion, "type": "ESTIMATED"},
                "completionDateStruct": {"date": completion, "type": "ESTIMATED"},
                "lastUpdateSubmitDate": posted,
                "lastUpdatePostDateStruct": {"date": posted, "type": "ACTUAL"},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": sponsor, "class": "OTHER"}},
            "conditionsModule": {"conditions": [condition]},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE2"],
                "enrollmentInfo": {"count": 420, "type": "ESTIMATED"},
            },
            "outcomesModule": {
                "primaryOutcomes": [{"measure": "Change in the main score", "timeFrame": "12 weeks"}],
            },
            "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n\n* Age 18 or more", "sex": "ALL"},
            "contactsLocationsModule": {
                "locations": [{"facility": f"{sponsor}, main site", "city": "Fjordby", "country": "Norway"}]
            },
        },
        "hasResults": False,
    }


def newcomer() -> Json:
    """A trial that is registered while the story goes on."""
    return _record(
        NEWCOMER,
        about=("Walking Groups in Psoriatic Arthritis", "Psoriatic Arthritis"),
        sponsor="Tarn Valley College",
        status="NOT_YET_RECRUITING",
        completion="2027-11",
        posted="2026-05-20",
    )

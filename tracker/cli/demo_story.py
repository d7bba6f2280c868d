"""The sample trials of the demonstration: five made trials through six data releases of 2026.

Nothing here is a real trial. Each release holds the whole records, as the registry would give them on that day; what
changes in between is what trackers are for: a reworded outcome, a status that turns UNKNOWN without a word, a sponsor
renamed silently, results posted, a trial stopped.
"""

import copy
from collections.abc import Callable
from typing import Any

Record = dict[str, Any]

STALE, OUTCOMES, STOPPED, RENAMED, DATES = (f"NCT9000000{number}" for number in range(1, 6))


def releases() -> list[tuple[str, list[Record]]]:
    """The data date of each release and its records, the earliest first."""
    records = _first_release()
    told = []
    for data_on, changes in _STORY:
        for trial_id, change in changes.items():
            change(records[trial_id]["protocolSection"], records[trial_id])
        for record in records.values():
            record["derivedSection"] = {"miscInfoModule": {"versionHolder": data_on}}
        told.append((data_on, copy.deepcopy(list(records.values()))))
    return told


def _first_release() -> dict[str, Record]:
    return {
        STALE: _record(
            STALE,
            title="Mesenchymal Cells in Decompensated Cirrhosis",
            sponsor="Fjordby University Hospital",
            status="RECRUITING",
            verified="2024-03",
            completion="2025-12",
            posted="2024-03-11",
            condition="Liver Cirrhosis",
            enrollment=30,
        ),
        OUTCOMES: _record(
            OUTCOMES,
            title="Tolvarine for Resistant Hypertension",
            sponsor="Marlowe Therapeutics",
            status="ACTIVE_NOT_RECRUITING",
            verified="2025-12",
            completion="2026-03",
            posted="2025-12-19",
            condition="Hypertension",
            enrollment=420,
        ),
        STOPPED: _record(
            STOPPED,
            title="Dexalumab in Early Psoriatic Arthritis",
            sponsor="Brightwater Bio",
            status="RECRUITING",
            verified="2026-01",
            completion="2027-08",
            posted="2026-01-08",
            condition="Psoriatic Arthritis",
            enrollment=180,
        ),
        RENAMED: _record(
            RENAMED,
            title="Home Dialysis After Transplant Failure",
            sponsor="Aldgate Renal Group",
            status="ENROLLING_BY_INVITATION",
            verified="2025-10",
            completion="2028-01",
            posted="2025-10-02",
            condition="Kidney Failure",
            enrollment=95,
        ),
        DATES: _record(
            DATES,
            title="Sleep Coaching for Night Nurses",
            sponsor="Tarn Valley College",
            status="NOT_YET_RECRUITING",
            verified="2025-11",
            completion="2026-11",
            posted="2025-11-14",
            condition="Insomnia",
            enrollment=60,
        ),
    }


def _record(
    trial_id: str,
    *,
    title: str,
    sponsor: str,
    status: str,
    verified: str,
    completion: str,
    posted: str,
    condition: str,
    enrollment: int,
) -> Record:
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": trial_id,
                "orgStudyIdInfo": {"id": f"DEMO-{trial_id[-1]}"},
                "briefTitle": title,
            },
            "statusModule": {
                "statusVerifiedDate": verified,
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
                "enrollmentInfo": {"count": enrollment, "type": "ESTIMATED"},
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


Change = Callable[[Record, Record], None]


def _posted(protocol: Record, day: str) -> None:
    """What every submission moves: the post and submission dates, and the month of verification."""
    protocol["statusModule"] |= {
        "statusVerifiedDate": day[:7],
        "lastUpdateSubmitDate": day,
        "lastUpdatePostDateStruct": {"date": day, "type": "ACTUAL"},
    }


def _nothing(protocol: Record, record: Record) -> None:
    """The first release."""


def _rewords_outcome(protocol: Record, record: Record) -> None:
    _posted(protocol, "2026-02-10")
    protocol["outcomesModule"]["primaryOutcomes"] = [
        {"measure": "Change in the main score from baseline", "timeFrame": "24 weeks"}
    ]
    protocol["designModule"]["enrollmentInfo"]["count"] = 210


def _opens_site(protocol: Record, record: Record) -> None:
    _posted(protocol, "2026-02-17")
    protocol["contactsLocationsModule"]["locations"].insert(
        0, {"facility": "Lakeside Clinic", "city": "Trondheim", "country": "Norway"}
    )


def _is_renamed(protocol: Record, record: Record) -> None:
    protocol["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = "Aldgate Kidney Care"


def _names_the_day(protocol: Record, record: Record) -> None:
    _posted(protocol, "2026-03-06")
    protocol["statusModule"]["overallStatus"] = "RECRUITING"
    protocol["statusModule"]["completionDateStruct"]["date"] = "2026-11-30"
    protocol["statusModule"]["primaryCompletionDateStruct"]["date"] = "2026-09-30"


def _turns_unknown(protocol: Record, record: Record) -> None:
    """The registry's doing: no version, no post date; the submitted status is kept beside it."""
    status = protocol["statusModule"]
    status["lastKnownStatus"] = status["overallStatus"]
    status["overallStatus"] = "UNKNOWN"


def _stops(protocol: Record, record: Record) -> None:
    _posted(protocol, "2026-04-21")
    protocol["statusModule"] |= {"overallStatus": "TERMINATED", "whyStopped": "Slow recruitment; not a safety matter"}
    protocol["statusModule"]["completionDateStruct"] = {"date": "2026-04-15", "type": "ACTUAL"}


def _posts_results(protocol: Record, record: Record) -> None:
    _posted(protocol, "2026-05-20")
    protocol["statusModule"]["overallStatus"] = "COMPLETED"
    protocol["statusModule"]["completionDateStruct"] = {"date": "2026-03-27", "type": "ACTUAL"}
    record["resultsSection"] = {"participantFlowModule": {"groups": [{"id": "FG000", "title": "Tolvarine"}]}}
    record["hasResults"] = True


def _is_verified_again(protocol: Record, record: Record) -> None:
    _posted(protocol, "2026-06-02")
    del protocol["statusModule"]["lastKnownStatus"]
    protocol["statusModule"]["overallStatus"] = "COMPLETED"


_STORY: tuple[tuple[str, dict[str, Change]], ...] = (
    ("2026-01-15", {STALE: _nothing}),
    ("2026-02-18", {OUTCOMES: _rewords_outcome, STOPPED: _opens_site}),
    ("2026-03-10", {RENAMED: _is_renamed, DATES: _names_the_day}),
    ("2026-04-22", {STALE: _turns_unknown, STOPPED: _stops}),
    ("2026-05-21", {OUTCOMES: _posts_results}),
    ("2026-06-03", {STALE: _is_verified_again}),
)

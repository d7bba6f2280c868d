"""A small record to change, and the differ to see the change with."""

import copy
from typing import Any

from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.compare import changes_between
from tracker.domain.change import Change
from tracker.domain.pointer import split

Json = Any

TRIAL: Json = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000001",
            "briefTitle": "Aspirin in Headache",
            "officialTitle": "A Trial of Aspirin in Headache",
            "secondaryIdInfos": [{"id": "2020-000001-01", "type": "EUDRACT_NUMBER"}],
        },
        "statusModule": {
            "overallStatus": "RECRUITING",
            "statusVerifiedDate": "2024-05",
            "startDateStruct": {"date": "2023-01-15", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2025-06", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2026-05", "type": "ESTIMATED"},
            "lastUpdateSubmitDate": "2024-05-20",
            "lastUpdateSubmitQcDate": "2024-05-20",
            "lastUpdatePostDateStruct": {"date": "2024-05-22", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {
            "leadSponsor": {"name": "Example University", "class": "OTHER"},
            "collaborators": [{"name": "Example Fund", "class": "OTHER"}],
        },
        "oversightModule": {"oversightHasDmc": False},
        "descriptionModule": {"briefSummary": "Does aspirin help?"},
        "conditionsModule": {"conditions": ["Headache", "Migraine"], "keywords": ["aspirin"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "designInfo": {"allocation": "RANDOMIZED", "maskingInfo": {"masking": "DOUBLE"}},
            "enrollmentInfo": {"count": 100, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {"label": "Aspirin", "type": "EXPERIMENTAL", "description": "Aspirin 100 mg"},
                {"label": "Control", "type": "PLACEBO_COMPARATOR", "description": "Sugar"},
            ],
            "interventions": [{"type": "DRUG", "name": "Aspirin", "description": "100 mg daily"}],
        },
        "outcomesModule": {
            "primaryOutcomes": [{"measure": "Change in pain score", "description": "0 to 10", "timeFrame": "4 weeks"}],
            "secondaryOutcomes": [{"measure": "Days with headache", "timeFrame": "3 months"}],
            "otherOutcomes": [{"measure": "Quality of life by SF-36", "timeFrame": "1 year"}],
        },
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* Age \\> 18\n* Headache",
            "minimumAge": "18 Years",
            "sex": "ALL",
            "healthyVolunteers": False,
            "stdAges": ["ADULT"],
        },
        "contactsLocationsModule": {
            "centralContacts": [{"name": "A. Person", "role": "CONTACT", "phone": "1"}],
            "overallOfficials": [{"name": "B. Person", "role": "STUDY_CHAIR"}],
            "locations": [
                {
                    "facility": "Clinic One",
                    "status": "RECRUITING",
                    "city": "Berlin",
                    "zip": "10117",
                    "country": "Germany",
                    "contacts": [{"name": "C. Person", "role": "CONTACT", "phone": "2"}],
                    "geoPoint": {"lat": 52.5, "lon": 13.4},
                },
                {"facility": "Clinic Two", "status": "RECRUITING", "city": "Munich", "country": "Germany"},
            ],
        },
        "referencesModule": {"references": [{"pmid": "1", "type": "BACKGROUND", "citation": "First paper"}]},
    },
    "documentSection": {"largeDocumentModule": {"largeDocs": [{"filename": "Prot_000.pdf", "date": "2023-01-01"}]}},
    "derivedSection": {"miscInfoModule": {"versionHolder": "2024-06-01"}},
    "hasResults": False,
}


def but(path: str, value: Json, *, record: Json = TRIAL) -> Json:
    """A copy of ``record`` with ``value`` at ``path``; ``-`` appends to a list, None takes away."""
    changed = copy.deepcopy(record)
    *above, last = split(path)
    node = changed
    for at, token in enumerate(above, start=1):
        if isinstance(node, list):
            node = node[int(token)]
        else:
            node = node.setdefault(token, [] if last == "-" and at == len(above) else {})
    if isinstance(node, list):
        node[slice(len(node), None) if last == "-" else slice(int(last), int(last) + 1)] = (
            [] if value is None else [value]
        )
    elif value is None:
        del node[last]
    else:
        node[last] = value
    return changed


def changes(old: Json, new: Json) -> list[Change]:
    """What the differ says with the catalogue that travels with trialog."""
    return changes_between(old, new, catalogue=default_catalogue())


def the_change(path: str, value: Json) -> Change:
    """The one change that follows when ``value`` comes to ``path``."""
    found = changes(TRIAL, but(path, value))
    assert 1 == len(found), found
    return found[0]

"""Small records made for these tests."""

import json
from typing import Any

from tracker.source import Observation, Place, RawRecord, RecordKind, Refusal
from tracker.sources.reading import read_record

ID = "NCT00000001"


def study(trial_id: str = ID, **sections: Any) -> dict[str, Any]:
    """A whole study, with more sections where given."""
    status = {"overallStatus": "RECRUITING", "statusVerifiedDate": "2026-01"}
    protocol = {
        "identificationModule": {"nctId": trial_id, "briefTitle": 'A "quoted": title'},
        "statusModule": status,
    }
    return {"protocolSection": protocol, "hasResults": False, **sections}


def study_bytes(trial_id: str = ID, **sections: Any) -> bytes:
    """The same as compact JSON in the registry's key order."""
    return json.dumps(study(trial_id, **sections), ensure_ascii=False, separators=(",", ":")).encode()


def raw_record(raw: bytes, *, kind: RecordKind = "study", expected_id: str | None = None) -> RawRecord:
    """A raw record found nowhere in particular."""
    return RawRecord(place=Place(file="made.json"), raw=raw, kind=kind, expected_id=expected_id)


def observed(raw: RawRecord) -> Observation:
    """What is read, which must be no refusal."""
    found = read_record(raw)
    assert isinstance(found, Observation), found
    return found


def refused(raw: RawRecord) -> str:
    """The reason of the refusal that reading must give."""
    found = read_record(raw)
    assert isinstance(found, Refusal)
    assert found.size_bytes == len(raw.raw)
    return found.reason

"""A version of the registry's history, as it is read."""

from datetime import date
from typing import Any

import pytest

from tests.records import ID, record
from tracker.pipeline.backfilling import submitted_status
from tracker.registry import HistoryEntry
from tracker.source import Observation, Refusal
from tracker.sources.history_version import read_version


def status_of(found: Observation | Refusal) -> dict[str, Any]:
    """The status module of a version that was taken."""
    assert isinstance(found, Observation)
    module: dict[str, Any] = found.record["protocolSection"]["statusModule"]
    return module


def test_a_version_is_told_apart_and_claims_only_its_sections() -> None:
    """Its number comes with it; what it has no place for is not covered."""
    found = read_version(record(), trial_id=ID, version=3)
    assert isinstance(found, Observation)
    assert ("history", 3, ID) == (found.source, found.registry_version, found.trial_id)
    sections = ["/annotationSection", "/documentSection", "/protocolSection", "/resultsSection"]
    assert sections == sorted(found.coverage.patterns or ())


def test_a_version_under_an_older_number_is_the_trials_own() -> None:
    """An alias had a history before it was merged; its record keeps the number it had."""
    found = read_version(record("NCT00000009"), trial_id=ID, version=0)
    assert isinstance(found, Observation)
    assert ID == found.trial_id
    assert "NCT00000009" == found.record["protocolSection"]["identificationModule"]["nctId"]


def test_the_submitted_status_takes_the_place_of_unknown() -> None:
    """The version's own word first, then what is known from elsewhere; with neither it stays as it was shown."""
    own = record(status="UNKNOWN", statusModule={"lastKnownStatus": "RECRUITING"})
    shown = status_of(read_version(own, trial_id=ID, version=0, submitted_status="COMPLETED"))
    assert ("RECRUITING", None) == (shown["overallStatus"], shown.get("lastKnownStatus"))
    bare = record(status="UNKNOWN")
    assert (
        "COMPLETED"
        == status_of(read_version(bare, trial_id=ID, version=0, submitted_status="COMPLETED"))["overallStatus"]
    )
    assert "UNKNOWN" == status_of(read_version(bare, trial_id=ID, version=0))["overallStatus"]
    usual = record(status="TERMINATED")
    assert (
        "TERMINATED"
        == status_of(read_version(usual, trial_id=ID, version=0, submitted_status="COMPLETED"))["overallStatus"]
    )


def test_notes_of_quality_control_are_kept_apart() -> None:
    """They are no part of the record, and not lost."""
    note = {"resetReasons": ["Unclear."]}
    outcomes = {"primaryOutcomes": [{"measure": "Pain", "reviewUnit": note}]}
    found = read_version({**record(outcomesModule=outcomes), "reviewUnit": note}, trial_id=ID, version=0)
    assert isinstance(found, Observation)
    assert [{"measure": "Pain"}] == found.record["protocolSection"]["outcomesModule"]["primaryOutcomes"]
    assert {
        "/reviewUnit": note,
        "/protocolSection/outcomesModule/primaryOutcomes/0/reviewUnit": note,
    } == found.record["trialogSection"]["reviewUnits"]


def test_a_version_that_is_no_record_is_refused_with_its_place() -> None:
    """The reason names what is wrong."""
    found = read_version({"protocolSection": []}, trial_id=ID, version=4)
    assert isinstance(found, Refusal)
    assert f"{ID}/history/4" == str(found.place)


LIVE = record(status="UNKNOWN", statusModule={"lastKnownStatus": "RECRUITING"})


@pytest.mark.parametrize(
    ("statuses", "place", "live", "expected"),
    (
        (["NOT_YET_RECRUITING", "UNKNOWN"], 1, LIVE, "RECRUITING"),
        (["NOT_YET_RECRUITING", "UNKNOWN"], 1, record(), "NOT_YET_RECRUITING"),
        (["NOT_YET_RECRUITING", "RECRUITING", "COMPLETED"], 1, LIVE, "RECRUITING"),
        (["NOT_YET_RECRUITING", "UNKNOWN", "COMPLETED"], 1, LIVE, "NOT_YET_RECRUITING"),
        (["NOT_YET_RECRUITING", None], 1, LIVE, "RECRUITING"),
        (["UNKNOWN"], 0, record(status="UNKNOWN"), None),
    ),
)
def test_the_submitted_status_is_found(
    statuses: list[str | None], place: int, live: dict[str, Any], expected: str | None
) -> None:
    """The list tells it, of the newest version the live record does, and else the version before."""
    entries = [
        HistoryEntry(version=number, submitted_on=date(2026, 1, 1), status=status)
        for number, status in enumerate(statuses)
    ]
    assert expected == submitted_status(entries, place, live=live)

"""The joint of history and live record on real texts: what differs is content, never a way of writing."""

import re
from collections.abc import Iterator
from typing import Any

from tests.acceptance.corpus import files, load, needs_corpus, studies
from tracker.diffing.canonical import plain_text
from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.compare import changes_between
from tracker.simulator.markup import as_history
from tracker.source import Observation
from tracker.sources.history_version import HISTORY_COVERAGE, REVIEW_NOTES, read_version

pytestmark = needs_corpus

MARKUP = re.compile(r"&[#a-zA-Z0-9]+;|</?[a-zA-Z][^<>]*>")


def texts(value: Any) -> Iterator[str]:
    """Every text below a value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def operations() -> Iterator[dict[str, Any]]:
    """Every operation of the registry's patches between versions."""
    for folder, key in (("patches", "patch"), ("ops_with_old_values", "operations")):
        for path in files(f"history_api/{folder}"):
            yield from load(path)[key]


def test_live_records_say_the_same_as_their_own_history() -> None:
    """Each real record, written as the history writes it, differs in nothing from the live one."""
    different = []
    for name, record in studies():
        version = read_version(
            as_history({key: part for key, part in record.items() if key != "derivedSection"}),
            trial_id=record["protocolSection"]["identificationModule"]["nctId"],
            version=0,
            submitted_status="UNKNOWN",
        )
        assert isinstance(version, Observation), (name, version)
        live = HISTORY_COVERAGE.project(record)
        shown = HISTORY_COVERAGE.project(version.record)
        changes = changes_between(shown, live, catalogue=default_catalogue())
        different += [
            (name, change)
            for change in changes
            if change.path.rsplit("/", 1)[-1] not in ("overallStatus", "lastKnownStatus")
        ]
    assert [] == different


def test_no_markup_is_left_of_real_history_texts() -> None:
    """Every tag and every escape in the registry's own patches is read."""
    found = [text for operation in operations() for text in texts(operation)]
    assert len(found) > 60_000
    assert [] == [text for text in found if MARKUP.search(plain_text(text))]


def test_notes_of_quality_control_are_no_content() -> None:
    """Versions carry them at many places, no live record has one: they are kept apart."""
    notes = {key for operation in operations() for key in re.findall(r"[a-zA-Z]*[rR]eviewUnit", str(operation))}
    assert len(notes) > 4
    assert all(key not in str(record) for _, record in studies() for key in notes)
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001"},
            "statusModule": {"overallStatus": "COMPLETED"},
        },
        **{key: {"resetReasons": ["Unclear."]} for key in notes},
    }
    version = read_version(study, trial_id="NCT00000001", version=0)
    assert isinstance(version, Observation)
    assert {f"/{key}" for key in notes} == version.record["trialogSection"][REVIEW_NOTES].keys()
    assert ["protocolSection"] == list(HISTORY_COVERAGE.project(version.record))

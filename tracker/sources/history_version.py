"""Reads a version of the registry's history: a record as it was submitted, without what the registry computes.

It promises an observation of the sections that a version has, or a refusal with a reason; text stays verbatim. Two
things are set right, since no sponsor's record has them. The status UNKNOWN is computed on the day of asking, so the
submitted status takes its place. Notes of the registry's quality control (``reviewUnit``, ``armsReviewUnit`` ...) are
not part of any published record: they are kept under ``trialogSection``, each with its place. Source of both:
``docs/registry.md``.
"""

from store.json_text import encode
from tracker.domain.coverage import Coverage
from tracker.domain.pointer import Token, join
from tracker.domain.record import OWN_SECTION, Json, value_at
from tracker.domain.staleness import UNKNOWN
from tracker.source import Observation, Place, RawRecord, Refusal, observe
from tracker.sources.study_json import read_study

SOURCE = "history"
HISTORY_COVERAGE = Coverage(
    patterns=frozenset({"/protocolSection", "/resultsSection", "/annotationSection", "/documentSection"})
)
REVIEW_NOTES = "reviewUnits"
_NOTE_ENDINGS = ("reviewUnit", "ReviewUnit")


def read_version(
    study: Json, *, trial_id: str, version: int, submitted_status: str | None = None
) -> Observation | Refusal:
    """The version of ``trial_id`` that ``study`` is.

    ``submitted_status`` is taken where ``study`` shows UNKNOWN and does not tell the submitted status itself.
    """
    place = Place(file=f"{trial_id}/history/{version}")
    found = read_study(RawRecord(place=place, raw=encode(study), kind="study"))
    if isinstance(found, Refusal):
        return found
    notes: dict[str, Json] = {}
    record = _without_notes(_as_submitted(found.record, submitted_status), (), notes)
    if notes:
        record[OWN_SECTION] = {REVIEW_NOTES: notes}
    return observe(record, trial_id=trial_id, coverage=HISTORY_COVERAGE, source=SOURCE, registry_version=version)


def _as_submitted(record: Json, submitted_status: str | None) -> Json:
    shown = value_at(record, "protocolSection", "statusModule") or {}
    status = shown.get("lastKnownStatus") or submitted_status
    if shown.get("overallStatus") != UNKNOWN or status is None:
        return record
    submitted = {key: value for key, value in shown.items() if key != "lastKnownStatus"} | {"overallStatus": status}
    return {**record, "protocolSection": {**record["protocolSection"], "statusModule": submitted}}


def _without_notes(value: Json, at: tuple[Token, ...], notes: dict[str, Json]) -> Json:
    if isinstance(value, list):
        return [_without_notes(item, (*at, place), notes) for place, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        if key.endswith(_NOTE_ENDINGS):
            notes[join((*at, key))] = item
        else:
            kept[key] = _without_notes(item, (*at, key), notes)
    return kept

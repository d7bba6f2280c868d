"""A trial's record as the registry publishes it (API v2 study JSON), and safe ways to read from it.

The shape is the registry's: ``protocolSection``, ``resultsSection?``, ``annotationSection?``,
``documentSection?``, ``derivedSection?``, ``hasResults?``. Records of old captures have single values where
lists belong; the readers here take both. Nothing here changes a record. Several dozen of these calls are made for
every record that is taken in, so they are written for speed.
"""

from datetime import date
from typing import Any, TypeAlias

from tracker.domain.partial_date import PartialDate, parse_partial_date

Json: TypeAlias = Any  # the JSON edge: whatever the registry sends

Dated: TypeAlias = tuple[date, bool]  # sorts sights of a trial: the day, and whether it is that of a data release

_RELEASE = "versionHolder"
_WITHHELD = "WITHHELD"
OWN_SECTION = "trialogSection"  # what a source shows and API v2 has no place for


def text_at(record: Json, *keys: str) -> str | None:
    """The non-empty text at ``keys``, or None."""
    for key in keys:
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    return record if isinstance(record, str) and record and not record.isspace() else None


def value_at(record: Json, *keys: str) -> Json:
    """The value at ``keys``, or None where any step is missing."""
    for key in keys:
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    return record


def list_at(record: Json, *keys: str) -> list[Json]:
    """The list at ``keys``; a single value counts as a list of one, nothing as an empty one."""
    value = value_at(record, *keys)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def module(record: Json, name: str) -> Json:
    """A module of the protocol section, or an empty object."""
    section = record.get("protocolSection") if isinstance(record, dict) else None
    found = section.get(name) if isinstance(section, dict) else None
    return found if isinstance(found, dict) else {}


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def nct_id(record: Json) -> str | None:
    """The record's own NCT number, verbatim."""
    return text_at(record, "protocolSection", "identificationModule", "nctId")


def status_date_text(record: Json, name: str) -> str | None:
    """A date of the status module, verbatim; captures of 2023 wrote some as bare text. None where there is none."""
    value = module(record, "statusModule").get(name)
    return text_at(value, "date") if isinstance(value, dict) else text_at(value)


def status_date(record: Json, name: str) -> PartialDate | None:
    """A date of the status module, such as ``completionDateStruct``; None where there is no usable one."""
    text = status_date_text(record, name)
    return parse_partial_date(text) if text else None


def posted_on(record: Json) -> date | None:
    """The registry's post date of this content: ``lastUpdatePostDateStruct.date``."""
    found = status_date(record, "lastUpdatePostDateStruct")
    return found.last_day if found else None


def submitted_on(record: Json) -> str | None:
    """``lastUpdateSubmitDate``, verbatim."""
    return text_at(record, "protocolSection", "statusModule", "lastUpdateSubmitDate")


def data_on(record: Json) -> date | None:
    """The data release the record was read from: ``derivedSection.miscInfoModule.versionHolder``."""
    text = text_at(record, "derivedSection", "miscInfoModule", _RELEASE)
    found = parse_partial_date(text) if text else None
    return found.last_day if found else None


def dated(data_on: date | None, posted_on: date | None) -> Dated | None:
    """By what a sight of a trial is ordered: its data date, else its post date, which no release precedes."""
    day = data_on or posted_on
    return None if day is None else (day, data_on is not None)


def seen_in(record: Json, release_on: date | None) -> Json:
    """``record`` as the data release of that day said it, another object only where it names another release.

    A content that comes back is kept once, with the body of its first sight; where the release is not known, what
    that body says of it is left out.
    """
    if data_on(record) == release_on:
        return record
    derived = _object(value_at(record, "derivedSection"))
    about = _object(value_at(derived, "miscInfoModule"))
    about = {key: value for key, value in about.items() if key != _RELEASE}
    if release_on is not None:
        about[_RELEASE] = release_on.isoformat()
    return {**record, "derivedSection": {**derived, "miscInfoModule": about}}


def is_withheld(record: Json) -> bool:
    """Whether a record, or a selection of its fields, is the stub that the registry shows of a trial it withholds."""
    return text_at(record, "protocolSection", "statusModule", "overallStatus") == _WITHHELD


def is_whole(record: Json) -> bool:
    """Whether a study object is a whole record rather than a selection of fields.

    Every published record has ``hasResults``, ``derivedSection`` and an overall status; history snapshots
    lack the first two. Only an object with none of the three is taken for a selection, such as a list page
    asked for with ``fields=``.
    """
    return (
        "hasResults" in record
        or "derivedSection" in record
        or text_at(record, "protocolSection", "statusModule", "overallStatus") is not None
    )

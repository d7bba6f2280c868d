"""The short row of a record: the few fields that a sweep asks of every trial, and their fingerprint.

It promises that a whole record and the registry's selection of ``FIELDS`` from it have the same fingerprint, and
that two records that differ in one of these fields have different ones. Order of lists and runs of white space do
not count, as elsewhere.
"""

import hashlib

from tracker.domain.coverage import coverage_of
from tracker.domain.record import Json, list_at, status_date_text, value_at

# The registry's names of the fields; the id comes with every row.
FIELDS = (
    "NCTIdAlias",
    "OverallStatus",
    "LastKnownStatus",
    "StatusVerifiedDate",
    "PrimaryCompletionDate",
    "PrimaryCompletionDateType",
    "CompletionDate",
    "CompletionDateType",
    "LastUpdateSubmitDate",
    "LastUpdatePostDate",
    "LastUpdatePostDateType",
    "LeadSponsorName",
    "UnpostedEventType",
    "UnpostedEventDate",
    "UnpostedEventDateUnknown",
    "HasResults",
)
_TEXTS = ("overallStatus", "lastKnownStatus", "statusVerifiedDate", "lastUpdateSubmitDate")
_STRUCTS = ("primaryCompletionDateStruct", "completionDateStruct", "lastUpdatePostDateStruct")

COVERAGE = coverage_of(
    {
        "/protocolSection/identificationModule/nctIdAliases",
        *(f"/protocolSection/statusModule/{name}" for name in (*_TEXTS, *_STRUCTS)),
        "/protocolSection/sponsorCollaboratorsModule/leadSponsor/name",
        "/annotationSection/annotationModule/unpostedAnnotation/unpostedEvents",
    }
)
"""What a short row can speak of; of results it tells only whether there are any."""

_EVENT = ("type", "date", "dateUnknown")
_FINGERPRINT_BYTES = 12


def short_row(record: Json) -> str:
    """The fingerprint of a record's short row; ``record`` is whole, or the registry's selection of ``FIELDS``."""
    values = _values(record)
    text = "\x1f".join(["" if value is None else str(value) for value in values])
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_FINGERPRINT_BYTES).hexdigest()


def _values(record: Json) -> list[Json]:
    protocol = record.get("protocolSection")
    status = value_at(protocol, "statusModule")
    values = [value_at(status, name) for name in _TEXTS]
    for name in _STRUCTS:
        values += (status_date_text(record, name), value_at(status, name, "type"))
    values.append(_spaced(value_at(protocol, "sponsorCollaboratorsModule", "leadSponsor", "name")))
    values += sorted(map(str, list_at(protocol, "identificationModule", "nctIdAliases")))
    values.append(bool(record.get("resultsSection")) or record.get("hasResults") is True)
    values += sorted(map(_event, _events(record)))
    return values


def _events(record: Json) -> list[Json]:
    if "annotationSection" not in record:
        return []
    return list_at(record, "annotationSection", "annotationModule", "unpostedAnnotation", "unpostedEvents")


def _event(event: Json) -> str:
    return "\x1e".join([str(value_at(event, key)) for key in _EVENT])


def _spaced(text: Json) -> Json:
    return " ".join(text.split()) if isinstance(text, str) else text

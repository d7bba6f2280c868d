"""The short row of a record: the few fields that a sweep asks of every trial, and their fingerprint.

It promises that a whole record and the registry's selection of ``FIELDS`` from it have the same fingerprint, and
that two records that differ in one of these fields have different ones. Order of lists and runs of white space do
not count, as elsewhere.
"""

import hashlib

from tracker.domain.coverage import coverage_of
from tracker.domain.record import Json, list_at, value_at

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

_NONE: dict[str, Json] = {}
_EVENT = ("type", "date", "dateUnknown")
_FINGERPRINT_BYTES = 12


def short_row(record: Json) -> str:
    """The fingerprint of a record's short row; ``record`` is whole, or the registry's selection of ``FIELDS``."""
    values = _values(record)
    text = "\x1f".join(["" if value is None else str(value) for value in values])
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_FINGERPRINT_BYTES).hexdigest()


def _values(record: Json) -> list[Json]:
    """The values in one order; what is missing is None. Written for speed: every trial passes here with each sweep."""
    protocol = record.get("protocolSection") or _NONE
    status = protocol.get("statusModule") or _NONE
    values = [status.get(name) for name in _TEXTS]
    for name in _STRUCTS:
        struct = status.get(name)
        if isinstance(struct, dict):
            values += (struct.get("date"), struct.get("type"))
        else:  # a bare date, as captures of 2023 wrote it, or nothing
            values += (struct, None)
    sponsor = (protocol.get("sponsorCollaboratorsModule") or _NONE).get("leadSponsor") or _NONE
    values.append(_spaced(sponsor.get("name")))
    identification = protocol.get("identificationModule") or _NONE
    if "nctIdAliases" in identification:
        values += sorted(map(str, list_at(identification, "nctIdAliases")))
    values.append(bool(record.get("resultsSection")) or record.get("hasResults") is True)
    if "annotationSection" in record:
        values += sorted(map(_event, _events(record)))
    return values


def _events(record: Json) -> list[Json]:
    return list_at(record, "annotationSection", "annotationModule", "unpostedAnnotation", "unpostedEvents")


def _event(event: Json) -> str:
    return "\x1e".join([str(value_at(event, key)) for key in _EVENT])


def _spaced(text: Json) -> Json:
    return " ".join(text.split()) if isinstance(text, str) else text

"""Where a study record holds dates, and which of them no calendar knows.

The places are those of API v2's OpenAPI (``PartialDate``, ``date`` and ``DateTimeMinutes``). It promises to
say the place and the value of the first impossible date. Placeholders such as 1900-01-01 and 2100-12-31 are
dates; what a date means is not its business.
"""

from collections.abc import Iterator
from functools import lru_cache

from tracker.domain.partial_date import parse_partial_date
from tracker.domain.record import Json, value_at

_EXPECTED = "expected YYYY-MM-DD, YYYY-MM or YYYY"
_STATUS = "/protocolSection/statusModule"
_STATUS_STRUCTS = (
    "startDateStruct",
    "primaryCompletionDateStruct",
    "completionDateStruct",
    "studyFirstPostDateStruct",
    "resultsFirstPostDateStruct",
    "dispFirstPostDateStruct",
    "lastUpdatePostDateStruct",
)
_STATUS_DATES = (
    "statusVerifiedDate",
    "studyFirstSubmitDate",
    "studyFirstSubmitQcDate",
    "resultsFirstSubmitDate",
    "resultsFirstSubmitQcDate",
    "dispFirstSubmitDate",
    "dispFirstSubmitQcDate",
    "lastUpdateSubmitDate",
)
_MISC = "/derivedSection/miscInfoModule"
_TRACKING = f"{_MISC}/submissionTracking"

# Lists of objects outside the status module: where the list is, and which of its items' keys are dates.
_DATED_LISTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("annotationSection", "annotationModule", "unpostedAnnotation", "unpostedEvents"), ("date",)),
    (
        ("annotationSection", "annotationModule", "violationAnnotation", "violationEvents"),
        ("creationDate", "issuedDate", "releaseDate", "postedDate"),
    ),
    (("documentSection", "largeDocumentModule", "largeDocs"), ("date",)),
    (("resultsSection", "outcomeMeasuresModule", "outcomeMeasures"), ("anticipatedPostingDate",)),
)
_TIMED_DOCS = ("documentSection", "largeDocumentModule", "largeDocs")
_SUBMISSION_DATES = ("releaseDate", "unreleaseDate", "resetDate")


def impossible_date(record: Json) -> str | None:
    """The first impossible date of ``record``, with its pointer and value; None where all exist."""
    status = value_at(record, "protocolSection", "statusModule")
    if status:
        for name in _STATUS_DATES:
            if name in status and not _is_date(status[name]):
                return _fault(f"{_STATUS}/{name}", status[name])
        for name in _STATUS_STRUCTS:
            if name in status and not _is_date(_date_of(status[name])):
                return _fault(f"{_STATUS}/{name}/date", _date_of(status[name]))
    return _outside_status(record)


def _outside_status(record: Json) -> str | None:
    for pointer, value, timed in _other_dates(record):
        if not (_is_time(value) if timed else _is_date(value)):
            return _fault(pointer, value)
    return None


def _other_dates(record: Json) -> Iterator[tuple[str, Json, bool]]:
    """Pointer, value and whether a time of day may follow, for each date outside the status module."""
    misc = value_at(record, "derivedSection", "miscInfoModule")
    if misc:
        yield from _misc_dates(misc)
    for keys, names in _DATED_LISTS:
        if keys[0] in record:
            for pointer, value in _dates_in_list(record, keys, names):
                yield pointer, value, False
    if "documentSection" in record:
        for pointer, value in _dates_in_list(record, _TIMED_DOCS, ("uploadDate",)):
            yield pointer, value, True


def _misc_dates(misc: Json) -> Iterator[tuple[str, Json, bool]]:
    yield f"{_MISC}/versionHolder", misc.get("versionHolder"), False
    tracking = misc.get("submissionTracking")
    if isinstance(tracking, dict):
        name = "estimatedResultsFirstSubmitDate"
        yield f"{_TRACKING}/{name}", tracking.get(name), False
        posted = value_at(tracking, "firstMcpInfo", "postDateStruct", "date")
        yield f"{_TRACKING}/firstMcpInfo/postDateStruct/date", posted, False
        for place, value in _dates_in_list(tracking, ("submissionInfos",), _SUBMISSION_DATES):
            yield f"{_TRACKING}{place}", value, False


def _dates_in_list(record: Json, keys: tuple[str, ...], names: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
    items = value_at(record, *keys)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        for name in names:
            if isinstance(item, dict) and name in item:
                yield f"/{'/'.join(keys)}/{index}/{name}", item[name]


def _date_of(struct: Json) -> Json:
    """The date of a ``...DateStruct``; records of old captures have the bare date in its place."""
    return struct.get("date") if isinstance(struct, dict) else struct


def _is_date(value: Json) -> bool:
    return value is None or (isinstance(value, str) and is_calendar_date(value))


def _is_time(value: Json) -> bool:
    return value is None or (isinstance(value, str) and _exists_with_time(value))


@lru_cache(maxsize=65_536)  # a few thousand dates make up a whole registry
def is_calendar_date(text: str) -> bool:
    """Whether the calendar knows the day, month or year that ``text`` names; no month and no day is 00."""
    found = parse_partial_date(text)
    return found is not None and found.month != 0 and found.day != 0


def _exists_with_time(text: str) -> bool:
    day, separator, time = text.strip().partition("T")
    if not separator:
        return is_calendar_date(day)
    hour, minute = time[:2], time[3:5]
    in_day = hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60
    return is_calendar_date(day) and time[2:3] == ":" and in_day


def _fault(pointer: str, value: Json) -> str:
    return f"impossible date {value!r} at {pointer}: {_EXPECTED}; correct it and import the record again"

"""Reading the registry's answers: from a whole response to values, or a reason why there is none.

It promises ``Unusable`` for what asking again may mend (HTML, broken JSON, an answer of another shape), and a lasting
error for what it cannot: ``Refused`` with the registry's words and the parameter, ``Permanent`` for another site.
Source of the shapes: the registry's OpenAPI; of the history's, ``docs/registry.md``, since it is undocumented.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qsl, urlsplit

from store.errors import InvalidInput as NotJson
from store.json_text import decode
from tracker.domain.errors import Permanent, Refused
from tracker.domain.record import Json, list_at, nct_id
from tracker.domain.trial_id import is_trial_id
from tracker.registry import HistoryEntry, Release
from tracker.sources.ctgov.courtesy import Unusable
from tracker.sources.ctgov.transport import Response

OK = 200
BAD_REQUEST = 400
NOT_FOUND = 404
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_LONGEST_QUOTE = 300
_QUOTED = re.compile(r"`([^`]+)`")
_ID_IN_PATH = re.compile(r"/(NCT\d{8})(?=/|$)", re.ASCII)
# Refusals that name no parameter, by how their text begins (recorded answers).
_TEXTS = (("Unsupported sort", "sort"), ("Error parsing query in advanced filter", "filter.advanced"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One page of studies as the registry gives it; ``total`` on a first page that was asked to count."""

    rows: tuple[Json, ...]
    total: int | None
    next_token: str | None


def json_of(response: Response) -> Json:
    """The JSON of an answer with status 200."""
    if response.status == BAD_REQUEST:
        raise refused(response)
    if response.status in REDIRECTS:
        raise Permanent(
            f"{response.url} has moved to {response.headers.get('location', 'another place')}; check "
            "TRIALOG_CTGOV__BASE_URL"
        )
    if OK < response.status < BAD_REQUEST:
        raise Unusable(f"it answered {response.status} without a record")
    if response.status != OK:
        raise Permanent(
            f"the registry answered {response.status} to {response.url}: {quote_of(response)}; check "
            "TRIALOG_CTGOV__BASE_URL"
        )
    if is_html(response):
        raise Unusable("it answered with a page of HTML in place of JSON")
    try:
        return decode(response.body)
    except NotJson as err:
        raise Unusable(f"it answered what is not JSON: {err}") from err


def is_html(response: Response) -> bool:
    """Whether the answer is a web page, as proxies and maintenance pages give."""
    return "text/html" in response.headers.get("content-type", "") or response.body.lstrip()[:1] == b"<"


def quote_of(response: Response) -> str:
    """The registry's words on one line, cut where they are long."""
    text = " ".join(response.body.decode("utf-8", "replace").split())
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + " ..."


def refused(response: Response) -> Refused:
    """The error that a 400 is."""
    said = quote_of(response)
    sent = dict(parse_qsl(urlsplit(response.url).query))
    name = _parameter(said, sent)
    if name is None:
        where = f"the parameters were {', '.join(sent)}" if sent else f"the address was {response.url}"
    else:
        value = sent.get(name, "")
        where = f"the parameter is {name}" + (f" = {value[:_LONGEST_QUOTE]!r}" if value else "")
    return Refused(f"the registry refuses the question: {said}; {where}", parameter=name, said=said)


def _parameter(said: str, sent: dict[str, str]) -> str | None:
    for quoted in _QUOTED.findall(said):
        for name in sent:
            if quoted == name or name.endswith(f".{quoted}"):
                return name
    named = next((name for start, name in _TEXTS if said.startswith(start)), None)
    if named in sent:
        return named
    return next(iter(sent)) if len(sent) == 1 else None


def release_of(response: Response) -> Release:
    """The release in the answer of ``/version``."""
    value = json_of(response)
    try:
        stamp = value["dataTimestamp"]
        return Release(stamp=stamp, api_version=str(value["apiVersion"]), data_on=datetime.fromisoformat(stamp).date())
    except (KeyError, TypeError, ValueError) as err:
        raise Unusable(f"its answer tells no release: {quote_of(response)}") from err


def rows_of(response: Response) -> Rows:
    """The page in an answer of ``/studies``: every row a record with its own id."""
    value = json_of(response)
    studies = value.get("studies") if isinstance(value, dict) else None
    if not isinstance(studies, list):
        raise Unusable(f"its answer has no list of studies: {quote_of(response)}")
    if not all(is_trial_id(nct_id(study)) for study in studies):
        raise Unusable("one of the studies in its answer has no NCT number")
    total, token = value.get("totalCount"), value.get("nextPageToken")
    if not (total is None or isinstance(total, int)) or not (token is None or isinstance(token, str)):
        raise Unusable("its answer's total or page token is of another kind than documented")
    return Rows(rows=tuple(studies), total=total, next_token=token or None)


def record_of(response: Response) -> Json:
    """The record in an answer of ``/studies/{id}``."""
    record = json_of(response)
    if not is_trial_id(nct_id(record)):
        raise Unusable(f"its answer is no record of a trial: {quote_of(response)}")
    return record


def redirected_to(response: Response, *, trial_id: str) -> str:
    """The other trial that a redirect from ``trial_id`` points to."""
    match = _ID_IN_PATH.search(urlsplit(response.headers.get("location", "")).path.upper())
    if match is None or match[1] == trial_id:
        raise Unusable(f"it redirects to {response.headers.get('location', 'nowhere')!r}, which is no other trial")
    return match[1]


def aliases_of(record: Json) -> list[str]:
    """The ids that the record has taken over, in capitals."""
    found = list_at(record, "protocolSection", "identificationModule", "nctIdAliases")
    return [alias.upper() for alias in found if isinstance(alias, str)]


def history_of(response: Response) -> list[HistoryEntry]:
    """The versions in an answer of ``/history``, in their order; each number once."""
    value = json_of(response)
    try:
        entries = sorted((_entry(change) for change in value["changes"]), key=lambda entry: entry.version)
    except (KeyError, TypeError, ValueError) as err:
        raise Unusable(f"its answer is no history: {quote_of(response)}") from err
    if len({entry.version for entry in entries}) != len(entries):
        raise Unusable("its history has a version twice")
    return entries


def _entry(change: Json) -> HistoryEntry:
    checked_on = change.get("lastUpdateSubmitQcDate")
    return HistoryEntry(
        version=int(change["version"]),
        submitted_on=date.fromisoformat(change["date"]),
        status=change.get("status"),
        study_type=change.get("studyType"),
        module_labels=tuple(change.get("moduleLabels") or ()),
        quality_checked_on=date.fromisoformat(checked_on) if checked_on else None,
    )


def version_of(response: Response, *, trial_id: str, version: int) -> Json:
    """The record in an answer of ``/history/{version}``, which says itself that it is the one asked for."""
    value = json_of(response)
    study = value.get("study") if isinstance(value, dict) else None
    if study is None or value.get("studyVersion") != version or "protocolSection" not in study:
        raise Unusable(f"its answer is not version {version}: {quote_of(response)}")
    own_id = nct_id(study)
    if own_id is not None and own_id != trial_id and trial_id not in aliases_of(study):
        raise Unusable(f"it answered with a version of {own_id} in place of {trial_id}")
    return study

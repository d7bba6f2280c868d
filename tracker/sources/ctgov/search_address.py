"""A query from what a person has at hand: the registry's parameters, or an address copied from its search page.

It promises that nothing of an address is dropped silently: a part that trialog cannot say in the registry's own
parameters is refused by name. What the page's filters are called was gathered from addresses that people published,
and a few of the statuses are inferred: ``docs/registry.md`` says which. Nothing here was tried against the page.
"""

import difflib
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from tracker.domain.errors import InvalidInput
from tracker.domain.query import ADVANCED, Query, checked_query, parse_query

SEARCH_PATH = "/search"
_HOSTS = frozenset({"clinicaltrials.gov", "www.clinicaltrials.gov"})

_PARTS: Mapping[str, str] = {
    **{name: f"query.{name}" for name in ("cond", "term", "intr", "titles", "outc", "spons", "lead", "locn")},
    "locStr": "query.locn",
}
_FILTERS = "aggFilters"

_STATUSES: Mapping[str, str] = {
    "not": "NOT_YET_RECRUITING",
    "rec": "RECRUITING",
    "act": "ACTIVE_NOT_RECRUITING",
    "com": "COMPLETED",
    "ter": "TERMINATED",
    "enr": "ENROLLING_BY_INVITATION",
    "sus": "SUSPENDED",
    "wit": "WITHDRAWN",
    "unk": "UNKNOWN",
}
_WITH_RESULTS = "AREA[ResultsFirstPostDate]RANGE[MIN,MAX]"
_EXPRESSIONS: Mapping[str, Mapping[str, str]] = {
    "phase": {
        "0": "AREA[Phase]EARLY_PHASE1",
        **{str(number): f"AREA[Phase]PHASE{number}" for number in (1, 2, 3, 4)},
        "na": "AREA[Phase]NA",
    },
    "studyType": {
        "int": "AREA[StudyType]INTERVENTIONAL",
        "obs": "AREA[StudyType]OBSERVATIONAL",
        "exp": "AREA[StudyType]EXPANDED_ACCESS",
    },
    "results": {"with": _WITH_RESULTS, "without": f"NOT {_WITH_RESULTS}"},
}


def read_query(text: str, *, site: str = "https://clinicaltrials.gov") -> Query:
    """The query that ``text`` is, as parameters or as an address of the search page at ``site``.

    Raises InvalidInput for whatever cannot be said exactly.
    """
    if text.strip().lower().startswith(("http://", "https://")):
        return query_from_address(text, site=site)
    return parse_query(text)


def query_from_address(text: str, *, site: str = "https://clinicaltrials.gov") -> Query:
    """The query that an address of the registry's search page stands for."""
    try:
        address = urlsplit(text.strip())
        pairs = parse_qsl(address.query, keep_blank_values=True, strict_parsing=bool(address.query), errors="strict")
    except ValueError as err:  # UnicodeDecodeError is one
        raise InvalidInput(f"{text!r} is not an address: {err}") from err
    _require_search_page(address.hostname, address.path, site=site)
    if address.fragment:
        raise InvalidInput(f"the address has the part #{address.fragment}, which trialog cannot follow; leave it out")
    chosen: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in _PARTS and name != _FILTERS:
            raise InvalidInput(_refusal(name))
        if value.strip():
            chosen.setdefault(_PARTS.get(name, name), []).append(value.strip())
    filters = _from_filters(chosen.pop(_FILTERS, []))
    query = checked_query({name: _both(values) for name, values in chosen.items()} | filters)
    if not query.parameters:
        raise InvalidInput("the address searches for nothing, which is the whole registry; use trialog track --all")
    return query


def _require_search_page(host: str | None, path: str, *, site: str) -> None:
    if host not in _HOSTS | {urlsplit(site).hostname} or path.rstrip("/") != SEARCH_PATH:
        raise InvalidInput(
            f"{host or ''}{path} is not the registry's search page; expected an address such as "
            "https://clinicaltrials.gov/search?cond=asthma, or the registry's parameters (query.cond=asthma)"
        )


def _refusal(name: str) -> str:
    known = (*_PARTS, _FILTERS)
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"trialog can follow {', '.join(known)}"
    return (
        f"the address has the part {name!r}, which trialog cannot follow; leave it out if the search means the same "
        f"without it, or write it in the registry's parameters (query.*, filter.*); {hint}"
    )


def _both(values: list[str]) -> str:
    return values[0] if len(values) == 1 else " AND ".join(f"({value})" for value in values)


def _from_filters(given: list[str]) -> dict[str, str]:
    """``phase:2 3,status:rec`` as parameters: the options of a filter are alternatives, the filters all hold."""
    options: dict[str, list[str]] = {}
    for pair in (pair.strip() for value in given for pair in value.replace("|", ",").split(",")):
        name, _, keys = pair.partition(":")
        if name != "status" and name not in _EXPRESSIONS:
            raise InvalidInput(
                f"the address has the filter {pair!r}, which trialog cannot follow; it can follow status, phase, "
                "results and studyType. Leave it out, or write it as filter.advanced"
            )
        options.setdefault(name, []).extend(keys.split() or [""])
    parameters: dict[str, str] = {}
    if "status" in options:
        parameters["filter.overallStatus"] = ",".join(_meanings("status", options.pop("status"), _STATUSES))
    wanted = [_any_of(_meanings(name, keys, _EXPRESSIONS[name])) for name, keys in options.items()]
    if wanted:
        parameters[ADVANCED] = " AND ".join(wanted)
    return parameters


def _meanings(name: str, keys: list[str], meanings: Mapping[str, str]) -> list[str]:
    for key in keys:
        if key not in meanings:
            raise InvalidInput(
                f"the address has the filter {name}:{key}, which trialog does not know; it knows "
                f"{', '.join(meanings)}. Write it as filter.overallStatus or filter.advanced"
            )
    return [meanings[key] for key in dict.fromkeys(keys)]


def _any_of(expressions: list[str]) -> str:
    if len(expressions) == 1 and not expressions[0].startswith("NOT "):
        return expressions[0]
    return f"({' OR '.join(expressions)})"

"""Which studies a request for a list asks for: queries, filters and the search page's own filters, as one test."""

import re
from collections.abc import Mapping

from tracker.domain.record import Json, list_at, value_at
from tracker.simulator import parameters
from tracker.simulator.essie import Matcher, WrongQuery, parse
from tracker.simulator.geo import within
from tracker.simulator.parameters import QUERIES, STATUS_KEYS, Refused

_IDS_ONLY = re.compile(r"[\s,]*(?:NCT\d{8}[\s,]*)+", re.IGNORECASE | re.ASCII)
_PHASE_KEYS = {"0": "EARLY_PHASE1", "1": "PHASE1", "2": "PHASE2", "3": "PHASE3", "4": "PHASE4", "na": "NA"}
_TYPE_KEYS = {"int": "INTERVENTIONAL", "obs": "OBSERVATIONAL", "exp": "EXPANDED_ACCESS"}


def matcher(params: Mapping[str, str]) -> Matcher | None:
    """What decides whether a study is asked for; None where nothing was said.

    Where a query holds only NCT numbers, filters are ignored.
    """
    queries = [_query(name, text) for name, text in params.items() if name in QUERIES]
    filters = [_filter(name, text) for name, text in params.items() if name.partition(".")[0] in _FILTER_PARTS]
    ids_only = any(name in QUERIES and _IDS_ONLY.fullmatch(text) for name, text in params.items())
    tests = queries if ids_only else queries + filters
    if not tests:
        return None
    return lambda study: all(test(study) for test in tests)


_FILTER_PARTS = frozenset({"filter", "postFilter", "aggFilters"})


def _query(name: str, text: str) -> Matcher:
    if _IDS_ONLY.fullmatch(text):
        return _with_ids(frozenset(found.upper() for found in re.findall(r"NCT\d{8}", text, re.IGNORECASE)))
    try:
        return parse(text, area=QUERIES[name])
    except WrongQuery as err:
        raise Refused(f"Error parsing query in `{name}`: {err}") from err


def _filter(name: str, text: str) -> Matcher:
    if name == "aggFilters":
        return _aggregate(text)
    match name.partition(".")[2]:
        case "overallStatus":
            wanted = parameters.statuses(text)
            return lambda study: _status(study) in wanted
        case "ids":
            return _with_ids(parameters.ids(text, name))
        case "geo":
            return within(text)
    try:
        return parse(text)
    except WrongQuery as err:
        raise Refused(f"Error parsing query in advanced filter: {err}") from err


def _with_ids(wanted: frozenset[str]) -> Matcher:
    def matches(study: Json) -> bool:
        identification = value_at(study, "protocolSection", "identificationModule")
        return identification["nctId"] in wanted or not wanted.isdisjoint(list_at(identification, "nctIdAliases"))

    return matches


def _aggregate(text: str) -> Matcher:
    tests = [_aggregate_part(*part.partition(":")[::2]) for part in parameters.items(text)]
    return lambda study: all(test(study) for test in tests)


def _aggregate_part(name: str, keys: str) -> Matcher:
    wanted = keys.split()
    match name:
        case "status":
            names = _named(wanted, STATUS_KEYS, name)
            return lambda study: _status(study) in names
        case "phase":
            phases = _named(wanted, _PHASE_KEYS, name)
            return lambda study: not phases.isdisjoint(list_at(study, "protocolSection", "designModule", "phases"))
        case "studyType":
            types = _named(wanted, _TYPE_KEYS, name)
            return lambda study: value_at(study, "protocolSection", "designModule", "studyType") in types
        case "results":
            flags = _named(wanted, {"with": "True", "without": "False"}, name)
            return lambda study: str(study["hasResults"]) in flags
    raise Refused(f"Invalid value in parameter `aggFilters`: `{name}`")


def _named(keys: list[str], known: Mapping[str, str], name: str) -> frozenset[str]:
    for key in keys:
        if key not in known:
            raise Refused(f"Invalid value in parameter `aggFilters`: `{name}:{key}`")
    return frozenset(known[key] for key in keys)


def _status(study: Json) -> Json:
    return value_at(study, "protocolSection", "statusModule", "overallStatus")

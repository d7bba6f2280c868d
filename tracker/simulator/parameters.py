"""The parameters of API v2 as the registry checks them: what is unknown or malformed is refused in its own words.

Source of the texts: recorded answers. Where none was recorded, the text follows the pattern of those that were.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracker.simulator.field_tree import Node, by_name

PAGE_SIZE = 10
PAGE_SIZE_MOST = 1000
_NCT = re.compile(r"[Nn][Cc][Tt]0*([1-9]\d{0,7})", re.ASCII)
_SEPARATOR = re.compile(r"[,|]")
_SORT = re.compile(r"(@relevance|[a-zA-Z][a-zA-Z0-9\-. ]*?)(?::(asc|desc))?")

# The statuses by the search page's keys.
STATUS_KEYS = {
    "not": "NOT_YET_RECRUITING",
    "rec": "RECRUITING",
    "enr": "ENROLLING_BY_INVITATION",
    "act": "ACTIVE_NOT_RECRUITING",
    "sus": "SUSPENDED",
    "ter": "TERMINATED",
    "com": "COMPLETED",
    "wit": "WITHDRAWN",
    "unk": "UNKNOWN",
    "ava": "AVAILABLE",
    "nla": "NO_LONGER_AVAILABLE",
    "tna": "TEMPORARILY_NOT_AVAILABLE",
    "afm": "APPROVED_FOR_MARKETING",
}
STATUSES = frozenset({*STATUS_KEYS.values(), "WITHHELD"})
# The area in which the words of each query parameter are sought.
QUERIES: Mapping[str, str] = {
    "query.cond": "ConditionSearch",
    "query.term": "BasicSearch",
    "query.locn": "LocationSearch",
    "query.titles": "TitleSearch",
    "query.intr": "InterventionSearch",
    "query.outc": "OutcomeSearch",
    "query.spons": "SponsorSearch",
    "query.lead": "LeadSponsorName",
    "query.id": "IdSearch",
    "query.patient": "PatientSearch",
}
FILTERS = frozenset({"overallStatus", "geo", "ids", "advanced"})
OF_STUDY = frozenset({"format", "markupFormat", "fields"})
OF_LIST = OF_STUDY | {
    *QUERIES,
    *(f"{prefix}.{name}" for prefix in ("filter", "postFilter") for name in FILTERS),
    "aggFilters",
    "sort",
    "countTotal",
    "pageSize",
    "pageToken",
}
OF_METADATA = frozenset({"includeIndexedOnly", "includeHistoricOnly"})


class Refused(Exception):
    """The request is wrong; the message is the registry's, in plain text, with status 400."""


class Order(NamedTuple):
    """One sorting option."""

    path: tuple[str, ...]
    is_descending: bool


def only(params: Sequence[tuple[str, str]], known: frozenset[str]) -> dict[str, str]:
    """The parameters by name, each known and given once."""
    found: dict[str, str] = {}
    for name, value in params:
        if name not in known:
            raise Refused(f"`{name}` is unknown parameter")
        if name in found:
            raise Refused(f"Parameter `{name}` is specified more than once")
        found[name] = value
    return found


def trial_id(text: str) -> str | None:
    """An NCT number in its usual form, from any form that the registry accepts."""
    match = _NCT.fullmatch(text)
    return f"NCT{int(match[1]):08d}" if match else None


def items(text: str) -> list[str]:
    """The items of a list that is separated by commas or pipes."""
    return [item.strip() for item in _SEPARATOR.split(text)]


def ids(text: str, name: str) -> frozenset[str]:
    """A list of NCT numbers."""
    found = [trial_id(item) for item in items(text)]
    for at, item in enumerate(found, start=1):
        if item is None:
            raise Refused(f"Item {at} in parameter `{name}` has incorrect format")
    return frozenset(item for item in found if item is not None)


def statuses(text: str) -> frozenset[str]:
    """A list of statuses."""
    return frozenset(one_of(item, "overallStatus", STATUSES) for item in items(text))


def one_of(value: str, name: str, known: frozenset[str]) -> str:
    """``value``, which must be one of ``known``."""
    if value not in known:
        raise Refused(f"Invalid value in parameter `{name}`: `{value}`")
    return value


def fields(text: str | None) -> tuple[Node, ...] | None:
    """The fields to be returned; None for all of them."""
    if text is None:
        return None
    known = by_name()
    for item in items(text):
        one_of(item, "fields", frozenset(known))
    return tuple(known[item] for item in items(text))


def orders(text: str | None) -> list[Order]:
    """The sorting options; relevance is none, since nothing is ranked here."""
    found = []
    for item in items(text) if text else ():
        match = _SORT.fullmatch(item)
        if match is None:
            raise Refused(f"Invalid value in parameter `sort`: `{item}`")
        if match[1] == "@relevance":
            continue
        node = by_name()[one_of(match[1], "sort", frozenset(by_name()))]
        if node.type not in ("date", "int", "float"):
            raise Refused(f"Unsupported sort field type: {node.type}")
        found.append(Order(node.path, (match[2] or ("desc" if node.type == "date" else "asc")) == "desc"))
    if len(found) > 2:
        raise Refused("Parameter `sort` has more than 2 items")
    return found


def flag(params: Mapping[str, str], name: str) -> bool:
    """A parameter that is true or false."""
    return one_of(params.get(name, "false"), name, frozenset({"true", "false"})) == "true"


def page_size(params: Mapping[str, str]) -> int:
    """How many studies a page has: 10 unless said, cut to 1000."""
    text = params.get("pageSize", "0")
    if not text.isascii() or not text.isdigit():
        raise Refused(f"Invalid value in parameter `pageSize`: `{text}`")
    return min(int(text) or PAGE_SIZE, PAGE_SIZE_MOST)

"""A registry query: which trials a person wants followed, in the registry's own parameters.

It promises that only parameters which choose trials get in, each once and with a value, that equal queries are
equal however they were written, and that ``parse_query(str(query)) == query``. Whether the registry understands
the values, only the registry knows.

Source of the names: the registry's OpenAPI, ``GET /studies``; ``docs/registry.md``.
"""

import difflib
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus

from tracker.domain.errors import InvalidInput
from tracker.domain.ids_alone import ids_alone, ids_in

ADVANCED, IDS = "filter.advanced", "filter.ids"
PARAMETERS = (
    *(f"query.{name}" for name in ("cond", "term", "locn", "titles", "intr", "outc", "spons", "lead", "id", "patient")),
    *(f"filter.{name}" for name in ("overallStatus", "geo", "ids", "advanced", "synonyms")),
)
_OURS = ("fields", "sort", "countTotal", "pageSize", "pageToken", "format", "markupFormat", "geoDecay")
_EXAMPLE = "query.cond=liver cirrhosis&filter.overallStatus=RECRUITING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Parameters and their values, sorted by name; none of them means the whole registry."""

    parameters: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """The query as one line of text, which ``parse_query`` reads back; empty for the whole registry."""
        return "&".join(f"{name}={_written(value)}" for name, value in self.parameters)

    def joined(self, advanced: str) -> "Query":
        """This query narrowed by an expression of ours: the person's ``filter.advanced`` AND ``advanced``."""
        chosen = dict(self.parameters)
        theirs = chosen.get(ADVANCED)
        chosen[ADVANCED] = f"({theirs}) AND ({advanced})" if theirs else advanced
        return Query(parameters=tuple(sorted(chosen.items())))


EVERYTHING = Query()


def parse_query(text: str) -> Query:
    """The query that ``text`` writes as addresses do: ``name=value`` joined by ``&``, ``%26`` for ``&`` in a value.

    Raises InvalidInput for unknown, empty or repeated parameters, and for a query of nothing but ids.

    >>> str(parse_query("query.cond=liver+cirrhosis"))
    'query.cond=liver cirrhosis'
    """
    chosen: dict[str, str] = {}
    for part in text.strip().removeprefix("?").split("&"):
        name, value = _part(part)
        if name in chosen:
            raise InvalidInput(f"the query has {name} twice; write one, with its values joined by OR")
        chosen[name] = value
    return checked_query(chosen)


def checked_query(chosen: dict[str, str]) -> Query:
    """The query of ``chosen`` values by parameter; raises InvalidInput like ``parse_query``."""
    for name, value in chosen.items():
        _check(name, value)
    _refuse_ids_alone(chosen)
    return Query(parameters=tuple(sorted(chosen.items())))


def _part(part: str) -> tuple[str, str]:
    name, mark, value = part.partition("=")
    if not mark:
        raise InvalidInput(
            f"{part!r} in the query is not name=value; expected something like {_EXAMPLE!r}, with %26 for & in a value"
        )
    try:
        return unquote_plus(name, errors="strict").strip(), unquote_plus(value, errors="strict").strip()
    except UnicodeDecodeError as err:
        raise InvalidInput(f"{part!r} in the query is not percent-encoded UTF-8") from err


def _check(name: str, value: str) -> None:
    if name not in PARAMETERS:
        raise InvalidInput(_unknown(name))
    if not value:
        raise InvalidInput(f"{name} in the query has no value; give it one or leave it out")
    if not value.isprintable():
        raise InvalidInput(f"{name} in the query has a character that cannot be printed: {value!r}")


def _refuse_ids_alone(chosen: dict[str, str]) -> None:
    """Refuse a query that searches for ids and nothing else; filters are no search, and the registry ignores them."""
    searched = {name: value for name, value in chosen.items() if name.startswith("query.")}
    ids = {name: ids_alone(value) for name, value in searched.items()}
    if not all(ids.values()):
        return
    if IDS in chosen:
        ids[IDS] = ids_in(chosen[IDS])
    if ADVANCED in chosen:
        ids[ADVANCED] = ids_alone(chosen[ADVANCED])
    named = [name for name in chosen if ids.get(name) or name == IDS]
    if named:
        raise InvalidInput(_track_them(named, tuple(dict.fromkeys(one for name in named for one in ids[name]))))


def _unknown(name: str) -> str:
    if name in _OURS:
        return f"{name} does not choose trials, so it has no place in a query; leave it out"
    if name.startswith("postFilter."):
        return f"{name} is not taken in a query; write {name.replace('postF', 'f', 1)}, which chooses the same trials"
    if name == "aggFilters":
        return (
            "aggFilters is not taken in a query; write filter.overallStatus or filter.advanced, "
            "or give the whole address of the search page"
        )
    lowered = {known.lower(): known for known in PARAMETERS}
    ends = {known.partition(".")[2].lower(): known for known in PARAMETERS}
    near = ends.get(name.lower()) or next(
        (lowered[found] for found in difflib.get_close_matches(name.lower(), lowered, 1)), None
    )
    hint = f"did you mean {near}?" if near else f"expected one of {', '.join(PARAMETERS)}"
    return f"{name!r} is no parameter of the registry's search; {hint}"


def _track_them(names: list[str], ids: tuple[str, ...]) -> str:
    them = " ".join(ids) or "ID..."
    holds = "holds" if len(names) == 1 else "hold"
    return (
        f"{' and '.join(names)} {holds} nothing but trial ids, which is not a search (the registry then ignores every "
        f"filter); track them instead: trialog track {them if len(them) <= 200 else them[:200] + ' ...'}"
    )


def _written(value: str) -> str:
    return quote(value, safe=" ,:;()[]|/@!$*'\"<>=?{}")

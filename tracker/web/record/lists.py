"""Lists of a record as tables: arms, outcomes, people, places, references, documents. Pure.

It promises that an item of any shape is shown: what an item says under a name that its table does not know stands in a
last column. Long tables are folded, with their counts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tracker.alerts.rendering.values import in_words
from tracker.domain.record import Json, list_at
from tracker.domain.wording import size
from tracker.web.record.parts import Fact, Part, Table, Value
from tracker.web.record.places import place_tables
from tracker.web.record.results import results_parts
from tracker.web.record.values import joined, link, name, objects, others, value_of

MOST_OPEN = 12  # a longer table is folded

_COMPUTED = frozenset({"meshes"})  # trees of terms, of which the terms alone are shown
_STEPS = MappingProxyType({"RELEASE": "submitted", "RESET": "returned by quality control", "UNRELEASE": "cancelled"})
_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"
_Cell = Callable[[Mapping[str, Json]], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """A table's columns, each with what makes its cell, and all keys that they speak of."""

    cells: tuple[tuple[str, _Cell], ...]
    keys: frozenset[str]


def list_parts(reader: str, label: str, path: str, value: Json) -> Iterator[Part]:
    """The parts that show ``value``, which stands at ``path``; ``reader`` is one of the outline's."""
    if reader == "locations":
        yield from place_tables(list_at({"at": value}, "at"), path)
    elif reader == "results":
        yield from results_parts(value, path)
    elif reader == "enrollment":
        yield _enrollment(label, path, value)
    else:
        columns, key = _TABLES[reader]
        items = list_at(value, key) if key and isinstance(value, dict) else list_at({"at": value}, "at")
        yield from table_parts(label, path, items, columns)
        more = others(value, frozenset({key})) if key and reader not in _COMPUTED else ""
        if more:
            yield Fact(label=f"{label}: more", path=path, values=(Value(text=more),))


def table_parts(label: str, path: str, items: Sequence[Json], columns: _Columns) -> Iterator[Table]:
    """A table of the items, without the columns in which none says anything; nothing for no items."""
    found = list(objects(list(items)))
    if not found:
        return
    names = [column for column, _ in columns.cells]
    rows = [[cell(item) for _, cell in columns.cells] for item in found]
    more = [Value(text=others(item, columns.keys)) for item in found]
    if any(cell.text for cell in more):
        names.append("More")
        rows = [[*row, cell] for row, cell in zip(rows, more, strict=True)]
    used = [at for at in range(len(names)) if any(row[at].text for row in rows)]
    yield Table(
        label=label,
        path=path,
        columns=tuple(names[at] for at in used),
        rows=tuple(tuple(row[at] for at in used) for row in rows),
        count=len(found),
        is_folded=len(found) > MOST_OPEN,
    )


def _enrollment(label: str, path: str, value: Json) -> Fact:
    number = value.get("count") if isinstance(value, dict) else None
    if isinstance(number, bool) or not isinstance(number, int):
        return Fact(label=label, path=path, values=(Value(text=in_words(value)),))
    kind = value.get("type")
    told = {"ACTUAL": "actual", "ESTIMATED": "planned", "ANTICIPATED": "planned"}.get(str(kind))
    more = others(value, frozenset({"count", "type"}))
    return Fact(
        label=label, path=path, values=(Value(text=joined(f"{number:,}", told or name(str(kind or "")), more)),)
    )


def _text(key: str) -> _Cell:
    return lambda item: value_of(item[key]) if key in item and item[key] is not None else Value(text="")


def _name(key: str) -> _Cell:
    def cell(item: Mapping[str, Json]) -> Value:
        value = item.get(key)
        return Value(text=name(value)) if isinstance(value, str) else _text(key)(item)

    return cell


def _columns(*cells: tuple[str, _Cell], keys: str) -> _Columns:
    return _Columns(cells=cells, keys=frozenset(keys.split()))


def _size(item: Mapping[str, Json]) -> Value:
    number = item.get("size")
    return Value(text=size(number) if isinstance(number, int) and not isinstance(number, bool) else "")


def _reference(item: Mapping[str, Json]) -> Value:
    pmid = item.get("pmid")
    if isinstance(pmid, str) and pmid.strip().isascii() and pmid.strip().isdigit():
        return link(f"{_PUBMED}{pmid.strip()}/", shown_as=f"PubMed {pmid.strip()}")
    return _text("pmid")(item)


def _step(item: Mapping[str, Json]) -> Value:
    """What became of results that are not posted yet, in words that docs/registry.md explains."""
    kind = item.get("type")
    return Value(text=_STEPS[kind]) if isinstance(kind, str) and kind in _STEPS else _name("type")(item)


def _link(item: Mapping[str, Json]) -> Value:
    url = item.get("url")
    return link(url) if isinstance(url, str) else Value(text="")


_TABLES: Mapping[str, tuple[_Columns, str]] = MappingProxyType(
    {
        "arms": (
            _columns(
                ("Group", _text("label")),
                ("Kind", _name("type")),
                ("Description", _text("description")),
                ("Interventions", _text("interventionNames")),
                keys="label type description interventionNames",
            ),
            "",
        ),
        "interventions": (
            _columns(
                ("Intervention", _text("name")),
                ("Kind", _name("type")),
                ("Description", _text("description")),
                ("Groups", _text("armGroupLabels")),
                ("Other names", _text("otherNames")),
                keys="name type description armGroupLabels otherNames",
            ),
            "",
        ),
        "outcomes": (
            _columns(
                ("Measure", _text("measure")),
                ("Time frame", _text("timeFrame")),
                ("Description", _text("description")),
                keys="measure timeFrame description",
            ),
            "",
        ),
        "organizations": (
            _columns(("Name", _text("name")), ("Kind", _name("class")), keys="name class"),
            "",
        ),
        "people": (
            _columns(
                ("Name", _text("name")),
                ("Role", _name("role")),
                ("Affiliation", _text("affiliation")),
                ("Phone", lambda item: Value(text=joined(item.get("phone"), item.get("phoneExt"), separator=" ext. "))),
                ("Email", _text("email")),
                keys="name role affiliation phone phoneExt email",
            ),
            "",
        ),
        "identifiers": (
            _columns(
                ("Id", _text("id")),
                ("Kind", _name("type")),
                ("Domain", _text("domain")),
                ("Link", lambda item: link(item["link"]) if isinstance(item.get("link"), str) else Value(text="")),
                keys="id type domain link",
            ),
            "",
        ),
        "documents": (
            _columns(
                ("Document", _text("label")),
                ("Dated", _text("date")),
                ("Uploaded", _text("uploadDate")),
                ("File", _text("filename")),
                ("Size", _size),
                keys="label date uploadDate filename size typeAbbrev hasProtocol hasSap hasIcf",
            ),
            "",
        ),
        "references": (
            _columns(
                ("Citation", _text("citation")),
                ("Kind", _name("type")),
                ("At PubMed", _reference),
                keys="citation type pmid",
            ),
            "",
        ),
        "links": (
            _columns(
                ("What", _text("label")),
                ("Kind", _text("type")),
                ("Id", _text("id")),
                ("Address", _link),
                ("Comment", _text("comment")),
                keys="label type id url comment",
            ),
            "",
        ),
        "unposted": (
            _columns(
                ("Step", _step),
                ("Day", _text("date")),
                ("Day not known", _text("dateUnknown")),
                keys="type date dateUnknown",
            ),
            "unpostedEvents",
        ),
        "tracking": (
            _columns(
                ("Submitted", _text("releaseDate")),
                ("Cancelled", _text("unreleaseDate")),
                ("Returned", _text("resetDate")),
                keys="releaseDate unreleaseDate resetDate",
            ),
            "submissionInfos",
        ),
        "violations": (
            _columns(
                ("Kind", _name("type")),
                ("Description", _text("description")),
                ("Released", _text("releaseDate")),
                ("Posted", _text("postedDate")),
                keys="type description releaseDate postedDate creationDate issuedDate",
            ),
            "",
        ),
        "meshes": (_columns(("Term", _text("term")), ("Id", _text("id")), keys="term id"), "meshes"),
    }
)

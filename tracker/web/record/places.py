"""The places of a trial, by country: where, in which state, who answers there. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping

from tracker.domain.record import Json, list_at
from tracker.domain.wording import count
from tracker.web.record.parts import Fact, Table, Value
from tracker.web.record.values import joined, name, objects, others

MOST_OPEN = 12
_NOT_SAID = "Country not given"
_KNOWN = frozenset({"facility", "name", "city", "state", "zip", "country", "status", "contacts", "geoPoint"})


def place_tables(places: list[Json], path: str) -> Iterator[Fact | Table]:
    """How many sites there are in which country, then a table for each country, that with most sites first."""
    by_country: dict[str, list[Mapping[str, Json]]] = {}
    for place in objects(places):
        by_country.setdefault(joined(place.get("country")) or _NOT_SAID, []).append(place)
    ordered = sorted(by_country.items(), key=lambda found: (-len(found[1]), found[0]))
    if len(places) > 1:
        counts = tuple(Value(text=f"{country}: {len(found):,}{_statuses(found)}") for country, found in ordered)
        yield Fact(
            label=f"{len(places):,} sites in {count(len(ordered), 'country', 'countries')}", path=path, values=counts
        )
    for country, found in ordered:
        yield _table(country, found, path, is_folded=len(places) > MOST_OPEN)


def _statuses(found: list[Mapping[str, Json]]) -> str:
    """How many are in which state, the commonest first; nothing where none says."""
    told = Counter(name(place["status"]) for place in found if isinstance(place.get("status"), str))
    listed = ", ".join(f"{number:,} {status}" for status, number in told.most_common())
    return f" ({listed})" if listed else ""


def _table(country: str, found: list[Mapping[str, Json]], path: str, *, is_folded: bool) -> Table:
    rows = [_row(place) for place in found]
    names = ("Place", "City", "Status", "Contact", "More")
    used = [at for at in range(len(names)) if any(row[at].text for row in rows)]
    return Table(
        label=country,
        path=path,
        columns=tuple(names[at] for at in used),
        rows=tuple(tuple(row[at] for at in used) for row in rows),
        count=len(rows),
        is_folded=is_folded,
    )


def _row(place: Mapping[str, Json]) -> tuple[Value, ...]:
    status = place.get("status")
    return (
        Value(text=joined(place.get("facility"), place.get("name"))),
        Value(text=joined(place.get("city"), place.get("state"), place.get("zip"))),
        Value(text=name(status) if isinstance(status, str) else ""),
        Value(text="; ".join(_contact(one) for one in objects(list_at(place, "contacts")))),
        Value(text=others(place, _KNOWN)),
    )


def _contact(contact: Mapping[str, Json]) -> str:
    role = contact.get("role")
    extension = joined(contact.get("phoneExt"))
    phone = joined(contact.get("phone"), f"ext. {extension}" if extension else None, separator=" ")
    return joined(contact.get("name"), name(role) if isinstance(role, str) else None, phone, contact.get("email"))

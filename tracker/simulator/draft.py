"""A record while it is edited: every change of its content is noted as a write, place by place.

A *place* is a JSON Pointer without list indexes: a leaf (``.../statusModule/overallStatus``), a list whose items
have names, or the results section, which comes and goes as a whole. What is done outside these (the order of a
list, the registry's derived section) is no write, since the registry's trackers should not see a change there.
"""

import copy
from dataclasses import dataclass, field

from tracker.domain.record import Json

PROTOCOL = "/protocolSection"
STATUS = f"{PROTOCOL}/statusModule"
SITES = f"{PROTOCOL}/contactsLocationsModule/locations"
PRIMARY = f"{PROTOCOL}/outcomesModule/primaryOutcomes"
SECONDARY = f"{PROTOCOL}/outcomesModule/secondaryOutcomes"
OTHER = f"{PROTOCOL}/outcomesModule/otherOutcomes"
REFERENCES = f"{PROTOCOL}/referencesModule/references"
LINKS = f"{PROTOCOL}/referencesModule/seeAlsoLinks"
CONDITIONS = f"{PROTOCOL}/conditionsModule/conditions"
COLLABORATORS = f"{PROTOCOL}/sponsorCollaboratorsModule/collaborators"
ALIASES = f"{PROTOCOL}/identificationModule/nctIdAliases"
UNPOSTED = "/annotationSection/annotationModule/unpostedAnnotation/unpostedEvents"
ESTIMATE = "/derivedSection/miscInfoModule/submissionTracking/estimatedResultsFirstSubmitDate"
RESULTS = "/resultsSection"

# The keys that name an item in each list that can be edited; none for lists of single values.
NAMED_BY: dict[str, tuple[str, ...]] = {
    SITES: ("facility", "city", "country"),
    PRIMARY: ("measure",),
    SECONDARY: ("measure",),
    OTHER: ("measure",),
    REFERENCES: ("pmid", "citation"),
    LINKS: ("url",),
    CONDITIONS: (),
    COLLABORATORS: ("name",),
    ALIASES: (),
    UNPOSTED: ("type", "date"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One change of content: at ``place`` (of the item ``item``, for a list) ``old`` became ``new``; None is absent."""

    place: str
    item: str | None
    old: Json
    new: Json


@dataclass(slots=True)
class Draft:
    """A record that may be changed. ``first_names``: what an item was called before it was reworded."""

    record: Json
    first_names: dict[tuple[str, str], str] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)

    def value(self, place: str) -> Json:
        """The value at ``place``, None where there is none."""
        found = self.record
        for key in _keys(place):
            if not isinstance(found, dict):
                return None
            found = found.get(key)
        return found

    def put(self, place: str, value: Json) -> None:
        """Set a leaf, or the results section; None takes it away, with the objects that it leaves empty."""
        old = self.value(place)
        if old != value:
            self.place(place, value)
            self._note(place, None, old, value)

    def names(self, place: str) -> list[str]:
        """What the items of a list are called now, in their order."""
        return [name_of(item, place) for item in self.value(place) or ()]

    def add(self, place: str, item: Json) -> None:
        """Append an item to a list; its name must be new there."""
        name = name_of(item, place)
        there = self.names(place)
        if name in there or name in [self.first_names.get((place, other)) for other in there]:
            raise ValueError(f"{place} has or had an item called {name!r}")
        self.place(place, [*(self.value(place) or ()), copy.deepcopy(item)])
        self._note(place, name, None, item)

    def drop(self, place: str, name: str) -> None:
        """Take an item out of a list."""
        at = self._find(place, name)
        items = list(self.value(place))
        item = items.pop(at)
        self.place(place, items or None)
        self._note(place, self.first_names.pop((place, name), name), item, None)

    def alter(self, place: str, name: str, values: dict[str, Json]) -> None:
        """Set values of an item of a list; None takes a value away."""
        item = self.value(place)[self._find(place, name)]
        old = copy.deepcopy(item)
        for key, value in values.items():
            if value is None:
                item.pop(key, None)
            else:
                item[key] = value
        if item != old:
            first = self.first_names.pop((place, name), name)
            if name_of(item, place) != first:
                self.first_names[place, name_of(item, place)] = first
            self._note(place, first, old, item)

    def place(self, place: str, value: Json) -> None:
        """Put ``value`` where ``place`` is without noting a write: for what is no change of content."""
        *above, last = _keys(place)
        trail = [self.record]
        for key in above:
            trail.append(trail[-1].setdefault(key, {}))
        if value is not None:
            trail[-1][last] = value
            return
        trail[-1].pop(last, None)
        for parent, key in zip(reversed(trail[:-1]), reversed(above), strict=True):
            if parent[key] == {}:
                del parent[key]

    def _find(self, place: str, name: str) -> int:
        try:
            return self.names(place).index(name)
        except ValueError:
            raise ValueError(f"{place} has no item called {name!r}") from None

    def _note(self, place: str, item: str | None, old: Json, new: Json) -> None:
        self.writes.append(Write(place=place, item=item, old=_copied(old), new=_copied(new)))


def _copied(value: Json) -> Json:
    return copy.deepcopy(value) if isinstance(value, (dict, list)) else value


def name_of(item: Json, place: str) -> str:
    """What an item of a list is called."""
    keys = NAMED_BY[place]
    return ", ".join(str(item.get(key, "")) for key in keys) if keys else str(item)


def _keys(place: str) -> list[str]:
    return place.split("/")[1:]

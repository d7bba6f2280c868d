"""Takes people's data out of what is told: contacts, central contacts, officials, and points of contact of results.

Promises that nothing else is lost, and that what is only that is told from what merely contains it. Pure; it gives new
values and leaves those that it was given as they are.
"""

from tracker.domain.pointer import split
from tracker.domain.record import Json

PEOPLE = frozenset({"contacts", "centralContacts", "overallOfficials", "pointOfContact"})
"""The keys of API v2 below which a record names people and how to reach them."""


def is_of_people(path: str) -> bool:
    """Whether a change at ``path`` is of people's data alone."""
    return not PEOPLE.isdisjoint(split(path))


def without_people(value: Json) -> Json:
    """``value`` without what it says of people."""
    if isinstance(value, dict):
        return {key: without_people(one) for key, one in value.items() if key not in PEOPLE}
    return [without_people(one) for one in value] if isinstance(value, list) else value

"""Values of a record as people read them: a site, an arm, an outcome in a line of words instead of JSON.

Promises that nothing a value says is lost, save a site's place on the map and, where a message would grow too long,
what is beyond ``most_chars``, which shows. A value that was too large for the ledger's events is a pointer in words.
"""

import re
from collections.abc import Iterator

from tracker.alerts.items import Item
from tracker.domain.change import is_pointer
from tracker.domain.record import Json
from tracker.domain.safe_text import one_line

# What names a thing, in the order in which people say it; everything else follows with its own name.
_NAMING = (
    *("measure", "label", "name", "fullName", "facility", "title", "term", "citation", "filename", "date"),
    *("city", "state", "country"),
)
_UNTOLD = frozenset({"geoPoint"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EMPTY = "(empty)"


def in_words(value: Json) -> str:
    """``value`` in one safe line.

    >>> in_words({"timeFrame": "6 weeks", "measure": "Pain"})
    'Pain (time frame: 6 weeks)'
    """
    if isinstance(value, str):
        return one_line(value) or _EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return _thing(value) or _EMPTY
    if isinstance(value, list):
        separator = "; " if any(isinstance(one, (dict, list)) for one in value) else ", "
        return separator.join(in_words(one) for one in value) or _EMPTY
    return "none" if value is None else str(value)


def told_value(item: Item, side: str) -> str | None:
    """The ``old`` or ``new`` of a change in words; None where there is none."""
    value = item[side]
    if value is None:
        return None
    if not is_pointer(value):
        return in_words(value)
    number = item["predecessor"] if side == "old" else item["revision"]
    command = f": trialog show {item['trial_id']} --revision {number} --json" if number else ""
    return one_line(f"(too long for a message{command})")


def _thing(value: dict[str, Json]) -> str:
    named = ", ".join(_texts(value))
    more = "; ".join(
        f"{one_line(_HUMP.sub(' ', key).lower())}: {in_words(one)}"
        for key, one in value.items()
        if key not in _NAMING and key not in _UNTOLD and one is not None
    )
    if named and more:
        return f"{named} ({more})"
    return named or more or ", ".join(in_words(one) for one in value.values() if one is not None)


def _texts(value: dict[str, Json]) -> Iterator[str]:
    for key in _NAMING:
        if value.get(key) is not None:
            yield in_words(value[key])

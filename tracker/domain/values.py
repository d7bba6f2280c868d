"""Values of a record in one line: what a person wants to see of an outcome, a site or a large section."""

from collections.abc import Callable, Iterator

from tracker.domain.change import is_pointer
from tracker.domain.record import Json
from tracker.domain.safe_text import one_line, shortened
from tracker.domain.wording import size

MOST_CHARS = 300

Fetch = Callable[[Json], Json]  # from a pointer to the value it stands for; None where it cannot be had

# What names a thing comes first; the rest of an item (codes, geography in numbers) is left to --json.
_TELLING = (
    *("measure", "label", "name", "fullName", "facility", "title", "term", "id", "type", "date", "pmid", "citation"),
    *("filename", "timeFrame", "city", "state", "country", "status", "role", "affiliation", "phone", "email", "url"),
    *("description", "value", "text"),
)


def brief(value: Json, *, most: int = MOST_CHARS) -> str:
    """``value`` in one safe line of at most about ``most`` characters.

    >>> brief({"measure": "Pain", "timeFrame": "6 weeks"})
    'Pain, 6 weeks'
    """
    if isinstance(value, str):
        return shortened(value, most)
    return shortened(", ".join(_parts(value)) or "nothing", most)


def large(value: Json, *, what: str, size_bytes: int | None, command: str | None) -> str:
    """What stands for a value that is too large to show: its size, and how to see it."""
    about = f"{what}, {size(size_bytes)}" if size_bytes is not None else what
    return f"({about}: {command})" if command else f"({about})"


def _parts(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        known = [key for key in _TELLING if key in value] or list(value)
        for key in known:
            yield from _parts(value[key])
    elif isinstance(value, list):
        for item in value:
            yield from _parts(item)
    elif isinstance(value, bool):
        yield "yes" if value else "no"
    elif isinstance(value, str):
        if value.strip():
            yield one_line(value)
    elif value is not None:
        yield str(value)


def pointed(value: Json, fetch: Fetch) -> Json:
    """A value, or for a pointer what it stands for."""
    return fetch(value) if is_pointer(value) else value

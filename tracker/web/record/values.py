"""Values of a record as a person reads them: names in words, dates with their kind, addresses as links. Pure."""

import re
from collections.abc import Iterator
from enum import StrEnum

from tracker.alerts.rendering.values import in_words
from tracker.domain.record import Json, text_at
from tracker.domain.safe_text import one_line
from tracker.domain.wording import words
from tracker.web.record.parts import Value

_WEB = re.compile(r"https?://[^\s<>\"'\\]+", re.IGNORECASE)
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_NAMED = frozenset(  # keys whose values are names of the registry's closed sets
    (
        *("overallStatus", "lastKnownStatus", "status", "type", "class", "role", "phases", "studyType", "allocation"),
        *("interventionModel", "primaryPurpose", "observationalModel", "timePerspective", "masking", "whoMasked"),
        *("sex", "stdAges", "samplingMethod", "retention", "ipdSharing", "infoTypes"),
    )
)
_KINDS = {"ACTUAL": "actual", "ESTIMATED": "planned", "ANTICIPATED": "planned"}


class Form(StrEnum):
    """How a value is read."""

    TEXT = "text"
    NAME = "name"  # one of the registry's names, in words
    DATE = "date"  # with its kind
    LINK = "link"


def values_of(value: Json, form: Form) -> tuple[Value, ...]:
    """A value, or each of a list; what is empty or of another shape than expected still shows as words."""
    if value is None or value in ("", [], {}):
        return ()
    if isinstance(value, list):
        return tuple(read for item in value for read in values_of(item, form))
    return (value_of(value, form),)


def value_of(value: Json, form: Form = Form.TEXT) -> Value:
    """One value."""
    if form is Form.DATE:
        return Value(text=_date(value))
    if isinstance(value, str):
        if form is Form.LINK:
            return link(value)
        return Value(text=name(value) if form is Form.NAME else one_line(value))
    return Value(text=f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else in_words(value))


def name(text: str) -> str:
    """One of the registry's names in words; other text as it is."""
    return words(text) if _NAME.fullmatch(text) and text != "UNKNOWN" else one_line(text)


def said_at(path: str, text: str) -> str:
    """A text that stands at a JSON Pointer, in words where that is a place for the registry's names.

    >>> said_at("/a/overallStatus", "RECRUITING"), said_at("/a/acronym", "PRIMO")
    ('recruiting', 'PRIMO')
    """
    keys = [token for token in path.split("/") if not token.isdigit()]
    return name(text) if keys and keys[-1] in _NAMED else text


def link(text: str, *, shown_as: str = "") -> Value:
    """An address as a link where it is one of the web, else as text."""
    address = one_line(text)
    is_web = _WEB.fullmatch(address) is not None
    return Value(text=one_line(shown_as) or address, href=address if is_web else None)


def joined(*texts: Json, separator: str = ", ") -> str:
    """Those of ``texts`` that say something, in one line."""
    return separator.join(one_line(text) for text in texts if isinstance(text, str) and text.strip())


def others(item: Json, known: frozenset[str]) -> str:
    """What an item of a list says under names that are not ``known``."""
    if not isinstance(item, dict):
        return ""
    return in_words({key: value for key, value in item.items() if key not in known}) if item.keys() - known else ""


def objects(items: list[Json]) -> Iterator[dict[str, Json]]:
    """The items of a list as objects: a bare one is the name of what it stands for."""
    for item in items:
        if isinstance(item, dict):
            yield item
        elif item is not None:
            yield {"name": in_words(item)}


def _date(value: Json) -> str:
    text = text_at(value, "date") if isinstance(value, dict) else text_at({"date": value}, "date")
    if text is None:
        return in_words(value)
    kind = text_at(value, "type")
    return joined(text, _KINDS.get(kind, name(kind)) if kind else None)

"""Canonical form: what of a record is content, written in one way whatever leg brought it.

Two records have the same content exactly when their canonical forms are equal. The form leaves out what is
computed by the registry or by us, forgets the order of lists that have none, and reads text without its
markup: a history snapshot carries HTML, each character escaped once more than in the live record, which has
Markdown and may hold escapes itself; and a blank or a line end says nothing. Snapshots keep the verbatim
record; the form serves to compare. It knows nothing of fields or their meaning, but for the names of those with
markup, in which emphasis says nothing.
"""

import html
import re

import orjson

from store.json_text import encode
from tracker.diffing.emphasis import MARKUP_KEYS, TAG_MARKS, without_emphasis
from tracker.domain.record import OWN_SECTION, Json, value_at

RESULTS = "resultsSection"
FLAG = "hasResults"
_ABOUT = "miscInfoModule"
_SUBMISSIONS = "submissionTracking"

_MOST_ESCAPED = 4  # live records have characters escaped twice, history snapshots once more

_SUSPICIOUS = re.compile(r"[\\&<\s\u200b\ufeff]")
_ZERO_WIDTH = re.compile(r"[\u200b\ufeff]")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~|&^$\"'/:=@%,;?])")
_TAG = re.compile(  # with attributes or none: "n <p or a> b" is a comparison
    r"""<(/?)(p|br|div|span|ul|ol|li|b|i|em|strong|u|sub|sup|h[1-6])"""
    r"""(?:\s+[a-z-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>/]+))*\s*/?>""",
    re.IGNORECASE,
)


def tracked(record: Json) -> Json:
    """The parts of ``record`` that are the trial's content, verbatim.

    ``derivedSection`` is the registry's computation and stamped anew with each data release: of it only the
    tracking of submitted results counts. ``hasResults`` says again whether there is a results section, and
    counts only where it announces one that is not there, as in a page text (``docs/registry.md``).
    """
    kept = {key: record[key] for key in record if key not in ("derivedSection", FLAG, OWN_SECTION)}
    submissions = value_at(record, "derivedSection", _ABOUT, _SUBMISSIONS)
    if submissions is not None:
        kept["derivedSection"] = {_ABOUT: {_SUBMISSIONS: submissions}}
    if record.get(FLAG) is True and not has_results(record):
        kept[FLAG] = True
    return kept


def with_derived(record: Json, of: Json) -> Json:
    """``record`` with the derived section of ``of``, but for what of it is content."""
    if not isinstance(of.get("derivedSection"), dict):
        return record
    derived = dict(of["derivedSection"])
    about = {key: value for key, value in (derived.get(_ABOUT) or {}).items() if key != _SUBMISSIONS}
    submissions = value_at(record, "derivedSection", _ABOUT, _SUBMISSIONS)
    if submissions is not None:
        about[_SUBMISSIONS] = submissions
    return {**record, "derivedSection": {**derived, _ABOUT: about}}


def has_results(record: Json) -> bool:
    """Whether ``record`` has a results section with anything in it."""
    return has_content(record.get(RESULTS))


def has_content(value: Json) -> bool:
    """Whether a part of the results has a canonical form; any item of a list does, as its place counts."""
    if isinstance(value, dict):
        return any(has_content(item) for item in value.values())
    return bool(value) if isinstance(value, list) else not says_nothing(value)


def canonical(record: Json) -> Json:
    """The canonical form of ``record``; ``{}`` for one without content. ``record`` itself is not changed."""
    kept = tracked(record)
    form = {key: canonical_value(value, ordered=key == RESULTS) for key, value in kept.items()}
    return {key: value for key, value in form.items() if value is not None}


def canonical_value(value: Json, *, ordered: bool, has_markup: bool = False) -> Json:
    """The canonical form of any part of a record; None for what says nothing, such as empty text or lists.

    In an ``ordered`` part lists keep their order and length; elsewhere they are sorted, lose empty items, and
    a list of one single value is that value, since old captures wrote the one for the other. ``has_markup``: the value
    is that of a field with markup.
    """
    if isinstance(value, str):
        return plain_text(value, has_markup=has_markup) or None
    if isinstance(value, dict):
        form = {}
        for key, item in value.items():
            said = canonical_value(item, ordered=ordered, has_markup=key in MARKUP_KEYS)
            if said is not None:
                form[key] = said
        return form or None
    if isinstance(value, list):
        items = [canonical_value(item, ordered=ordered, has_markup=has_markup) for item in value]
        return (items or None) if ordered else _without_order(items)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _without_order(items: list[Json]) -> Json:
    kept = sorted((item for item in items if item is not None), key=bytes_of)
    return kept[0] if len(kept) == 1 and not isinstance(kept[0], (dict, list)) else kept or None


def is_verbatim(old: Json, new: Json) -> bool:
    """Whether two values are the same JSON to the letter; true and 1 are not."""
    return bool(old == new) and (isinstance(old, str) or bytes_of(old) == bytes_of(new))


def bytes_of(value: Json) -> bytes:
    """The same bytes for the same JSON and no other; what was read from JSON needs no checks."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a lone surrogate, or an integer beyond 64 bits
        return encode(value)


def same_leaf(old: Json, new: Json, *, has_markup: bool = False) -> bool:
    """Whether two single values say the same; true and 1 do not, 51 and 51.0 do.

    ``has_markup``: they are those of a field with markup.
    """
    if isinstance(old, str) and isinstance(new, str):
        return old == new or plain_text(old, has_markup=has_markup) == plain_text(new, has_markup=has_markup)
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return bool(old == new) or (says_nothing(old) and says_nothing(new))


def says_nothing(value: Json) -> bool:
    """Whether a single value is as good as absent: null, or text of nothing but white space."""
    return value is None or (isinstance(value, str) and not plain_text(value))


def plain_text(text: str, *, has_markup: bool = False) -> str:
    """``text`` without markup escapes, tags and superfluous white space; list items have Markdown's markers.

    ``has_markup``: it is that of a field with markup, and loses the marks of emphasis too.

    >>> plain_text("&lt;p&gt;Age &amp;gt; 18&lt;/p&gt;")
    'Age > 18'
    """
    plain = text if text.isalnum() or not _SUSPICIOUS.search(text) else _normalised(text)
    return without_emphasis(plain) if has_markup else plain


def _normalised(text: str) -> str:
    for _ in range(_MOST_ESCAPED):
        if "&" not in text:
            break
        text = html.unescape(text)
    if "<" in text:
        text = _without_tags(text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    return " ".join((text if text.isascii() else _ZERO_WIDTH.sub(" ", text)).split())


def _without_tags(text: str) -> str:
    """Tags as white space; items of HTML lists get the markers that Markdown gives them."""
    open_lists: list[int] = []  # for each open list the number of its last item, or -1 where it has bullets

    def marker(match: re.Match[str]) -> str:
        closing, name = match.group(1), match.group(2).lower()
        if name in ("ul", "ol"):
            if not closing:
                open_lists.append(-1 if name == "ul" else 0)
            elif open_lists:
                open_lists.pop()
        elif name == "li" and not closing:
            if not open_lists or open_lists[-1] < 0:
                return " * "
            open_lists[-1] += 1
            return f" {open_lists[-1]}. "
        elif name in TAG_MARKS:
            return TAG_MARKS[name]
        return " "

    return _TAG.sub(marker, text)

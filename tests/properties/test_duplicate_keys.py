"""Laws of the fast check for duplicate keys: it misses none, and the exact check says which."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from store import json_text
from tests.laws import tries
from tracker.domain.pointer import resolve
from tracker.sources.duplicate_keys import duplicate_key, may_have_duplicates

WHITE = st.sampled_from(("", " ", "\t", "\n", " \r\n"))
CHARACTERS = (*'a":,{}[]\\/u0022é\n\x00', "\\u0022", '":', "\U0001f600")
WORDS = st.lists(st.sampled_from(CHARACTERS), max_size=4).map("".join)


def spellings(character: str) -> list[str]:
    """A character written plainly, and as an escape of either case."""
    plain = json.dumps(character, ensure_ascii=False)[1:-1]
    escaped = json.dumps(character)[1:-1] if ord(character) > 126 else f"\\u{ord(character):04x}"
    return [plain, escaped, escaped.upper().replace("\\U", "\\u")]


# A JSON string in which each character is written plainly or as an escape
SPELT = st.sampled_from([spelling for text in CHARACTERS for one in text for spelling in spellings(one)])
WRITTEN_STRINGS = st.lists(SPELT, max_size=4).map(lambda parts: '"' + "".join(parts) + '"')


@st.composite
def written_objects(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """An object as text, with white space anywhere and keys that are often equal."""
    keys: list[str] = draw(st.lists(WRITTEN_STRINGS, max_size=4))
    is_doubled: bool = draw(st.booleans())
    if keys and is_doubled:
        keys = [*keys, keys[draw(st.integers(0, len(keys) - 1))]]
    pairs = [f"{draw(WHITE)}{key}{draw(WHITE)}:{draw(WHITE)}{draw(values)}{draw(WHITE)}" for key in keys]
    return "{" + (",".join(pairs) or draw(WHITE)) + "}"


def written_arrays(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An array as text."""
    return st.lists(values, max_size=3).map(lambda items: "[" + " ,".join(items) + "]")


SCALARS = st.sampled_from(["1", "1e5", "1.50", "-0.0", "true", "null", "12345678901234567890123"])
VALUES = st.recursive(
    SCALARS | WRITTEN_STRINGS, lambda inner: written_objects(inner) | written_arrays(inner), max_leaves=6
)


def has_duplicate(text: str) -> bool:
    """The plain truth, by a parser that sees every pair."""
    found = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found.append(len({key for key, _ in pairs}) != len(pairs))
        return dict(pairs)

    json.loads(text, object_pairs_hook=note)
    return any(found)


@settings(max_examples=tries(200))
@given(written_objects(VALUES))
def test_the_fast_check_never_misses_a_duplicate(text: str) -> None:
    """A text that the fast check lets pass has no duplicate key, however it is written."""
    raw = text.encode()
    if not may_have_duplicates(raw, json_text.encode(json_text.decode(raw))):
        assert not has_duplicate(text)


@settings(max_examples=tries(150))
@given(written_objects(VALUES))
def test_the_exact_check_finds_what_is_there_and_nothing_else(text: str) -> None:
    """A pointer is given exactly where a key occurs twice, and it leads into the record."""
    pointer = duplicate_key(text.encode())
    assert has_duplicate(text) == (pointer is not None)
    if pointer is not None:
        parent = pointer.rpartition("/")[0]
        assert isinstance(resolve(_pairs_as_lists(text), parent) if parent else {}, (dict, type(None)))


@given(st.dictionaries(WORDS, st.integers() | WORDS | st.lists(WORDS, max_size=2), max_size=5))
def test_an_innocent_text_is_rarely_checked_twice(value: dict[str, Any]) -> None:
    """Without an escaped quote, a text without duplicates costs no second parse, white space or not."""
    raw = json.dumps(value, ensure_ascii=False, indent=1).encode()
    if b"\\u0022" not in raw:
        assert not may_have_duplicates(raw, json_text.encode(value))


def test_a_broken_check_would_be_caught() -> None:
    """Counting quotes alone is fooled by quotes written as escapes; the check is not."""
    raw = rb'{"a":1,"a":"\u0022\u0022"}'
    body = json_text.encode(json_text.decode(raw))
    assert raw.count(b'"') == body.count(b'"')
    assert may_have_duplicates(raw, body)
    assert duplicate_key(raw) == "/a"


def _pairs_as_lists(text: str) -> Any:
    return json.loads(text)

"""JSON text is exact: whatever goes in comes out, and equal values are equal bytes."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import InvalidInput
from store.json_text import decode, decode_and_compare, encode, encode_and_decode

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates and NUL included
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT
HUGE = st.integers(min_value=-(10**40), max_value=10**40)
JSON = st.recursive(SCALARS | HUGE, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner), max_leaves=20)


@given(JSON)
def test_what_is_encoded_decodes_to_itself(value: Any) -> None:
    """decode(encode(value)) == value, of the same types all the way down."""
    text = encode(value)
    assert repr(decode(text)) == repr(sorted_keys(value))
    assert encode_and_decode(value) == (text, value)


def sorted_keys(value: Any) -> Any:
    """The same value, keys in the order of their code points."""
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    return [sorted_keys(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_encoding_is_canonical(value: Any) -> None:
    """What was decoded encodes to the same bytes, so a hash over them is stable."""
    text = encode(value)
    assert encode(decode(text)) == text
    assert encode(decode(text.decode())) == text


@given(st.dictionaries(ANY_TEXT, SCALARS))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    """Equal objects encode to equal bytes."""
    assert encode(dict(reversed(value.items()))) == encode(value)


@given(JSON)
def test_the_standard_library_agrees(value: Any) -> None:
    """Any JSON text decodes as the standard library decodes it."""
    text = json.dumps(value, indent=1)
    assert repr(decode(text)) == repr(json.loads(text))


SPELT = st.sampled_from(
    ("1e5", "1.0", "-0", "1.50", "9" * 18, "9" * 19, "9" * 40, "1.2345678901234568e22", r'"\u0022"', r'"\ud800"', '"é"')
)
TEXTS = st.recursive(
    SPELT,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.lists(inner, max_size=3).map(
            lambda items: "{" + ",".join(f'"{at % 2}":{one}' for at, one in enumerate(items)) + "}"
        )
    ),
    max_leaves=4,
)


@given(TEXTS | JSON.map(lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))))
def test_a_text_that_is_as_dumped_has_lost_nothing(text: str) -> None:
    """Comparing changes no value, and a text said to be as dumped has each number whole and each key once."""
    raw = text.encode("utf-8", "surrogatepass")
    try:
        expected = decode(raw)
    except ValueError:
        with pytest.raises(InvalidInput):
            decode_and_compare(raw)
        return
    value, is_as_dumped = decode_and_compare(raw)
    assert repr(value) == repr(expected)
    if is_as_dumped:
        seen = json.loads(text, object_pairs_hook=lambda pairs: ["object", *pairs])
        assert json.loads(text, object_pairs_hook=lambda pairs: ["object", *dict(pairs).items()]) == seen
        assert repr(json.loads(text)) == repr(value)


@given(st.binary(max_size=40))
def test_what_is_not_json_is_a_value_error(noise: bytes) -> None:
    """Noise is decoded as JSON or refused with a ValueError; nothing else leaves decode."""
    with suppress(ValueError):
        decode(noise)


@pytest.mark.parametrize("text", (b"NaN", b"[Infinity]", b"-1e400", b"[" * 100_000, b'"\xff"', b"", b"9" * 5000))
def test_what_json_or_a_double_cannot_hold_is_refused(text: bytes) -> None:
    """NaN, infinities, numbers beyond a double, bottomless nesting, bad UTF-8 and nothing at all."""
    with pytest.raises(InvalidInput, match="not a JSON text"):
        decode(text)


@pytest.mark.parametrize("value", (float("nan"), [None, float("-inf")], {1: 2}, {"a": {None: 2**70}}, b"", object()))
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    """Nothing is quietly bent: not NaN to null, not the key 1 to "1"."""
    with pytest.raises(InvalidInput):
        encode(value)


def test_a_value_that_contains_itself_is_refused() -> None:
    """Neither endless recursion nor an endless loop."""
    endless: list[Any] = [2**70]
    endless.append(endless)
    with pytest.raises(InvalidInput):
        encode(endless)

"""JSON Pointers, as RFC 6901 has them."""

from typing import Any

import pytest

from tracker.domain.pointer import join, pattern_of, resolve, split

# RFC 6901, section 5.
DOCUMENT = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
    "~1": 9,
}


@pytest.mark.parametrize(
    ("pointer", "expected"),
    (
        *(("", DOCUMENT), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2)),
        *(("/e^f", 3), ("/g|h", 4), ("/i\\j", 5), ('/k"l', 6), ("/ ", 7), ("/m~0n", 8), ("/~01", 9)),
    ),
)
def test_pointers_lead_where_the_standard_says(pointer: str, expected: Any) -> None:
    """The examples of the standard, and writing what was read gives the same pointer."""
    assert expected == resolve(DOCUMENT, pointer)
    assert pointer == join(split(pointer))


@pytest.mark.parametrize("pointer", ("/foo/2", "/foo/-", "/foo/-1", "/foo/x", "/none", "/foo/0/0", "/foo/\u0660"))
def test_a_pointer_to_nothing_gives_none(pointer: str) -> None:
    """What is not there is None, wherever the way ends."""
    assert resolve(DOCUMENT, pointer) is None


def test_a_pointer_begins_with_a_slash() -> None:
    """Anything else is refused by name."""
    with pytest.raises(ValueError, match="not a JSON Pointer: 'foo'"):
        split("foo")


def test_places_in_lists_are_written_as_numbers() -> None:
    """Tokens may be texts or places."""
    assert "/locations/3/a~1b/m~0n" == join(["locations", 3, "a/b", "m~n"])


@pytest.mark.parametrize(
    ("pointer", "pattern"), (("", ""), ("/a/0/b/12", "/a/*/b/*"), ("/a1/2b", "/a1/2b"), ("/0", "/*"), ("/a/²", "/a/²"))
)
def test_the_pattern_of_a_pointer_has_a_star_for_each_place(pointer: str, pattern: str) -> None:
    """Whatever is all digits is a place in a list."""
    assert pattern == pattern_of(pointer)

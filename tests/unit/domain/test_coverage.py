"""What a source can speak of, and its laws as a set."""

import itertools

import pytest

from tracker.domain.coverage import WHOLE, Coverage, coverage_of

NOTHING = coverage_of([])
SAMPLES = (
    WHOLE,
    NOTHING,
    coverage_of(["/a"]),
    coverage_of(["/a/b"]),
    coverage_of(["/a/b", "/c"]),
    coverage_of(["/ab"]),
    coverage_of(["/l/*/x", "/l/*/y/z"]),
    coverage_of(["/l/*"]),
)
RECORD = {
    "a": {"b": 1, "d": 2},
    "ab": 3,
    "c": [4],
    "l": [{"x": 5, "y": {"z": 6, "w": 7}}, {"w": 8}],
    "s": "text",
}


@pytest.mark.parametrize(("one", "other"), tuple(itertools.product(SAMPLES, SAMPLES)))
def test_both_and_either_are_what_they_say(one: Coverage, other: Coverage) -> None:
    """``&`` and ``|`` commute, bound their operands from below and above, and agree with ``>=``."""
    assert one & other == other & one
    assert one | other == other | one
    assert one >= one & other
    assert one | other >= one
    assert (one >= other) == (one & other == other) == (one | other == one)


@pytest.mark.parametrize(("one", "other", "third"), tuple(itertools.product(SAMPLES[:6], repeat=3)))
def test_coverages_form_a_lattice(one: Coverage, other: Coverage, third: Coverage) -> None:
    """``&`` and ``|`` are associative and distribute over each other."""
    assert one & (other & third) == (one & other) & third
    assert one | (other | third) == (one | other) | third
    assert one & (other | third) == (one & other) | (one & third)


@pytest.mark.parametrize(("one", "other"), tuple(itertools.product(SAMPLES, SAMPLES)))
def test_projecting_twice_is_projecting_on_both(one: Coverage, other: Coverage) -> None:
    """What both show is what either shows of what the other shows."""
    assert (one & other).project(RECORD) == (one & other).project(one.project(RECORD))
    assert one.project(RECORD) == one.project(one.project(RECORD))


def test_projecting_keeps_what_is_covered() -> None:
    """Only covered keys stay; items of lists keep their places, also where nothing of them is covered."""
    assert {"a": {"b": 1}} == coverage_of(["/a/b"]).project(RECORD)
    assert {"l": [{"x": 5, "y": {"z": 6}}, {}]} == coverage_of(["/l/*/x", "/l/*/y/z"]).project(RECORD)
    assert {"ab": 3} == coverage_of(["/ab"]).project(RECORD)


def test_a_coverage_of_nothing_shows_nothing() -> None:
    """Two sources that speak of different things have nothing to be compared by."""
    assert {} == NOTHING.project(RECORD)
    assert {} == (coverage_of(["/a"]) & coverage_of(["/c"])).project(RECORD)


def test_the_whole_record_is_covered_by_whole() -> None:
    """``WHOLE`` shows the record itself."""
    assert WHOLE.is_whole
    assert WHOLE.project(RECORD) is RECORD
    assert not coverage_of(["/a"]).is_whole


def test_a_single_value_stands_for_a_list_of_one() -> None:
    """Old captures have single values where lists belong; they are covered like items."""
    assert {"s": "text"} == coverage_of(["/s/*"]).project(RECORD)


def test_patterns_inside_others_say_nothing_more() -> None:
    """A coverage is the same however often it says a thing; a name that begins alike is another name."""
    assert coverage_of(["/a"]) == coverage_of(["/a", "/a/b", "/a/b/c"])
    assert not coverage_of(["/a"]) >= coverage_of(["/ab"])

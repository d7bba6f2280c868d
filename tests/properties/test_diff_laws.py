"""The laws of comparing hold for generated records and for arbitrary JSON."""

import copy
import random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.properties.diff_laws import check_all
from tests.properties.records import ANYTHING, BRIEF, LAWFUL, LOCATIONS, MEASURES, RECORDS, pairs, shuffled
from tracker.diffing.canonical import bytes_of, canonical, canonical_value
from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.compare import changes_between
from tracker.domain.change import Change, Step
from tracker.domain.coverage import Coverage, coverage_of
from tracker.domain.events import EventType

Json = Any


def differ(old: Json, new: Json) -> list[Change]:
    """The product's differ with the catalogue that travels with it."""
    return changes_between(old, new, catalogue=default_catalogue())


@LAWFUL
@given(pairs())
def test_records_keep_every_law(pair: tuple[Json, Json]) -> None:
    """Every law holds between two records shaped like the registry's."""
    check_all(differ, *pair)


@LAWFUL
@given(pairs(ANYTHING))
def test_arbitrary_json_keeps_every_law(pair: tuple[Json, Json]) -> None:
    """Every law holds between objects of any shape under the registry's section names."""
    check_all(differ, *pair)


@BRIEF
@given(RECORDS, st.randoms(use_true_random=False))
def test_order_says_nothing_outside_results(record: Json, order: random.Random) -> None:
    """Shuffling every list outside the results, to any depth, is no change."""
    moved = {key: item if key == "resultsSection" else shuffled(item, order) for key, item in record.items()}
    assert [] == differ(record, moved)


@BRIEF
@given(st.lists(MEASURES, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_order_is_content_inside_results(measures: list[Json], order: random.Random) -> None:
    """Results that come in another order are other results."""
    moved = copy.deepcopy(measures)
    order.shuffle(moved)
    before, after = (canonical_value(items, ordered=True) for items in (measures, moved))
    assume(bytes_of(before) != bytes_of(after))
    assert {EventType.RESULTS_REVISED} == {change.type for change in differ(_results(measures), _results(moved))}


@BRIEF
@given(st.lists(LOCATIONS, max_size=3), LOCATIONS, st.integers(2, 4), st.randoms(use_true_random=False))
def test_a_vanished_duplicate_is_reported(others: list[Json], site: Json, times: int, order: random.Random) -> None:
    """Of equal items in a list, one that goes is one change at an item, wherever the others stand."""
    assume(canonical_value(site, ordered=False) is not None)
    old = [*others, *[site] * times]
    new = [*others, *[site] * (times - 1)]
    order.shuffle(old)
    order.shuffle(new)
    gone = differ(_sites(old), _sites(new))
    assert [(Step.DELETE, site)] == [(change.step, change.old) for change in gone]
    come = differ(_sites(new), _sites(old))
    assert [(Step.INSERT, site)] == [(change.step, change.new) for change in come]


@BRIEF
@given(RECORDS)
def test_content_survives_being_canonical(record: Json) -> None:
    """A record and its canonical form differ in nothing that is content outside the derived section."""
    form = canonical(record)
    assert bytes_of({k: v for k, v in form.items() if k != "derivedSection"}) == bytes_of(
        {k: v for k, v in canonical(canonical(form)).items() if k != "derivedSection"}
    )


COVERAGES = st.sets(
    st.sampled_from(
        (
            "/protocolSection/statusModule",
            "/protocolSection/statusModule/overallStatus",
            "/protocolSection/contactsLocationsModule/locations/*/facility",
            "/protocolSection/contactsLocationsModule/locations/*/city",
            "/protocolSection/conditionsModule/conditions",
            "/protocolSection/eligibilityModule",
            "/resultsSection",
        )
    ),
).map(coverage_of)


@BRIEF
@given(pairs(), COVERAGES)
def test_a_thin_observation_speaks_of_what_it_covers_only(pair: tuple[Json, Json], coverage: Coverage) -> None:
    """Compared inside its coverage, a source neither adds nor removes what lies outside of it."""
    old, new = (coverage.project(record) for record in pair)
    patterns = coverage.patterns or frozenset()
    for change in check_all(differ, old, new):
        tokens = ["*" if token.isdigit() else token for token in change.path.split("/")]
        pattern = "/".join(tokens)
        assert any(f"{p}/".startswith(f"{pattern}/") or f"{pattern}/".startswith(f"{p}/") for p in patterns)


def _sites(locations: list[Json]) -> Json:
    return {"protocolSection": {"contactsLocationsModule": {"locations": locations}}}


def _results(measures: list[Json]) -> Json:
    return {"resultsSection": {"outcomeMeasuresModule": {"outcomeMeasures": measures}}, "hasResults": True}

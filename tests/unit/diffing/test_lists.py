"""How the items of lists are told from each other, and that it costs no more than it must."""

import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from tests.unit.diffing.trial import but, changes
from tracker.diffing.folding import fold
from tracker.domain.change import Step

Json = Any
SITES = "/protocolSection/contactsLocationsModule/locations"


def sites(items: list[Json]) -> Json:
    """A record with these locations."""
    return {"protocolSection": {"contactsLocationsModule": {"locations": items}}}


def said(old: list[Json], new: list[Json]) -> list[tuple[str, str]]:
    """Event types and paths, below the list, of the changes between two lists of locations."""
    return [(change.type, change.path.removeprefix(SITES)) for change in changes(sites(old), sites(new))]


def test_a_site_is_known_by_facility_city_and_country() -> None:
    """Whatever else changes, and wherever it stands, a site stays the same site."""
    old = [
        {"facility": "A", "city": "Berlin", "country": "Germany", "zip": "1"},
        {"facility": "B", "city": "Rome"},
    ]
    new = [
        {"facility": "B", "city": "Rome"},
        {"facility": "A", "city": "Berlin", "country": "Germany", "zip": "2"},
    ]
    assert [("location_changed", "/1/zip")] == said(old, new)


def test_names_are_compared_without_case() -> None:
    """A site that is written otherwise is the same site, and its name another."""
    old = [{"facility": "CLINIC A", "city": "Berlin"}, {"facility": "CLINIC B", "city": "Berlin"}]
    new = [{"facility": "Clinic B", "city": "Berlin"}, {"facility": "CLINIC A", "city": "Berlin"}]
    assert [("location_changed", "/0/facility")] == said(old, new)


def test_a_renamed_site_is_looked_for_in_its_city() -> None:
    """The same words in another city are another site."""
    old = [{"facility": "General Hospital", "city": "Berlin", "country": "Germany"}]
    renamed = [{"facility": "The General Hospital", "city": "Berlin", "country": "Germany"}]
    elsewhere = [{"facility": "The General Hospital", "city": "Munich", "country": "Germany"}]
    assert [("location_changed", "/0/facility")] == said(old, renamed)
    assert [("location_removed", "/0"), ("location_added", "/0")] == said(old, elsewhere)


def test_a_site_without_a_name_is_known_by_its_city() -> None:
    """Of sites that do not say who they are, one that went is not mistaken for one of another city."""
    old = [
        {"city": "Berlin", "country": "Germany"},
        {"city": "Munich", "country": "Germany", "status": "RECRUITING"},
    ]
    new = [{"city": "Munich", "country": "Germany", "status": "COMPLETED"}]
    assert [("location_removed", "/0"), ("location_status_changed", "/0/status")] == said(old, new)


def test_duplicates_are_counted() -> None:
    """Of two equal sites one may go; which of them says nothing."""
    site = {"facility": "A", "city": "Berlin"}
    assert [("location_removed", "/1")] == said([site, site], [site])
    assert [("location_added", "/1")] == said([site], [site, site])


def test_duplicates_in_other_white_space_are_the_same() -> None:
    """Sites of one name are told apart by their content before their place."""
    one, two = {"facility": "A", "status": "RECRUITING"}, {"facility": "A", "status": "COMPLETED"}
    assert [] == said(
        [one, two], [{"facility": " A", "status": "COMPLETED"}, {"facility": "A ", "status": "RECRUITING"}]
    )


def test_a_moved_item_tells_both_of_its_places() -> None:
    """The path is that in the new record; the old one is kept beside it."""
    old, new = (
        [{"facility": "A", "status": "X"}, {"facility": "B"}],
        [{"facility": "B"}, {"facility": "A", "status": "Y"}],
    )
    [change] = changes(sites(old), sites(new))
    assert (f"{SITES}/1/status", f"{SITES}/0/status") == (change.path, change.old_path)


def test_ordered_results_keep_their_places() -> None:
    """A value put first in a list of results is one item more, not a change of all others."""
    path = "/resultsSection/outcomeMeasuresModule/outcomeMeasures"
    old = but(path, [{"title": "A", "type": "PRIMARY"}, {"title": "B", "type": "PRIMARY"}])
    new = but(
        path,
        [
            {"title": "New", "type": "PRIMARY"},
            {"title": "A", "type": "PRIMARY"},
            {"title": "B", "type": "PRIMARY"},
        ],
    )
    assert [(Step.INSERT, f"{path}/0")] == [(change.step, change.path) for change in changes(old, new)]


@pytest.mark.parametrize("path", (f"{SITES}/7/status", f"{SITES}/7", "/protocolSection/none/x", f"{SITES}/0/none"))
def test_folding_refuses_what_does_not_fit(path: str) -> None:
    """A change of something that is not there is refused, and the error names the place."""
    [change] = changes(sites([{"facility": "A", "status": "X"}]), sites([{"facility": "A", "status": "Y"}]))
    wrong = type(change)(**{name: getattr(change, name) for name in change.__slots__} | {"path": path})
    with pytest.raises(ValueError, match=path):
        fold(sites([{"facility": "A", "status": "X"}]), [wrong])


def many(count: int, **extra: Json) -> list[Json]:
    """Sites with names of their own, four to a city."""
    return [
        {"facility": f"Clinic {n}", "city": f"City {n // 4}", "country": "X", "status": "RECRUITING", **extra}
        for n in range(count)
    ]


def reordered(count: int) -> tuple[list[Json], list[Json]]:
    """All sites stand elsewhere."""
    new = many(count)
    random.Random(1).shuffle(new)
    return many(count), new


def closed(count: int) -> tuple[list[Json], list[Json]]:
    """All sites have another status, and stand elsewhere."""
    return many(count), [{**site, "status": "COMPLETED"} for site in reversed(many(count))]


def renamed(count: int) -> tuple[list[Json], list[Json]]:
    """All sites have another name."""
    return many(count), [{**site, "facility": f"The {site['facility']} (closed)"} for site in many(count)]


def renamed_in_one_city(count: int) -> tuple[list[Json], list[Json]]:
    """All sites have another name, and no city tells them apart."""
    old, new = renamed(count)
    return [{**site, "city": "Y"} for site in old], [{**site, "city": "Y"} for site in new]


def anonymous(count: int) -> tuple[list[Json], list[Json]]:
    """All sites are the same but for a status, and none has a name."""
    return [{"city": "Y", "status": "A"}] * count, [{"city": "Y", "status": "B"}] * (count - 1)


def duplicates(count: int) -> tuple[list[Json], list[Json]]:
    """One site, many times, and once less."""
    return [{"facility": "A", "city": "Y"}] * count, [{"facility": "A", "city": "Y"}] * (count - 1)


def replaced(count: int) -> tuple[list[Json], list[Json]]:
    """All sites went, and as many others came."""
    return many(count), [{"facility": f"{n}", "city": f"Town {n}"} for n in range(count)]


def calls(act: Callable[[], object]) -> int:
    """How many functions are called, of Python and of C: the work done, whatever the machine."""
    count = 0

    def counted(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("make", (reordered, closed, renamed, renamed_in_one_city, anonymous, duplicates, replaced))
def test_the_work_grows_with_the_list(make: Callable[[int], tuple[list[Json], list[Json]]]) -> None:
    """Five times as many sites are at most seven times the work, to compare and to fold."""

    def work(count: int) -> int:
        old, new = make(count)
        return calls(lambda: fold(sites(old), changes(sites(old), sites(new))))

    work(1)  # what is loaded once belongs to neither
    assert work(2000) <= 7 * work(400)

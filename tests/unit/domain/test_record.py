"""What a record says of the data release it was read from."""

from copy import deepcopy
from datetime import date

import pytest

from tests.records import Json, record
from tracker.domain.record import data_on, seen_in

FIRST = date(2026, 1, 12)
LATER = date(2026, 3, 3)


def derived(section: Json) -> dict[str, Json]:
    """A record with this derived section."""
    return {**record(), "derivedSection": section}


@pytest.mark.parametrize(
    ("found", "release_on", "expected"),
    (
        (record(data_on="2026-01-12"), LATER, record(data_on="2026-03-03")),
        (record(), LATER, record(data_on="2026-03-03")),
        (record(data_on="2026-01-12"), None, derived({"miscInfoModule": {}})),
        (derived(["odd"]), LATER, record(data_on="2026-03-03")),
        (
            derived({"ancestors": ["x"], "miscInfoModule": {"versionHolder": "2026-01-12", "other": 1}}),
            LATER,
            derived({"ancestors": ["x"], "miscInfoModule": {"versionHolder": "2026-03-03", "other": 1}}),
        ),
    ),
    ids=("another", "none", "not known", "odd", "others stay"),
)
def test_a_record_is_shown_with_the_release_it_was_seen_in(found: Json, release_on: date, expected: Json) -> None:
    """The release is put in its place, or left out where it is not known; the record handed in stays as it is."""
    before = deepcopy(found)
    assert expected == seen_in(found, release_on)
    assert before == found


@pytest.mark.parametrize(
    ("found", "release_on"), ((record(data_on="2026-01-12"), FIRST), (record(data_on="2026-01"), date(2026, 1, 31)))
)
def test_a_record_of_the_same_release_stays_verbatim(found: Json, release_on: date) -> None:
    """Nothing is written anew where nothing differs, however the release is written."""
    assert data_on(found) == release_on
    assert found is seen_in(found, release_on)

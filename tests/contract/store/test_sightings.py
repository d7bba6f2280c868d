"""Sightings: kept once, found by stream, and as they were."""

from dataclasses import replace

from store.sightings import Sighting
from store.unit_of_work import Database

SEEN = Sighting(
    stream="a",
    dated="2026-02-01",
    content="0" * 64,
    revision=1,
    data_on="2026-02-01",
    is_full=True,
    observed_at="2026-05-01T06:00:00.000000Z",
    source="file",
)


def test_sightings_come_back_by_stream_and_date(database: Database) -> None:
    """Those of the streams asked for, the earliest first, whatever order they were put in."""
    earlier = replace(SEEN, dated="2026-01-01", data_on=None, is_full=False)
    other = replace(SEEN, stream="b")
    with database.writing() as transaction:
        transaction.sightings.put_many([SEEN, other, earlier])
    with database.reading() as transaction:
        assert {"a": [earlier, SEEN]} == transaction.sightings.of(["a", "c"])


def test_a_sighting_is_kept_once_and_as_it_was_first_reported(database: Database) -> None:
    """The same stream, date and content again are passed over, in one call and in another."""
    again = replace(SEEN, revision=2, source="stdin")
    with database.writing() as transaction:
        transaction.sightings.put_many([SEEN, again])
        transaction.sightings.put_many([again])
        transaction.sightings.put_many([])
        assert {"a": [SEEN]} == transaction.sightings.of(["a"])

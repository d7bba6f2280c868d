"""Counting the events of a large ledger in steps, over both databases."""

import itertools

from store.unit_of_work import Database
from tests.contract.store.builders import open_database, to_stream
from tracker.web.event_counts import EventCounts


def test_a_long_count_is_spread_over_several_questions(database_url: str) -> None:
    """There is no answer before the end of the ledger was reached, and then the right one."""
    database = open_database(database_url)
    with database.writing() as transaction:
        transaction.events.append_many([to_stream("s", *"abcde", expected=-1)])
    counts = EventCounts(database, step=2, monotonic=itertools.count(0, 0.4).__next__)
    assert [None, {"happened": 5}] == [counts(), counts()]
    _append(database, "f")
    assert {"happened": 6} == counts()
    database.close()


def _append(database: Database, event_id: str) -> None:
    with database.writing() as transaction:
        transaction.events.append_many([to_stream("s", event_id, expected=4)])

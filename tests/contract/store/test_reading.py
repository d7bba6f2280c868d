"""What reading the ledger promises, on both databases."""

import pytest

from store.errors import Permanent
from store.events import NO_STREAM
from store.unit_of_work import Database
from tests.contract.store.builders import event, to_stream

MORE_THAN_A_PAGE = 600


def fill(database: Database) -> None:
    """Events of two types on two streams, over several pages."""
    events = [event(str(n), f"type-{n % 3}") for n in range(MORE_THAN_A_PAGE)]
    with database.writing() as transaction:
        transaction.events.append("a", events, expected_version=NO_STREAM)
        transaction.events.append_many([to_stream("b", "b1", "b2", expected=NO_STREAM)])


def test_everything_comes_once_and_in_order_over_many_pages(database: Database) -> None:
    """read_all passes over no event and repeats none where one page ends and the next begins."""
    fill(database)
    with database.reading() as transaction:
        positions = [each.position for each in transaction.events.read_all()]
    assert positions == list(range(1, MORE_THAN_A_PAGE + 3))


@pytest.mark.parametrize(("after", "limit", "expected"), ((0, 2, [1, 2]), (600, None, [601, 602]), (3, 0, [])))
def test_reading_begins_after_a_position_and_ends_at_a_limit(
    database: Database, after: int, limit: int | None, expected: list[int]
) -> None:
    """`after` is exclusive, `limit` counts events."""
    fill(database)
    with database.reading() as transaction:
        found = [each.position for each in transaction.events.read_all(after=after, limit=limit)]
    assert found == expected


def test_types_narrow_what_is_read(database: Database) -> None:
    """Only the named types come, as many as the limit says; no types means none."""
    fill(database)
    with database.reading() as transaction:
        some = list(transaction.events.read_all(types={"type-1"}, limit=190))
        assert list(transaction.events.read_all(types=())) == []
    assert [each.position for each in some] == list(range(2, 2 + 3 * 190, 3))


def test_a_stream_is_read_from_a_version_on(database: Database) -> None:
    """from_version is inclusive; an unknown stream is empty."""
    fill(database)
    with database.reading() as transaction:
        assert [each.stream_version for each in transaction.events.read_stream("a", 250)] == list(range(250, 600))
        assert [each.event_id for each in transaction.events.read_stream("b")] == ["b1", "b2"]
        assert list(transaction.events.read_stream("c")) == []


def test_a_reading_transaction_sees_one_moment(database: Database) -> None:
    """What commits while a reader reads is not seen before its next transaction."""
    with database.reading() as reader:
        before = reader.events.head()
        with database.writing() as writer:
            writer.events.append("a", [event("1")], expected_version=NO_STREAM)
        assert reader.events.head() == before
        assert list(reader.events.read_all()) == []
    with database.reading() as reader:
        assert reader.events.head().position == 1


def test_a_reading_transaction_can_change_nothing(database: Database) -> None:
    """A write inside `reading` is refused by the database, and the next writer is not disturbed."""
    with pytest.raises(Permanent, match="read-only"), database.reading() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)

"""What an append promises, on both databases."""

import pytest

from store.errors import InvalidInput, WrongExpectedVersion
from store.events import ANY, NO_STREAM, Head
from store.unit_of_work import Database
from tests.contract.store.builders import FIRST_INSTANT, event, open_database, to_stream


def ids(database: Database) -> list[str]:
    """The ids of the whole ledger, in order."""
    with database.reading() as transaction:
        return [each.event_id for each in transaction.events.read_all()]


def test_positions_count_from_one_over_all_streams_and_versions_from_zero_in_each(database: Database) -> None:
    """A position is the event's place in the ledger, a version its place in the stream."""
    with database.writing() as transaction:
        first = transaction.events.append("a", [event("1"), event("2")], expected_version=NO_STREAM)
        second = transaction.events.append("b", [event("3")], expected_version=NO_STREAM)
    places = [(each.stream, each.position, each.stream_version) for each in first + second]
    assert places == [("a", 1, 0), ("a", 2, 1), ("b", 3, 0)]


def test_append_answers_what_reading_answers(database: Database) -> None:
    """The recorded event handed back by append equals the one read later, tuples become lists at once."""
    with database.writing() as transaction:
        appended = transaction.events.append("a", [event("1", pair=(1, None))], expected_version=NO_STREAM)
    with database.reading() as transaction:
        assert appended == list(transaction.events.read_all())
    assert appended[0].data == {"pair": [1, None]}
    assert appended[0].recorded_at == FIRST_INSTANT


@pytest.mark.parametrize(("expected", "actual"), ((NO_STREAM, 0), (1, 0)))
def test_a_wrong_expected_version_is_refused(database: Database, expected: int, actual: int) -> None:
    """A writer who believes the stream elsewhere than it is learns where it is."""
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
        with pytest.raises(WrongExpectedVersion) as refusal:
            transaction.events.append("a", [event("2")], expected_version=expected)
    assert (refusal.value.stream, refusal.value.expected, refusal.value.actual) == ("a", expected, actual)
    assert ids(database) == ["1"]


def test_a_version_of_a_missing_stream_is_refused(database: Database) -> None:
    """A writer who expects a stream that does not exist is told that it does not."""
    with database.writing() as transaction, pytest.raises(WrongExpectedVersion, match="does not exist"):
        transaction.events.append("a", [event("1")], expected_version=0)


def test_any_version_will_do_for_a_writer_who_does_not_mind(database: Database) -> None:
    """ANY appends to a new stream and to an old one."""
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=ANY)
        (second,) = transaction.events.append("a", [event("2")], expected_version=ANY)
    assert second.stream_version == 1


def test_one_wrong_version_among_many_streams_writes_nothing(database: Database) -> None:
    """append_many is all or nothing, also inside a transaction that goes on."""
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
        with pytest.raises(WrongExpectedVersion):
            transaction.events.append_many([to_stream("b", "2", expected=-1), to_stream("a", "3", expected=-1)])
    assert ids(database) == ["1"]


def test_the_same_stream_twice_in_one_call_goes_on_from_itself(database: Database) -> None:
    """Within one append_many the second append of a stream sees the first."""
    with database.writing() as transaction:
        recorded = transaction.events.append_many(
            [to_stream("a", "1", "2", expected=NO_STREAM), to_stream("a", "3", expected=1)]
        )
    assert [each.stream_version for each in recorded] == [0, 1, 2]


def test_the_same_id_twice_is_one_event(database: Database) -> None:
    """An append of known ids is a no-op that answers the stored events, even at an old version."""
    with database.writing() as transaction:
        first = transaction.events.append("a", [event("1"), event("2")], expected_version=NO_STREAM)
        again = transaction.events.append("a", [event("1"), event("2")], expected_version=NO_STREAM)
    assert again == first
    assert ids(database) == ["1", "2"]


def test_the_same_id_after_a_restart_is_one_event(database_url: str) -> None:
    """Ids are remembered by the database, not by the process."""
    for _ in range(2):
        database = open_database(database_url)
        with database.writing() as transaction:
            transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
        assert ids(database) == ["1"]
        database.close()


def test_the_same_id_within_one_call_is_one_event(database: Database) -> None:
    """Ids repeated inside a call, or inside one append, count once."""
    with database.writing() as transaction:
        recorded = transaction.events.append_many(
            [to_stream("a", "1", "1", "2", expected=NO_STREAM), to_stream("b", "2", "3", expected=NO_STREAM)]
        )
    assert [each.position for each in recorded] == [1, 1, 2, 2, 3]
    assert ids(database) == ["1", "2", "3"]


def test_an_append_that_is_partly_known_records_the_rest(database: Database) -> None:
    """Known events are answered, new ones recorded behind them, in the order given."""
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
        recorded = transaction.events.append("a", [event("1"), event("2")], expected_version=0)
    assert [(each.event_id, each.stream_version) for each in recorded] == [("1", 0), ("2", 1)]


def test_going_back_and_forth_keeps_every_change(database: Database) -> None:
    """A to B to A to B is three events: equal data is no reason to drop one."""
    changes = [event(str(n), now=now) for n, now in enumerate(("B", "A", "B"))]
    with database.writing() as transaction:
        transaction.events.append("a", changes, expected_version=NO_STREAM)
    with database.reading() as transaction:
        assert [each.data["now"] for each in transaction.events.read_stream("a")] == ["B", "A", "B"]


def test_the_head_follows_every_append(database: Database) -> None:
    """The head names the last position, its hash and the count, and the streams their last version."""
    with database.writing() as transaction:
        before = transaction.events.head()
        recorded = transaction.events.append("a", [event("1"), event("2")], expected_version=NO_STREAM)
        assert transaction.events.append("a", [], expected_version=7) == []
    with database.reading() as transaction:
        assert transaction.events.head() == Head(position=2, hash=recorded[-1].hash, count=2)
        assert transaction.events.stream_version("a") == 1
        assert transaction.events.stream_version("b") is None
    assert before == Head(position=0, hash="0" * 64, count=0)


@pytest.mark.parametrize("name", ("", "nul\0", "lone\ud800", "x" * 501))
def test_names_that_not_every_database_can_hold_are_refused(database: Database, name: str) -> None:
    """Streams, types and ids are 1 to 500 characters of valid text without NUL."""
    with database.writing() as transaction:
        for stream, event_id, type_ in ((name, "1", "t"), ("a", name, "t"), ("a", "1", name)):
            with pytest.raises(InvalidInput):
                transaction.events.append(stream, [event(event_id, type_)], expected_version=ANY)


def test_an_impossible_version_is_refused(database: Database) -> None:
    """Versions and schema versions that cannot exist are the caller's mistake, not a conflict."""
    with database.writing() as transaction, pytest.raises(InvalidInput, match="NO_STREAM"):
        transaction.events.append("a", [event("1")], expected_version=-2)

"""Writers at once: real connections, transactions really open, on both databases."""

import threading
from collections.abc import Iterator

import pytest

from store.errors import Transient, WrongExpectedVersion
from store.events import ANY, NO_STREAM
from store.unit_of_work import Database
from tests.contract.store.builders import event, open_database


@pytest.fixture
def impatient(database: Database) -> Iterator[Database]:
    """The same database through another engine that waits 50 ms for a writer."""
    opened = open_database(database.url, lock_wait_s=0.05)
    yield opened
    opened.close()


def test_of_two_writers_with_one_expected_version_one_wins(database: Database) -> None:
    """Any number of writers that believe the same version: one is recorded, the others are told."""
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def write(name: str) -> None:
        start.wait()
        try:
            with database.writing() as transaction:
                transaction.events.append("a", [event(name)], expected_version=NO_STREAM)
            outcomes.append("won")
        except WrongExpectedVersion:
            outcomes.append("lost")

    writers = [threading.Thread(target=write, args=(str(n),)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(outcomes) == ["lost", "lost", "lost", "won"]
    with database.reading() as transaction:
        assert transaction.events.head().count == 1


def test_a_second_writer_waits_for_the_first_to_end(database: Database, impatient: Database) -> None:
    """While a write transaction is open no other begins, so no position can be overtaken."""
    with database.writing() as first:
        first.events.append("a", [event("1")], expected_version=NO_STREAM)
        with pytest.raises(Transient), impatient.writing():
            pytest.fail("two write transactions were open at once")
    with impatient.writing() as second:
        (recorded,) = second.events.append("b", [event("2")], expected_version=NO_STREAM)
    assert recorded.position == 2


def test_a_writer_queues_even_before_the_first_appended(database: Database, impatient: Database) -> None:
    """The lock is taken when the transaction begins, not at its first append."""
    with database.writing(), pytest.raises(Transient), impatient.writing():
        pytest.fail("two write transactions were open at once")


def test_a_reader_never_passes_an_append_still_open(database: Database, impatient: Database) -> None:
    """A consumer that reads while an append is open gets every event later: nothing commits behind it."""
    seen: list[int] = []

    def consume() -> None:
        with impatient.reading() as reader:
            seen.extend(each.position for each in reader.events.read_all(after=seen[-1] if seen else 0))

    waiting = threading.Thread(target=append_one, args=(database, "late"))
    with database.writing() as first:
        first.events.append("a", [event("1"), event("2")], expected_version=NO_STREAM)
        waiting.start()
        consume()
        assert seen == []
    consume()
    waiting.join()
    consume()
    assert seen == [1, 2, 3]


def append_one(database: Database, event_id: str) -> None:
    """One event in one transaction."""
    with database.writing() as transaction:
        transaction.events.append(event_id, [event(event_id)], expected_version=ANY)


def test_positions_rise_in_the_order_of_commits(database: Database) -> None:
    """Many writers at once: a reader that goes on after its last position misses none of theirs."""
    writers = [threading.Thread(target=append_one, args=(database, f"{n}")) for n in range(12)]
    seen: list[int] = []
    for writer in writers:
        writer.start()
    writing = True
    while writing:
        writing = any(writer.is_alive() for writer in writers)  # asked first: the last round sees all
        with database.reading() as reader:
            seen.extend(each.position for each in reader.events.read_all(after=seen[-1] if seen else 0))
    assert seen == list(range(1, 13))


def test_a_rollback_leaves_no_hole(database: Database) -> None:
    """The position of an append that was rolled back is the next append's."""
    append_one(database, "1")
    with pytest.raises(RuntimeError):
        _append_and_fail(database)
    append_one(database, "3")
    with database.reading() as transaction:
        assert [(each.position, each.event_id) for each in transaction.events.read_all()] == [
            (1, "1"),
            (2, "3"),
        ]
        assert transaction.events.verify() is None


def _append_and_fail(database: Database) -> None:
    with database.writing() as transaction:
        transaction.events.append("a", [event("2")], expected_version=NO_STREAM)
        raise RuntimeError("the effect failed")

"""What was changed behind the store's back is found, on both databases."""

import pytest

from store.errors import Permanent
from store.events import NO_STREAM
from store.hash_chain import ChainFault
from store.unit_of_work import Database
from tests.contract.store.builders import event

UNLOCK = {
    "sqlite": ("DROP TRIGGER events_refuse_update", "DROP TRIGGER events_refuse_delete"),
    "postgresql": ("ALTER TABLE events DISABLE TRIGGER USER",),
}
SWAP = (
    "UPDATE events SET position = 99 WHERE position = 3",
    "UPDATE events SET position = 3 WHERE position = 4",
    "UPDATE events SET position = 4 WHERE position = 99",
)


def tamper(database: Database, *statements: str) -> ChainFault | None:
    """Change the ledger as somebody with the database's password could, and verify."""
    with database.writing() as transaction:
        for n in range(6):
            transaction.events.append(f"s{n % 2}", [event(str(n), n=n)], expected_version=None)
        assert transaction.events.verify() is None
    with database.writing() as transaction:
        for statement in (*UNLOCK[database.dialect_name], *statements):
            transaction.connection.exec_driver_sql(statement)
    with database.reading() as transaction:
        return transaction.events.verify()


@pytest.mark.parametrize(
    ("statements", "position"),
    (
        (("UPDATE events SET data = '{\"n\": 2}' WHERE position = 3",), 3),
        (("UPDATE events SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE position = 6",), 6),
        (("UPDATE events SET stream = 's9' WHERE position = 1",), 1),
        (("DELETE FROM events WHERE position = 2",), 2),
        (("DELETE FROM events WHERE position = 1",), 1),
        (("DELETE FROM events WHERE position >= 5",), 5),
        (("DELETE FROM events",), 1),
        (SWAP, 3),
        (("UPDATE ledger_head SET position = 4, count = 4",), 5),
        ((f"UPDATE ledger_head SET hash = '{'1' * 64}'",), 6),
        (("UPDATE ledger_head SET count = 5",), 6),
    ),
)
def test_the_first_wrong_position_is_named(database: Database, statements: tuple[str, ...], position: int) -> None:
    """An edit (even of white space), a deletion, a reorder, a truncation and a changed head are found."""
    fault = tamper(database, *statements)
    assert fault is not None
    assert fault.position == position


def test_a_damaged_event_is_named_when_read(database: Database) -> None:
    """Text that is no longer JSON is a Permanent error with the position, and verify still finds it."""
    fault = tamper(database, "UPDATE events SET data = 'gone' WHERE position = 4")
    assert fault is not None
    assert fault.position == 4
    with database.reading() as transaction, pytest.raises(Permanent, match="position 4 is damaged"):
        list(transaction.events.read_all())


def test_an_empty_ledger_is_whole(database: Database) -> None:
    """There is nothing wrong with a ledger in which nothing happened."""
    with database.reading() as transaction:
        assert transaction.events.verify() is None


def test_a_chain_goes_on_over_transactions(database: Database) -> None:
    """Each event names the hash of the one before it, whichever transaction recorded that."""
    recorded = []
    for n in range(3):
        with database.writing() as transaction:
            recorded += transaction.events.append(f"{n}", [event(f"{n}")], expected_version=NO_STREAM)
    assert ["0" * 64, *(each.hash for each in recorded)][:3] == [each.previous_hash for each in recorded]

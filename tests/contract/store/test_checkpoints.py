"""Checkpoints: how far a consumer is, and only forward."""

import pytest

from store.errors import Conflict, InvalidInput
from store.events import NO_STREAM
from store.unit_of_work import Database
from tests.contract.store.builders import event


@pytest.fixture(autouse=True)
def three_events(database: Database) -> None:
    """A ledger with positions 1 to 3."""
    with database.writing() as transaction:
        transaction.events.append("a", [event("1"), event("2"), event("3")], expected_version=NO_STREAM)


def test_a_consumer_begins_at_zero_and_stays_where_it_moved(database: Database) -> None:
    """A checkpoint is inclusive and remembered; unknown consumers stand before the first event."""
    with database.writing() as transaction:
        assert transaction.checkpoints.get("alerts") == 0
        transaction.checkpoints.move("alerts", 2)
        transaction.checkpoints.move("alerts", 2)
        transaction.checkpoints.move("Zoo", 0)
    with database.reading() as transaction:
        assert transaction.checkpoints.get("alerts") == 2
        assert list(transaction.checkpoints.all().items()) == [("Zoo", 0), ("alerts", 2)]


def test_a_consumer_goes_back_only_when_reset(database: Database) -> None:
    """Moving back is a Conflict: somebody else was further; reset is how to mean it."""
    with database.writing() as transaction:
        transaction.checkpoints.move("alerts", 2)
        with pytest.raises(Conflict, match="is at 2"):
            transaction.checkpoints.move("alerts", 1)
        assert transaction.checkpoints.get("alerts") == 2
        transaction.checkpoints.reset("alerts")
        assert transaction.checkpoints.get("alerts") == 0


@pytest.mark.parametrize("position", (-1, 4))
def test_a_consumer_cannot_stand_outside_the_ledger(database: Database, position: int) -> None:
    """A checkpoint beyond the head would skip events that are yet to come."""
    with database.writing() as transaction:
        with pytest.raises(InvalidInput, match="0 to 3"):
            transaction.checkpoints.move("alerts", position)
        with pytest.raises(InvalidInput, match="0 to 3"):
            transaction.checkpoints.reset("alerts", position)


def test_checkpoint_and_effect_commit_together(database: Database) -> None:
    """When the effect fails the checkpoint stays, and when it commits both are there."""
    with pytest.raises(RuntimeError):
        _move_with_effect(database, fails=True)
    with database.reading() as transaction:
        assert (transaction.checkpoints.get("alerts"), transaction.events.head().count) == (0, 3)
    _move_with_effect(database, fails=False)
    with database.reading() as transaction:
        assert (transaction.checkpoints.get("alerts"), transaction.events.head().count) == (3, 4)


def _move_with_effect(database: Database, *, fails: bool) -> None:
    with database.writing() as transaction:
        transaction.checkpoints.move("alerts", 3)
        transaction.events.append("effects", [event("effect")], expected_version=NO_STREAM)
        if fails:
            raise RuntimeError("the effect failed")

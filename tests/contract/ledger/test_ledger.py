"""The typed face of the store, on both databases."""

from dataclasses import replace

import pytest

from store.errors import WrongExpectedVersion
from store.events import ANY, EventData
from store.unit_of_work import Database
from tests.trial_events import BEFORE, REVISION, event
from tracker.domain.errors import Permanent
from tracker.domain.events import EventType
from tracker.domain.trial_id import stream_of
from tracker.ledger.ledger import NEW_TRIAL, Entry, Ledger

TRIAL = REVISION.trial_id


def entry(*events: EventType, expected_version: int = NEW_TRIAL, trial_id: str = TRIAL) -> Entry:
    """Events of these types of one trial."""
    revision = replace(REVISION, trial_id=trial_id)
    told = [event(event_type, revision) for event_type in events]
    return Entry(trial_id=trial_id, events=told, before=BEFORE, expected_version=expected_version)


def test_every_type_of_event_is_read_back_as_it_was_recorded(database: Database) -> None:
    """What append answers is what reading answers, by trial and over all."""
    with database.writing() as transaction:
        recorded = Ledger(transaction).append([entry(*EventType)], run_id="run")
    with database.reading() as transaction:
        assert recorded == list(Ledger(transaction).read_trial(TRIAL))
        assert recorded == list(Ledger(transaction).read())
        assert recorded[5:7] == list(Ledger(transaction).read(after=5, limit=2))
    assert list(EventType) == [one.event.change.type for one in recorded]
    assert list(range(len(EventType))) == [one.stream_version for one in recorded]


def test_the_same_event_recorded_twice_is_one(database: Database) -> None:
    """A second append of the same steps, by another run, is answered with the first and stores nothing."""
    for run_id in ("one", "another"):
        with database.writing() as transaction:
            told = entry(EventType.TRIAL_FIRST_OBSERVED, EventType.TITLE_CHANGED)
            recorded = Ledger(transaction).append([told], run_id=run_id)
            assert [1, 2] == [one.position for one in recorded]
    with database.reading() as transaction:
        assert 2 == transaction.events.head().count
        assert ["one", "one"] == [one.metadata["correlation_id"] for one in transaction.events.read_all()]


def test_a_trial_that_has_moved_on_is_a_conflict(database: Database) -> None:
    """A writer who believes a trial elsewhere than it is records nothing, of no trial of the call."""
    with database.writing() as transaction:
        Ledger(transaction).append([entry(EventType.TRIAL_FIRST_OBSERVED)], run_id="run")
    other = entry(EventType.TRIAL_FIRST_OBSERVED, trial_id="NCT00000002")
    with pytest.raises(WrongExpectedVersion), database.writing() as transaction:
        Ledger(transaction).append([other, entry(EventType.TITLE_CHANGED, expected_version=4)], run_id="run")
    with database.reading() as transaction:
        assert [] == list(Ledger(transaction).read_trial("NCT00000002"))


def test_streams_of_another_kind_are_passed_over(database: Database) -> None:
    """The ledger of trials shares the store with events of other streams."""
    with database.writing() as transaction:
        foreign = EventData(type="subscribed", data={}, event_id="1")
        transaction.events.append("subscription:1", [foreign], expected_version=ANY)
        (recorded,) = Ledger(transaction).append([entry(EventType.TITLE_CHANGED)], run_id="run")
        assert [recorded] == list(Ledger(transaction).read())


def test_an_event_of_a_later_trialog_is_refused_with_its_position(database: Database) -> None:
    """Reading stops there and says to upgrade."""
    later = EventData(type="title_changed", data={}, event_id="1", schema_version=99)
    with database.writing() as transaction:
        transaction.events.append(stream_of(TRIAL), [later], expected_version=ANY)
    with database.reading() as transaction, pytest.raises(Permanent, match=r"position 1 .* upgrade trialog"):
        list(Ledger(transaction).read())

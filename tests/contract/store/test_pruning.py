"""Pruning: old attempts and contents go, deliveries stay, and nothing that waits is touched."""

from datetime import datetime, timedelta

import pytest

from store.deliveries import Attempt, AttemptOutcome, DeliveryFilter, DeliveryState
from store.errors import NotFound
from store.pruning import Pruned
from store.unit_of_work import Database
from tests.contract.store.mailroom import NOW, claim, dead, enqueue, failed, later, put, sent, settle, states, stored

DAY_S = 86_400


def prune(database: Database, before: datetime) -> Pruned:
    """Prune one page of what was settled before an instant."""
    with database.writing() as transaction:
        return transaction.outbox.prune(before, later(9 * DAY_S))


def attempts(database: Database) -> dict[str, int]:
    """How many attempts are kept of each delivery, by dedup."""
    with database.reading() as transaction:
        found = transaction.outbox.attempts_of([one.id for one in transaction.outbox.list()])
    return {name: len(found.get(one.id, ())) for name, one in stored(database).items()}


def totals(database: Database) -> dict[tuple[str, str], int]:
    """Attempts ever made."""
    with database.reading() as transaction:
        return transaction.outbox.attempt_totals()


@pytest.fixture
def mailed(database: Database) -> Database:
    """Sent on the first day after a failure, dead on it, sent on the third day; a failed and a held one besides."""
    put(database, "a1", "b1", "c1", "d1")
    enqueue(database, "a1", "sent")
    settle(database, *(failed(one, again_s=1) for one in claim(database)))
    settle(database, *(sent(one) for one in claim(database, now=later(5))), now=later(5))
    enqueue(database, "b1", "dead")
    settle(database, *(dead(one) for one in claim(database, now=later(9))), now=later(9))
    enqueue(database, "c1", "failed", now=later(10))
    settle(database, *(failed(one, again_s=50 * DAY_S) for one in claim(database, now=later(10))), now=later(10))
    enqueue(database, "d1", "held", is_held=True)
    enqueue(database, "a1", "new", now=later(2 * DAY_S))
    settle(database, *(sent(one) for one in claim(database, now=later(2 * DAY_S))), now=later(2 * DAY_S))
    return database


def test_what_was_settled_before_an_instant_loses_attempts_and_content(mailed: Database) -> None:
    """It says when, keeps its id, state and subject, and is not enqueued again; everything else stays whole."""
    before = stored(mailed)
    assert {"sent": 2, "dead": 1, "failed": 1, "held": 0, "new": 1} == attempts(mailed)
    pruned = prune(mailed, later(DAY_S))
    assert (2, 3, True) == (pruned.deliveries, pruned.attempts, pruned.bytes > 20)
    assert {"sent": 0, "dead": 0, "failed": 1, "held": 0, "new": 1} == attempts(mailed)
    after = stored(mailed)
    assert {name: (one.id, one.state, one.items, one.attempts_count) for name, one in before.items()} == {
        name: (one.id, one.state, one.items, one.attempts_count) for name, one in after.items()
    }
    assert {"sent", "dead"} == {name for name, one in after.items() if one.pruned_at == later(9 * DAY_S)}
    with mailed.reading() as transaction:
        assert {"about": "new"} == transaction.outbox.content(after["new"].id)
        with pytest.raises(NotFound, match="deleted on 2026-05-10"):
            transaction.outbox.content(after["sent"].id)
    assert 0 == enqueue(mailed, "a1", "sent")


def test_pruning_again_finds_nothing(mailed: Database) -> None:
    """What is pruned is not looked at again, and what is told beforehand is what is done."""
    with mailed.reading() as transaction:
        told = transaction.outbox.prunable(later(DAY_S))
    assert told == prune(mailed, later(DAY_S))
    assert Pruned() == prune(mailed, later(DAY_S))
    with mailed.reading() as transaction:
        assert Pruned() == transaction.outbox.prunable(later(DAY_S))


def test_the_number_of_attempts_never_goes_down(mailed: Database) -> None:
    """By channel and outcome, through one pruning and the next."""
    expected = {("webhook", "sent"): 2, ("webhook", "refused"): 2, ("webhook", "dead"): 1}
    assert expected == totals(mailed)
    prune(mailed, later(DAY_S))
    assert expected == totals(mailed)
    prune(mailed, later(3 * DAY_S))
    assert expected == totals(mailed)
    assert {AttemptOutcome.REFUSED} == {
        each.outcome for each in _attempts_of(mailed, DeliveryFilter(states=[DeliveryState.FAILED]))
    }


def _attempts_of(database: Database, wanted: DeliveryFilter) -> list[Attempt]:
    with database.reading() as transaction:
        ids = [one.id for one in transaction.outbox.list(wanted)]
        return [each for of_one in transaction.outbox.attempts_of(ids).values() for each in of_one]


def test_what_was_pruned_is_not_begun_anew(mailed: Database) -> None:
    """There is no message to send: it is left out, and what was not pruned is sent again."""
    prune(mailed, later(DAY_S))
    with mailed.writing() as transaction:
        begun = transaction.outbox.redeliver(DeliveryFilter(), later(3 * DAY_S))
    assert {"failed", "held", "new"} == {name for name, one in stored(mailed).items() if one.id in begun}
    assert ("sent", "dead") == (states(mailed)["sent"], states(mailed)["dead"])


def test_what_a_disabled_address_missed_stays_until_the_address_goes(mailed: Database) -> None:
    """It is sent once the address is mended, however late; without the address it is as old as it is."""
    with mailed.writing() as transaction:
        transaction.addresses.disable("b1", now=NOW, reason="gone")
    assert 1 == prune(mailed, later(DAY_S)).deliveries
    assert 1 == attempts(mailed)["dead"]
    with mailed.writing() as transaction:
        transaction.addresses.remove("b1", now=NOW)
    assert 1 == prune(mailed, later(DAY_S)).deliveries
    assert 0 == attempts(mailed)["dead"]


def test_a_page_is_pruned_at_a_time(database: Database) -> None:
    """The oldest first, so that no transaction is long."""
    put(database, "a1")
    enqueue(database, "a1", *map(str, range(503)), dead_because="x", now=NOW - timedelta(days=1))
    assert [500, 3, 0] == [prune(database, NOW).deliveries for _ in range(3)]

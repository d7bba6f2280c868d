"""The outbox: enqueued once, in order, whole, counted as it is listed."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import store
from store.addresses import Secret
from store.deliveries import DeliveryCounts, DeliveryFilter, DeliveryState, delivery_id
from store.errors import InvalidInput, NotFound, Permanent
from store.unit_of_work import Database
from tests.contract.store.mailroom import (
    NOW,
    claim,
    dead,
    dedups,
    enqueue,
    failed,
    later,
    new_address,
    new_delivery,
    put,
    sent,
    settle,
    states,
    stored,
)

TOP = Path(store.__path__[0]).parent
ENQUEUE_FIFTY = """
import sys
from datetime import UTC, datetime
from store.unit_of_work import Database
from tests.contract.store.mailroom import NOW, enqueue
database = Database.open(sys.argv[1], clock=lambda: datetime.now(UTC))
print(sum(enqueue(database, "a", str(n)) for n in range(50)))
database.close()
"""


def test_the_same_twice_is_one_delivery(database: Database) -> None:
    """Of one address a dedup is enqueued once, in one call or in several; the first stays as it was."""
    put(database, "a", "b")
    assert 2 == enqueue(database, "a", "1", "2", "1")
    assert 1 == enqueue(database, "a", "2", "3", "1", now=later(60), content="another")
    assert 1 == enqueue(database, "b", "3")
    with database.reading() as transaction:
        found = [(one.address_id, one.dedup, one.created_at) for one in transaction.outbox.list()]
        assert [("a", "1", NOW), ("a", "2", NOW), ("a", "3", later(60)), ("b", "3", NOW)] == found
        assert {"about": "2"} == transaction.outbox.content(delivery_id("a", "2"))


def test_the_same_from_several_processes_is_one_delivery(database: Database) -> None:
    """Processes that enqueue the same at once add up to one delivery of each."""
    put(database, "a")
    command = [sys.executable, "-c", ENQUEUE_FIFTY, database.url]
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    processes = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    new = [int(process.communicate()[0]) for process in processes]
    assert 50 == sum(new)
    assert sorted(map(str, range(50))) == sorted(stored(database))


def test_an_id_follows_from_the_address_and_what_it_is_about(database: Database) -> None:
    """It is known before the delivery is stored, is another for another address, and fits a header and a command."""
    ids = {delivery_id(address, dedup) for address in ("a", "b", "ab") for dedup in ("", "b", "1")}
    assert 9 == len(ids)
    many = ids | {delivery_id("a", str(number)) for number in range(500)}
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{31}", one) for one in many)
    put(database, "a")
    enqueue(database, "a", "1")
    assert new_delivery(new_address("a"), "1").id == delivery_id("a", "1") == stored(database)["1"].id


def test_a_delivery_comes_back_as_it_was_enqueued(database: Database) -> None:
    """Every field, in a claim as in a list, the content with whatever JSON can say."""
    content = {"text": "\0 \ud800 é", "large": 2**70, "items": [None, {"x": 1.5}], "long": "y" * 100_000}
    put(database, "a")
    enqueue(database, "a", "1", content=content, position=2**40, items=("event:7", "over:x\0"), trial_ids=("t", "u"))
    (delivery,) = stored(database).values()
    assert ("pending", "e-a", "s-a", "changes", 2**40, NOW, NOW, None, None, 0, False) == (
        delivery.state,
        delivery.endpoint,
        delivery.subscription,
        delivery.kind,
        delivery.position,
        delivery.created_at,
        delivery.next_attempt_at,
        delivery.settled_at,
        delivery.reason,
        delivery.attempts_count,
        delivery.is_held,
    )
    assert (("event:7", "over:x\0"), ("t", "u")) == (delivery.items, delivery.trial_ids)
    (claimed,) = claim(database)
    assert content == claimed.content
    assert "https://a.example.org/hook" == claimed.address.clear
    assert (Secret(secret="whsec_a"),) == claimed.address.secrets


def test_what_comes_for_a_disabled_address_is_kept_as_dead(database: Database) -> None:
    """It is never claimed, and stands in the list with its reason, until it is delivered again."""
    put(database, "a")
    enqueue(database, "a", "1", dead_because="address disabled", is_held=True)
    (delivery,) = stored(database, states=["dead"], reason="address disabled").values()
    assert (NOW, None, False) == (delivery.settled_at, delivery.next_attempt_at, delivery.is_held)
    assert [] == claim(database)


@pytest.mark.parametrize("broken", ({"dedup": ""}, {"dedup": "a\0"}, {"content": {1: 2}}, {"kind": "\ud800"}))
def test_what_cannot_be_stored_is_refused(database: Database, broken: dict[str, Any]) -> None:
    """A name that no database takes, and content that is no JSON; nothing of the call is kept."""
    address = new_address("a")
    put(database, "a")
    bad = replace(new_delivery(address, "2"), **broken)
    with pytest.raises(InvalidInput), database.writing() as transaction:
        transaction.outbox.enqueue([new_delivery(address, "1"), bad], NOW)
    assert {} == stored(database)


def test_damaged_content_is_permanent(database: Database) -> None:
    """The message names the delivery and says to restore a backup."""
    put(database, "a")
    enqueue(database, "a", "1")
    with database.writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE deliveries SET size_bytes = size_bytes + 1")
        with pytest.raises(Permanent, match=f"delivery {delivery_id('a', '1')} is damaged"):
            transaction.outbox.content(delivery_id("a", "1"))
        with pytest.raises(NotFound, match="no delivery x"):
            transaction.outbox.content("x")


def test_the_list_is_what_was_asked_for(database: Database) -> None:
    """Every filter by itself and with others, pages in the order of numbers, and counts that agree."""
    put(database, "a", "b")
    for at, name in enumerate("abab"):
        enqueue(database, name, f"{at}", now=later(at), is_held=at == 3)
    first, second = claim(database, now=later(9), per_endpoint_most=1)
    settle(database, sent(first), dead(second))
    asked: dict[str, dict[str, Any]] = {
        "0123": {},
        "02": {"subscription_id": "s-a"},
        "13": {"subscription": "s-b", "address_id": "b"},
        "12": {"since": later(1), "until": later(3)},
        "1": {"reason": "gone"},
        "01": {"states": [DeliveryState.SENT, DeliveryState.DEAD]},
        "3": {"ids": [delivery_id("b", "3"), delivery_id("a", "3")]},
        "": {"ids": []},
    }
    with database.reading() as transaction:
        for expected, wanted in asked.items():
            found = transaction.outbox.list(DeliveryFilter(**wanted))
            counts = transaction.outbox.counts(DeliveryFilter(**wanted))
            assert expected == "".join(one.dedup for one in found)
            assert (len(found), sum(one.is_held for one in found)) == (counts.total, counts.held)
        assert ["1", "2"] == [one.dedup for one in transaction.outbox.list(after=1, limit=2)]
        every = [one.id for one in transaction.outbox.list()]
        assert every[-2:] == [one.id for one in transaction.outbox.newest(limit=2)]
        assert every == [one.id for one in transaction.outbox.newest(limit=99)]
        total = DeliveryCounts(
            by_state={DeliveryState.PENDING: 2, DeliveryState.SENT: 1, DeliveryState.DEAD: 1}, held=1
        )
        assert total == transaction.outbox.counts()
        assert 2 == total.waiting


def test_attempts_are_numbered_over_all_schedules(database: Database) -> None:
    """From 1, and on where a delivery was begun anew; each as it was told."""
    put(database, "a")
    enqueue(database, "a", "1", "2")
    one, two = claim(database)
    settle(database, failed(one, again_s=5), sent(two))
    (again,) = claim(database, now=later(5))
    settle(database, dead(again, at=later(5)))
    with database.writing() as transaction:
        transaction.outbox.redeliver(DeliveryFilter(states=[DeliveryState.DEAD]), later(6))
    (anew,) = claim(database, now=later(6))
    assert ["1"] == dedups([anew])
    assert 0 == anew.delivery.attempts_count
    settle(database, sent(anew, at=later(6)))
    with database.reading() as transaction:
        attempts = transaction.outbox.attempts_of([one.delivery.id, two.delivery.id])
    assert [(1, "refused", 400, 9, "no answer"), (2, "dead", 410, 3, "gone"), (3, "sent", 204, 7, None)] == [
        (each.number, each.outcome, each.status, each.ms, each.reason) for each in attempts[one.delivery.id]
    ]
    assert [NOW, later(5), later(6)] == [each.at for each in attempts[one.delivery.id]]
    assert [1] == [each.number for each in attempts[two.delivery.id]]
    assert {"1": "sent", "2": "sent"} == states(database)

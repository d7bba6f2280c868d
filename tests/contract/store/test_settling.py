"""Settlements: once for each lease, by its holder, with what follows for the address and the endpoint."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from store.deliveries import Attempt, AttemptOutcome, delivery_id
from store.errors import InvalidInput
from store.settling import Settlement
from store.tables import ENDPOINTS
from store.unit_of_work import Database
from tests.contract.store.mailroom import (
    NOW,
    claim,
    dead,
    enqueue,
    failed,
    later,
    put,
    sent,
    settle,
    statements_of,
    states,
    stored,
)


def failing_since(database: Database, name: str) -> datetime | None:
    """Since when an address fails."""
    with database.reading() as transaction:
        return transaction.addresses.get(name).failing_since


def take_over(database: Database, seconds: float = 61) -> None:
    """End what is leased by its time."""
    with database.working() as transaction:
        transaction.outbox.release_gone(lambda _: False, later(seconds))


def all_of_one(database: Database) -> list[object]:
    """All that a settlement of "1" for the address "a" can change."""
    with database.reading() as transaction:
        return [
            stored(database)["1"],
            transaction.outbox.attempts_of([delivery_id("a", "1")]),
            transaction.connection.execute(select(ENDPOINTS).where(ENDPOINTS.c.endpoint == "e-a")).all(),
            transaction.addresses.get("a"),
        ]


def test_each_end_is_kept(database: Database) -> None:
    """Sent and dead are settled, failed has its next attempt, what is returned is as it was before."""
    put(database, "a")
    enqueue(database, "a", "1", "2", "3", "4")
    one, two, three, four = claim(database)
    told = settle(database, sent(one), failed(two, again_s=5), dead(three), Settlement.returned(four), now=later(2))
    assert {"1": "sent", "2": "failed", "3": "dead", "4": "pending"} == states(database)
    assert ({dedup: states(database)[dedup] for dedup in "1234"}, ()) == (
        dict(zip("1234", (told.states[each.delivery.id] for each in (one, two, three, four)), strict=True)),
        told.lost,
    )
    found = stored(database).values()
    assert [later(2), None, later(2), None] == [each.settled_at for each in found]
    assert [None, later(5), None, NOW] == [each.next_attempt_at for each in found]
    assert [None, "no answer", "gone", None] == [each.reason for each in found]
    assert [1, 1, 1, 0] == [each.attempts_count for each in found]


def test_what_is_returned_after_a_failure_has_failed(database: Database) -> None:
    """Its attempts and reason stay, and it is due as it was."""
    put(database, "a")
    enqueue(database, "a", "1")
    settle(database, failed(claim(database)[0], again_s=5))
    before = stored(database)
    settle(database, Settlement.returned(claim(database, now=later(9))[0]), now=later(9))
    assert before == stored(database)


@pytest.mark.parametrize("passed_on", (False, True))
def test_who_lost_the_lease_settles_nothing(database: Database, passed_on: bool) -> None:
    """Neither delivery, attempts, address nor endpoint change, and it is told; the others of the call are settled.

    That the same holder has claimed it again since makes no difference.
    """
    put(database, "a", "b")
    enqueue(database, "a", "1")
    (lost,) = claim(database)
    take_over(database)
    if passed_on:
        claim(database, now=later(61))
    enqueue(database, "b", "2")
    (kept,) = claim(database, "i", now=later(61), besides=["e-a"])
    before = all_of_one(database)
    told = settle(database, failed(lost, again_s=500, rests=True), sent(kept))
    assert ((lost.delivery.id,), [kept.delivery.id]) == (told.lost, list(told.states))
    assert before == all_of_one(database)
    assert "sent" == states(database)["2"]


def test_a_settlement_counts_once(database: Database) -> None:
    """By its holder; settled again, or by another, it is lost, and twice in one call it is refused."""
    put(database, "a")
    enqueue(database, "a", "1")
    (one,) = claim(database)
    with pytest.raises(InvalidInput, match="twice at once"):
        settle(database, sent(one), dead(one))
    assert (one.delivery.id,) == settle(database, dead(replace(one, holder="another"))).lost
    settle(database, sent(one))
    assert (one.delivery.id,) == settle(database, dead(one)).lost
    assert {"1": "sent"} == states(database)
    assert {} == settle(database).states


def test_an_address_fails_since_its_first_failure(database: Database) -> None:
    """However many follow, of whatever kind, until one goes through; each address by itself."""
    put(database, "a1", "a2")
    enqueue(database, "a1", "1", "2", "3", "4")
    enqueue(database, "a2", "5")
    one, two, three, four, five = claim(database)
    settle(database, failed(two, at=later(2), again_s=9), failed(one, at=later(1), again_s=9), sent(five))
    assert (later(1), None) == (failing_since(database, "a1"), failing_since(database, "a2"))
    settle(database, dead(three, at=later(3)))
    assert later(1) == failing_since(database, "a1")
    settle(database, sent(four, at=later(4)))
    assert failing_since(database, "a1") is None


def test_of_attempts_settled_together_the_order_in_time_counts(database: Database) -> None:
    """A failure after a success begins anew; one before it is forgotten."""
    put(database, "a")
    enqueue(database, "a", "1", "2", "3")
    one, two, three = claim(database)
    settle(database, failed(one, at=later(3), again_s=9), sent(two, at=later(2)), dead(three, at=later(1)))
    assert later(3) == failing_since(database, "a")


def test_what_is_killed_under_way_is_sent_or_dies(database: Database) -> None:
    """Nobody loses a lease by it; what fails, comes back or is left by its holder is dead with the reason."""
    put(database, "a")
    enqueue(database, "a", "1", "2", "3", "4")
    one, two, three, _ = claim(database)
    with database.writing() as transaction:
        assert 4 == transaction.outbox.kill("s-a", "unsubscribed", later(1))
    assert {"leased"} == set(states(database).values())
    told = settle(database, sent(one), failed(two, again_s=5), Settlement.returned(three), now=later(2))
    assert () == told.lost
    take_over(database)
    found = stored(database)
    assert ["sent", "dead", "dead", "dead"] == [each.state for each in found.values()]
    assert [None, *["unsubscribed"] * 3] == [each.reason for each in found.values()]
    assert [later(2), later(2), later(2), later(61)] == [each.settled_at for each in found.values()]
    assert [1, 1, 0, 0] == [each.attempts_count for each in found.values()]
    assert {None} == {each.next_attempt_at for each in found.values()}


def test_what_is_held_under_way_is_held_once_it_failed(database: Database) -> None:
    """It is sent if it goes through, and not tried again before it is let go if not."""
    put(database, "a")
    enqueue(database, "a", "1", "2")
    one, two = claim(database)
    with database.writing() as transaction:
        assert 2 == transaction.outbox.hold("s-a")
    settle(database, sent(one), failed(two, again_s=5))
    assert [("sent", False), ("failed", True)] == [(each.state, each.is_held) for each in stored(database).values()]
    assert [] == claim(database, now=later(9))


def test_reasons_are_stored_whatever_a_server_says(database: Database) -> None:
    """NUL and lone surrogates, which no database takes, become escapes."""
    put(database, "a")
    enqueue(database, "a", "1")
    (one,) = claim(database)
    attempt = Attempt(at=NOW, outcome=AttemptOutcome.DEAD, ms=3, reason="no\0 \ud800")
    settle(database, Settlement.dead(one, attempt))
    assert "no\\x00 \\ud800" == stored(database)["1"].reason
    with database.reading() as transaction:
        (attempt,) = transaction.outbox.attempts_of([one.delivery.id])[one.delivery.id]
    assert "no\\x00 \\ud800" == attempt.reason


def test_a_large_batch_is_a_few_statements(database: Database) -> None:
    """Claiming and settling many cost as many statements as claiming and settling one."""
    put(database, "a", "b")
    enqueue(database, "a", "0")
    enqueue(database, "b", *map(str, range(300)))
    counts = []
    for passed_over in ("e-b", "e-a"):
        with statements_of(database) as statements:
            claimed = claim(database, per_endpoint_most=300, besides=[passed_over])
            settle(database, *map(sent, claimed))
        counts.append((len(claimed), len(statements)))
    (one, few), (many, as_few) = counts
    assert (1, 300) == (one, many)
    assert few == as_few < 20

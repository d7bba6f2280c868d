"""What people do to deliveries: each changes what it names, exactly, and nothing else."""

import pytest

from store.deliveries import Delivery, DeliveryFilter, DeliveryState, delivery_id
from store.interventions import SKIPPED
from store.unit_of_work import Database
from tests.contract.store.mailroom import (
    NOW,
    claim,
    dead,
    dedups,
    enqueue,
    failed,
    later,
    put,
    sent,
    settle,
    states,
    stored,
)

DEAD = DeliveryFilter(states=[DeliveryState.DEAD])


def redeliver(database: Database, wanted: DeliveryFilter, seconds: float) -> list[str]:
    """Deliver again at so many seconds."""
    with database.writing() as transaction:
        return transaction.outbox.redeliver(wanted, later(seconds))


def let_go(database: Database, seconds: float, *, skip: bool = False) -> int:
    """Let the subscription of "a" go."""
    with database.writing() as transaction:
        return transaction.outbox.let_go("s-a", later(seconds), skip=skip)


def hold(database: Database) -> int:
    """Hold the subscription of "a"."""
    with database.writing() as transaction:
        return transaction.outbox.hold("s-a")


@pytest.fixture
def mixed(database: Database) -> dict[str, Delivery]:
    """Of one endpoint: 1 sent, 2 failed and resting it, 3 dead, 4 pending, 5 leased for another; as they are then."""
    put(database, "a")
    put(database, "b")
    enqueue(database, "a", "1", "2", "3", "4")
    one, two, three = claim(database, per_endpoint_most=3)
    settle(database, sent(one, at=NOW), failed(two, at=later(1), again_s=500, rests=True), dead(three, at=NOW))
    enqueue(database, "b", "5")
    claim(database)
    return stored(database)


def test_redelivery_is_exact(database: Database, mixed: dict[str, Delivery]) -> None:
    """Those that are named begin anew under their id, the sent one too; the rest stays as it is."""
    ids = [mixed[dedup].id for dedup in "135"]
    assert [mixed["1"].id, mixed["3"].id] == redeliver(database, DeliveryFilter(ids=ids), 9)
    after = stored(database)
    for dedup in "13":
        anew = after.pop(dedup)
        assert ("pending", 0, later(9), None, None) == (
            anew.state,
            anew.attempts_count,
            anew.next_attempt_at,
            anew.settled_at,
            anew.reason,
        )
        assert (mixed[dedup].id, mixed[dedup].number) == (anew.id, anew.number)
        del mixed[dedup]
    assert mixed == after


def test_redelivery_ends_the_rest(database: Database, mixed: dict[str, Delivery]) -> None:
    """Of the endpoints of what begins anew: everything due there goes on in order."""
    assert [] == claim(database, now=later(9))
    redeliver(database, DEAD, 9)
    assert ["3", "4"] == dedups(claim(database, now=later(9)))
    assert 3 == mixed["3"].number


def test_redelivery_of_a_time_and_a_reason(database: Database) -> None:
    """What was enqueued in a time, and what is dead for a reason, each alone."""
    put(database, "a")
    for n in range(4):
        enqueue(database, "a", str(n), now=later(n), dead_because="address disabled" if n < 3 else "unsubscribed")
    disabled = DeliveryFilter(reason="address disabled", since=later(1))
    assert [delivery_id("a", "1"), delivery_id("a", "2")] == redeliver(database, disabled, 9)
    assert [] == redeliver(database, disabled, 9)
    assert [delivery_id("a", "0")] == redeliver(database, DeliveryFilter(until=later(1)), 9)
    assert {"0": "pending", "1": "pending", "2": "pending", "3": "dead"} == states(database)


def test_nothing_is_redelivered_to_an_address_that_is_not_active(database: Database) -> None:
    """It would wait for ever; once the address is enabled again it goes."""
    put(database, "a")
    enqueue(database, "a", "1", dead_because="address disabled")
    with database.writing() as transaction:
        transaction.addresses.disable("a", now=NOW, reason="410")
    assert [] == redeliver(database, DEAD, 9)
    with database.writing() as transaction:
        transaction.addresses.enable("a")
    assert [delivery_id("a", "1")] == redeliver(database, DEAD, 9)


def test_a_held_subscription_waits_and_delays_no_other(database: Database) -> None:
    """Its deliveries, and those that come meanwhile, are not claimed; others of the endpoint are."""
    put(database, "a")
    put(database, "b", endpoint="e-a")
    enqueue(database, "a", "1")
    assert (1, 0) == (hold(database), hold(database))
    enqueue(database, "a", "2", is_held=True)
    enqueue(database, "b", "3")
    assert ["3"] == dedups(claim(database))
    assert {"1": True, "2": True, "3": False} == {dedup: one.is_held for dedup, one in stored(database).items()}
    with database.reading() as transaction:
        assert 2 == transaction.outbox.counts().held


def test_what_is_let_go_begins_anew(database: Database, mixed: dict[str, Delivery]) -> None:
    """At once, the rest of its endpoint ended; what is settled, and what others have under way, stays."""
    hold(database)
    assert 2 == let_go(database, 9)
    assert ["2", "4"] == dedups(claim(database, now=later(9)))
    after = stored(database)
    assert 0 == after["2"].attempts_count
    assert {dedup: mixed[dedup] for dedup in "135"} == {dedup: after[dedup] for dedup in "135"}


def test_what_came_while_it_was_held_can_be_skipped(database: Database) -> None:
    """It is dead with a reason, and can be delivered again; what waited before goes on."""
    put(database, "a")
    enqueue(database, "a", "1")
    hold(database)
    enqueue(database, "a", "2", is_held=True)
    assert 1 == let_go(database, 9, skip=True)
    assert {"1": "pending", "2": "dead"} == states(database)
    assert (SKIPPED, later(9), False) == (
        stored(database)["2"].reason,
        stored(database)["2"].settled_at,
        stored(database)["2"].is_held,
    )
    assert ["1"] == dedups(claim(database, now=later(9)))
    assert [delivery_id("a", "2")] == redeliver(database, DEAD, 10)
    hold(database)
    let_go(database, 11, skip=True)
    assert "pending" == states(database)["2"]


def test_what_came_in_an_earlier_pause_is_not_skipped_in_a_later_one(database: Database) -> None:
    """It was let go once, so it waited before the second pause began."""
    put(database, "a")
    hold(database)
    enqueue(database, "a", "1", is_held=True)
    let_go(database, 1)
    hold(database)
    assert 1 == let_go(database, 2, skip=True)
    assert {"1": "pending"} == states(database)


@pytest.mark.parametrize("by_address", (False, True))
def test_what_is_killed_is_dead_with_the_reason(
    database: Database, mixed: dict[str, Delivery], by_address: bool
) -> None:
    """All that waits, of a subscription or of an address, held or not; the settled and the others' stay."""
    hold(database)
    with database.writing() as transaction:
        if by_address:
            assert 2 == transaction.outbox.kill_address("a", "removed", later(9))
        else:
            assert 2 == transaction.outbox.kill("s-a", "removed", later(9))
    after = stored(database)
    for dedup in "24":
        killed = after[dedup]
        assert ("dead", "removed", later(9), None, False) == (
            killed.state,
            killed.reason,
            killed.settled_at,
            killed.next_attempt_at,
            killed.is_held,
        )
    assert {dedup: mixed[dedup] for dedup in "135"} == {dedup: after[dedup] for dedup in "135"}
    assert [] == claim(database, now=later(999))


@pytest.mark.parametrize("way", ("hold", "kill", "kill_address"))
@pytest.mark.parametrize("is_under_way", (False, True), ids=("at rest", "under way"))
def test_an_endpoint_never_rests_for_what_does_not_wait(database: Database, way: str, is_under_way: bool) -> None:
    """The rest ends with the delivery that it was for, and does not begin for one that was stopped under way."""
    put(database, "a")
    put(database, "b", endpoint="e-a")
    enqueue(database, "a", "1")
    enqueue(database, "b", "2")
    (first,) = claim(database, per_endpoint_most=1)
    if is_under_way:
        stop(database, way)
    settle(database, failed(first, at=later(1), again_s=500, rests=True), now=later(1))
    if not is_under_way:
        assert [] == claim(database, now=later(2))
        stop(database, way)
    assert ["2"] == dedups(claim(database, now=later(2)))


def test_an_endpoint_rests_on_while_others_of_it_are_stopped(database: Database) -> None:
    """Only the end of the delivery that it rests for ends the rest."""
    put(database, "a")
    put(database, "b", endpoint="e-a")
    enqueue(database, "b", "1")
    enqueue(database, "a", "2")
    (first,) = claim(database, per_endpoint_most=1)
    settle(database, failed(first, again_s=500, rests=True))
    for way in ("hold", "kill", "kill_address"):
        stop(database, way)
    assert [] == claim(database, now=later(499))
    assert ["1"] == dedups(claim(database, now=later(500)))


def stop(database: Database, way: str) -> None:
    """Stop what goes to "a", at 2 seconds."""
    with database.writing() as transaction:
        match way:
            case "hold":
                transaction.outbox.hold("s-a")
            case "kill":
                transaction.outbox.kill("s-a", "ended", later(2))
            case "kill_address":
                transaction.outbox.kill_address("a", "gone", later(2))

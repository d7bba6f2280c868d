"""Claims: in order within an endpoint, one at a time, each endpoint in its turn, given back where a holder is gone."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import text

from store.claiming import Claim, Claims
from store.deliveries import Claimed, DeliveryFilter
from store.dialects.postgresql import PostgresqlDialect
from store.errors import InvalidInput
from store.unit_of_work import Database
from tests.contract.store.builders import open_database
from tests.contract.store.mailroom import (
    NOW,
    claim,
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

SHARED = text("""
    SELECT endpoint FROM deliveries WHERE state = 'leased'
     GROUP BY endpoint HAVING count(DISTINCT lease_holder) > 1
""")


def release(database: Database, *gone: str, seconds: float = 0) -> int:
    """Release what these hold, and what has expired."""
    with database.working() as transaction:
        return transaction.outbox.release_gone(frozenset(gone).__contains__, later(seconds))


def test_first_attempts_go_in_the_order_of_numbers(database: Database) -> None:
    """Of an endpoint, whatever addresses and subscriptions share it, so many at a time."""
    put(database, "a1", "a2")
    put(database, "b", endpoint="e-a")
    for n, name in enumerate(("a1", "b", "a2", "a1", "b")):
        enqueue(database, name, str(n))
    order = []
    while claimed := claim(database, per_endpoint_most=2):
        order.append(dedups(claimed))
        settle(database, *map(sent, claimed))
    assert [["0", "1"], ["2", "3"], ["4"]] == order


def test_what_is_named_is_claimed_alone_and_out_of_turn(database: Database) -> None:
    """Of a free endpoint, if it is due; nothing else, whatever came before it."""
    put(database, "a", "b", "c")
    for name in ("a", "b", "c"):
        enqueue(database, name, *(f"{name}{number}" for number in range(3)))
    assert ["a0"] == dedups(claim(database, endpoints_most=1, per_endpoint_most=1))
    wanted = [*(stored(database)[dedup].id for dedup in ("a2", "b2", "b1", "c1")), "of-nothing"]
    first = claim(database, only=wanted, besides=["e-c"])
    assert ["b1", "b2"] == dedups(first)
    settle(database, sent(first[0]), failed(first[1], again_s=30))
    assert ["c1"] == dedups(claim(database, only=wanted))
    assert ["b2"] == dedups(claim(database, only=wanted, now=later(30)))
    assert [] == claim(database, only=[], now=later(30))


def test_a_first_attempt_waits_for_those_before_it(database: Database) -> None:
    """One that is due does not overtake one of its endpoint that is not yet, whatever the clocks said."""
    put(database, "a", "b")
    enqueue(database, "a", "0")
    enqueue(database, "a", "1", due_at=later(10))
    enqueue(database, "a", "2")
    first = claim(database)
    assert ["0"] == dedups(first)
    settle(database, *map(sent, first))
    enqueue(database, "b", "3")
    assert ["3"] == dedups(claim(database))
    assert ["1", "2"] == dedups(claim(database, now=later(10)))


def test_a_failed_message_delays_itself_alone(database: Database) -> None:
    """The others of its endpoint go on, and it comes when it is due, in the order of numbers."""
    put(database, "a")
    enqueue(database, "a", "1", "2", "3")
    (first,) = claim(database, per_endpoint_most=1)
    settle(database, failed(first, again_s=5))
    (second,) = claim(database, per_endpoint_most=1)
    settle(database, sent(second))
    assert {"1": "failed", "2": "sent", "3": "pending"} == states(database)
    assert ["1", "3"] == dedups(claim(database, now=later(5)))


def test_an_endpoint_at_rest_rests_until_the_next_attempt(database: Database) -> None:
    """Its others wait without an attempt counted, also those of another subscription; no other endpoint waits."""
    put(database, "a", "c")
    put(database, "b", endpoint="e-a")
    enqueue(database, "a", "1", "2")
    enqueue(database, "b", "3")
    (first,) = claim(database, per_endpoint_most=1)
    settle(database, failed(first, again_s=300, rests=True))
    enqueue(database, "c", "4")
    assert ["4"] == dedups(claim(database, now=later(299)))
    assert [0, 0] == [stored(database)[dedup].attempts_count for dedup in "23"]
    assert ["1", "2", "3"] == dedups(claim(database, now=later(300)))


def test_a_success_ends_the_rest(database: Database) -> None:
    """What was claimed together with the failure and was taken after it shows that the endpoint is well."""
    put(database, "a")
    enqueue(database, "a", "1", "2", "3")
    first, second = claim(database, per_endpoint_most=2)
    settle(database, sent(second, at=later(2)), failed(first, at=later(1), again_s=300, rests=True))
    assert ["3"] == dedups(claim(database, now=later(3)))


def test_a_failure_after_a_success_rests(database: Database) -> None:
    """Of attempts that are settled together the last in time decides."""
    put(database, "a")
    enqueue(database, "a", "1", "2", "3")
    first, second = claim(database, per_endpoint_most=2)
    settle(database, failed(second, at=later(2), again_s=300, rests=True), sent(first, at=later(1)))
    assert [] == claim(database, now=later(3))


def test_an_endpoint_has_one_claim_at_a_time(database: Database) -> None:
    """While one delivery of it is leased, to whomever, none of its others is claimed."""
    put(database, "a", "b")
    enqueue(database, "a", "1", "2", "3")
    one, two = claim(database, "h", per_endpoint_most=2)
    settle(database, sent(one))
    enqueue(database, "b", "4")
    assert ["4"] == dedups(claim(database, "i"))
    assert [] == claim(database, "h")
    settle(database, sent(two))
    assert ["3"] == dedups(claim(database, "i"))


def test_endpoints_take_turns(database: Database) -> None:
    """The one that was claimed longest ago comes first, however much the others have waiting."""
    put(database, "a", "b", "c")
    for name in "abc":
        enqueue(database, name, *(f"{name}{n}" for n in range(4)))
    order = []
    for second in range(4):
        claimed = claim(database, now=later(second), endpoints_most=2, per_endpoint_most=1)
        settle(database, *map(sent, claimed))
        order.append(dedups(claimed))
    assert [["a0", "b0"], ["c0", "a1"], ["b1", "a2"], ["c1", "a3"]] == order


def test_endpoints_are_passed_over_on_demand(database: Database) -> None:
    """What cannot be sent now for a reason of ours stays pending, and the rest goes on."""
    put(database, "a", "b")
    enqueue(database, "a", "1")
    enqueue(database, "b", "2")
    assert ["2"] == dedups(claim(database, besides=["e-a"]))


def test_only_active_addresses_are_claimed(database: Database) -> None:
    """Neither disabled, removed nor forgotten ones; those behind them on the endpoint are not delayed."""
    put(database, *(f"a{n}" for n in range(5)))
    put(database, "f", endpoint="e-a")
    for name in ("a0", "a1", "a2", "f", "a3"):
        enqueue(database, name, name)
    with database.writing() as transaction:
        transaction.addresses.disable("a0", now=NOW, reason="410")
        transaction.addresses.remove("a1", NOW)
        transaction.addresses.forget("s-f")
    assert ["a2", "a3"] == dedups(claim(database, per_endpoint_most=2))


def test_a_lease_whose_holder_is_gone_is_due_at_once(database: Database) -> None:
    """No attempt is counted, its place in the order stays, and the leases of others are left alone."""
    put(database, "a", "b")
    enqueue(database, "a", "1", "2")
    enqueue(database, "b", "3")
    (first,) = claim(database, "gone", endpoints_most=1, per_endpoint_most=1)
    settle(database, failed(first, again_s=5))
    assert ["3", "1", "2"] == dedups(claim(database, "gone", now=later(5), besides=["e-c"]))
    assert {"1": "leased", "2": "leased", "3": "leased"} == states(database)
    assert 0 == release(database, "other", seconds=6)
    assert 3 == release(database, "gone", "other", seconds=6)
    assert {"1": "failed", "2": "pending", "3": "pending"} == states(database)
    assert [1, 0, 0] == [stored(database)[dedup].attempts_count for dedup in "123"]
    assert {"1", "2", "3"} == set(dedups(claim(database, "next", now=later(6))))


def test_a_lease_ends_with_its_time(database: Database) -> None:
    """Not a moment earlier, whoever is still there, and later where it was extended."""
    put(database, "a", "b")
    enqueue(database, "a", "1")
    enqueue(database, "b", "2")
    claim(database, "h", endpoints_most=1)
    claim(database, "i", endpoints_most=1)
    with database.working() as transaction:
        assert 1 == transaction.outbox.extend("i", now=later(30), lease_s=60)
    assert 0 == release(database, seconds=59.999)
    assert 1 == release(database, seconds=60)
    assert ["1"] == dedups(claim(database, "j", now=later(60)))
    assert 1 == release(database, seconds=90)


@pytest.mark.parametrize("wrong", ({"holder": ""}, {"lease_s": 0}, {"endpoints_most": 0}, {"per_endpoint_most": 0}))
def test_a_claim_of_nothing_is_refused(wrong: dict[str, object]) -> None:
    """It would lease nothing, or for no time."""
    with pytest.raises(InvalidInput, match="asks for nothing"):
        replace(Claim(holder="h", now=NOW, lease_s=60), **wrong)  # type: ignore[arg-type]


def test_claimers_at_once_share_the_work(database: Database) -> None:
    """No delivery is claimed twice, no endpoint has two claims under way, and nothing is left over."""
    names = [f"a{n}" for n in range(12)]
    for name in names:
        put(database, name, endpoint=f"e-{name}")
        enqueue(database, name, *(f"{name}.{n}" for n in range(9)))
    taken: list[str] = []
    shared: list[str] = []
    start = threading.Barrier(4)

    def work(holder: str) -> None:
        own = open_database(database.url)
        start.wait()
        while claimed := claim(own, holder, endpoints_most=3, per_endpoint_most=2):
            taken.extend(dedups(claimed))
            with own.reading() as transaction:
                shared.extend(transaction.connection.execute(SHARED).scalars())
            settle(own, *map(sent, claimed))
        own.close()

    workers = [threading.Thread(target=work, args=(f"h{n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [] == shared
    assert sorted(f"{name}.{n}" for name in names for n in range(9)) == sorted(taken)
    assert {"sent"} == set(states(database).values())


def test_a_claim_does_not_wait_for_another(postgresql_url: str) -> None:
    """While a claim is not committed yet, another passes over its endpoints and takes the next."""
    database, impatient = open_database(postgresql_url), open_database(postgresql_url, lock_wait_s=0.05)
    for name in "abc":
        put(database, name)
        enqueue(database, name, name)
    with database.working() as first, impatient.working() as second:
        wanted = Claim(holder="h", now=NOW, lease_s=60, endpoints_most=2)
        one = first.outbox.claim(wanted)
        two = second.outbox.claim(replace(wanted, holder="i"))
        assert [] == second.outbox.claim(wanted)
    assert [["a", "b"], ["c"]] == [dedups(one), dedups(two)]
    database.close()
    impatient.close()


class Stalling(PostgresqlDialect):
    """PostgreSQL, whose statements of a claim wait at a gate once they have seen what there is."""

    json_texts = f"{PostgresqlDialect.json_texts} FROM (SELECT pg_advisory_lock_shared(42)) AS gate"


def test_an_endpoint_that_was_claimed_meanwhile_is_left_alone(postgresql_url: str) -> None:
    """A claim that chose it before another's claim of it committed finds that out."""
    database, slow = open_database(postgresql_url), open_database(postgresql_url)
    put(database, "a")
    enqueue(database, "a", "1", "2")
    found: list[Claimed] = []

    def claim_late() -> None:
        with slow.working() as transaction:
            claims = Claims(transaction.connection, dialect=Stalling())
            found.extend(claims.claim(Claim(holder="late", now=NOW, lease_s=60)))

    late = threading.Thread(target=claim_late)
    with database.reading() as gate:
        gate.connection.execute(text("SELECT pg_advisory_lock(42)"))
        late.start()
        while not gate.connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one():
            pass
        assert ["1"] == dedups(claim(database, per_endpoint_most=1))
        gate.connection.execute(text("SELECT pg_advisory_unlock(42)"))
    late.join()
    assert [] == dedups(found)
    database.close()
    slow.close()


def test_a_locked_delivery_is_not_overtaken(postgresql_url: str) -> None:
    """While somebody decides about one, a claim takes what comes before it on its endpoint, and no more."""
    database, impatient = open_database(postgresql_url), open_database(postgresql_url, lock_wait_s=0.05)
    put(database, "a")
    put(database, "b", endpoint="e-a")
    for n, name in enumerate("aba"):
        enqueue(database, name, str(n))
    with database.writing() as other:
        other.outbox.hold("s-b")
        assert ["0"] == dedups(claim(impatient))
    database.close()
    impatient.close()


def test_what_is_begun_anew_keeps_its_place(database: Database) -> None:
    """A delivery that is delivered again comes before those that were enqueued after it."""
    put(database, "a")
    enqueue(database, "a", "1", "2")
    (first,) = claim(database, per_endpoint_most=1)
    settle(database, sent(first))
    with database.writing() as transaction:
        assert [first.delivery.id] == transaction.outbox.redeliver(DeliveryFilter(ids=[first.delivery.id]), NOW)
    assert ["1", "2"] == dedups(claim(database))

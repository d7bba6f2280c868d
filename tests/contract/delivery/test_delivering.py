"""What is due is sent, in order, each endpoint by itself, by one or by several at once."""

import threading
from collections import Counter

from notifiers.signing import Signed, verify
from store.claiming import Claim
from tests.contract.delivery.post_office import PostOffice, hook, ids_of, keys_of, webhook
from tests.endpoints import Answer, Endpoint, Fault, Received
from tracker.delivery.deliverer import Delivered, Pace


def numbered(count: int, name: str = "event") -> list[str]:
    """So many keys."""
    return [f"{name}:{number}" for number in range(count)]


def test_an_empty_outbox_is_delivered_at_once(office: PostOffice) -> None:
    """Where nothing is due, nothing is done, and all is well."""
    found = office.deliver()
    assert Delivered(sent=0, failed=0, dead=0, waiting=0) == found
    assert found.is_well


def test_an_endpoint_is_sent_everything_in_order_over_one_connection(office: PostOffice, endpoint: Endpoint) -> None:
    """All messages arrive in the order of the outbox, one at a time, also beyond what is claimed at once."""
    office.subscribe("a", hook(endpoint))
    office.post("a", *numbered(23))
    assert 23 == office.deliver(pace=Pace(per_lane_most=10)).sent
    assert numbered(23) == keys_of(endpoint.received)
    assert 1 == len({one.connection for one in endpoint.received})
    assert {"sent"} == set(office.states().values())


def test_subscriptions_that_share_an_endpoint_share_its_lane(office: PostOffice, endpoint: Endpoint) -> None:
    """Messages of two subscriptions to one URL go in the order of the outbox, one at a time."""
    office.subscribe("a", hook(endpoint))
    office.subscribe("b", hook(endpoint))
    for number in range(5):
        office.post("a", f"a:{number}")
        office.post("b", f"b:{number}")
    office.deliver()
    assert [f"{name}:{number}" for number in range(5) for name in "ab"] == keys_of(endpoint.received)
    assert 1 == len({one.connection for one in endpoint.received})


def test_what_is_sent_is_signed_under_the_id_of_the_delivery(office: PostOffice, endpoint: Endpoint) -> None:
    """A receiver verifies it with the secret, at the instant of the attempt, by a library's rule."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:1")
    office.deliver()
    (received,), (delivery,) = endpoint.received, office.deliveries()
    assert delivery.id == received.headers["webhook-id"]
    assert verify(hook(endpoint).secret or "", signed_of(received), now=office.now)


def test_a_dead_endpoint_delays_no_other(office: PostOffice, endpoint: Endpoint, other_endpoint: Endpoint) -> None:
    """While one says nothing until its time is over, everything for the other one is sent in the same run."""
    all_came = threading.Event()
    was_waited_for: list[bool] = []

    def silent_until_all_came(received: Received) -> Answer:
        was_waited_for.append(not all_came.wait(20))
        return Answer(fault=Fault.CUT)

    def count(received: Received) -> Answer:
        if len(other_endpoint.received) == 30:
            all_came.set()
        return Answer()

    endpoint.otherwise, other_endpoint.otherwise = silent_until_all_came, count
    office.subscribe("dead", hook(endpoint))
    office.subscribe("live", hook(other_endpoint))
    office.post("dead", *numbered(3, "dead"))
    office.post("live", *numbered(30, "live"))
    office.channels = {"webhook": lambda: webhook(20.0)}
    found = office.deliver(pace=Pace(per_lane_most=4))
    assert [False] == was_waited_for
    assert Delivered(sent=30, failed=1, dead=0, waiting=3) == found
    assert numbered(30, "live") == keys_of(other_endpoint.received)
    assert ["dead:0"] == keys_of(endpoint.received)


def test_told_to_stop_it_finishes_what_is_under_way(office: PostOffice, endpoint: Endpoint) -> None:
    """The request under way is settled, and what was not begun waits as it did, due at once."""
    stop = threading.Event()

    def stopping(received: Received) -> Answer:
        if len(endpoint.received) == 3:
            stop.set()
        return Answer()

    endpoint.otherwise = stopping
    office.subscribe("a", hook(endpoint))
    office.post("a", *numbered(8))
    assert Delivered(sent=3, failed=0, dead=0, waiting=5) == office.deliver(stop)
    assert {"sent": 3, "pending": 5} == Counter(office.states().values())
    assert [0] * 5 == [one.attempts_count for one in office.deliveries() if one.state == "pending"]
    assert 5 == office.deliver().sent
    assert numbered(8) == keys_of(endpoint.received)


def test_two_at_once_share_the_work_and_send_nothing_twice(
    office: PostOffice, endpoint: Endpoint, other_endpoint: Endpoint
) -> None:
    """Each takes an endpoint while the other is busy, and every message is sent by one of them."""
    both_busy = threading.Barrier(2)

    def meet(received: Received) -> Answer:
        if not both_busy.broken and keys_of([received])[0].endswith(":0"):
            both_busy.wait(20)  # passed only where two lanes are under way at once
        return Answer()

    endpoint.otherwise = other_endpoint.otherwise = meet
    office.subscribe("a", hook(endpoint))
    office.subscribe("b", hook(other_endpoint))
    office.post("a", *numbered(40, "a"))
    office.post("b", *numbered(40, "b"))
    found: list[Delivered] = []
    threads = [
        threading.Thread(
            target=lambda holder=holder: found.append(
                office.deliver(holder=holder, pace=Pace(lanes_most=1, per_lane_most=7))
            )
        )
        for holder in ("one", "two")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    received = [*endpoint.received, *other_endpoint.received]
    assert 80 == sum(one.sent for one in found) == len(received) == len(set(ids_of(received)))
    assert min(one.sent for one in found) >= 1
    assert (numbered(40, "a"), numbered(40, "b")) == (keys_of(endpoint.received), keys_of(other_endpoint.received))


def test_what_one_that_is_gone_held_is_sent_at_once(office: PostOffice, endpoint: Endpoint) -> None:
    """Leases of a holder that is gone are taken over, without an attempt counted, under the same ids."""
    office.subscribe("a", hook(endpoint))
    office.post("a", *numbered(3))
    with office.database.working() as transaction:
        held = transaction.outbox.claim(Claim(holder="gone", now=office.now, lease_s=60))
    assert 0 == office.deliver().sent
    assert 3 == office.deliver(is_gone="gone".__eq__).sent
    assert [one.delivery.id for one in held] == ids_of(endpoint.received)
    assert [1, 1, 1] == [one.attempts_count for one in office.deliveries()]


def test_what_is_paused_waits_and_is_sent_once_resumed(office: PostOffice, endpoint: Endpoint) -> None:
    """A paused subscription is sent nothing; resumed, everything that came, in order."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    with office.acting() as acting:
        acting.pause("a")
    office.post("a", "event:1")
    assert Delivered(sent=0, failed=0, dead=0, waiting=2) == office.deliver()
    with office.acting() as acting:
        acting.resume("a")
    assert 2 == office.deliver().sent
    assert numbered(2) == keys_of(endpoint.received)


def signed_of(received: Received) -> Signed:
    """What a receiver verifies."""
    return Signed(
        message_id=received.headers["webhook-id"],
        timestamp=received.headers["webhook-timestamp"],
        signatures=received.headers["webhook-signature"],
        body=received.body,
    )

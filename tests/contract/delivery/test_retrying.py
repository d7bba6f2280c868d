"""What is not taken is tried again, by its schedule and as the other side asks, until it is taken or dead."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from notifiers.notifier import Message, Outcome
from notifiers.retry import DEFAULT_WAITS_S
from store.claiming import Claim
from store.deliveries import EVERY, Claimed, Delivery
from store.errors import Transient
from store.instants import instant_of
from store.tables import DELIVERIES
from store.unit_of_work import Database, Transaction
from tests.contract.delivery.post_office import PostOffice, hook, ids_of, keys_of
from tests.endpoints import Answer, Endpoint, Received
from tracker.delivery.deliverer import Delivered
from tracker.delivery.rendering import Envelope, Rendered


def due_in_s(office: PostOffice, key: str) -> float:
    """Seconds until the next attempt of an item's delivery."""
    (delivery,) = [one for one in office.deliveries() if one.items == (key,)]
    assert delivery.next_attempt_at is not None
    return (delivery.next_attempt_at - office.now).total_seconds()


@pytest.mark.parametrize("status", (400, 503))
def test_a_message_is_tried_ten_times_then_dead(office: PostOffice, endpoint: Endpoint, status: int) -> None:
    """Each attempt comes when its wait is over and not before, all under one id; after the tenth it is dead."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    endpoint.otherwise = lambda received: Answer(status=status)
    began, tried_at = office.now, []
    while office.states() != {"event:0": "dead"}:
        tried_at.append((office.now - began).total_seconds())
        assert office.deliver().failed + office.deliver().dead <= 1
        if office.states() == {"event:0": "failed"}:
            office.later(seconds=due_in_s(office, "event:0") - 0.001)
            assert office.deliver().is_well
            office.later(seconds=0.001)
    assert list(accumulate(DEFAULT_WAITS_S)) == tried_at
    assert 10 == len(endpoint.received)
    assert 1 == len(set(ids_of(endpoint.received)))
    assert list(range(1, 11)) == [one.number for one in office.attempts("event:0")]
    assert {status} == {one.status for one in office.attempts("event:0")}


def test_waits_are_lengthened_by_chance(office: PostOffice, endpoint: Endpoint) -> None:
    """The same number of [0, 1) lengthens each wait by its fifth."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    endpoint.otherwise = lambda received: Answer(status=400)
    office.jitter = 0.5
    office.deliver()
    assert pytest.approx(5.5) == due_in_s(office, "event:0")


@pytest.mark.parametrize(("asked", "waited"), (("7200", 7200), ("1", 5), ("9999999", 86400)))
def test_retry_after_is_kept_where_it_is_longer(
    office: PostOffice, endpoint: Endpoint, asked: str, waited: int
) -> None:
    """An endpoint that asks for more time gets it, a day at most, and rests as long."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0", "event:1")
    endpoint.answers.append(Answer(status=429, headers={"Retry-After": asked}))
    office.deliver()
    assert waited == due_in_s(office, "event:0")
    office.later(seconds=waited - 1)
    assert 0 == office.deliver().sent
    office.later(seconds=1)
    assert 2 == office.deliver().sent


def test_a_message_that_is_refused_is_delayed_alone(office: PostOffice, endpoint: Endpoint) -> None:
    """The others of its endpoint go on in the same run, and the refused one comes again by itself."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0", "event:1", "event:2")
    endpoint.answers.append(Answer(status=422))
    assert Delivered(sent=2, failed=1, dead=0, waiting=1) == office.deliver()
    assert ["event:0", "event:1", "event:2"] == keys_of(endpoint.received)
    assert ["refused"] == [one.outcome for one in office.attempts("event:0")]
    office.later(seconds=5)
    assert 1 == office.deliver().sent
    assert ["refused", "sent"] == [one.outcome for one in office.attempts("event:0")]


def test_an_endpoint_that_failed_rests(office: PostOffice, endpoint: Endpoint) -> None:
    """Until the failed one's next attempt nothing is sent there, and of the others no attempt is counted."""
    office.subscribe("a", hook(endpoint))
    office.subscribe("b", hook(endpoint))
    office.post("a", "event:0")
    office.post("b", "event:1", "event:2")
    endpoint.answers.extend([Answer(status=503)])
    assert Delivered(sent=0, failed=1, dead=0, waiting=3) == office.deliver()
    assert {"event:0": "failed", "event:1": "pending", "event:2": "pending"} == office.states()
    assert ["failed"] == [one.outcome for one in office.attempts("event:0")]
    assert [] == office.attempts("event:1")
    office.later(seconds=4.9)
    office.post("b", "event:3")
    assert 0 == office.deliver().sent
    office.later(seconds=0.1)
    assert 4 == office.deliver().sent
    assert ["event:0", "event:0", "event:1", "event:2", "event:3"] == keys_of(endpoint.received)


def test_what_was_sent_or_dead_is_delivered_again_under_its_id(office: PostOffice, endpoint: Endpoint) -> None:
    """Redelivery begins the schedule anew, sends the same content under the same id, and ends the endpoint's rest."""
    office.waits_s = (0.0,)
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0", "event:1")
    endpoint.answers.append(Answer(status=400))
    assert Delivered(sent=1, failed=0, dead=1, waiting=0) == office.deliver()
    with office.database.writing() as transaction:
        assert 2 == len(transaction.outbox.redeliver(EVERY, office.now))
    assert 2 == office.deliver().sent
    first, second = endpoint.received[:2], endpoint.received[2:]
    assert [one.body for one in first] == [one.body for one in second]
    assert ids_of(first) == ids_of(second)


def test_a_message_that_cannot_be_rendered_stops_no_other(office: PostOffice, endpoint: Endpoint) -> None:
    """It is dead with the kind of the fault as its reason, and those behind it are sent."""

    def render(delivery: Delivery, content: object, envelope: Envelope) -> Rendered:
        if delivery.items == ("event:0",):
            raise KeyError("somebody's secret")
        return Rendered(subject="", text="", body=b"{}")

    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0", "event:1")
    assert Delivered(sent=1, failed=0, dead=1, waiting=0) == office.deliver(render=render)
    assert ["cannot be rendered: KeyError"] == [one.reason for one in office.attempts("event:0")]


class Broken:
    """A channel with a fault of its own."""

    def send(self, message: Message) -> Outcome:
        """Fall over."""
        raise RuntimeError(message.address)

    def close(self) -> None:
        """Nothing is kept."""


def test_a_channel_that_falls_over_fails_its_message(office: PostOffice, endpoint: Endpoint) -> None:
    """A fault inside a channel is one failed attempt, whose reason repeats nothing of the message, nor does the log."""
    office.channels = {"webhook": Broken}
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    with capture_logs() as logs:
        assert Delivered(sent=0, failed=1, dead=0, waiting=1) == office.deliver()
    assert "test_retrying.py" in next(line["at"] for line in logs if line["event"] == "channel_failed")
    assert endpoint.url not in str(logs)
    assert ["a fault of the channel: RuntimeError"] == [one.reason for one in office.attempts("event:0")]


def test_leases_are_extended_while_a_lane_works(office: PostOffice, endpoint: Endpoint) -> None:
    """A lane that takes longer than a lease goes on: what it holds is held for longer meanwhile."""

    def slow(received: Received) -> Answer:
        office.later(seconds=25)  # more than a third of a lease passes during each request
        deadline = time.monotonic() + 20
        while leased_until(office) < office.now + timedelta(seconds=30) and time.monotonic() < deadline:
            pass  # until the thread that settles has seen the time
        return Answer()

    endpoint.otherwise = slow
    office.subscribe("a", hook(endpoint))
    office.post("a", *(f"event:{number}" for number in range(6)))
    assert 6 == office.deliver().sent
    assert 6 == len(set(ids_of(endpoint.received))) == len(endpoint.received)


class Busy(Database):
    """A database that is too busy for the third transaction, the first settlement, and for the one after it."""

    count = 0

    @contextmanager
    def working(self) -> Iterator[Transaction]:
        """As ever, or busy."""
        self.count += 1
        if self.count in (3, 4):
            raise Transient("busy", retry_after_s=0.0)
        with super().working() as transaction:
            yield transaction


def test_what_was_sent_is_settled_though_the_database_is_busy(office: PostOffice, endpoint: Endpoint) -> None:
    """A settlement that finds the database busy is done once more, and nothing is sent again for it."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    assert 1 == office.deliver(database=Busy(office.database._engine, clock=lambda: office.now)).sent
    assert 1 == len(endpoint.received)


def test_what_is_no_longer_leased_is_not_sent(office: PostOffice, endpoint: Endpoint) -> None:
    """After a pause beyond its lease, as of a machine that slept, a lane leaves what it has not sent to others."""

    def asleep(received: Received) -> Answer:
        awake = office.now + timedelta(hours=1)
        with office.database.working() as transaction:
            transaction.outbox.release_gone(lambda holder: False, awake)
            taken.extend(transaction.outbox.claim(Claim(holder="other", now=awake, lease_s=60)))
        office.now = awake
        told.wait(20)  # until the thread that settles has seen the time too
        return Answer()

    class Told(Database):
        """A database that tells of each transaction once all is taken."""

        @contextmanager
        def working(self) -> Iterator[Transaction]:
            """As ever, and told of at its end."""
            with super().working() as transaction:
                yield transaction
            if taken:
                told.set()

    told = threading.Event()

    taken: list[Claimed] = []
    endpoint.otherwise = asleep
    office.subscribe("a", hook(endpoint))
    office.post("a", *(f"event:{number}" for number in range(4)))
    assert 0 == office.deliver(database=Told(office.database._engine, clock=lambda: office.now)).sent
    assert ["event:0"] == keys_of(endpoint.received)
    assert 4 == len(taken)
    assert {"leased"} == set(office.states().values())
    assert [] == office.attempts("event:0")


def leased_until(office: PostOffice) -> datetime:
    """How long the last delivery is leased, as another process sees it; for ever where it is settled."""
    with office.database.reading() as transaction:
        found = transaction.connection.execute(select(DELIVERIES.c.lease_until).order_by(DELIVERIES.c.number)).all()
    return datetime.max.replace(tzinfo=UTC) if found[-1][0] is None else instant_of(found[-1][0])


def test_the_wait_before_the_first_attempt_is_kept(office: PostOffice, endpoint: Endpoint) -> None:
    """The schedule's first value holds back each first attempt, one that is delivered again too, and no later one."""
    office.waits_s = (60.0, 60.0)
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    office.later(seconds=30)
    office.post("a", "event:1")
    office.later(seconds=29.9)
    assert Delivered(sent=0, failed=0, dead=0, waiting=2) == office.deliver()
    office.later(seconds=0.1)
    endpoint.answers.append(Answer(status=400))
    assert Delivered(sent=0, failed=1, dead=0, waiting=2) == office.deliver()
    office.later(seconds=30)
    assert (1, ["event:0", "event:1"]) == (office.deliver().sent, keys_of(endpoint.received))
    office.later(seconds=30)
    assert 1 == office.deliver().sent
    with office.database.writing() as transaction:
        transaction.outbox.redeliver(EVERY, office.now)
    office.later(seconds=59)
    assert 0 == office.deliver().sent
    office.later(seconds=1)
    assert 2 == office.deliver().sent


def test_what_is_sent_out_of_turn_waits_for_nothing(office: PostOffice, endpoint: Endpoint) -> None:
    """Deliveries that are asked for by their ids, as samples are, go out at once, whatever the first wait is."""
    office.waits_s = (60.0,)
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0", "event:1")
    (_, wanted) = office.deliveries()
    assert 1 == office.deliverer().only_these([wanted.id]).deliver().sent
    assert ["event:1"] == keys_of(endpoint.received)

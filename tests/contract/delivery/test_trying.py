"""Samples that another process takes first: their outcome is waited for, and for no longer than an attempt takes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from store.claiming import Claim
from store.deliveries import Attempt, AttemptOutcome, Claimed, DeliveryState
from store.settling import Settlement
from tests.contract.delivery.post_office import PostOffice, hook
from tests.endpoints import Answer, Endpoint
from tracker.delivery.trying import Patience, TriedOut, try_out


@dataclass(slots=True)
class Waiting:
    """A clock that stands still but for sleeping; in the third look ``then`` happens."""

    then: Callable[[], None] = lambda: None
    slept_s: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.slept_s.append(seconds)
        if len(self.slept_s) == 3:
            self.then()

    def patience(self, most_s: float = 5) -> Patience:
        """By this clock."""
        return Patience(most_s=most_s, sleep=self.sleep, elapsed_s=lambda: sum(self.slept_s))


def taken_by_another(office: PostOffice) -> Claimed:
    """A claim of what is due by a process that lives."""
    with office.database.working() as transaction:
        (claimed,) = transaction.outbox.claim(Claim(holder="there", now=office.now, lease_s=60))
    return claimed


def settle(office: PostOffice, settlement: Settlement) -> None:
    """The other process has an outcome."""
    with office.database.working() as transaction:
        transaction.outbox.settle([settlement], office.now)


def tried(office: PostOffice, waiting: Waiting, key: str = "event:0") -> TriedOut:
    """Try the delivery of an item."""
    ids = [one.id for one in office.deliveries() if one.items == (key,)]
    return try_out(office.deliverer(), ids, waiting.patience())


def attempt(outcome: AttemptOutcome) -> Attempt:
    """An attempt of another process."""
    return Attempt(at=datetime(2026, 6, 1, tzinfo=UTC), outcome=outcome, ms=5, status=204)


@pytest.mark.parametrize("state", (DeliveryState.SENT, DeliveryState.DEAD))
def test_what_another_process_sends_is_waited_for(office: PostOffice, endpoint: Endpoint, state: DeliveryState) -> None:
    """Its outcome is told, whatever it is, and nothing is sent twice."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    claimed = taken_by_another(office)
    ended = {
        DeliveryState.SENT: Settlement.sent(claimed, attempt(AttemptOutcome.SENT)),
        DeliveryState.DEAD: Settlement.dead(claimed, attempt(AttemptOutcome.DEAD)),
    }
    found = tried(office, Waiting(then=lambda: settle(office, ended[state])))
    assert ([state], False) == ([one.state for one in found.deliveries], found.is_open)
    assert [] == endpoint.received


def test_an_endpoint_that_another_process_sends_to_is_waited_for(office: PostOffice, endpoint: Endpoint) -> None:
    """Then it is tried here."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    claimed = taken_by_another(office)
    office.post("a", "event:1")
    sent = Settlement.sent(claimed, attempt(AttemptOutcome.SENT))
    found = tried(office, Waiting(then=lambda: settle(office, sent)), "event:1")
    assert [DeliveryState.SENT] == [one.state for one in found.deliveries]
    assert 1 == len(endpoint.received)


def test_the_wait_ends(office: PostOffice, endpoint: Endpoint) -> None:
    """With its patience, while another process still has it."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    taken_by_another(office)
    waiting = Waiting()
    found = tried(office, waiting)
    assert ([DeliveryState.LEASED], True) == ([one.state for one in found.deliveries], found.is_open)
    assert 5 <= sum(waiting.slept_s) < 6


def test_nobody_waits_for_what_was_tried_here(office: PostOffice, endpoint: Endpoint) -> None:
    """A failure is an outcome."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    endpoint.otherwise = lambda received: Answer(status=503)
    waiting = Waiting()
    assert [DeliveryState.FAILED] == [one.state for one in tried(office, waiting).deliveries]
    assert [] == waiting.slept_s

"""An address that takes nothing any more is disabled, its owner is told, and what it missed can be sent exactly."""

import json

import pytest
from structlog.testing import capture_logs

from store.addresses import AddressState
from tests.contract.delivery.post_office import PostOffice, hook, ids_of, keys_of
from tests.endpoints import Answer, Endpoint
from tracker.alerts.rendering.envelope import Envelope
from tracker.alerts.rendering.renderer import Renderer
from tracker.delivery.deliverer import Delivered
from tracker.domain.subscribing import SubscriptionEventType
from tracker.ledger.subscription_ledger import SubscriptionLedger
from tracker.pipeline.replaying import rebuild
from tracker.pipeline.verifying import verify
from tracker.views.overview import Stored, overview
from tracker.views.standing import standing_named


@pytest.fixture
def watched(office: PostOffice, endpoint: Endpoint, other_endpoint: Endpoint) -> PostOffice:
    """A subscription with two addresses, and a third one of another subscription."""
    office.subscribe("a", hook(endpoint), hook(other_endpoint))
    office.subscribe("b", hook(other_endpoint, name="/b"))
    return office


def address_of(office: PostOffice, number: int = 1) -> tuple[AddressState, str | None]:
    """State of an address of the subscription a, and why it is disabled."""
    with office.database.reading() as transaction:
        (delivery, *_) = [one for one in transaction.outbox.list() if one.address_number == number]
        found = transaction.addresses.get(delivery.address_id)
    return found.state, found.disabled_reason


def kinds(office: PostOffice) -> list[tuple[str, int, str]]:
    """Kind, address and state of each delivery."""
    return [(one.kind, one.address_number, one.state.value) for one in office.deliveries()]


def test_410_disables_the_address(watched: PostOffice, endpoint: Endpoint, other_endpoint: Endpoint) -> None:
    """Nothing more is sent there, what waits is dead for that reason, event and view say so, the others go on."""
    watched.post("a", "event:0", "event:1")
    watched.post("b", "event:2")
    endpoint.otherwise = lambda received: Answer(status=410)
    found = watched.deliver()
    assert (4, 0, 2, 0) == (found.sent, found.failed, found.dead, found.waiting)  # a notice among them
    assert ["event:0"] == keys_of(endpoint.received)
    assert (AddressState.DISABLED, "answered 410 Gone") == address_of(watched)
    dead = watched.deliveries(reason="address disabled")
    assert [("event:0",), ("event:1",)] == [one.items for one in dead]
    assert {"dead"} == {one.state.value for one in dead}
    assert ["dead"] == [one.outcome for one in watched.attempts("event:0") if one.status == 410]
    with watched.database.reading() as transaction:
        event = list(SubscriptionLedger(transaction).read())[-1].event
        standing = standing_named(transaction.connection, "a")
    assert (SubscriptionEventType.ADDRESS_DISABLED, "a", "answered 410 Gone") == (
        event.type,
        event.name,
        event.detail["reason"],
    )
    assert standing is not None
    assert [True, False] == [one.is_disabled for one in standing.addresses]
    live = watched.lab.rows()
    assert verify(watched.database, show=lambda *_: None).ok
    rebuild(watched.database, show=lambda *_: None)
    assert live == watched.lab.rows()


def test_its_owner_is_told_once_through_the_others(
    watched: PostOffice, endpoint: Endpoint, other_endpoint: Endpoint
) -> None:
    """One notice names the address by its mask, the reason and the way on, however much is lost there."""
    watched.post("a", *(f"event:{number}" for number in range(5)))
    endpoint.otherwise = lambda received: Answer(status=410)
    watched.deliver()
    watched.post("a", "event:9")
    watched.deliver()
    notices = [one for one in other_endpoint.received if b'"kind": "notice"' in one.body]
    (content,) = [json.loads(one.body)["data"]["content"] for one in notices]
    assert "a" == content["subscription"]
    for said in ("address 1 of a", hook(endpoint).mask, "410 Gone", "trialog resume a"):
        assert said in content["notice"]
    assert endpoint.url not in notices[0].body.decode()
    assert 1 == sum(kind == "notice" for kind, _, _ in kinds(watched))


def test_where_nobody_is_left_to_be_told_the_operator_is(office: PostOffice, endpoint: Endpoint) -> None:
    """An address that was the only one is told in the log, as an error, by its mask."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    endpoint.otherwise = lambda received: Answer(status=410)
    with capture_logs() as logs:
        found = office.deliver()
    (told,) = [line for line in logs if line["event"] == "address_disabled"]
    assert ("error", "a", hook(endpoint).mask) == (told["log_level"], told["subscription"], told["address"])
    assert hook(endpoint).clear not in str(logs)
    assert (hook(endpoint).secret or "") not in str(logs)
    assert ["a"] == [one.subscription for one in found.disabled]
    with office.database.reading() as transaction:
        shown = overview(
            transaction.connection, Stored(events=0, rejects=0, size_bytes=0, seen_on=None)
        ).disabled_addresses
    assert [("a", 1, "webhook", hook(endpoint).mask, "answered 410 Gone")] == [
        (one.subscription, one.address_number, one.channel, one.address, one.disabled_reason) for one in shown
    ]


def test_resumed_it_is_sent_exactly_what_it_missed(
    watched: PostOffice, endpoint: Endpoint, other_endpoint: Endpoint
) -> None:
    """What was lost, and what came meanwhile, goes out in order under its own ids, and nothing else."""
    watched.post("a", "event:0")
    watched.deliver()
    watched.post("a", "event:1", "event:2")
    endpoint.answers.append(Answer(status=410))
    watched.deliver()
    watched.post("a", "event:3")
    assert watched.deliver().is_well
    missed = [one.id for one in watched.deliveries() if one.address_number == 1 and one.items != ("event:0",)]
    with watched.acting() as acting:
        assert 3 == acting.resume("a")
    before = len(endpoint.received)
    assert 3 == watched.deliver().sent
    assert ["event:1", "event:2", "event:3"] == keys_of(endpoint.received[before:])
    assert [one for one in missed if one in ids_of(endpoint.received[before:])] == missed


@pytest.mark.parametrize("status", (400, 503))
def test_five_days_of_failures_disable(office: PostOffice, endpoint: Endpoint, status: int) -> None:
    """Not before five days since the first failure with no success since, and then whatever the message."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    office.deliver()
    office.later(days=10)
    endpoint.otherwise = lambda received: Answer(status=status)
    office.post("a", "event:1")
    office.deliver()
    office.later(days=4.99)
    assert (1, ()) == (office.deliver().failed, office.deliver().disabled)
    office.later(days=0.01)
    office.post("a", "event:2")
    found = office.deliver()
    assert (0, 2, 0) == (found.failed, found.dead, found.waiting)
    assert AddressState.DISABLED == address_of(office)[0]
    assert {"event:0": "sent", "event:1": "dead", "event:2": "dead"} == office.states()
    assert {"address disabled"} == {one.reason for one in office.deliveries() if one.state == "dead"}


def test_what_shows_it_at_its_last_attempt_is_replayed_too(office: PostOffice, endpoint: Endpoint) -> None:
    """The delivery that disables its address dies with it and not by its schedule, so that resuming sends it."""
    office.waits_s = (0.0,)
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    endpoint.answers.append(Answer(status=410))
    assert (0, 1, 0) == (
        office.deliver().sent,
        len(office.deliveries(reason="address disabled")),
        office.deliver().dead,
    )
    with office.acting() as acting:
        assert 1 == acting.resume("a")
    assert 1 == office.deliver().sent


def test_a_success_ends_the_count_of_days(office: PostOffice, endpoint: Endpoint) -> None:
    """An address that took something since is not disabled, also where that was just before, in the same run."""
    office.subscribe("a", hook(endpoint))
    endpoint.answers.append(Answer(status=400))
    office.post("a", "event:0")
    office.deliver()
    office.later(days=6)
    endpoint.answers.extend([Answer(), Answer(status=400)])
    office.post("a", "event:1")
    assert Delivered(sent=1, failed=1, dead=0, waiting=1) == office.deliver()
    assert AddressState.ACTIVE == address_of(office)[0]


def test_what_others_were_told_does_not_depend_on_a_disabled_one(
    watched: PostOffice, endpoint: Endpoint, other_endpoint: Endpoint
) -> None:
    """One channel's failure never moves another's mark: each address has its own deliveries."""
    watched.post("a", "event:0", "event:1")
    endpoint.answers.extend([Answer(status=503), Answer(status=410)])
    watched.deliver()
    watched.later(seconds=5)
    watched.deliver()
    assert ["event:0", "event:1"] == keys_of(other_endpoint.received)[:2]


def test_a_notice_is_rendered_as_it_is_told(watched: PostOffice, endpoint: Endpoint, other_endpoint: Endpoint) -> None:
    """The renderer of messages takes a notice, and names the address, the reason and the way on in text and HTML."""
    watched.post("a", "event:0")
    endpoint.otherwise = lambda received: Answer(status=410)
    watched.deliver()
    (notice,) = [one for one in watched.deliveries() if one.kind == "notice"]
    with watched.database.reading() as transaction:
        content = transaction.outbox.content(notice.id)
    envelope = Envelope(delivery_id=notice.id, created_at=notice.created_at, subscription="a")
    rendered = Renderer().render(content, envelope)
    for said in (rendered.text, rendered.html, rendered.body.decode()):
        assert "410 Gone" in said
        assert "trialog resume a" in said

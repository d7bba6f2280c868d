"""The operator's alarms on both databases: told once, over once, to the address that the settings name."""

import json
from collections.abc import Collection

import pytest
from structlog.testing import capture_logs

from notifiers.signing import Signed, verify
from store.addresses import Address
from store.deliveries import DeliveryFilter
from tests.contract.delivery.post_office import NOW, PostOffice, hook, mail
from tests.endpoints import Answer, Endpoint, Received
from tracker.alerts.alarms import Kept, Operator, Seen, is_anything_new, keep
from tracker.alerts.redelivering import redeliver
from tracker.alerts.targets import Target
from tracker.domain.alarms import Key
from tracker.domain.fitness import Code, Reason
from tracker.domain.running import OPERATOR
from tracker.ledger.subscription_ledger import SubscriptionLedger
from tracker.pipeline.replaying import rebuild
from tracker.pipeline.surveying import Outlook, survey
from tracker.pipeline.verifying import verify as verified

HELD = Reason(code=Code.HELD_RUN, subject="run1", message="run1 holds 9 observations back", advice="trialog runs")
BLOCKED = Reason(code=Code.REGISTRY_BLOCKS, message="the registry blocks this client", advice="wait")
IS_HELD: Key = ("held_run", "run1")


def look(
    office: PostOffice,
    *reasons: Reason,
    to: Target | None = None,
    over: Collection[Key] = (),
    told: Collection[Key] = (),
    tries_again: bool = False,
) -> Kept:
    """Keep what was seen."""
    seen = Seen(reasons=reasons, over=over, told=told, tries_again=tries_again)
    operator = Operator(target=to, host="kea")
    with office.database.writing() as transaction:
        kept = keep(transaction, seen, operator, now=office.now, new_id=lambda: f"at{office.now.timestamp()}")
    office.later(seconds=1)
    return kept


def notices(received: list[Received]) -> list[tuple[str, bool]]:
    """Code and whether it is over of each notice, in order."""
    alarms = [json.loads(one.body)["data"]["content"]["alarm"] for one in received]
    return [(one["code"], one["over_at"] is not None) for one in alarms]


def addresses(office: PostOffice) -> list[Address]:
    """All that the operator ever had."""
    with office.database.reading() as transaction:
        return transaction.addresses.of(OPERATOR, with_removed=True)


def unreachable(office: PostOffice) -> tuple[str, ...]:
    """Who can be told nothing any more, by the status."""
    outlook = Outlook(silence_h=26, daemon_silent_s=60, consumers=())
    return survey(office.database, outlook, now=office.now).facts.unreachable


def test_a_trouble_is_told_once_and_once_when_it_is_over(office: PostOffice, endpoint: Endpoint) -> None:
    """However often it is seen; when it comes again, it is told again; nothing else of the ledger changes."""
    to = hook(endpoint)
    first = look(office, HELD, to=to)
    assert (["held_run"], 1) == ([one.code for one in first.raised], first.enqueued_count)
    assert (0, 0) == (look(office, HELD, to=to).enqueued_count, look(office, HELD, to=to).enqueued_count)
    assert ["held_run"] == [one.code for one in look(office, to=to, over=[IS_HELD]).over]
    assert 0 == look(office, to=to, over=[IS_HELD]).enqueued_count
    look(office, HELD, BLOCKED, to=to)
    office.deliver()
    told = [("held_run", False), ("held_run", True), ("held_run", False), ("registry_blocks", False)]
    assert told == notices(endpoint.received)
    assert {(OPERATOR, "notice")} == {(one.subscription, one.kind) for one in office.deliveries()}
    with office.database.reading() as transaction:
        assert [] == list(SubscriptionLedger(transaction).read())
    rebuild(office.database, show=lambda *_: None)
    assert verified(office.database, show=lambda *_: None).ok


def test_what_is_over_before_it_was_told_is_not_told(office: PostOffice, endpoint: Endpoint) -> None:
    """Without an address alarms wait; one that goes on is told once there is an address."""
    assert 0 == look(office, HELD, BLOCKED).enqueued_count
    assert ["held_run"] == [one.code for one in look(office, BLOCKED, over=[IS_HELD]).over]
    assert 1 == look(office, BLOCKED, to=hook(endpoint)).enqueued_count
    office.deliver()
    assert [("registry_blocks", False)] == notices(endpoint.received)


def test_only_what_would_change_anything_is_written(office: PostOffice, endpoint: Endpoint) -> None:
    """A look that sees the same again needs no transaction; one with another message, address or secret does."""
    to = hook(endpoint)
    look(office, HELD, to=to)

    def is_new(*reasons: Reason, to: Target | None = to, over: Collection[Key] = (), tries_again: bool = False) -> bool:
        seen = Seen(reasons=reasons, over=over, tries_again=tries_again)
        with office.database.reading() as transaction:
            return is_anything_new(transaction, seen, Operator(target=to, host="kea"))

    assert [False, False] == [is_new(HELD), is_new()]
    assert is_new(HELD, BLOCKED)
    assert is_new(HELD, to=None)
    assert is_new(HELD, to=hook(endpoint, name="/other"))
    assert is_new(HELD, tries_again=True)
    assert is_new(over=[IS_HELD])
    assert is_new(Reason(code=HELD.code, subject=HELD.subject, message="8 observations", advice=HELD.advice))


def test_another_address_takes_the_place_of_the_one_before(
    office: PostOffice, endpoint: Endpoint, other_endpoint: Endpoint
) -> None:
    """What waited for the old one dies and its text is erased; the new one is told what goes on and was not sent."""
    look(office, HELD, to=hook(endpoint))
    office.deliver()
    look(office, HELD, BLOCKED, to=hook(endpoint))
    look(office, HELD, BLOCKED, to=hook(other_endpoint))
    office.deliver()
    assert [("held_run", False)] == notices(endpoint.received)
    assert [("registry_blocks", False)] == notices(other_endpoint.received)
    assert ["sent", "dead", "sent"] == [one.state.value for one in office.deliveries()]
    new, old = addresses(office)
    assert (True, None, None) == (old.removed_at is not None, old.clear, old.secrets)
    assert (1, hook(other_endpoint).clear) == (new.number, new.clear)
    look(office, HELD, BLOCKED)
    assert [None, None] == [one.clear for one in addresses(office)]


def test_an_address_that_is_gone_is_disabled_and_tried_again_after_a_start(
    office: PostOffice, endpoint: Endpoint
) -> None:
    """The log and the status say so and no event does; then what still goes on is sent, and nothing else."""
    to = hook(endpoint)
    look(office, HELD, to=to)
    endpoint.answers.append(Answer(status=410))
    with capture_logs() as logs:
        found = office.deliver()
    assert ([OPERATOR], 0) == ([one.subscription for one in found.disabled], found.waiting)
    (said,) = [line for line in logs if line["event"] == "address_disabled"]
    assert ("error", OPERATOR, to.mask) == (said["log_level"], said["subscription"], said["address"])
    assert (OPERATOR,) == unreachable(office)
    with office.database.reading() as transaction:
        assert [] == list(SubscriptionLedger(transaction).read())
    look(office, HELD, BLOCKED, to=to)
    look(office, BLOCKED, to=to, over=[IS_HELD])
    assert {"dead"} == {one.state.value for one in office.deliveries()}
    with office.database.writing() as transaction:
        (first, *_) = redeliver(transaction, DeliveryFilter(ids=[office.deliveries()[0].id]), now=office.now).left_out
    assert "trialog run" in first.reason
    look(office, BLOCKED, to=to, tries_again=True)
    office.deliver()
    assert [("held_run", False), ("registry_blocks", False)] == notices(endpoint.received)
    assert () == unreachable(office)


def test_what_was_told_past_the_outbox_is_not_told_again(office: PostOffice, endpoint: Endpoint) -> None:
    """Kept as told, so that its end alone goes out."""
    assert 0 == look(office, HELD, to=hook(endpoint), told=[IS_HELD]).enqueued_count
    assert 1 == look(office, to=hook(endpoint), over=[IS_HELD]).enqueued_count


def test_a_webhook_is_signed_with_the_secret_of_the_settings(office: PostOffice, endpoint: Endpoint) -> None:
    """Another secret takes its place without another address."""
    to = hook(endpoint)
    look(office, HELD, to=to)
    office.deliver()
    other = Target(channel=to.channel, clear=to.clear, mask=to.mask, endpoint=to.endpoint, secret="whsec_" + "b" * 32)
    look(office, HELD, BLOCKED, to=other)
    office.deliver()
    assert 1 == len(addresses(office))
    for target, received in zip((to, other), endpoint.received, strict=True):
        signed = Signed(
            message_id=received.headers["webhook-id"],
            timestamp=received.headers["webhook-timestamp"],
            signatures=received.headers["webhook-signature"],
            body=received.body,
        )
        at = NOW if target is to else office.now
        assert verify(target.secret or "", signed, now=at)


@pytest.mark.parametrize("public_url", ("", "https://trialog.example.org"))
def test_alarms_have_no_way_to_unsubscribe(office: PostOffice, endpoint: Endpoint, public_url: str) -> None:
    """Neither link nor token: no subscription asks for them."""
    office.public_url = public_url
    office.subscribe("a", mail("ada@example.org"))
    look(office, HELD, to=hook(endpoint))
    office.deliver()
    assert "" == json.loads(endpoint.received[0].body)["data"]["stop"]

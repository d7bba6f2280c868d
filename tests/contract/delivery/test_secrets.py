"""Which secrets sign, and how a message says how to stop."""

import json
from datetime import timedelta

from notifiers import unsubscribe_token
from notifiers.signing import new_secret, verify
from store.addresses import Secret
from store.claiming import Claim
from tests.contract.delivery.post_office import KEY, PostOffice, hook
from tests.contract.delivery.test_delivering import signed_of
from tests.endpoints import Endpoint
from tracker.delivery.unsubscribing import unsubscribe_key

NEW = new_secret(lambda count: b"n" * count)
OLD = new_secret(lambda count: b"o" * count)


def test_both_secrets_sign_during_an_overlap(office: PostOffice, endpoint: Endpoint) -> None:
    """Until the old one ends a receiver verifies with either, afterwards with the new one alone."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    ends_at = office.now + timedelta(hours=24)
    (delivery,) = office.deliveries()
    with office.database.writing() as transaction:
        secrets = [Secret(secret=NEW), Secret(secret=OLD, valid_until=ends_at)]
        transaction.addresses.put_secrets(delivery.address_id, secrets)
    found = []
    for hours in (0, 23.9, 24):
        office.now = ends_at + timedelta(hours=hours - 24)
        office.post("a", f"event:{hours}")
        office.deliver()
        signed = signed_of(endpoint.received[-1])
        found.append(tuple(verify(secret, signed, now=office.now) for secret in (NEW, OLD)))
    assert [(True, True), (True, True), (True, False)] == found
    assert 1 == len(endpoint.received[-1].headers["webhook-signature"].split())


def test_a_message_says_how_to_stop(office: PostOffice, endpoint: Endpoint) -> None:
    """By a token that names the subscription, in a link where trialog has pages of its own."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0")
    office.deliver()
    office.public_url = "https://trialog.example.org"
    office.post("a", "event:1")
    office.deliver()
    alone, url = (json.loads(one.body)["data"]["stop"] for one in endpoint.received)
    start, _, token = url.rpartition("/")
    assert "https://trialog.example.org/unsubscribe" == start
    assert alone == token
    assert office.deliveries()[0].subscription_id == unsubscribe_token.read(token, key=KEY)


def test_the_key_of_tokens_is_made_once_for_all_hosts(office: PostOffice) -> None:
    """Whoever asks second gets what the first one made."""
    made = [unsubscribe_key(office.database, lambda count, byte=byte: byte * count) for byte in (b"1", b"2")]  # type: ignore[misc] # bound now
    assert [b"1" * 32, b"1" * 32] == made


def test_what_is_claimed_tells_no_secret_by_its_repr(office: PostOffice, endpoint: Endpoint) -> None:
    """A log line or an error that shows a claimed delivery shows neither its address in clear nor its secret."""
    target = hook(endpoint)
    office.subscribe("a", target)
    office.post("a", "event:0")
    with office.database.working() as transaction:
        shown = repr(transaction.outbox.claim(Claim(holder="here", now=office.now, lease_s=60)))
    assert target.mask in shown
    assert target.clear not in shown
    assert (target.secret or "") not in shown

"""Mail goes over one connection, and a setting of ours that is wrong stops mail alone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from notifiers.email import EmailNotifier, EmailSettings, Security
from tests.contract.delivery.post_office import PostOffice, hook, mail, webhook
from tests.endpoints import Endpoint
from tests.mailbox import Mailbox, listening_mailbox
from tracker.delivery.deliverer import Delivered, Hindrance


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server without TLS and login."""
    with listening_mailbox() as listening:
        yield listening


def mailing(office: PostOffice, mailbox: Mailbox, *, sender: str = "alerts@example.org") -> None:
    """Let mail go to the mailbox."""
    settings = EmailSettings(host="127.0.0.1", port=mailbox.port, sender=sender, security=Security.NONE, timeout_s=5)
    office.channels = {"webhook": webhook, "email": lambda: EmailNotifier(settings)}


def test_mails_of_all_subscriptions_go_over_one_connection(office: PostOffice, mailbox: Mailbox) -> None:
    """Each mail has one recipient and its delivery's id, in the order of the outbox."""
    mailing(office, mailbox)
    office.subscribe("a", mail("ada@example.org"), mail("bob@example.org"))
    office.subscribe("b", mail("cyd@example.org"))
    for number in range(3):
        office.post("a", f"a:{number}")
        office.post("b", f"b:{number}")
    assert 9 == office.deliver().sent
    assert 1 == len({one.connection for one in mailbox.mails})
    assert ["ada", "bob", "cyd"] * 3 == [one.recipients[0].partition("@")[0] for one in mailbox.mails]
    assert [f"<{one.id}@example.org>" for one in office.deliveries()] == [
        one.headers["message-id"] for one in mailbox.mails
    ]


def test_a_recipient_that_is_refused_is_disabled_and_others_are_not(office: PostOffice, mailbox: Mailbox) -> None:
    """550 at RCPT disables that address, whose owner is told at the other one; a 4xx is tried again."""
    mailing(office, mailbox)
    office.subscribe("a", mail("ada@example.org"), mail("bob@example.org"))
    office.post("a", "event:0")
    mailbox.to_rcpt.extend(["550 no such user", "451 later"])
    found = office.deliver()
    assert (1, 1, 1, 1) == (found.sent, found.failed, found.dead, found.waiting)
    assert ["a***@example.org"] == [one.address for one in found.disabled]
    assert ["notice"] == [one.headers["subject"].split()[0] for one in mailbox.mails]
    office.later(seconds=5)
    assert 1 == office.deliver().sent


def test_a_fault_of_ours_counts_nothing_and_stops_mail_alone(
    office: PostOffice, mailbox: Mailbox, endpoint: Endpoint
) -> None:
    """Where the sender is not set, mail waits as it was, the setting is named, and webhooks go on."""
    mailing(office, mailbox, sender="")
    office.subscribe("a", mail("ada@example.org"), hook(endpoint))
    office.post("a", "event:0", "event:1", "event:2")
    found = office.deliver()
    hindrance = Hindrance(channel="email", reason="not set: TRIALOG_EMAIL__SENDER")
    assert Delivered(sent=3, failed=0, dead=0, waiting=3, hindrances=(hindrance,)) == found
    assert not found.is_well
    assert ["pending"] * 3 == [one.state.value for one in office.deliveries() if one.channel == "email"]
    assert [0] * 3 == [one.attempts_count for one in office.deliveries() if one.channel == "email"]
    assert ["sent"] == [one.outcome for one in office.attempts("event:0")]
    mailing(office, mailbox)
    assert 3 == office.deliver().sent
    assert 3 == len(mailbox.mails)


def test_a_channel_that_is_not_known_is_ours(office: PostOffice, endpoint: Endpoint) -> None:
    """What another host's newer trialog could send waits for it, and the others go on."""
    unknown = replace(mail("ada@example.org"), channel="pigeon", endpoint="pigeon")
    office.subscribe("a", unknown, hook(endpoint))
    office.post("a", "event:0")
    found = office.deliver()
    assert (1, 1, ["pigeon"]) == (found.sent, found.waiting, [one.channel for one in found.hindrances])

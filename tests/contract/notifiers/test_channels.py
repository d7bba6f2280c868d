"""What every channel keeps, whatever it is made of: an outcome for everything, and nothing given away."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from notifiers.apprise import AppriseNotifier
from notifiers.email import EmailNotifier, EmailSettings, Security
from notifiers.guard import Guard, system_resolver
from notifiers.notifier import Notifier, OutcomeKind
from notifiers.webhook import WebhookNotifier, WebhookSettings
from tests.contract.notifiers.conftest import LOOPBACK, SECRET, SENT_AT, message
from tests.endpoints import Answer, Fault, free_port, listening_endpoint
from tests.mailbox import CUT, listening_mailbox

GUARD = Guard(resolve=system_resolver, allow_networks=LOOPBACK)
HIDDEN = ("hunter2", "whsec_", "pass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A channel and the receiver at its other end.

    ``refuse`` makes the receiver refuse the next message, ``break_off`` hang up on it; ``count`` says how many it took.
    """

    notifier: Notifier
    address: str
    nowhere: str
    refuse: Callable[[], None]
    break_off: Callable[[], None]
    count: Callable[[], int]


@contextmanager
def webhook_line() -> Iterator[Line]:
    """The channel over HTTP."""
    with listening_endpoint() as endpoint:
        yield Line(
            notifier=WebhookNotifier(WebhookSettings(user_agent="trialog/1.0", timeout_s=5.0), GUARD),
            address=f"http://127.0.0.1:{endpoint.port}/hunter2",
            nowhere=f"http://127.0.0.1:{free_port()}/hunter2",
            refuse=lambda: endpoint.answers.append(Answer(status=400)),
            break_off=lambda: endpoint.answers.append(Answer(fault=Fault.CUT)),
            count=lambda: sum(1 for _ in endpoint.received),
        )


@contextmanager
def email_line() -> Iterator[Line]:
    """The channel over SMTP; its nowhere is an address that nobody has."""
    with listening_mailbox() as mailbox:
        settings = EmailSettings(
            host="127.0.0.1", port=mailbox.port, sender="alerts@example.org", security=Security.NONE, timeout_s=5.0
        )
        yield Line(
            notifier=EmailNotifier(settings),
            address="mailto:hunter2@example.org",
            nowhere="mailto:hunter2@@example.org",
            refuse=lambda: mailbox.to_rcpt.append("450 4.2.0 <hunter2@example.org>: no room for Hunter2"),
            break_off=lambda: mailbox.to_mail.extend((CUT, CUT)),
            count=lambda: len(mailbox.mails),
        )


@contextmanager
def apprise_line() -> Iterator[Line]:
    """The channel over Apprise."""
    pytest.importorskip("apprise", reason="Apprise is not installed (extra apprise), so its channel is not tried")
    with listening_endpoint() as endpoint:
        endpoint.otherwise = lambda received: Answer(status=200)
        yield Line(
            notifier=AppriseNotifier(GUARD, timeout_s=10.0),
            address=f"apprise:json://user:pass@127.0.0.1:{endpoint.port}/hunter2",
            nowhere=f"apprise:json://user:pass@127.0.0.1:{free_port()}/hunter2",
            refuse=lambda: endpoint.answers.append(Answer(status=400)),
            break_off=lambda: endpoint.answers.append(Answer(fault=Fault.CUT)),
            count=lambda: len(endpoint.received),
        )


@pytest.fixture(params=(webhook_line, email_line, apprise_line), ids=("webhook", "email", "apprise"))
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """Each channel in turn."""
    with ExitStack() as stack:
        made = stack.enter_context(request.param())
        stack.callback(made.notifier.close)
        yield made


def test_a_message_that_was_taken_is_sent(line: Line) -> None:
    """One message arrives once, with no reason to tell."""
    outcome = line.notifier.send(message(line.address))
    assert (OutcomeKind.SENT, "", 1) == (outcome.kind, outcome.reason, line.count())
    assert 0 <= outcome.took_ms < 10_000


def test_a_message_that_was_refused_delays_no_other(line: Line) -> None:
    """A refusal is told with its code, and the next message is taken."""
    line.refuse()
    refused = line.notifier.send(message(line.address))
    taken = line.notifier.send(message(line.address, sent_at=SENT_AT + timedelta(seconds=5)))
    assert (OutcomeKind.MESSAGE_FAILED, OutcomeKind.SENT) == (refused.kind, taken.kind)
    assert refused.status in (400, 450)


def test_a_receiver_that_hangs_up_has_failed_and_may_be_asked_again(line: Line) -> None:
    """A broken connection is the endpoint's failure and harms no later attempt."""
    line.notifier.send(message(line.address))
    line.break_off()
    kinds = [line.notifier.send(message(line.address)).kind for _ in range(2)]
    assert [OutcomeKind.ENDPOINT_FAILED, OutcomeKind.SENT] == kinds


def test_no_reason_gives_anything_away(line: Line) -> None:
    """Reasons are one line of readable text without address, secret or password."""
    line.refuse()
    outcomes = [line.notifier.send(message(address, secrets=(SECRET,))) for address in (line.address, line.nowhere)]
    line.break_off()
    outcomes.append(line.notifier.send(message(line.address)))
    for outcome in outcomes:
        assert outcome.kind is not OutcomeKind.SENT
        assert outcome.reason.isprintable()
        assert outcome.reason
        assert [] == [word for word in HIDDEN if word in outcome.reason.lower()]


def test_an_address_of_another_channel_is_dead(line: Line) -> None:
    """A channel says of what it cannot read that it never will."""
    outcome = line.notifier.send(message("gopher:hunter2@example.org"))
    assert OutcomeKind.MESSAGE_DEAD == outcome.kind
    assert "hunter2" not in outcome.reason


def test_a_closed_channel_works_again(line: Line) -> None:
    """Closing lets go of connections, twice over if need be, and of nothing else."""
    line.notifier.close()
    line.notifier.close()
    assert OutcomeKind.SENT == line.notifier.send(message(line.address)).kind

"""Mail against a real server that refuses on command."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from notifiers.email import EmailNotifier, EmailSettings, Security
from notifiers.notifier import Outcome, OutcomeKind
from tests.contract.notifiers.conftest import message
from tests.endpoints import free_port
from tests.mailbox import CUT, Mailbox, listening_mailbox, server_tls

ADA = "mailto:ada@example.org"
Opening = Callable[..., EmailNotifier]


@pytest.fixture
def opened() -> Iterator[Opening]:
    """Makes notifiers over 127.0.0.1 and closes them."""
    made: list[EmailNotifier] = []

    def open_notifier(port: int, *, tls: ssl.SSLContext | None = None, **changed: Any) -> EmailNotifier:
        settings: dict[str, Any] = {"host": "127.0.0.1", "port": port, "sender": "trialog <alerts@example.org>"}
        settings |= {"security": Security.NONE, "timeout_s": 2.0} | changed
        made.append(EmailNotifier(EmailSettings(**settings), tls=tls))
        return made[-1]

    yield open_notifier
    for notifier in made:
        notifier.close()


@pytest.fixture
def email(opened: Opening, mailbox: Mailbox) -> EmailNotifier:
    """A notifier over the mailbox."""
    return opened(mailbox.port)


def kinds(outcomes: list[Outcome]) -> list[OutcomeKind]:
    """What came of each."""
    return [outcome.kind for outcome in outcomes]


def test_a_message_is_one_mail_to_one_recipient(email: EmailNotifier, mailbox: Mailbox) -> None:
    """Envelope, headers and both bodies arrive."""
    outcome = email.send(message(ADA, list_id="stale", unsubscribe_url="https://trialog.example.org/u/x"))
    assert (OutcomeKind.SENT, 250, "") == (outcome.kind, outcome.status, outcome.reason)
    (mail,) = mailbox.mails
    assert ("alerts@example.org", ("ada@example.org",)) == (mail.sender, mail.recipients)
    assert ("<dlv_01J5@example.org>", "NCT03460795 is UNKNOWN") == (mail.headers["message-id"], mail.headers["subject"])
    assert "List-Unsubscribe=One-Click" == mail.headers["list-unsubscribe-post"]
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in mail.parsed.iter_parts()]


def test_many_messages_share_one_connection(email: EmailNotifier, mailbox: Mailbox) -> None:
    """One connection serves many messages, also after one was refused, each with a recipient of its own."""
    mailbox.to_rcpt.extend(("250 OK", "450 4.2.0 later", "250 OK"))
    names = ("ada", "bob", "cyd")
    outcomes = [email.send(message(f"mailto:{name}@example.org")) for name in names]
    assert [OutcomeKind.SENT, OutcomeKind.MESSAGE_FAILED, OutcomeKind.SENT] == kinds(outcomes)
    assert [("ada@example.org",), ("cyd@example.org",)] == [mail.recipients for mail in mailbox.mails]
    assert 1 == len({mail.connection for mail in mailbox.mails})


@pytest.mark.parametrize(
    ("place", "reply", "kind"),
    (
        ("to_mail", "451 4.3.0 busy", OutcomeKind.MESSAGE_FAILED),
        ("to_mail", "550 5.7.1 sender not allowed", OutcomeKind.OURS),
        ("to_mail", "530 5.7.0 log in first", OutcomeKind.OURS),
        ("to_rcpt", "450 4.2.1 greylisted", OutcomeKind.MESSAGE_FAILED),
        ("to_rcpt", "550 5.1.1 nobody here", OutcomeKind.ADDRESS_GONE),
        ("to_rcpt", "553 5.1.3 bad address", OutcomeKind.ADDRESS_GONE),
        ("to_rcpt", "554 5.7.1 Relay access denied", OutcomeKind.OURS),
        ("to_rcpt", "530 5.7.0 log in first", OutcomeKind.OURS),
        ("to_data", "451 4.3.0 busy", OutcomeKind.MESSAGE_FAILED),
        ("to_data", "554 5.7.1 looks like spam", OutcomeKind.MESSAGE_DEAD),
        ("to_data", "552 5.3.4 too big", OutcomeKind.MESSAGE_DEAD),
    ),
)
def test_a_refusal_is_whose_it_is(
    place: str, reply: str, kind: OutcomeKind, email: EmailNotifier, mailbox: Mailbox
) -> None:
    """4xx puts off; 5xx is about us at MAIL, the address at RCPT, the message at DATA; and the next mail is taken."""
    getattr(mailbox, place).append(reply)
    refused, taken = (email.send(message(ADA)) for _ in range(2))
    assert (kind, int(reply[:3])) == (refused.kind, refused.status)
    assert reply in refused.reason
    assert ("TRIALOG_EMAIL__" in refused.reason) == (kind is OutcomeKind.OURS)
    assert OutcomeKind.SENT == taken.kind


def test_a_reason_repeats_no_address(email: EmailNotifier, mailbox: Mailbox) -> None:
    """What the server says of an address is told without the address, on one line."""
    mailbox.to_rcpt.append(
        "550-5.1.1 <ada@example.org>: no mailbox here\r\n550 5.1.1 ask\x1b[31m postmaster@example.org"
    )
    outcome = email.send(message(ADA))
    assert "no mailbox here" in outcome.reason
    assert "@" not in outcome.reason
    assert outcome.reason.isprintable()


@pytest.mark.parametrize("place", ("to_mail", "to_rcpt"))
@pytest.mark.parametrize("reply", (CUT, "421 4.7.0 too many on this connection"))
def test_a_server_that_hangs_up_between_messages_is_asked_again(
    place: str, reply: str, email: EmailNotifier, mailbox: Mailbox
) -> None:
    """A connection that was kept and is gone is opened anew, and nothing has failed."""
    outcomes = [email.send(message(ADA))]
    getattr(mailbox, place).append(reply)
    outcomes.append(email.send(message(ADA)))
    assert [OutcomeKind.SENT, OutcomeKind.SENT] == kinds(outcomes)
    assert 2 == len({mail.connection for mail in mailbox.mails})


def test_a_server_that_always_hangs_up_has_failed(email: EmailNotifier, mailbox: Mailbox) -> None:
    """A new connection that is cut at once is the server's failure, and it is not asked a third time."""
    outcomes = [email.send(message(ADA))]
    mailbox.to_mail.extend((CUT, CUT))
    outcomes.extend(email.send(message(ADA)) for _ in range(2))
    assert [OutcomeKind.SENT, OutcomeKind.ENDPOINT_FAILED, OutcomeKind.SENT] == kinds(outcomes)


def test_a_cut_while_a_message_is_on_its_way_is_that_messages_failure(email: EmailNotifier, mailbox: Mailbox) -> None:
    """The server may have taken it, so it is not sent again behind the caller's back."""
    mailbox.to_data.append(CUT)
    outcomes = [email.send(message(ADA)) for _ in range(2)]
    assert [OutcomeKind.MESSAGE_FAILED, OutcomeKind.SENT] == kinds(outcomes)
    assert 1 == len(mailbox.mails)


@pytest.mark.parametrize("greeting", ("421 closing", "554 no mail here"))
def test_a_server_that_does_not_greet_rests(greeting: str, opened: Opening) -> None:
    """A refusal in the place of a greeting is the endpoint's failure, not the message's."""
    with listening_mailbox(greeting=greeting) as mailbox:
        outcome = opened(mailbox.port).send(message(ADA))
    assert (OutcomeKind.ENDPOINT_FAILED, int(greeting[:3])) == (outcome.kind, outcome.status)


def test_nobody_there_is_the_endpoints_failure(opened: Opening) -> None:
    """A refused connection may be taken later."""
    outcome = opened(free_port()).send(message(ADA))
    assert (OutcomeKind.ENDPOINT_FAILED, None) == (outcome.kind, outcome.status)
    assert "no connection" in outcome.reason


@pytest.mark.parametrize(
    ("changed", "setting"),
    (
        ({"host": ""}, "TRIALOG_EMAIL__HOST"),
        ({"sender": ""}, "TRIALOG_EMAIL__SENDER"),
        ({"sender": "nobody"}, "TRIALOG_EMAIL__SENDER"),
        ({"username": "ada"}, "TRIALOG_EMAIL__PASSWORD"),
        ({"host": "mail..example.org"}, "TRIALOG_EMAIL__HOST"),
        ({"username": "ada", "password": "secret"}, "TRIALOG_EMAIL__USERNAME"),
        ({"security": Security.STARTTLS}, "TRIALOG_EMAIL__SECURITY"),
        ({"security": Security.TLS}, "TRIALOG_EMAIL__SECURITY"),
    ),
)
def test_a_wrong_or_missing_setting_is_ours(
    changed: dict[str, Any], setting: str, opened: Opening, mailbox: Mailbox
) -> None:
    """What only the operator can mend is told as ours, with the setting's name; nothing was sent."""
    outcome = opened(mailbox.port, **changed).send(message(ADA))
    assert OutcomeKind.OURS == outcome.kind
    assert setting in outcome.reason
    assert [] == mailbox.mails


@pytest.mark.parametrize("security", (Security.STARTTLS, Security.TLS))
def test_mail_goes_over_tls_with_a_login(security: Security, opened: Opening, client_tls: ssl.SSLContext) -> None:
    """Both kinds of TLS check the certificate, and the login is sent inside."""
    with _over_tls(security) as mailbox:
        login = {"username": "ada", "password": "secret", "security": security}
        outcome = opened(mailbox.port, tls=_for_loopback(client_tls), **login).send(message(ADA))
        assert (OutcomeKind.SENT, ["ada"]) == (outcome.kind, mailbox.logins)


@pytest.mark.parametrize("security", (Security.STARTTLS, Security.TLS))
def test_a_certificate_that_does_not_hold_is_ours(
    security: Security, opened: Opening, client_tls: ssl.SSLContext
) -> None:
    """Another host's certificate stops the mail, and the operator is told."""
    with _over_tls(security) as mailbox:
        outcome = opened(mailbox.port, tls=client_tls, security=security).send(message(ADA))
        assert OutcomeKind.OURS == outcome.kind
        assert "TRIALOG_EMAIL__SECURITY" in outcome.reason
        assert "certificate" in outcome.reason


def test_a_refused_login_is_ours(opened: Opening, client_tls: ssl.SSLContext) -> None:
    """A wrong password names the settings and not the password."""
    with _over_tls(Security.TLS) as mailbox:
        login = {"username": "ada", "password": "hunter2", "security": Security.TLS}
        outcome = opened(mailbox.port, tls=_for_loopback(client_tls), **login).send(message(ADA))
        assert (OutcomeKind.OURS, 535) == (outcome.kind, outcome.status)
        assert "TRIALOG_EMAIL__PASSWORD" in outcome.reason
        assert "hunter2" not in outcome.reason


def test_an_address_with_other_letters_needs_a_server_that_takes_it(opened: Opening) -> None:
    """With SMTPUTF8 such a mail arrives as addressed; without it the address is of no use."""
    address = "mailto:jürgen@xn--bcher-kva.example"
    with listening_mailbox(enable_SMTPUTF8=True) as mailbox:
        outcome = opened(mailbox.port).send(message(address))
        assert (OutcomeKind.SENT, ("jürgen@xn--bcher-kva.example",)) == (outcome.kind, mailbox.mails[0].recipients)
    with listening_mailbox(enable_SMTPUTF8=False) as mailbox:
        outcome = opened(mailbox.port).send(message(address))
        assert OutcomeKind.ADDRESS_GONE == outcome.kind
        assert "SMTPUTF8" in outcome.reason


def test_a_title_writes_no_header(email: EmailNotifier, mailbox: Mailbox) -> None:
    """An encoded word in a title reaches the server as text: no recipient, no header."""
    email.send(message(ADA, subject="=?utf-8?q?=0D=0ABcc:eve@example.net?="))
    (mail,) = mailbox.mails
    assert ("bcc" in mail.headers, ("ada@example.org",)) == (False, mail.recipients)


@pytest.mark.parametrize("address", ("https://hooks.example.org/", "mailto:a,b@example.org", "mailto:a@b@example.org"))
def test_what_is_no_recipient_is_dead(address: str, email: EmailNotifier, mailbox: Mailbox) -> None:
    """An address that cannot be written to is never tried again, and stops no other."""
    outcomes = [email.send(message(address)), email.send(message(ADA))]
    assert [OutcomeKind.MESSAGE_DEAD, OutcomeKind.SENT] == kinds(outcomes)


def test_a_closed_notifier_can_be_used_again(email: EmailNotifier, mailbox: Mailbox) -> None:
    """Closing lets go of the connection and of nothing else."""
    email.send(message(ADA))
    email.close()
    email.send(message(ADA))
    assert 2 == len({mail.connection for mail in mailbox.mails})


def _over_tls(security: Security) -> Any:
    if security is Security.TLS:
        return listening_mailbox(ssl_context=server_tls(), auth_require_tls=False)
    return listening_mailbox(tls_context=server_tls(), require_starttls=True)


def _for_loopback(client_tls: ssl.SSLContext) -> ssl.SSLContext:
    """Trusts the tests' certificate for 127.0.0.1, which it does not name."""
    context = ssl.create_default_context()
    context.load_verify_locations(
        cadata="".join(ssl.DER_cert_to_PEM_cert(der) for der in client_tls.get_ca_certs(True))
    )
    context.check_hostname = False
    return context

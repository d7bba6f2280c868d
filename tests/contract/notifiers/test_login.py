"""Logging in to a mail server without sending anything, against a real server."""

from typing import Any

import pytest

from notifiers.email import EmailNotifier, EmailSettings, Security
from tests.contract.notifiers.conftest import message
from tests.endpoints import free_port
from tests.mailbox import Mailbox, listening_mailbox, server_tls


def notifier(port: int, **changed: Any) -> EmailNotifier:
    """One over 127.0.0.1 in clear, which gives up soon."""
    settings: dict[str, Any] = {"host": "127.0.0.1", "port": port, "sender": "alerts@example.org", "timeout_s": 2.0}
    return EmailNotifier(EmailSettings(**(settings | {"security": Security.NONE} | changed)))


def test_a_login_that_is_taken_sends_nothing() -> None:
    """The server is logged in to, once for each time of asking, and gets no mail."""
    with listening_mailbox(auth_require_tls=False) as mailbox:
        one = notifier(mailbox.port, username="ada", password="secret")
        assert [None, None] == [one.hindrance(), one.hindrance()]
    assert (["ada", "ada"], []) == (mailbox.logins, mailbox.mails)


def test_a_login_that_is_refused_names_the_setting() -> None:
    """The reason says whose fault it is, and holds no password."""
    with listening_mailbox(auth_require_tls=False) as mailbox:
        reason = notifier(mailbox.port, username="ada", password="wrong horse").hindrance() or ""
    assert "TRIALOG_EMAIL__USERNAME, TRIALOG_EMAIL__PASSWORD: the mail server refused the login" in reason
    assert "horse" not in reason


def test_a_certificate_that_does_not_hold_is_a_hindrance() -> None:
    """TLS is part of what is tried."""
    with listening_mailbox(tls_context=server_tls(), require_starttls=True) as mailbox:
        reason = notifier(mailbox.port, security=Security.STARTTLS).hindrance() or ""
    assert "TRIALOG_EMAIL__SECURITY is starttls: the certificate does not hold" in reason


@pytest.mark.parametrize(
    ("changed", "words"),
    (
        ({}, "no connection to the mail server"),
        ({"host": ""}, "not set: TRIALOG_EMAIL__HOST"),
        ({"sender": "nobody"}, "TRIALOG_EMAIL__SENDER is no sender"),
    ),
)
def test_what_keeps_mail_from_being_sent_is_told(changed: dict[str, str], words: str) -> None:
    """A server that is not there, and settings that are missing or wrong, are told as for a message."""
    assert words in (notifier(free_port(), **changed).hindrance() or "")


def test_what_was_tried_can_send(mailbox: Mailbox) -> None:
    """After the trial the channel is as good as new."""
    one = notifier(mailbox.port)
    assert one.hindrance() is None
    assert "sent" == one.send(message("mailto:ada@example.org")).kind
    one.close()

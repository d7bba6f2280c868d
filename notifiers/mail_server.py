"""What a mail server's answers mean for a delivery: pure rules over codes and words, and their cleaning for people.

Promises that a reason names the setting where the fault is ours, and repeats the server's words without the address.
"""

import re
from dataclasses import dataclass

from notifiers.mail_headers import header_text
from notifiers.masks import HIDDEN
from notifiers.notifier import OutcomeKind

HOST = "TRIALOG_EMAIL__HOST"
PORT = "TRIALOG_EMAIL__PORT"
SECURITY = "TRIALOG_EMAIL__SECURITY"
USERNAME = "TRIALOG_EMAIL__USERNAME"
PASSWORD = "TRIALOG_EMAIL__PASSWORD"
SENDER = "TRIALOG_EMAIL__SENDER"

_LOGIN_CODES = frozenset({530, 534, 535, 538})  # RFC 4954, 6: login required, too weak, refused, needs TLS
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"]+@[^\s<>()\[\]:;,\"]+")
_RELAY = re.compile(r"\brelay", re.IGNORECASE)
_MOST_WORDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server answered to one command; ``words`` are fit to be shown: see `clean_words`."""

    code: int
    words: str

    @property
    def is_taken(self) -> bool:
        """Whether it is a yes."""
        return 200 <= self.code <= 299


class NotTaken(Exception):
    """The attempt is over: what it means, and why."""

    def __init__(self, kind: OutcomeKind, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.status = status


def sender_refused(reply: Reply) -> NotTaken:
    """An answer to MAIL FROM: 4xx passes, and 5xx is about us."""
    if reply.code < 500:
        return _not_taken(OutcomeKind.MESSAGE_FAILED, reply, "the mail server put the message off")
    setting = USERNAME if reply.code in _LOGIN_CODES else SENDER
    return _not_taken(OutcomeKind.OURS, reply, f"{setting}: the mail server refused the sender")


def recipient_refused(reply: Reply) -> NotTaken:
    """An answer to RCPT TO: 5xx means that nobody is there, unless it says that it is we who may not ask."""
    if reply.code < 500:
        return _not_taken(OutcomeKind.MESSAGE_FAILED, reply, "the mail server put the recipient off")
    if reply.code in _LOGIN_CODES or ("5.7." in reply.words and _RELAY.search(reply.words)):
        return _not_taken(OutcomeKind.OURS, reply, f"{USERNAME}: the mail server sends nothing on for us")
    return _not_taken(OutcomeKind.ADDRESS_GONE, reply, "the mail server refused the recipient")


def content_refused(reply: Reply) -> NotTaken:
    """An answer to DATA or to the end of the letter."""
    if reply.code < 500:
        return _not_taken(OutcomeKind.MESSAGE_FAILED, reply, "the mail server put the message off")
    return _not_taken(OutcomeKind.MESSAGE_DEAD, reply, "the mail server refused the message")


def login_refused(reply: Reply) -> NotTaken:
    """An answer to AUTH: 4xx is the server's trouble."""
    if reply.code < 500:
        return _not_taken(OutcomeKind.ENDPOINT_FAILED, reply, "the mail server put the login off")
    return _not_taken(OutcomeKind.OURS, reply, f"{USERNAME}, {PASSWORD}: the mail server refused the login")


def not_greeted(reply: Reply) -> NotTaken:
    """A greeting, or an answer to EHLO, that is no welcome."""
    return _not_taken(OutcomeKind.ENDPOINT_FAILED, reply, "the mail server takes nothing just now")


def _not_taken(kind: OutcomeKind, reply: Reply, said: str) -> NotTaken:
    return NotTaken(kind, f"{said}: {reply.code} {reply.words}".rstrip(), status=reply.code)


def clean_words(words: str, *, recipient: str = "") -> str:
    """A server's words on one line; every address is hidden, and the recipient's local part wherever it stands."""
    line = _ADDRESS.sub(HIDDEN, header_text(words, most=_MOST_WORDS))
    local_part = recipient.rpartition("@")[0]
    if not local_part:
        return line
    return re.sub(rf"(?<!\w){re.escape(local_part)}(?!\w)", HIDDEN, line, flags=re.IGNORECASE)

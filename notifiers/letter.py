"""Writes a message as mail: one recipient, text and HTML, and the headers of an automatic, unsubscribable list.

Promises that a letter is the same bytes for the same message and sender, that no header comes from a record's words
(RFC 5322, 2369, 2919, 3834, 8058), and that its Message-ID is the delivery's. Knows no server.
"""

from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses

from notifiers.errors import InvalidInput
from notifiers.mail_address import read_mailto, written
from notifiers.mail_headers import LONGEST_LINE, POLICY, UTF8_POLICY, body_text, header_text, token
from notifiers.notifier import Message

_EXPECTED_SENDER = "expected one sender, such as alerts@example.org or trialog <alerts@example.org>"
_LONGEST_BOUNDARY = 60  # RFC 2046, 5.1.1 allows 70
_TEXT_CTE = "quoted-printable"  # lines of any length and any letters in 7 bits; leaves "=_" free for the boundary


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes: ``alerts@example.org``, with a name or without."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Where the identifiers of mail, lists and threads are ours."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to one ``recipient``; ``needs_utf8``: its server must take letters outside ASCII in addresses."""

    recipient: str = field(repr=False)
    raw: bytes = field(repr=False)
    needs_utf8: bool


def read_sender(text: str) -> Sender:
    """Read ``trialog <alerts@example.org>``. Raises InvalidInput."""
    read = getaddresses([text])
    is_one = len(read) == 1 and text.isprintable() and read[0][1].isascii()
    name, address = read[0] if is_one else ("", "")
    try:
        return Sender(name=header_text(name), address=read_mailto(written(address)))
    except InvalidInput as err:
        raise InvalidInput(_EXPECTED_SENDER) from err


def compose(message: Message, sender: Sender) -> Letter:
    """The letter of ``message``. Raises InvalidInput for what cannot be written, whatever the reason."""
    recipient = read_mailto(message.address)
    needs_utf8 = not recipient.isascii()
    mail = EmailMessage(policy=UTF8_POLICY if needs_utf8 else POLICY)
    try:
        _put_headers(mail, message, sender=sender, recipient=recipient)
        _put_bodies(mail, message)
        raw = mail.as_bytes()
    except (
        MessageError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as err:  # what the standard library says to odd texts
        raise InvalidInput(f"cannot be written as mail ({type(err).__name__})") from err
    return Letter(recipient=recipient, raw=raw, needs_utf8=needs_utf8)


def _put_headers(mail: EmailMessage, message: Message, *, sender: Sender, recipient: str) -> None:
    mail["From"] = Address(display_name=sender.name, addr_spec=sender.address)
    mail["To"] = Address(username=recipient.rpartition("@")[0], domain=recipient.rpartition("@")[2])
    mail["Subject"] = header_text(message.subject)
    mail["Date"] = format_datetime(_whole_seconds(message.sent_at))
    mail["Message-ID"] = f"<{message.delivery_id}@{sender.domain}>"
    if message.thread_id is not None:
        thread = f"<thread-{token(message.thread_id)}@{sender.domain}>"
        mail["In-Reply-To"] = thread
        mail["References"] = thread
    mail["Auto-Submitted"] = "auto-generated"
    if message.list_id is not None:
        mail["List-Id"] = f"<{token(message.list_id)}.{sender.domain}>"
    if message.unsubscribe_url is not None:
        mail["List-Unsubscribe"] = f"<{_safe_url(message.unsubscribe_url)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _put_bodies(mail: EmailMessage, message: Message) -> None:
    mail.set_content(body_text(message.text), cte=_TEXT_CTE)
    if message.html:
        mail.add_alternative(body_text(message.html), subtype="html", cte=_TEXT_CTE)
        mail.set_boundary(f"=_{message.delivery_id[:_LONGEST_BOUNDARY]}")


def _safe_url(url: str) -> str:
    if (
        not url.startswith(("https://", "http://"))
        or not url.isascii()
        or not url.isprintable()
        or set(url) & set("<> ")
    ):
        raise InvalidInput("the unsubscribe URL cannot stand in a header")
    if len(url) > LONGEST_LINE - len("List-Unsubscribe: <>"):
        raise InvalidInput("the unsubscribe URL is longer than a line of mail")
    return url


def _whole_seconds(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)

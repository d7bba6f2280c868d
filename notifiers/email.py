"""The channel over SMTP: many messages over one connection, one recipient each.

Promises that a server which hung up between two messages is asked once more over a new connection before anything
counts as failed, and that a fault of ours (login, sender, TLS, a missing setting) is told as ours. The one module
that knows smtplib. One thread at a time.
"""

import contextlib
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from notifiers import mail_server
from notifiers.errors import InvalidInput
from notifiers.letter import Letter, Sender, compose, read_sender
from notifiers.mail_server import NotTaken, Reply
from notifiers.notifier import Message, Outcome, OutcomeKind

_HUNG_UP = "the mail server hung up, or did not answer"
_CLOSING = 421  # "service not available, closing transmission channel"


class Security(StrEnum):
    """How the connection is kept from others."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """The mail server and who writes. ``username`` empty: no login. ``timeout_s`` is for each of its answers."""

    host: str
    sender: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 15.0


class EmailNotifier:
    """Connects when the first message is sent. ``tls``: other certificates than the system's."""

    def __init__(
        self,
        settings: EmailSettings,
        *,
        tls: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._tls = tls
        self._monotonic = monotonic
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: Message) -> Outcome:
        started = self._monotonic()
        kind, status, reason = OutcomeKind.SENT, None, ""
        try:
            status = self._attempt(message)
        except NotTaken as err:
            kind, status, reason = err.kind, err.status, err.reason
        return Outcome(kind=kind, took_ms=round((self._monotonic() - started) * 1000), status=status, reason=reason)

    def hindrance(self) -> str | None:
        """Connect anew, secure, log in, and send nothing: what keeps mail from being sent, None where nothing does."""
        self.close()
        try:
            self._smtp = self._connected(self._checked_sender())
        except NotTaken as err:
            return err.reason
        self.close()
        return None

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _attempt(self, message: Message) -> int:
        sender = self._checked_sender()
        try:
            letter = compose(message, sender)
        except InvalidInput as err:
            raise NotTaken(OutcomeKind.MESSAGE_DEAD, f"cannot be sent: {err}") from err
        is_kept = self._smtp is not None
        while True:
            try:
                return self._hand_over(letter, sender)
            except smtplib.SMTPServerDisconnected as err:
                self._drop()
                if not is_kept:
                    raise NotTaken(OutcomeKind.ENDPOINT_FAILED, _HUNG_UP) from err
                is_kept = False

    def _checked_sender(self) -> Sender:
        settings = self._settings
        missing = [
            name
            for name, is_there in (
                (mail_server.HOST, settings.host),
                (mail_server.SENDER, settings.sender),
                (mail_server.PASSWORD, settings.password or not settings.username),
            )
            if not is_there
        ]
        if missing:
            raise NotTaken(OutcomeKind.OURS, f"not set: {', '.join(missing)}")
        try:
            return read_sender(settings.sender)
        except InvalidInput as err:
            raise NotTaken(OutcomeKind.OURS, f"{mail_server.SENDER} is no sender; {err}") from err

    def _hand_over(self, letter: Letter, sender: Sender) -> int:
        """MAIL, RCPT, DATA. Raises NotTaken, or SMTPServerDisconnected where the letter was not on its way yet."""
        if self._smtp is None:
            self._smtp = self._connected(sender)
        smtp = self._smtp
        if letter.needs_utf8 and not smtp.has_extn("smtputf8"):
            reason = "the mail server takes no address with letters outside ASCII (SMTPUTF8)"
            raise NotTaken(OutcomeKind.ADDRESS_GONE, reason)
        options = ("SMTPUTF8", "BODY=8BITMIME") if letter.needs_utf8 else ()
        self._ask(letter, mail_server.sender_refused, lambda: smtp.mail(sender.address, options))
        self._ask(letter, mail_server.recipient_refused, lambda: smtp.rcpt(letter.recipient))
        return self._deliver(smtp, letter)

    def _ask(
        self, letter: Letter, refused: Callable[[Reply], NotTaken], command: Callable[[], tuple[int, bytes]]
    ) -> None:
        reply = _reply(*command(), recipient=letter.recipient)
        if reply.code == _CLOSING:
            raise smtplib.SMTPServerDisconnected("closing")
        if not reply.is_taken:
            self._reset()
            raise refused(reply)

    def _deliver(self, smtp: smtplib.SMTP, letter: Letter) -> int:
        try:
            reply = _reply(*smtp.data(letter.raw), recipient=letter.recipient)
        except smtplib.SMTPDataError as err:  # refused before the letter was on its way
            reply = _reply(err.smtp_code, err.smtp_error, recipient=letter.recipient)
        except smtplib.SMTPServerDisconnected as err:
            self._drop()
            reason = f"{_HUNG_UP}, while the message was on its way; it may have taken it"
            raise NotTaken(OutcomeKind.MESSAGE_FAILED, reason) from err
        if not reply.is_taken:
            self._reset()
            raise mail_server.content_refused(reply)
        return reply.code

    def _connected(self, sender: Sender) -> smtplib.SMTP:
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._opened(sender)
            self._log_in(smtp)
        except NotTaken:
            _hang_up(smtp)
            raise
        except (OSError, smtplib.SMTPException, UnicodeError) as err:  # UnicodeError: a host that can be no name
            _hang_up(smtp)
            raise self._no_connection(err) from err
        return smtp

    def _opened(self, sender: Sender) -> smtplib.SMTP:
        settings = self._settings
        # Said in EHLO; the library would ask the resolver for this machine's name, which may take long.
        name = sender.domain
        if settings.security is Security.TLS:
            return smtplib.SMTP_SSL(
                settings.host, settings.port, name, timeout=settings.timeout_s, context=self._tls_context()
            )
        smtp = smtplib.SMTP(settings.host, settings.port, name, timeout=settings.timeout_s)
        if settings.security is Security.STARTTLS:
            try:
                smtp.starttls(context=self._tls_context())
            except (OSError, smtplib.SMTPException) as err:
                smtp.close()
                raise self._no_tls(err) from err
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if not self._settings.username:
            return
        try:
            smtp.login(self._settings.username, self._settings.password)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPHeloError) as err:
            raise mail_server.login_refused(_reply(err.smtp_code, err.smtp_error)) from err
        except smtplib.SMTPServerDisconnected:
            raise
        except (smtplib.SMTPException, UnicodeError) as err:
            reason = (
                f"{mail_server.USERNAME}: the mail server offers no login that is known, or not over this connection"
            )
            raise NotTaken(OutcomeKind.OURS, reason) from err

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    def _no_tls(self, err: Exception) -> NotTaken:
        if isinstance(err, smtplib.SMTPServerDisconnected | TimeoutError | ConnectionError):
            return NotTaken(OutcomeKind.ENDPOINT_FAILED, f"{_HUNG_UP}, to STARTTLS")
        if isinstance(err, smtplib.SMTPHeloError) or (
            isinstance(err, smtplib.SMTPResponseException) and err.smtp_code < 500
        ):
            return mail_server.not_greeted(_reply(err.smtp_code, err.smtp_error))
        told = "no TLS came about"
        if isinstance(err, ssl.SSLCertVerificationError):
            told = f"the certificate does not hold ({err.verify_message})"
        return NotTaken(OutcomeKind.OURS, f"{mail_server.SECURITY} is {self._settings.security}: {told}")

    def _no_connection(self, err: Exception) -> NotTaken:
        if isinstance(err, smtplib.SMTPResponseException):
            return mail_server.not_greeted(_reply(err.smtp_code, err.smtp_error))
        if isinstance(err, ssl.SSLError):
            return self._no_tls(err)
        if isinstance(err, UnicodeError) or (isinstance(err, socket.gaierror) and err.errno != socket.EAI_AGAIN):
            return NotTaken(OutcomeKind.OURS, f"{mail_server.HOST}: the name does not resolve")
        told = err.strerror if isinstance(err, OSError) and err.strerror else _HUNG_UP
        return NotTaken(OutcomeKind.ENDPOINT_FAILED, f"no connection to the mail server: {told}")

    def _reset(self) -> None:
        """Begin the next message afresh on the same connection, or on another if the server has gone."""
        if self._smtp is not None:
            try:
                self._smtp.rset()
            except smtplib.SMTPServerDisconnected:
                self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        _hang_up(smtp)


def _reply(code: int, words: bytes | str, *, recipient: str = "") -> Reply:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return Reply(code=code, words=mail_server.clean_words(text, recipient=recipient))


def _hang_up(smtp: smtplib.SMTP | None) -> None:
    if smtp is not None:
        smtp.close()

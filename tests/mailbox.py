"""A mail server on this machine that refuses on command, and keeps the mail that it took."""

import asyncio
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any, AnyStr

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.endpoints import CERTIFICATE, free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail as it was taken: the envelope, the bytes, and the connection that it came over."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    connection: int

    @property
    def parsed(self) -> EmailMessage:
        """The mail as the standard library reads it."""
        parsed: EmailMessage = BytesParser(_class=EmailMessage, policy=default).parsebytes(self.raw)
        return parsed

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the mail by small names."""
        return {name.lower(): str(value) for name, value in self.parsed.items()}


@dataclass(slots=True, kw_only=True)
class Mailbox:
    """What to answer: replies laid ready for MAIL, RCPT and the end of DATA, used up in their order; then all is taken.

    The reply ``cut`` closes the connection without a word. ``login`` is the user and password that are taken.
    """

    port: int
    mails: list[Mail] = field(default_factory=list)
    to_mail: deque[str] = field(default_factory=deque)
    to_rcpt: deque[str] = field(default_factory=deque)
    to_data: deque[str] = field(default_factory=deque)
    login: tuple[str, str] = ("ada", "secret")
    logins: list[str] = field(default_factory=list)


CUT = "cut"


@contextmanager
def listening_mailbox(*, greeting: str = "", **options: Any) -> Iterator[Mailbox]:
    """A mailbox on a free port of 127.0.0.1; ``options`` are those of aiosmtpd's server.

    ``greeting``: said in the place of the server's own, such as ``421 closing``.
    """
    mailbox = Mailbox(port=free_port())
    controller = _Controller(
        _Handler(mailbox),
        hostname="127.0.0.1",
        port=mailbox.port,
        authenticator=lambda server, session, envelope, mechanism, login: _authenticated(mailbox, login),
        greeting=greeting,
        **options,
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.hang_up()
        controller.stop()


def server_tls() -> ssl.SSLContext:
    """The server's side of TLS, with the certificate of the tests."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


class _Server(SMTP):
    greeting = ""
    open_transports: set[asyncio.BaseTransport]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.open_transports.add(transport)
        super().connection_made(transport)

    async def push(self, status: AnyStr) -> None:
        text = bytes(status).decode() if isinstance(status, bytes) else str(status)  # type: ignore[redundant-expr] # AnyStr
        if text.startswith("220 ") and self.greeting:
            await super().push(self.greeting)
        else:
            await super().push(status)


class _Controller(Controller):
    def __init__(self, handler: "_Handler", *, greeting: str, **options: Any) -> None:
        super().__init__(handler, **options)
        self._greeting = greeting
        self._open_transports: set[asyncio.BaseTransport] = set()

    def factory(self) -> SMTP:
        server = _Server(self.handler, **self.SMTP_kwargs)
        server.greeting = self._greeting
        server.open_transports = self._open_transports
        return server

    def hang_up(self) -> None:
        """Close what clients left open; the library would leave it to the garbage collector."""
        asyncio.run_coroutine_threadsafe(self._abort_all(), self.loop).result()

    async def _abort_all(self) -> None:
        for transport in self._open_transports:
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        for _ in range(5):  # turns of the loop in which it lets go of them
            await asyncio.sleep(0)


class _Handler:
    """aiosmtpd calls these by their names."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = _next(server, self._mailbox.to_mail)
        if reply.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = _next(server, self._mailbox.to_rcpt)
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = _next(server, self._mailbox.to_data)
        if reply.startswith("2"):
            raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
            mail = Mail(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                raw=raw,
                connection=int(session.peer[1]) if session.peer else 0,
            )
            self._mailbox.mails.append(mail)
        return reply


def _next(server: SMTP, replies: deque[str]) -> str:
    reply = replies.popleft() if replies else "250 OK"
    if reply == CUT and isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()
    return reply


def _authenticated(mailbox: Mailbox, login: Any) -> AuthResult:
    given = (login.login.decode(), login.password.decode()) if isinstance(login, LoginPassword) else ("", "")
    mailbox.logins.append(given[0])
    return AuthResult(success=given == mailbox.login, handled=False)

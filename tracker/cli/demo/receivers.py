"""Who is told in the demonstration: a mail server and a webhook's receiver, both real, on free ports of this machine.

They promise to take everything, to keep it in the order of its arrival, and to end with their block. The mail server is
aiosmtpd, of the extra ``demo``; where it is not installed there is none, and ``Receivers.addresses`` has the webhook
alone. They check nothing: a signature is for whoever knows the secret.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from notifiers.signing import Signed, verify
from tracker.domain.clock import SystemClock

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope
    from aiosmtpd.smtp import Session as SmtpSession

HOST = "127.0.0.1"
PERSON = "ada@example.org"
_LOOK_S = 0.05  # how often the webhook's receiver looks whether it is to stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request to the webhook as it came; headers by small names, ``received_at`` by the machine's clock."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime

    def is_signed_with(self, secret: str) -> bool:
        """The check of Standard Webhooks 1.0."""
        signed = Signed(
            message_id=self.headers.get("webhook-id", ""),
            timestamp=self.headers.get("webhook-timestamp", ""),
            signatures=self.headers.get("webhook-signature", ""),
            body=self.body,
        )
        return verify(secret, signed, now=self.received_at)


@dataclass(slots=True, kw_only=True)
class Receivers:
    """Where the two listen and what they took so far; ``smtp_port`` is None where there is no mail server."""

    hook_port: int
    smtp_port: int | None
    mails: list[EmailMessage] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    @property
    def addresses(self) -> Sequence[str]:
        """The addresses for a subscription."""
        hook = f"http://{HOST}:{self.hook_port}/hook"
        return (hook,) if self.smtp_port is None else (f"mailto:{PERSON}", hook)


@contextmanager
def receiving() -> Iterator[Receivers]:
    """Both, as long as the block lasts."""
    mails: list[EmailMessage] = []
    posts: list[Post] = []
    with _taking_mails(mails.append) as smtp_port, _taking_posts(posts.append) as hook_port:
        yield Receivers(hook_port=hook_port, smtp_port=smtp_port, mails=mails, posts=posts)


@contextmanager
def _taking_posts(take: Callable[[Post], None]) -> Iterator[int]:
    clock = SystemClock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            take(Post(headers=headers, body=body, received_at=clock.now()))
            self.send_response_only(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with _HookServer((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(_LOOK_S,), name="webhook", daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


class _HookServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that went away is no news."""


@contextmanager
def _taking_mails(take: Callable[[EmailMessage], None]) -> Iterator[int | None]:
    try:
        from aiosmtpd.smtp import SMTP
    except ModuleNotFoundError:
        yield None
        return
    import asyncio

    loop = asyncio.new_event_loop()
    listening = loop.create_server(lambda: SMTP(_Mailbox(take), hostname="mail.example.org", loop=loop), HOST, 0)
    server = loop.run_until_complete(listening)
    thread = threading.Thread(target=loop.run_forever, name="mail", daemon=True)
    thread.start()
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@dataclass(frozen=True, slots=True)
class _Mailbox:
    """aiosmtpd calls it by the name of its method."""

    take: Callable[[EmailMessage], None]

    async def handle_DATA(self, server: "SMTP", session: "SmtpSession", envelope: "Envelope") -> str:  # noqa: N802
        raw = envelope.content
        assert isinstance(raw, bytes)  # the server decodes nothing unless it is told to
        self.take(BytesParser(_class=EmailMessage, policy=default).parsebytes(raw))
        return "250 OK"

"""The channel over HTTP: one signed POST to a URL.

Promises one attempt within ``timeout_s`` from resolving the name to the last byte read, to an address that the guard
has checked; no proxy of the environment, no redirect, no cookie, no unpacking; at most 64 kB of an answer. It may be
used by several threads at once.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import httpcore2

from notifiers.errors import Forbidden, InvalidInput
from notifiers.guard import Guard
from notifiers.guarded_connections import connection_pool
from notifiers.http_status import kind_of, reason_of
from notifiers.notifier import Message, Outcome, OutcomeKind
from notifiers.retry import read_retry_after
from notifiers.signing import signature_header
from notifiers.web_address import WebAddress, read_web_address

MOST_ANSWER_BYTES = 64_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """``user_agent`` says honestly who asks; ``timeout_s`` is for a whole attempt."""

    user_agent: str
    timeout_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """``monotonic`` for time-outs, in seconds; ``now`` for what goes by the receivers' clocks, aware.

    That is the timestamp that is signed, which a receiver refuses when it is five minutes off, and a Retry-After that
    is a date. None: the instant of the message.
    """

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    kind: OutcomeKind
    status: int | None = None
    reason: str = ""
    retry_after_s: float | None = None


@cache
def system_tls() -> ssl.SSLContext:
    """The certificates of the system; reading them takes 30 ms, so a process reads them once."""
    return httpcore2.default_ssl_context()


class WebhookNotifier:
    """Keeps connections open between messages for a few seconds. ``tls``: other certificates than the system's."""

    def __init__(
        self,
        settings: WebhookSettings,
        guard: Guard,
        *,
        tls: ssl.SSLContext | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        clocks = clocks or Clocks()
        self._settings = settings
        self._now = clocks.now
        self._monotonic = clocks.monotonic
        tls = system_tls() if tls is None else tls
        self._pools = {
            scheme: connection_pool(guard, is_plain=scheme == "http", tls=tls, monotonic=clocks.monotonic)
            for scheme in ("https", "http")
        }

    def send(self, message: Message) -> Outcome:
        started = self._monotonic()
        verdict = self._attempt(message, ends_at=started + self._settings.timeout_s)
        return Outcome(
            kind=verdict.kind,
            took_ms=round((self._monotonic() - started) * 1000),
            status=verdict.status,
            reason=verdict.reason,
            retry_after_s=verdict.retry_after_s,
        )

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _attempt(self, message: Message, *, ends_at: float) -> _Verdict:
        try:
            address = read_web_address(message.address)
            headers = self._headers(message, address)
        except InvalidInput as err:
            return _Verdict(kind=OutcomeKind.MESSAGE_DEAD, reason=f"cannot be sent: {err}")
        try:
            return self._ask(message, address=address, headers=headers, ends_at=ends_at)
        except Forbidden as err:
            return _failed(str(err))
        except httpcore2.TimeoutException:
            return _failed(f"not done within {self._settings.timeout_s:g} s")
        except httpcore2.ConnectError as err:
            return _failed(f"no connection: {_told(err)}")
        except httpcore2.NetworkError as err:
            return _failed(f"the connection broke: {_told(err)}")
        except httpcore2.ProtocolError:  # its text may repeat what the receiver said
            return _failed("the connection was closed without a whole answer, or the answer is not HTTP")

    def _ask(
        self, message: Message, *, address: WebAddress, headers: Mapping[bytes | str, bytes | str], ends_at: float
    ) -> _Verdict:
        deadlines = {"connect": ends_at, "read": ends_at, "write": ends_at}  # see guarded_connections
        with self._pools[address.scheme].stream(
            "POST", address.url, headers=headers, content=message.body, extensions={"timeout": deadlines}
        ) as answer:
            _read_some(answer)
            named = {name.lower(): value for name, value in answer.headers}
        retry_after = named.get(b"retry-after", b"").decode("latin-1")
        return _Verdict(
            kind=kind_of(answer.status),
            status=answer.status,
            reason=reason_of(answer.status),
            retry_after_s=read_retry_after(retry_after, now=self._receivers_time(message)),
        )

    def _receivers_time(self, message: Message) -> datetime:
        return message.sent_at if self._now is None else self._now()

    def _headers(self, message: Message, address: WebAddress) -> dict[bytes | str, bytes | str]:
        timestamp = int(self._receivers_time(message).timestamp())
        return {
            "Host": address.authority,
            "User-Agent": self._settings.user_agent,
            "Content-Type": message.content_type,
            "Content-Length": str(len(message.body)),
            "Accept-Encoding": "identity",
            "webhook-id": message.delivery_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature_header(
                message.secrets, message_id=message.delivery_id, timestamp=timestamp, body=message.body
            ),
        }


def _read_some(answer: httpcore2.Response) -> None:
    """Read an answer to its end, so that its connection can be used again, or 64 kB of it."""
    read_bytes = 0
    for piece in answer.iter_stream():
        read_bytes += len(piece)
        if read_bytes >= MOST_ANSWER_BYTES:
            return


def _failed(reason: str) -> _Verdict:
    return _Verdict(kind=OutcomeKind.ENDPOINT_FAILED, reason=reason)


def _told(err: Exception) -> str:
    """What the system or the library says of a connection, which is never the receiver's own words."""
    cause = err.__cause__ or err.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate does not hold ({cause.verify_message})"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return " ".join(str(err).split())[:200] or type(err).__name__

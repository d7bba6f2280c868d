"""The clock at an address on this machine: one clock for many processes, for tests and demonstrations.

It promises that each instant is the answer to a question that was sent after it was asked for: nothing is remembered.
Answers are the address's own: where that one goes back or stands still, so does this one. It knows nothing of what
tells the time there. Any thread may ask, and another process may be given one (it opens connections of its own).
"""

import http.client
import re
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from tracker.domain.errors import Transient

SETTING = "clock.url (TRIALOG_CLOCK__URL)"
TIMEOUT_S = 2.0  # without a byte: it is on this machine, and only has to tell the time
RETRY_AFTER_S = 1.0
_MOST_BYTES = 200  # an instant has some thirty
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)  # RFC 3339


class UrlClock:
    """The clock at ``url``, which is http on this machine; it keeps the connections open that it needed at once."""

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        parts = urlsplit(url)
        self._url = url
        self._timeout_s = timeout_s
        self._host, self._port = parts.hostname or "", parts.port or http.client.HTTP_PORT
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._idle: deque[http.client.HTTPConnection] = deque()  # whose ends are safe between threads

    def now(self) -> datetime:
        """The instant that is told there, aware, UTC. Raises Transient, which names the setting."""
        try:
            status, body = self._asked()
        except (OSError, http.client.HTTPException) as err:
            raise self._failure(f"does not answer ({_told(err)}); start what tells the time there") from err
        if status != http.client.OK:
            raise self._failure(f"answered {status}; expected 200 and an instant")
        instant = read_instant(body)
        if instant is None:
            raise self._failure(f"answered {body[:60]!r}; expected an instant such as 2026-05-01T09:30:00Z")
        return instant

    def close(self) -> None:
        """End the connections; they are opened again as needed."""
        while (kept := self._kept()) is not None:
            kept.close()

    def __reduce__(self) -> tuple[type["UrlClock"], tuple[str]]:
        return UrlClock, (self._url,)

    def _asked(self) -> tuple[int, bytes]:
        """Status and body; asked once more where a connection was kept and has ended since."""
        kept = self._kept()
        if kept is not None:
            with suppress(ConnectionError, http.client.BadStatusLine):
                return self._ask(kept)
        return self._ask(http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s))

    def _kept(self) -> http.client.HTTPConnection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _ask(self, connection: http.client.HTTPConnection) -> tuple[int, bytes]:
        is_kept = False
        try:
            connection.request("GET", self._target)
            with connection.getresponse() as answer:
                body = answer.read(_MOST_BYTES)
                is_kept = answer.isclosed() and connection.sock is not None
            return answer.status, body
        finally:
            if is_kept:
                self._idle.append(connection)
            else:
                connection.close()

    def _failure(self, what: str) -> Transient:
        return Transient(
            f"the clock at {self._url} {what}, or unset {SETTING} to go by the machine's clock",
            retry_after_s=RETRY_AFTER_S,
        )


def read_instant(body: bytes) -> datetime | None:
    """The instant, in UTC, that ``body`` is by RFC 3339 (blanks around it do no harm); None where it is none.

    A leap second (``:60``) is none either: there is no such instant in Python.

    >>> read_instant(b"2026-05-01T11:30:00+02:00")
    datetime.datetime(2026, 5, 1, 9, 30, tzinfo=datetime.timezone.utc)
    """
    text = body.decode("latin-1").strip()
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _told(err: Exception) -> str:
    """What happened, without numbers of the system's."""
    if isinstance(err, OSError) and err.strerror:
        return err.strerror.lower()
    return " ".join(str(err).split()) or type(err).__name__

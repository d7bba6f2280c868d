"""The port of the transports: one request out, one whole answer back.

Laws of every adapter: a redirect is an answer, never followed; an answer is whole (its announced length, the end of
its compression) or ``Dropped`` is raised; no request waits longer than ``timeout_s`` for its next byte, nor longer
than ``LONGEST_ANSWER`` times that in all; connections are used again; the request's own headers are all that speaks
of who asks. Errors of the library never leave it::

    TransportFailure     nothing is known; asking again may help
    ├── NotReached       no connection: name, network, handshake or certificate
    ├── TimedOut         no byte, or not all of them, in time
    └── Dropped          the answer ended early, or cannot be unpacked
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

LONGEST_ANSWER = 5  # times the time-out: a full page of 17 MB comes at 60 kB/s, a drip ends
_GZIP_ONLY = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A GET of ``url`` (absolute, percent-encoded) with its headers."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole answer: header names in small letters, ``body`` unpacked, ``received_bytes`` of it as they came."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    received_bytes: int


class TransportFailure(Exception):
    """The root: no answer, for whatever reason."""


class NotReached(TransportFailure):
    """There was no connection."""


class TimedOut(TransportFailure):
    """The answer did not come in time."""


class Dropped(TransportFailure):
    """The answer was cut off."""


class Transport(Protocol):
    """Sends requests, one after the other; the laws are the module's."""

    def send(self, request: Request) -> Response:
        """The answer to ``request``; raises a TransportFailure."""
        ...

    def close(self) -> None:
        """Let go of the connections; more than once is fine."""
        ...


def whole_response(*, status: int, headers: Mapping[str, str], raw: bytes, url: str) -> Response:
    """The answer of bytes as they came; raises Dropped where they are fewer than announced or end too early."""
    announced = headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and len(raw) < int(announced):
        raise Dropped(f"the answer ended after {len(raw)} of {announced} bytes")
    body = _unpacked(raw, headers.get("content-encoding", "").strip().lower())
    return Response(status=status, headers=headers, body=body, url=url, received_bytes=len(raw))


def _unpacked(raw: bytes, encoding: str) -> bytes:
    if encoding in ("", "identity") or not raw:
        return raw
    if encoding not in ("gzip", "x-gzip"):
        raise Dropped(f"the answer is packed as {encoding}, which was not asked for")
    unpacker = zlib.decompressobj(_GZIP_ONLY)
    try:
        body = unpacker.decompress(raw)
    except zlib.error as err:
        raise Dropped(f"the answer cannot be unpacked: {err}") from err
    if not unpacker.eof:
        raise Dropped(f"the packed answer ended early, after {len(raw)} bytes")
    return body

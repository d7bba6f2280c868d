"""The transport over libcurl, for where the registry refuses the other one's handshake (extra ``curl``).

Transfers are driven step by step from Python, so that Ctrl-C is noticed between two steps.
"""

import ssl
import time
from collections.abc import Callable
from io import BytesIO

import pycurl

from tracker.sources.ctgov.transport import (
    LONGEST_ANSWER,
    Dropped,
    NotReached,
    Request,
    Response,
    TimedOut,
    TransportFailure,
    whole_response,
)

_STEP_S = 0.5  # the longest sleep between two looks at a transfer
_NOT_REACHED = frozenset(
    {
        pycurl.E_COULDNT_RESOLVE_HOST,
        pycurl.E_COULDNT_RESOLVE_PROXY,
        pycurl.E_COULDNT_CONNECT,
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_UNSUPPORTED_PROTOCOL,
    }
)


class CurlTransport:
    """Keeps its connections open between requests. ``through_proxy``: as the system's proxy variables say."""

    def __init__(
        self, *, timeout_s: float, through_proxy: bool = True, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._timeout_s = timeout_s
        self._monotonic = monotonic
        self._multi = pycurl.CurlMulti()
        self._curl = pycurl.Curl()
        self._curl.setopt(pycurl.NOSIGNAL, 1)
        self._curl.setopt(pycurl.FOLLOWLOCATION, 0)
        self._curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        self._curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, round(1000 * timeout_s)))
        if not through_proxy:
            self._curl.setopt(pycurl.NOPROXY, "*")
        certificates = ssl.get_default_verify_paths().cafile
        if certificates:  # the library's own idea of where they lie is that of the machine it was built on
            self._curl.setopt(pycurl.CAINFO, certificates)

    def send(self, request: Request) -> Response:
        body, headers = BytesIO(), BytesIO()
        self._curl.setopt(pycurl.URL, request.url)
        self._curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in request.headers.items()])
        self._curl.setopt(pycurl.WRITEFUNCTION, body.write)
        self._curl.setopt(pycurl.HEADERFUNCTION, headers.write)
        self._multi.add_handle(self._curl)
        try:
            self._transfer(body, headers)
        finally:
            self._multi.remove_handle(self._curl)
        return whole_response(
            status=int(self._curl.getinfo(pycurl.RESPONSE_CODE)),
            headers=_last_headers(headers.getvalue()),
            raw=body.getvalue(),
            url=request.url,
        )

    def close(self) -> None:
        self._curl.close()
        self._multi.close()

    def _transfer(self, body: BytesIO, headers: BytesIO) -> None:
        """Run the transfer to its end; raises a TransportFailure."""
        started_at = moved_at = self._monotonic()
        received = 0
        while True:
            _, active = self._multi.perform()
            now = self._monotonic()
            if body.tell() + headers.tell() > received:
                received, moved_at = body.tell() + headers.tell(), now
            if not active:
                break
            if now - moved_at > self._timeout_s:
                raise TimedOut(f"no byte for {self._timeout_s:g} s")
            if now - started_at > LONGEST_ANSWER * self._timeout_s:
                raise TimedOut(f"the answer was not whole after {LONGEST_ANSWER * self._timeout_s:g} s")
            self._multi.select(min(_STEP_S, self._timeout_s))
        _, _, failed = self._multi.info_read()
        for _, code, message in failed:
            raise _translated(code, message)


def _translated(code: int, message: str) -> TransportFailure:
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return TimedOut(f"no connection in time: {message}")
    if code in _NOT_REACHED:
        return NotReached(f"no connection: {message}")
    return Dropped(f"the connection broke: {message}")


def _last_headers(raw: bytes) -> dict[str, str]:
    """The headers of the last answer: a proxy's, or an interim one's, may stand before them."""
    headers: dict[str, str] = {}
    for line in raw.decode("latin-1").splitlines():
        name, mark, value = line.partition(":")
        if line.startswith("HTTP/"):
            headers = {}
        elif mark:
            headers[name.strip().lower()] = value.strip()
    return headers

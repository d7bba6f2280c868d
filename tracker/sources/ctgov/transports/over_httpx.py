"""The transport over httpx2: HTTP/2 where it is offered, the system's certificates."""

import ssl
import time
from collections.abc import Callable
from functools import cache

import httpx2

from tracker.sources.ctgov.transport import (
    LONGEST_ANSWER,
    Dropped,
    NotReached,
    Request,
    Response,
    TimedOut,
    whole_response,
)


class HttpxTransport:
    """Keeps one connection open between requests. ``through_proxy``: as the system's proxy variables say."""

    def __init__(
        self, *, timeout_s: float, through_proxy: bool = True, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._timeout_s = timeout_s
        self._monotonic = monotonic
        self._client = httpx2.Client(
            verify=_system_tls(through_proxy),
            http2=True,
            timeout=timeout_s,
            trust_env=through_proxy,
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=60.0),
        )
        self._client.headers.clear()  # the request says who asks and what it takes

    def send(self, request: Request) -> Response:
        try:
            with self._client.stream("GET", request.url, headers=dict(request.headers)) as answer:
                return whole_response(
                    status=answer.status_code,
                    headers={name.lower(): value for name, value in answer.headers.items()},
                    raw=self._read(answer),
                    url=request.url,
                )
        except httpx2.TimeoutException as err:
            raise TimedOut(f"no byte for {self._timeout_s:g} s") from err
        except (httpx2.ConnectError, httpx2.ProxyError, httpx2.UnsupportedProtocol) as err:
            raise NotReached(f"no connection: {err}") from err
        except httpx2.HTTPError as err:
            raise Dropped(f"the connection broke: {type(err).__name__} {err}") from err

    def close(self) -> None:
        self._client.close()

    def _read(self, answer: httpx2.Response) -> bytes:
        ends_at = self._monotonic() + LONGEST_ANSWER * self._timeout_s
        pieces = []
        for piece in answer.iter_raw():
            pieces.append(piece)
            if self._monotonic() > ends_at:
                raise TimedOut(f"the answer was not whole after {LONGEST_ANSWER * self._timeout_s:g} s")
        return b"".join(pieces)


@cache
def _system_tls(trust_env: bool) -> ssl.SSLContext:
    """The certificates of the system, or those that the environment names; reading them takes 30 ms: once a process."""
    return httpx2.create_ssl_context(trust_env=trust_env)

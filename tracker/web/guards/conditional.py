"""ETags, and 304 for who has the answer already. Source: RFC 9110, sections 8.8.3 and 13.1.2.

It promises a tag on every whole answer to GET that may be kept, made from its content, leaves streams alone, and
answers HEAD wherever it answers GET; a stream that is asked for by HEAD ends where it would begin.
"""

import hashlib
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

IS_HEAD = "is_head"
"""Where the scope of a request says that HEAD asked, by which nothing is to happen."""

_KEPT = ("cache-control", "content-location", "date", "etag", "expires", "vary", "set-cookie", "link")


class Conditional:
    """Tags answers, and leaves out those that are known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        asked = {
            **scope,
            "method": "GET",
            IS_HEAD: scope["method"] == "HEAD",
        }  # the server leaves out the body of an answer to HEAD
        told = send if scope["method"] == "GET" else _ending_early(send)
        await self._app(asked, receive, _Tagging(told, known=known))


def _ending_early(send: Send) -> Send:
    """Ends a stream where it would begin; whoever streams is then told that nobody listens."""
    is_over = False

    async def send_until_over(message: Message) -> None:
        nonlocal is_over
        if not is_over:
            is_over = message.get("more_body", False)
            await send({**message, "body": b"", "more_body": False} if is_over else message)

    return send_until_over


class _Tagging:
    """Holds the start of an answer back until it is whole; hands a stream on as it comes."""

    def __init__(self, send: Send, *, known: str) -> None:
        self._send = send
        self._known = known
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            start, self._start = self._start, None
            headers = MutableHeaders(scope=start)
            may_be_kept = "no-store" not in headers.get("cache-control", "") and not message.get("more_body", False)
            if not may_be_kept:
                await self._send(start)
                await self._send(message)
            else:
                await self._tagged(start, headers, message)

    async def _tagged(self, start: Message, headers: MutableHeaders, message: MutableMapping[str, Any]) -> None:
        if "etag" not in headers:
            headers["etag"] = f'W/"{hashlib.sha256(message.get("body", b"")).hexdigest()[:32]}"'
        if not is_known(headers["etag"], self._known):
            await self._send(start)
            await self._send(message)
            return
        for name in set(headers.keys()) - set(_KEPT):
            del headers[name]
        headers.add_vary_header("accept-encoding")  # as the whole answer says, which may come packed
        await self._send({**start, "status": 304, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": b""})


def is_known(tag: str, known: str) -> bool:
    """Whether an If-None-Match header names ``tag``, compared weakly."""
    names = [one.strip().removeprefix("W/") for one in known.split(",")]
    return "*" in names or tag.removeprefix("W/") in names

"""Faults of the program as answers, behind the other guards, so that such an answer has all that others have.

It promises that a fault reveals nothing and is logged with its cause; one amid an answer is left to the server, which
cuts the connection, so that nobody takes half an answer for a whole one.
"""

from collections.abc import Callable

import structlog
from fastapi import Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = structlog.get_logger()


class Failures:
    """Turns faults into what ``answer`` makes of a request."""

    def __init__(self, app: ASGIApp, *, answer: Callable[[Request], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_begun = False

        async def send_seen(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_seen)
        except Exception as err:  # the top of a request
            if is_begun or scope["type"] != "http":
                raise
            _LOG.error("http_failed", error=str(err), exc_info=err)
            await self._answer(Request(scope))(scope, receive, send)

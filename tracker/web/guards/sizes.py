"""How large a body may be, told before it is read or while it is.

It promises that no more than so many bytes of a body reach an address, whether its size is announced or not, and that
who sends more is refused in the words of all other refusals.
"""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker.web.problems import Problem, as_json


class Sizes:
    """Refuses bodies of more than ``most_bytes``."""

    def __init__(self, app: ASGIApp, *, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _announced_bytes(scope) > self._most_bytes:
            await as_json(Problem(413, self._told()))(scope, receive, send)
        else:
            await self._app(scope, self._counting(receive), send)

    def _counting(self, receive: Receive) -> Receive:
        count = 0

        async def receive_counted() -> Message:
            nonlocal count
            message = await receive()
            count += len(message.get("body", b""))
            if count > self._most_bytes:
                raise HTTPException(413, self._told())  # what reads bodies lets it pass, and the application answers
            return message

        return receive_counted

    def _told(self) -> str:
        return f"a body may have {self._most_bytes} bytes at most"


def _announced_bytes(scope: Scope) -> int:
    """The size that is announced; 0 where none is, the server refuses what is no number."""
    told = Headers(scope=scope).get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() else 0

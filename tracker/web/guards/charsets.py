"""Which letters forms come in: UTF-8, as browsers send those of our pages.

It promises that who sends a form cannot choose how it is read: decoders that are no charsets, such as Python's
``unicode_escape``, make text that no page can be written with. One click of a mail program (RFC 8058) is let through,
whatever it says: nothing of it is read.
"""

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tracker.web.problems import Problem, as_json

_READ = (b"utf-8", b"utf8")
_UNREAD = "/unsubscribe/"


class Charsets:
    """Refuses forms of parts that are to be read otherwise; in others a charset means nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_looked_at = scope["type"] == "http" and not scope["path"].startswith(_UNREAD)
        if is_looked_at and not _is_read(Headers(scope=scope).get("content-type", "")):
            await as_json(Problem(415, "a form is read as UTF-8; send it so, without another charset"))(
                scope, receive, send
            )
        else:
            await self._app(scope, receive, send)


def _is_read(content_type: str) -> bool:
    kind, options = parse_options_header(content_type)
    return kind != b"multipart/form-data" or options.get(b"charset", _READ[0]).lower() in _READ

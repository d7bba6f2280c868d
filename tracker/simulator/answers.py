"""What the registry answers to a request: a path and parameters in, an answer out. No sockets here.

``Answerer`` is the port that the server asks; ``StudyAnswers`` is the registry over a `World`. A list page is
kept as rows until it is sent, so that a fault can skip, double or shuffle them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import orjson

from tracker.domain.record import Json

TEXT = "text/plain; charset=UTF-8"
JSON = "application/json"
API_VERSION = "2.0.5"
CLOCK_PATH = "/clock"  # no path of the registry: the instant of the simulated world, by RFC 3339 in UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list, each row an encoded study. ``total`` and ``token`` are None where the page has none."""

    rows: Sequence[bytes]
    total: int | None = None
    token: str | None = None

    def encoded(self) -> bytes:
        """The page as JSON; an empty list has the registry's two blanks."""
        parts = [] if self.total is None else [b'"totalCount":%d' % self.total]
        parts.append(b'"studies":[%s]' % (b",".join(self.rows) or b"  "))
        if self.token is not None:
            parts.append(b'"nextPageToken":%s' % orjson.dumps(self.token))
        return b"{" + b",".join(parts) + b"}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, body and headers. ``page`` stands for the body where the answer is a list."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    page: Page | None = field(default=None)

    def sent(self) -> bytes:
        """The bytes of the body."""
        return self.page.encoded() if self.page is not None else self.body

    def with_page(self, page: Page) -> "Answer":
        """The same answer with another page."""
        return replace(self, page=page)


class Answerer(Protocol):
    """Answers requests. Law: an answer is of one release; what is wrong with a request is an answer too."""

    def answer(self, path: str, params: Sequence[tuple[str, str]]) -> Answer:
        """The answer to a GET of ``path`` with ``params`` in their order."""
        ...


def in_json(value: Json) -> Answer:
    """A JSON answer."""
    return Answer(body=orjson.dumps(value))


def in_text(status: int, text: str) -> Answer:
    """A plain-text answer, as the registry's errors are."""
    return Answer(status=status, body=text.encode(), content_type=TEXT)


def version(timestamp: str) -> Answer:
    """The answer of ``/version``."""
    return in_json({"apiVersion": API_VERSION, "dataTimestamp": timestamp})

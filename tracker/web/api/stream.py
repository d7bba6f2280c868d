"""The stream of changes, for followers: Server-Sent Events, by the HTML standard, section 9.2.

It promises each change behind a position once, in the order of positions, whoever is cut off and comes back with
``Last-Event-ID`` included; and a comment every 15 seconds, by which proxies see that it lives. A stream ends after an
hour, so that tokens which were revoked meanwhile are asked for again. Whoever reads nothing is cut off by the server.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Send

from store.errors import Transient
from tracker.domain.parts import about
from tracker.pipeline.field_names import require_fields
from tracker.views.answers import AnsweredChange
from tracker.views.trails import FeedFilter, feed
from tracker.web.answering import as_object, json_bytes
from tracker.web.bell import Bell, Ears
from tracker.web.change_parameters import ChangeFilter
from tracker.web.gate import Need, needs
from tracker.web.problems import Problem
from tracker.web.site import Site

COMMENT_EVERY_S = 15.0
LONGEST_S = 3600.0
RETRY_MS = 3000
_PAGE = 200
_BUSY_REST_S = 2.0

Position = Annotated[int | None, Query(ge=0, le=2**63 - 1, description="Behind this position; default: from now on.")]
LastEventId = Annotated[str | None, Header(description="Where a follower was cut off; goes before `after`.")]


def stream_routes(site: Site) -> APIRouter:
    """The address."""
    router = APIRouter(tags=["changes"])
    slots = _Slots(lambda: site.settings.web.streams)

    @router.get(
        "/changes/stream",
        dependencies=[needs(Need.READING)],
        response_class=Response,
        include_in_schema=False,  # it never ends, and who reads an OpenAPI waits for ends; /changes tells of it
    )
    def stream(
        request: Request, wanted: ChangeFilter, after: Position = None, last_event_id: LastEventId = None
    ) -> Response:
        """Changes as they are recorded: the id of an event is its position, its data the change. Takes the filters
        of /changes."""
        with site.reading() as transaction:
            with about("field"):
                require_fields(transaction, wanted.fields, site.services().catalogue)
            begin = _begin(last_event_id, after)
            if begin is None:
                begin = transaction.events.head().position
        slot = slots.take()
        follower = Follower(site=site, bell=_bell(request, site), stopping=request.app.state.stopping)
        return EventStream(follower.events(replace(wanted, after=begin), done=slot), done=slot)

    return router


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Follows the ledger. Spans are in seconds."""

    site: Site
    bell: Bell
    stopping: threading.Event
    comment_every_s: float = COMMENT_EVERY_S
    longest_s: float = LONGEST_S

    async def events(self, wanted: FeedFilter, *, done: Callable[[], None]) -> AsyncIterator[bytes]:
        """The changes behind ``wanted.after`` as events, until the server ends or the time is over."""
        try:
            async for event in self._events(wanted):
                yield event
        finally:
            done()

    async def _events(self, wanted: FeedFilter) -> AsyncIterator[bytes]:
        ends_at = time.monotonic() + self.longest_s
        with self.bell.listening() as ears:
            yield f": trialog\nretry: {RETRY_MS}\n\n".encode()
            comment_at = time.monotonic() + self.comment_every_s
            while not self.stopping.is_set() and time.monotonic() < ends_at:
                await ears.wait(max(0.0, min(comment_at, ends_at) - time.monotonic()))
                while found := await self._read(wanted, ears):
                    yield b"".join(map(_event, found))
                    comment_at = time.monotonic() + self.comment_every_s
                    wanted = replace(wanted, after=found[-1].position)
                    if len(found) < _PAGE or self.stopping.is_set():
                        break
                if time.monotonic() >= comment_at:  # also where the bell rings all the time for what is not wanted
                    yield b": here\n\n"
                    comment_at = time.monotonic() + self.comment_every_s

    async def _read(self, wanted: FeedFilter, ears: Ears) -> Sequence[AnsweredChange]:
        """What is new; nothing while the database is busy or away, and another look soon."""
        try:
            return await run_in_threadpool(self._page, wanted)
        except Transient:
            await asyncio.sleep(_BUSY_REST_S)
            ears.ring()
            return ()

    def _page(self, wanted: FeedFilter) -> Sequence[AnsweredChange]:
        with self.site.reading() as transaction:
            return list(feed(transaction.connection, wanted, limit=_PAGE))


class EventStream(StreamingResponse):
    """A stream, never packed and never kept; ``done`` is called however it ends."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncIterator[bytes], *, done: Callable[[], None]) -> None:
        super().__init__(content, headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        self._done = done

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        finally:
            self._done()


class _Slots:
    """How many streams may be open at once; taking one answers what gives it back, once however often."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._taken = 0

    def take(self) -> Callable[[], None]:
        with self._lock:
            if self._taken >= self._most():
                raise Problem(429, "as many streams are open as may be; come back later", headers={"retry-after": "30"})
            self._taken += 1
        is_back = threading.Event()

        def give_back() -> None:
            with self._lock:
                if not is_back.is_set():
                    is_back.set()
                    self._taken -= 1

        return give_back


def _event(change: AnsweredChange) -> bytes:
    return b"id: %d\nevent: change\ndata: %s\n\n" % (change.position or 0, json_bytes(as_object(change)))


def _begin(last_event_id: str | None, after: int | None) -> int | None:
    """Behind which position; None for from now on."""
    if not last_event_id:
        return after
    if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19):
        raise Problem(
            422,
            "Last-Event-ID is no position of this ledger",
            wrong=[("Last-Event-ID", "the id of the last event that was received, a number")],
        )
    return int(last_event_id)


def _bell(request: Request, site: Site) -> Bell:
    """The one bell of the application."""
    state = request.app.state
    if not hasattr(state, "bell"):
        state.bell = Bell(lambda: site.services().database, stopping=state.stopping)
    found: Bell = state.bell
    return found

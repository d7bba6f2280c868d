"""The stream of changes: each position once, whoever cuts it."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from tests.contract.pipeline.lab import Lab
from tests.contract.web.followers import Follower
from tests.contract.web.site import Site, get
from tests.records import record
from tracker.web.api.stream import EventStream
from tracker.web.patience import Patience
from tracker.web.serving import Server

STATUSES = ("RECRUITING", "COMPLETED", "TERMINATED", "SUSPENDED", "WITHDRAWN")


@pytest.fixture
def lab(site: Site) -> Lab:
    """What records in the ledger that is served."""
    return Lab.open(site.database.url)


def told(lab: Lab) -> dict[int, str]:
    """The position of each change, and what it is."""
    return {one.position: one.type for one in lab.trail() if one.position is not None}


def positions(lab: Lab) -> list[int]:
    """The positions of all changes."""
    return list(told(lab))


def test_a_follower_that_is_cut_sees_each_position_once(site: Site, lab: Lab) -> None:
    """It comes back with the last id, and goes on where it was; what came meanwhile is there."""
    lab.see(record(status=STATUSES[0], posted_on="2026-01-01"))
    follower = Follower.open(site.url, "?after=0")
    seen = [follower.position()]
    follower.close()
    for day, status in enumerate(STATUSES[1:], 2):
        lab.see(record(status=status, posted_on=f"2026-01-{day:02}"))
    wanted = positions(lab)
    while seen[-1] != wanted[-1]:
        again = Follower.open(site.url, "?after=0", last_event_id=str(seen[-1]))
        seen.append(again.position())
        again.close()
    assert wanted == seen
    lab.close()


def test_what_is_recorded_now_comes_soon(site: Site, lab: Lab) -> None:
    """Without a position a follower begins now; filters are those of the list."""
    lab.see(record(status=STATUSES[0], posted_on="2026-01-01"))
    follower, picky = (
        Follower.open(site.url),
        Follower.open(site.url, "?type=last_known_status_changed&type=why_stopped_changed"),
    )
    head = follower.head.lower()
    for said in ("content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no"):
        assert said in head
    assert "etag" not in head  # a stream is no whole to be known again
    before = positions(lab)
    began = time.monotonic()
    lab.see(record(status=STATUSES[1], posted_on="2026-01-02"))
    new = [one for one in positions(lab) if one not in before]
    assert new == [follower.position() for _ in new]
    assert time.monotonic() - began < 10
    lab.see(record(status=STATUSES[2], posted_on="2026-01-03", statusModule={"whyStopped": "Money"}))
    assert "why_stopped_changed" == told(lab)[picky.position()]
    for one in (follower, picky):
        one.close()
    lab.close()


def test_a_position_that_is_none_is_refused(site: Site) -> None:
    """Rather than begun anywhere; so is a filter that is none."""
    asked = get(site.url, "/api/v1/changes/stream", **{"Last-Event-ID": "seven"})
    assert (422, "Last-Event-ID") == (asked.status, asked.object["errors"][0]["parameter"])
    assert 422 == site.get("/api/v1/changes/stream?type=nothing_changed").status


def test_who_asks_for_the_head_alone_holds_no_stream(site: Site) -> None:
    """It ends at once, and the connection goes on."""
    with closing(HTTPConnection(urlsplit(site.url).netloc, timeout=5)) as connection:
        told = []
        for method, path in (("HEAD", "/api/v1/changes/stream"), ("GET", "/healthz")):
            connection.request(method, path)
            told.append(connection.getresponse())
            told[-1].read()
    assert [(200, "text/event-stream; charset=utf-8"), (200, "application/json")] == [
        (one.status, one.headers["content-type"]) for one in told
    ]


def test_streams_are_as_many_as_may_be(site: Site) -> None:
    """One more is told to come back later; one that goes away makes room."""
    followers = [Follower.open(site.url) for _ in range(200)]
    refused = site.get("/api/v1/changes/stream")
    assert (429, "30") == (refused.status, refused.headers["retry-after"])
    for one in followers:
        one.close()
    ends_at = time.monotonic() + 20
    while "200 OK" not in (again := Follower.open(site.url)).head:
        assert time.monotonic() < ends_at
        again.close()
    again.close()


def test_who_reads_nothing_of_a_stream_gives_its_place_back() -> None:
    """The server cuts it off; that is no failure, which a log would tell as one."""
    app, is_back = FastAPI(), threading.Event()

    async def events() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1_000_000
            await asyncio.sleep(0)

    @app.get("/stream")
    def stream() -> EventStream:
        return EventStream(events(), done=is_back.set)

    server = Server(app, "127.0.0.1:0", patience=Patience(unread_s=0.2))
    with capture_logs() as lines:
        server.start()
        connection = HTTPConnection(urlsplit(server.url).netloc, timeout=20)
        connection.request("GET", "/stream")
        with closing(connection), closing(connection.getresponse()):
            assert is_back.wait(20)
        server.stop()
    assert [] == [line for line in lines if line["log_level"] in ("warning", "error")]

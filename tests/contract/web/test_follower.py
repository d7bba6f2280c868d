"""A stream in the server: how it lives and ends."""

import asyncio
import json
import threading

from tests.contract.pipeline.lab import Lab
from tests.contract.web.site import Site
from tests.records import record
from tracker.views.trails import FeedFilter
from tracker.web.api.stream import Follower
from tracker.web.bell import Bell


def collect(site: Site, *, comment_every_s: float, longest_s: float, is_busy: bool = False) -> list[bytes]:
    """All that a stream sends in its time; ``is_busy``: while the bell never rests."""
    stopping = threading.Event()
    served = site.served()
    follower = Follower(
        site=served,
        bell=Bell(lambda: site.database, stopping=stopping),
        stopping=stopping,
        comment_every_s=comment_every_s,
        longest_s=longest_s,
    )

    async def ring() -> None:
        while is_busy:
            follower.bell.ring()
            await asyncio.sleep(0.001)

    async def read() -> list[bytes]:
        ringing = asyncio.create_task(ring())
        found = [event async for event in follower.events(FeedFilter(after=0), done=lambda: None)]
        ringing.cancel()
        return found

    return asyncio.run(read())


def test_what_was_missed_comes_whole(site: Site) -> None:
    """However much it is: page after page, each change once, in the order of positions, as the list tells it."""
    lab = Lab.open(site.database.url)
    lab.see(*(record(f"NCT{number:08}") for number in range(1, 451)))
    lab.close()
    stopping, sent = threading.Event(), list[bytes]()
    bell = Bell(lambda: site.database, stopping=stopping)
    follower = Follower(site=site.served(), bell=bell, stopping=stopping, comment_every_s=5, longest_s=5)

    async def read() -> None:
        async for events in follower.events(FeedFilter(after=0), done=lambda: None):
            sent.append(events)
            if b"".join(sent).count(b"event: ") >= 450:
                stopping.set()

    asyncio.run(read())
    events = b"".join(sent[1:]).decode().removesuffix("\n\n").split("\n\n")
    told = [dict(line.split(": ", 1) for line in event.split("\n")) for event in events]
    assert {"change"} == {event["event"] for event in told}
    positions = [int(event["id"]) for event in told]
    assert (450, positions) == (len(told), sorted({json.loads(event["data"])["position"] for event in told}))
    assert json.loads(told[0]["data"]) == site.get(f"/api/v1/changes/{positions[0]}").object


def test_a_stream_shows_that_it_lives(site: Site) -> None:
    """A comment at once, so that the head goes out, and one whenever nothing came for so long; in the end it ends."""
    sent = collect(site, comment_every_s=0.02, longest_s=0.2)
    assert b": trialog\nretry: 3000\n\n" == sent[0]
    assert {b": here\n\n"} == set(sent[1:])


def test_it_does_so_while_all_else_is_recorded(site: Site) -> None:
    """What is recorded and not wanted is no sign of life to a proxy in between."""
    sent = collect(site, comment_every_s=0.05, longest_s=0.5, is_busy=True)
    assert {b": here\n\n"} == set(sent[1:])

"""A stream in the server: how it lives and ends."""

import asyncio
import threading

from tests.contract.web.site import Site
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


def test_a_stream_shows_that_it_lives(site: Site) -> None:
    """A comment at once, so that the head goes out, and one whenever nothing came for so long; in the end it ends."""
    sent = collect(site, comment_every_s=0.02, longest_s=0.2)
    assert b": trialog\nretry: 3000\n\n" == sent[0]
    assert {b": here\n\n"} == set(sent[1:])


def test_it_does_so_while_all_else_is_recorded(site: Site) -> None:
    """What is recorded and not wanted is no sign of life to a proxy in between."""
    sent = collect(site, comment_every_s=0.05, longest_s=0.5, is_busy=True)
    assert {b": here\n\n"} == set(sent[1:])

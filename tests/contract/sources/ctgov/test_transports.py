"""What every transport keeps: whole answers or an error, nothing followed, connections used again."""

import gzip
import socket

import pytest

from tests.contract.sources.ctgov.stand_in import Reply, StandIn, json, text
from tracker.sources.ctgov.opening import request_headers
from tracker.sources.ctgov.transport import Dropped, NotReached, Request, TimedOut, Transport

HEADERS = request_headers(contact="ada@example.org", user_agent="")


def test_an_answer_comes_whole_with_its_status_and_headers(transport: Transport, stand_in: StandIn) -> None:
    """Status, headers by small names, body and the bytes that came are told."""
    stand_in.replies.append(text(404, "NCT number NCT99999999 not found", X_Seen="Yes"))
    found = transport.send(Request(url=f"{stand_in.site}/x", headers=HEADERS))
    assert (404, b"NCT number NCT99999999 not found", 32) == (found.status, found.body, found.received_bytes)
    assert "Yes" == found.headers["x-seen"]
    assert f"{stand_in.site}/x" == found.url


def test_a_packed_answer_is_unpacked(transport: Transport, stand_in: StandIn) -> None:
    """Gzip is asked for and undone; the bytes are counted as they came."""
    reply = json({"a": "x" * 1000}, packed=True)
    stand_in.replies.append(reply)
    found = transport.send(Request(url=stand_in.site + "/", headers=HEADERS))
    assert b'{"a":"' + b"x" * 1000 + b'"}' == found.body
    assert len(reply.body) == found.received_bytes
    assert "gzip" == stand_in.asked[0].headers["accept-encoding"]


def test_the_request_alone_says_who_asks(transport: Transport, stand_in: StandIn) -> None:
    """The user agent is trialog's with the contact, and nothing of the library's own is sent with it."""
    stand_in.replies.append(json({}))
    transport.send(Request(url=stand_in.site + "/", headers=HEADERS))
    headers = dict(stand_in.asked[0].headers)
    assert headers["user-agent"].startswith("trialog/")
    assert headers["user-agent"].endswith(" (+ada@example.org)")
    assert {"host", "user-agent", "accept", "accept-encoding"} == set(headers) - {"connection"}


def test_an_address_arrives_as_it_was_written(transport: Transport, stand_in: StandIn) -> None:
    """Percent-encoding and commas are left alone, so that lengths are those that were measured."""
    stand_in.replies.append(json({}))
    target = "/api/v2/studies?filter.ids=NCT00000001,NCT00000002&query.cond=a%20%26%20b%5B%7C%5D"
    transport.send(Request(url=stand_in.site + target, headers=HEADERS))
    assert target == stand_in.asked[0].target


def test_a_redirect_is_an_answer(transport: Transport, stand_in: StandIn) -> None:
    """Nothing is followed behind the caller's back."""
    stand_in.replies.append(text(301, "", Location="/api/v2/studies/NCT00000002"))
    found = transport.send(Request(url=stand_in.site + "/", headers=HEADERS))
    assert (301, "/api/v2/studies/NCT00000002", 1) == (found.status, found.headers["location"], len(stand_in.asked))


def test_one_connection_serves_many_requests(transport: Transport, stand_in: StandIn) -> None:
    """Connections are used again."""
    stand_in.otherwise = lambda asked: json({})
    for _ in range(5):
        transport.send(Request(url=stand_in.site + "/", headers=HEADERS))
    assert 1 == len({asked.connection for asked in stand_in.asked})


@pytest.mark.parametrize(
    "reply",
    (
        Reply(body=b'{"studies": [', announced_bytes=100),
        Reply(body=gzip.compress(b"{}" * 99)[:-9], headers={"Content-Encoding": "gzip"}),
        Reply(body=b"plain", headers={"Content-Encoding": "gzip"}),
        Reply(body=b"?", headers={"Content-Encoding": "br"}),
        Reply(fault="drop"),
    ),
    ids=("cut", "cut-gzip", "no-gzip", "strange-packing", "dropped"),
)
def test_a_broken_answer_is_none(reply: Reply, transport: Transport, stand_in: StandIn) -> None:
    """Fewer bytes than announced, half a gzip stream or a closed connection: Dropped, never a short body."""
    stand_in.replies.append(reply)
    with pytest.raises(Dropped):
        transport.send(Request(url=stand_in.site + "/", headers=HEADERS))


@pytest.mark.parametrize(("fault", "reason"), (("silence", "no byte for 0.3 s"), ("drip", "not whole after 1.5 s")))
def test_a_slow_answer_ends(fault: str, reason: str, transport: Transport, stand_in: StandIn) -> None:
    """Silence ends with the time-out, and a drip of bytes at five times that."""
    stand_in.replies.append(Reply(fault=fault, announced_bytes=10_000_000))
    with pytest.raises(TimedOut, match=reason):
        transport.send(Request(url=stand_in.site + "/", headers=HEADERS))


def test_it_works_again_after_a_failure(transport: Transport, stand_in: StandIn) -> None:
    """A broken answer leaves nothing behind that harms the next."""
    stand_in.replies.extend((Reply(body=b"{", announced_bytes=9), Reply(fault="drop"), json({"a": 1})))
    for _ in range(2):
        with pytest.raises(Dropped):
            transport.send(Request(url=stand_in.site + "/", headers=HEADERS))
    assert b'{"a":1}' == transport.send(Request(url=stand_in.site + "/", headers=HEADERS)).body


def test_no_server_is_not_reached(transport: Transport) -> None:
    """A refused connection has its own name."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotReached):
        transport.send(Request(url=f"http://127.0.0.1:{port}/", headers=HEADERS))

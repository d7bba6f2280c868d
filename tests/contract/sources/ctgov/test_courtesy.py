"""The manners of every request: one at a time, intervals, retries with waits, blocks, and a stop at any moment."""

import gzip
import threading

import pytest

from tests.contract.sources.ctgov.conftest import MadeTime
from tests.contract.sources.ctgov.stand_in import Reply, StandIn, html, json, text
from tracker.domain.errors import Blocked, Stopped, Transient
from tracker.sources.ctgov.answers import json_of
from tracker.sources.ctgov.courtesy import Courtesy
from tracker.sources.ctgov.manners import Manners
from tracker.sources.ctgov.transport import Request, Response

GOOD = json({"good": True})


def ask(courtesy: Courtesy, stand_in: StandIn, *, interval_s: float = 0.0) -> object:
    """One question."""
    return courtesy.ask(f"{stand_in.site}/x", interval_s=interval_s, read=json_of)


@pytest.mark.parametrize(
    "bad",
    (
        *(text(status, "") for status in (408, 429, 500, 502, 503, 504, 520)),
        html(),
        Reply(body=b'{"studies": ['),
        Reply(),
        Reply(body=b'{"a": 1}', announced_bytes=99),
        Reply(body=gzip.compress(b"{}")[:-5], headers={"Content-Encoding": "gzip"}),
        Reply(fault="drop"),
        Reply(fault="silence"),
    ),
    ids=("408", "429", "500", "502", "503", "504", "520", "html", "json", "empty", "cut", "gzip", "drop", "silence"),
)
def test_what_may_pass_is_asked_again(bad: Reply, courtesy: Courtesy, stand_in: StandIn, time: MadeTime) -> None:
    """Each kind of passing trouble costs a wait and another request, and then the answer is there."""
    stand_in.replies.extend((bad, GOOD))
    assert {"good": True} == ask(courtesy, stand_in)
    assert ([1.0], 2, 2) == (time.waits, len(stand_in.asked), courtesy.requests)


def test_waits_grow_and_end(courtesy: Courtesy, stand_in: StandIn, time: MadeTime) -> None:
    """Six retries with doubled waits; then Transient says how often, why and where."""
    stand_in.otherwise = lambda asked: text(503, "busy")
    with pytest.raises(Transient, match=r"no usable answer in 7 tries.*answered 503.*/x"):
        ask(courtesy, stand_in)
    assert [1.0, 2.0, 4.0, 8.0, 16.0, 32.0] == time.waits


@pytest.mark.parametrize(
    ("header", "waited_s"),
    (
        ("120", 120.0),
        ("0", 1.0),
        ("86400", 900.0),
        ("Fri, 14 Aug 2026 12:02:00 GMT", 120.0),
        ("Fri, 14 Aug 2026 11:00:00 GMT", 1.0),
        ("soon", 1.0),
    ),
)
@pytest.mark.parametrize("status", (429, 503))
def test_retry_after_is_honoured(
    header: str, waited_s: float, status: int, courtesy: Courtesy, stand_in: StandIn, time: MadeTime
) -> None:
    """The registry's own wait is the least, in seconds or as a date, up to a quarter of an hour."""
    stand_in.replies.extend((text(status, "", Retry_After=header), GOOD))
    ask(courtesy, stand_in)
    assert [waited_s] == time.waits


def test_a_block_is_waited_out(courtesy: Courtesy, stand_in: StandIn, time: MadeTime) -> None:
    """403 is followed by waits of ten minutes and more, not by the short ones."""
    stand_in.replies.extend((text(403, "no"), text(403, "no"), GOOD))
    assert {"good": True} == ask(courtesy, stand_in)
    assert 2 == len(time.waits)
    assert 600 <= time.waits[0] < 700 <= 1200 <= time.waits[1]


def test_a_lasting_block_ends_as_blocked(courtesy: Courtesy, stand_in: StandIn, time: MadeTime) -> None:
    """After three long waits the operator is told what it means and what to do."""
    stand_in.otherwise = lambda asked: text(403, "no")
    with pytest.raises(Blocked, match=r"403 4 times.*nothing about any trial.*CONTACT.*TRANSPORT=curl"):
        ask(courtesy, stand_in)
    assert (3, 4) == (len(time.waits), len(stand_in.asked))


def test_requests_keep_their_interval(courtesy: Courtesy, stand_in: StandIn, time: MadeTime) -> None:
    """The first goes out at once, each later one its own interval after the last answer, less what has passed."""
    stand_in.otherwise = lambda asked: GOOD
    ask(courtesy, stand_in, interval_s=1.0)
    ask(courtesy, stand_in, interval_s=1.0)
    ask(courtesy, stand_in, interval_s=0.4)
    time.passed_s += 0.75  # rows were handled meanwhile
    ask(courtesy, stand_in, interval_s=1.0)
    time.passed_s += 5
    ask(courtesy, stand_in, interval_s=1.0)
    assert [1.0, 0.4, 0.25] == time.waits


class CountingTransport:
    """Answers at once, and keeps how many requests were in flight together."""

    def __init__(self) -> None:
        self.in_flight = self.most_in_flight = self.sent = 0

    def send(self, request: Request) -> Response:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        threading.Event().wait(0.005)  # long enough for the others to come in between, if they may
        self.in_flight -= 1
        self.sent += 1
        return Response(status=200, headers={}, body=b"{}", url=request.url, received_bytes=2)

    def close(self) -> None:
        pass


def test_one_request_is_in_flight_at_a_time(time: MadeTime, manners: Manners, stand_in: StandIn) -> None:
    """Threads that ask together are answered one after the other, whatever the transport could do."""
    transport = CountingTransport()
    courtesy = Courtesy(transport, manners=manners, headers={}, surroundings=time.surroundings())
    threads = [threading.Thread(target=ask, args=(courtesy, stand_in)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (8, 1) == (transport.sent, transport.most_in_flight)


@pytest.mark.parametrize("trouble", (text(503, ""), text(403, "")))
def test_a_wait_is_broken_off_when_asked_to(
    trouble: Reply, courtesy: Courtesy, stand_in: StandIn, time: MadeTime
) -> None:
    """Ctrl-C during a wait ends it, and nothing more is sent."""
    stand_in.otherwise = lambda asked: trouble
    time.stops_after = 1
    with pytest.raises(Stopped):
        ask(courtesy, stand_in)
    assert 1 == len(stand_in.asked)


def test_nothing_is_sent_once_asked_to_stop(courtesy: Courtesy, stand_in: StandIn, time: MadeTime) -> None:
    """A stop that came before the request counts."""
    time.stops_after = 0
    with pytest.raises(Stopped):
        ask(courtesy, stand_in)
    assert [] == stand_in.asked


def test_bytes_are_counted_as_they_came(courtesy: Courtesy, stand_in: StandIn) -> None:
    """Packed answers count as packed, failed ones with what they brought."""
    packed = json({"a": "x" * 5000}, packed=True)
    stand_in.replies.extend((text(500, "12345"), packed))
    ask(courtesy, stand_in)
    assert 5 + len(packed.body) == courtesy.bytes


def test_an_error_of_the_reader_is_not_asked_again(courtesy: Courtesy, stand_in: StandIn) -> None:
    """Only what may pass is repeated."""

    def read(response: Response) -> None:
        raise KeyError(response.status)

    stand_in.replies.append(GOOD)
    with pytest.raises(KeyError):
        courtesy.ask(stand_in.site, interval_s=0.0, read=read)
    assert 1 == courtesy.requests

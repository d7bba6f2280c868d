"""The server: where it listens, how it stops, and whose log and signals it leaves alone."""

import asyncio
import itertools
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager, suppress

import pytest
from fastapi import FastAPI
from fastapi.responses import Response, StreamingResponse
from structlog.testing import capture_logs

from tests.contract.web.site import get
from tracker.domain.errors import InvalidInput, Permanent
from tracker.web.patience import USUAL, Patience
from tracker.web.serving import Server

LARGE_BYTES = 12_000_000
"""More than systems hold for a connection."""


@contextmanager
def served(app: FastAPI, listen: str = "127.0.0.1:0", patience: Patience = USUAL) -> Iterator[Server]:
    """A server that is stopped in the end."""
    server = Server(app, listen, patience=patience)
    server.start()
    try:
        yield server
    finally:
        server.stop(1)


def application() -> FastAPI:
    """One page, one that takes until it is let go, one that fails, and streams that end when told, or never."""
    app = FastAPI()
    app.state.entered, app.state.let_go = threading.Event(), threading.Event()

    @app.get("/page")
    def page() -> str:
        return "here"

    @app.get("/large")
    def large() -> Response:
        return Response(b" " * LARGE_BYTES)

    @app.post("/body")
    def body(told: dict[str, str]) -> str:
        return "here"

    async def flood() -> AsyncIterator[bytes]:
        try:
            for count in itertools.count(1):
                yield b" " * 100_000 * min(count, 100)
                await asyncio.sleep(0)
        finally:
            app.state.let_go.set()

    @app.get("/flood")
    def flooding() -> StreamingResponse:
        return StreamingResponse(flood())

    @app.get("/slow")
    def slow() -> str:
        app.state.entered.set()
        app.state.let_go.wait(20)
        return "done"

    @app.get("/fault")
    def fault() -> str:
        raise RuntimeError("broken")

    async def lines(*, endless: bool) -> AsyncIterator[bytes]:
        while endless or not app.state.stopping.is_set():
            yield b"line\n"
            await asyncio.sleep(0.01)

    @app.get("/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(lines(endless=False))

    @app.get("/endless")
    def endless() -> StreamingResponse:
        return StreamingResponse(lines(endless=True))

    return app


def said(url: str, text: str) -> socket.socket:
    """A connection on which something was said."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    found = socket.create_connection((host, int(port)), timeout=20)
    found.sendall(text.encode())
    return found


def opened(url: str, path: str) -> socket.socket:
    """A connection on which a stream has begun."""
    found = said(url, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert found.recv(10)
    return found


def trickle(connection: socket.socket) -> None:
    """Send a head line by line, a thousand lines, listening for an answer in between."""
    connection.settimeout(0.02)
    for number in range(1_000):
        connection.sendall(f"a{number}: b\r\n".encode())
        with suppress(TimeoutError):
            assert not connection.recv(1), "it is cut, and not answered"


def heard(connection: socket.socket) -> bytes:
    """All that comes until the other side ends it, by whatever way."""
    found = b""
    with closing(connection), suppress(ConnectionResetError):
        while more := connection.recv(65_536):
            found += more
    return found


def test_it_serves_until_it_is_stopped() -> None:
    """Then nobody listens; stopping twice is fine, and so is stopping what was not started."""
    server = Server(application(), "127.0.0.1:0")
    server.stop()
    server = Server(application(), "127.0.0.1:0")
    server.start()
    assert b'"here"' == get(server.url, "/page").body
    server.stop()
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        get(server.url, "/page")


@pytest.mark.parametrize("listen", ("[::1]:0", "localhost:0"))
def test_it_listens_at_any_name_of_this_machine(listen: str) -> None:
    """IPv6 in brackets, and names."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 on loopback")
    with served(application(), listen) as server:
        assert 200 == get(server.url, "/page").status


def test_an_address_in_use_is_told_by_its_setting() -> None:
    """Before anything runs."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Permanent, match=rf"cannot listen at {listen}: .* set TRIALOG_HTTP__LISTEN to another"):
            Server(application(), listen).start()


def test_a_name_that_is_none_is_told_by_its_setting() -> None:
    """As wrong input."""
    with pytest.raises(InvalidInput, match="TRIALOG_HTTP__LISTEN"):
        Server(application(), "no such host:80").start()


def test_a_request_in_hand_is_finished() -> None:
    """It is answered though the server stops meanwhile."""
    app = application()
    server = Server(app, "127.0.0.1:0")
    server.start()
    answers: list[bytes] = []
    asking = threading.Thread(target=lambda: answers.append(get(server.url, "/slow").body))
    asking.start()
    assert app.state.entered.wait(20)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    assert app.state.stopping.wait(20)
    app.state.let_go.set()
    stopping.join(20)
    asking.join(20)
    assert [b'"done"'] == answers


@pytest.mark.parametrize("path", ("/stream", "/endless"))
def test_streams_end_with_the_server(path: str) -> None:
    """One that listens ends at once, one that does not is cut in time; fifty as well as one."""
    server = Server(application(), "127.0.0.1:0")
    server.start()
    streams = [opened(server.url, path) for _ in range(50)]
    began = time.monotonic()
    server.stop(0.5)
    assert time.monotonic() - began < 5
    for stream in streams:
        with closing(stream):
            while stream.recv(65_536):
                pass


@pytest.mark.parametrize(
    "text",
    (
        "",
        "GET /page HTTP/1.1\r\nHost: 127",
        "POST /body HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{",
        "GET /page HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /page HTTP",
    ),
)
def test_who_does_not_come_to_an_end_is_cut(text: str) -> None:
    """Before a request is whole, its body included; what is whole was answered."""
    with served(application(), patience=Patience(request_s=0.2)) as server:
        assert text.count("\r\n\r\nGET") == heard(said(server.url, text)).count(b"200 OK")


def test_who_trickles_is_cut_as_well() -> None:
    """The time counts from the beginning of the request."""
    with served(application(), patience=Patience(request_s=0.2)) as server:
        connection = said(server.url, "GET /page HTTP/1.1\r\n")
        with closing(connection), pytest.raises(ConnectionError):
            trickle(connection)


def test_the_application_may_take_its_time() -> None:
    """Once a request is whole, nothing of that kind counts."""
    app = application()
    with served(app, patience=Patience(request_s=0.1)) as server:
        connection = said(server.url, "GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert app.state.entered.wait(20)
        threading.Timer(0.4, app.state.let_go.set).start()
        assert heard(connection).endswith(b'"done"')


def test_who_takes_nothing_of_an_answer_is_cut() -> None:
    """After a while; what was being said ends with it."""
    app = application()
    with served(app, patience=Patience(unread_s=0.2)) as server, closing(opened(server.url, "/flood")):
        assert app.state.let_go.wait(20)


def test_who_takes_an_answer_is_not_cut() -> None:
    """However long it is, and however much is left to be taken whenever that is looked at."""
    with (
        served(application(), patience=Patience(unread_s=0.4)) as server,
        closing(opened(server.url, "/flood")) as connection,
    ):
        ends_at = time.monotonic() + 1.6
        while time.monotonic() < ends_at:
            assert connection.recv(10_000)


def test_who_takes_little_at_a_time_is_not_cut() -> None:
    """Though the system holds so much for them that the server gets rid of nothing for long."""
    taken, ends_at = 0, time.monotonic() + 1.5
    with (
        served(application(), patience=Patience(unread_s=0.3)) as server,
        closing(opened(server.url, "/large")) as connection,
    ):
        while time.monotonic() < ends_at:
            taken += len(connection.recv(20_000))
            threading.Event().wait(0.02)
        taken += len(heard(connection))
    assert taken > LARGE_BYTES


@pytest.mark.parametrize(
    "text", ("nonsense\r\n\r\n", "GET /page HTTP/1.1\r\n\r\n", "GET /page HTTP/1.1\r\n: b\r\n\r\n")
)
def test_what_is_no_http_is_a_problem(text: str) -> None:
    """By RFC 9457, with the headers of every answer."""
    with served(application()) as server:
        told = heard(said(server.url, text)).decode()
    assert told.startswith("HTTP/1.1 400 ")
    assert "content-type: application/problem+json" in told
    assert "content-security-policy: default-src 'none'" in told


def test_signals_stay_the_programs() -> None:
    """Whoever started the server is told of them."""
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    with served(application()):
        assert before == [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]


def test_log_lines_are_the_programs(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is written beside them; a fault is logged with its error, an ordinary request is not."""
    with capture_logs() as lines, served(application()) as server:
        assert [200, 500] == [get(server.url, path).status for path in ("/page", "/fault")]
    assert ("", "") == capfd.readouterr()
    faults = [line for line in lines if line["log_level"] == "error"]
    assert [True] == [isinstance(line["exc_info"], RuntimeError) for line in faults]
    assert [] == [line for line in lines if "/page" in str(line)]

"""The clock at an address: what it makes of every answer, over real connections."""

import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.endpoints import free_port
from tests.tellers import Teller, telling
from tracker.clock_url import UrlClock
from tracker.domain.errors import Transient

TOLD = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


@pytest.fixture
def teller() -> Iterator[Teller]:
    """It says 2031-05-06T07:08:09Z until it is told otherwise."""
    with telling("2031-05-06T07:08:09Z") as running:
        yield running


@pytest.fixture
def clock(teller: Teller) -> Iterator[UrlClock]:
    """The clock at the teller's address, which waits half a second at most."""
    made = UrlClock(teller.url, timeout_s=0.5)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("says", "instant"),
    (
        ("2031-05-06T07:08:09Z", TOLD),
        ("2031-05-06t07:08:09z\n", TOLD),
        ("2031-05-06 09:08:09+02:00", TOLD),
        ("2031-05-06T07:08:09.25-00:00", TOLD + timedelta(milliseconds=250)),
        ("2031-05-06T07:08:09.123456789Z", TOLD + timedelta(microseconds=123456)),
    ),
)
def test_every_form_of_an_instant_is_read(says: str, instant: datetime, teller: Teller, clock: UrlClock) -> None:
    """RFC 3339 in any zone and precision is the instant in UTC."""
    teller.says = says.encode()
    found = clock.now()
    assert (instant, UTC) == (found, found.tzinfo)


@pytest.mark.parametrize(
    "says",
    (
        *(
            "",
            "2031-05-06",
            "2031-05-06T07:08:09",
            "20310506T070809Z",
            "2031-02-30T00:00:00Z",
            "0001-01-01T00:00:00+23:59",
        ),
        *("2031-05-06T07:08:60Z", "now", "\N{SNOWMAN}", "2031-05-06T07:08:09Z and more", "9" * 100_000),
    ),
)
def test_what_is_no_instant_is_a_failure(says: str, teller: Teller, clock: UrlClock) -> None:
    """No date, no zone, no such day, or no end: Transient, and the message shows the beginning of it."""
    teller.says = says.encode()
    with pytest.raises(Transient, match=r"answered b.*expected an instant such as .*TRIALOG_CLOCK__URL") as caught:
        clock.now()
    assert len(str(caught.value)) < 350


@pytest.mark.parametrize("status", (204, 302, 404, 503))
def test_only_200_tells_the_time(status: int, teller: Teller, clock: UrlClock) -> None:
    """Any other status is a failure that names it, and no redirect is followed."""
    teller.status = status
    with pytest.raises(Transient, match=f"{teller.url} answered {status}; .*TRIALOG_CLOCK__URL"):
        clock.now()
    assert 1 == len(teller.asked)


def test_a_clock_that_is_not_there_is_a_failure() -> None:
    """It says what the system said, names address and setting, and can be tried again soon."""
    url = f"http://127.0.0.1:{free_port()}/clock"
    with pytest.raises(Transient, match=rf"{url} does not answer \(connection refused\).*TRIALOG_CLOCK__URL") as caught:
        UrlClock(url).now()
    assert 1.0 == caught.value.retry_after_s


def test_a_silent_clock_is_a_failure(teller: Teller) -> None:
    """It is waited for no longer than the time-out, and not asked again."""
    teller.is_silent = True
    with pytest.raises(Transient, match=r"does not answer \(timed out\)"):
        UrlClock(teller.url, timeout_s=0.05).now()
    assert 1 == len(teller.asked)


def test_nothing_is_remembered(teller: Teller, clock: UrlClock) -> None:
    """Each instant is asked for, and may be before the one that was told last."""
    clock.now()
    teller.says = b"2030-01-01T00:00:00Z"
    assert datetime(2030, 1, 1, tzinfo=UTC) == clock.now()
    assert ["/clock", "/clock"] == teller.asked


def test_the_connection_is_kept(teller: Teller, clock: UrlClock) -> None:
    """One after the other go over one connection, also after an answer that was no instant."""
    clock.now()
    teller.says = b"now"
    with pytest.raises(Transient):
        clock.now()
    teller.says = b"2031-05-06T07:08:09Z"
    clock.now()
    assert (3, 1) == (len(teller.connections), len(set(teller.connections)))


@pytest.mark.parametrize(("hangs_up", "version"), ((True, "HTTP/1.1"), (False, "HTTP/1.0")))
def test_a_kept_connection_that_has_ended_is_opened_again(
    hangs_up: bool, version: str, teller: Teller, clock: UrlClock
) -> None:
    """A server that ends its connections between two questions is no failure."""
    teller.hangs_up, teller.version = hangs_up, version
    assert [TOLD] * 3 == [clock.now() for _ in range(3)]
    assert 3 == len(set(teller.connections))


def test_a_server_that_was_started_anew_is_asked_once_more_and_no_further(teller: Teller) -> None:
    """Where the kept connection has ended and a new one is refused, that is the failure."""
    with telling("2031-05-06T07:08:09Z") as gone:
        gone.hangs_up = True
        clock = UrlClock(gone.url)
        clock.now()
    with pytest.raises(Transient, match="connection refused"):
        clock.now()


def test_threads_ask_at_once(teller: Teller, clock: UrlClock) -> None:
    """Sixteen threads get their answers, each over a connection that no other uses meanwhile."""
    together = threading.Barrier(16)

    def ask(_: int) -> list[datetime]:
        together.wait()
        return [clock.now() for _ in range(10)]

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(ask, range(16)))
    assert [[TOLD] * 10] * 16 == found
    assert 160 == len(teller.asked)


def test_it_can_be_handed_to_another_process(clock: UrlClock) -> None:
    """What arrives there asks the same address over connections of its own."""
    clock.now()
    copy = pickle.loads(pickle.dumps(clock))
    assert TOLD == copy.now()
    copy.close()


def test_path_and_query_are_those_of_the_address(teller: Teller) -> None:
    """The address is asked as it stands; without a path, for the root."""
    clocks = [UrlClock(f"http://127.0.0.1:{teller.port}{rest}") for rest in ("", "/a%20b?c=d&e=", "?x")]
    assert [TOLD] * 3 == [clock.now() for clock in clocks]
    assert ["/", "/a%20b?c=d&e=", "/?x"] == teller.asked
    for clock in clocks:
        clock.close()

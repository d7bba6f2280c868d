"""A stand-in for the registry, each transport in turn, and time that only passes when it is waited for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.sources.ctgov.stand_in import StandIn, standing_in
from tracker.sources.ctgov.courtesy import Courtesy, Surroundings
from tracker.sources.ctgov.live import CtgovRegistry
from tracker.sources.ctgov.manners import Manners
from tracker.sources.ctgov.opening import make_transport, request_headers
from tracker.sources.ctgov.transport import Transport

TIMEOUT_S = 0.3
START = datetime(2026, 8, 14, 12, tzinfo=UTC)


class MadeTime:
    """A clock that a wait moves; ``waits`` are the seconds waited, zeros left out. ``stops_after`` waits, it stops."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.waits: list[float] = []
        self.stops_after: int | None = None

    def wait(self, seconds: float) -> bool:
        """Pass ``seconds``; answers whether to stop."""
        if self.stops_after is not None and len(self.waits) >= self.stops_after:
            return True
        if seconds > 0:
            self.waits.append(round(seconds, 6))
            self.passed_s += seconds
        return False

    def surroundings(self) -> Surroundings:
        """This time, with a chance that is always at its middle."""
        return Surroundings(
            wait=self.wait,
            monotonic=lambda: self.passed_s,
            now=lambda: START + timedelta(seconds=self.passed_s),
            chance=lambda: 1.0,
        )


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A server in the registry's place."""
    with standing_in() as server:
        yield server


@pytest.fixture(params=("httpx", "curl"))
def transport(request: pytest.FixtureRequest) -> Iterator[Transport]:
    """Each transport in turn; curl where its library is installed."""
    if request.param == "curl":
        pytest.importorskip("pycurl", reason="pycurl is not installed (extra curl), so its transport is not tried")
    made = make_transport(request.param, timeout_s=TIMEOUT_S, through_proxy=False)
    yield made
    made.close()


@pytest.fixture
def time() -> MadeTime:
    """Time that passes when it is waited for."""
    return MadeTime()


@pytest.fixture
def manners() -> Manners:
    """The manners of the shipped settings, without an interval, so that only retries wait."""
    return Manners(request_interval_s=0.0, history_interval_s=0.0)


@pytest.fixture
def httpx_transport() -> Iterator[Transport]:
    """The usual transport alone, where the transport is not what is tried."""
    made = make_transport("httpx", timeout_s=TIMEOUT_S, through_proxy=False)
    yield made
    made.close()


@pytest.fixture
def courtesy(httpx_transport: Transport, time: MadeTime, manners: Manners) -> Courtesy:
    """The manners over the usual transport."""
    return Courtesy(
        httpx_transport,
        manners=manners,
        headers=request_headers(contact="ada@example.org", user_agent=""),
        surroundings=time.surroundings(),
    )


@pytest.fixture
def registry(courtesy: Courtesy, stand_in: StandIn, manners: Manners) -> CtgovRegistry:
    """The registry at the stand-in, with pages of 3 rows."""
    return CtgovRegistry(courtesy, site=stand_in.site, manners=manners, page_size=3)

"""Several daemons on one PostgreSQL: one polls, all deliver, and each can be lost."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.contract.daemon.conftest import House, a_house
from tests.contract.daemon.daemons import RunningDaemon, running, until
from tests.endpoints import Endpoint
from tracker.services import open_services
from tracker.settings import read_settings

TOGETHER = {
    **{f"TRIALOG_SCHEDULE__{job}": "off" for job in ("RELEASE", "DIGESTS")},
    "TRIALOG_SCHEDULE__CLOCK": "every 1s",
    "TRIALOG_DAEMON__LEASE_S": "2",
}
BECAME = ("became_poller", "took_over_as_poller")


@pytest.fixture
def shared(postgresql_url: str, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Iterator[House]:
    """A ledger on PostgreSQL that several daemons share."""
    with a_house(postgresql_url, capfdbinary, folder=tmp_path, **TOGETHER) as made:
        yield made


def successor(daemons: list[RunningDaemon]) -> RunningDaemon:
    """The one of ``daemons`` that became the poller and does the poller's work."""
    until(lambda: any(one.events(name) for one in daemons for name in BECAME), "a successor")
    (found,) = [one for one in daemons if any(one.events(name) for name in BECAME)]
    found.wait_for("job_done", job="clock")
    return found


def test_once_leaves_to_the_poller_what_is_the_pollers(shared: House, endpoint: Endpoint) -> None:
    """Standard error names the jobs that are due and whose they are; what waits is sent, and it ends with 0."""
    shared.take_in("RECRUITING", posted_on="2026-01-10")
    shared.do("subscribe", "all", "--to", endpoint.url)
    off = {f"TRIALOG_SCHEDULE__{job}": "off" for job in ("CLOCK", "DELIVER", "DIGESTS")}
    with running(**shared.here | off) as daemon:
        daemon.wait_for("became_poller")
        shared.take_in("TERMINATED", posted_on="2026-02-10")
        with open_services(read_settings(options={})) as services:
            services.evaluator.tell_news(turns_day=False)
        answer = shared.do("run", "--once")
        (left,) = [json.loads(line) for line in answer.err.splitlines() if "left_to_poller" in line]
        assert ("warning", "clock, deliver", daemon.process.pid) == (left["level"], left["jobs"], left["pid"])
        assert (1, ["sent"]) == (len(endpoint.received), [one["state"] for one in shared.deliveries()])
        assert 0 == daemon.end()
    assert "left_to_poller" not in shared.do("run", "--once").err


def test_whoever_is_lost_one_polls_and_all_deliver(shared: House, endpoint: Endpoint) -> None:
    """A poller that is paused, then one that is killed, is succeeded; who wakes writes nothing; no message is lost."""
    shared.take_in("RECRUITING", posted_on="2026-01-10")
    for number in range(8):
        shared.do("subscribe", f"s{number}", "--to", f"{endpoint.url}/{number}")
    with ExitStack() as stack:
        first = stack.enter_context(running(**shared.here))
        first.wait_for("became_poller")
        others = [stack.enter_context(running(**shared.here)) for _ in range(2)]

        first.process.send_signal(signal.SIGSTOP)
        second = successor(others)
        first.process.send_signal(signal.SIGCONT)
        first.wait_for("is_poller_no_longer")
        done = len(first.events("job_done", job="clock"))
        shared.take_in("TERMINATED", posted_on="2026-02-10")
        until(lambda: ["sent"] * 8 == [one["state"] for one in shared.deliveries()], "all messages")

        assert -signal.SIGKILL == second.end(signal.SIGKILL)
        rest = [one for one in (first, *others) if one is not second]
        until(lambda: sum(len(one.events("took_over_as_poller")) for one in rest) == 1, "the next successor")
        assert done == len(first.events("job_done", job="clock")) or first.events("took_over_as_poller")
        shared.take_in("WITHDRAWN", posted_on="2026-03-10")
        until(lambda: len(endpoint.received) >= 16, "all messages again")
        assert [0, 0] == [one.end() for one in rest]
    assert {1} == set(Counter(received.headers["webhook-id"] for received in endpoint.received).values())
    assert ["sent"] * 16 == [one["state"] for one in shared.deliveries()]

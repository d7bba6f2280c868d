"""A daemon whose machine's clock is set back while it runs."""

from pathlib import Path

from tests.contract.daemon.conftest import House
from tests.contract.daemon.daemons import running, until
from tests.endpoints import Endpoint
from tests.set_clock import settable_clock

HOUR_S = 3600


def test_a_clock_that_is_set_back_is_followed(house: House, endpoint: Endpoint, tmp_path: Path) -> None:
    """Jobs go on at once, not when it has caught up; what happens meanwhile is told once, and who polls polls on."""
    clock = settable_clock(tmp_path, by_s=2 * HOUR_S)
    house.take_in("RECRUITING", posted_on="2026-01-10")
    house.do("subscribe", "all", "--to", endpoint.url)
    here = house.here | clock.variables | {"TRIALOG_SCHEDULE__RELEASE": "off", "TRIALOG_SCHEDULE__CLOCK": "every 1s"}
    with running(**here) as daemon:
        house.take_in("TERMINATED", posted_on="2026-02-10")
        until(lambda: endpoint.received, "the message from before")
        daemon.wait_for("job_done", job="clock")
        before = len(daemon.events("job_done", job="clock"))
        clock.set_back()
        daemon.wait_for("job_done", job="clock", count=before + 2)
        house.take_in("WITHDRAWN", posted_on="2026-03-10")
        until(lambda: len(endpoint.received) >= 2, "the message from after")
        daemon.wait_for("job_done", job="clock", count=len(daemon.events("job_done", job="clock")) + 1)
        times = [line["timestamp"] for line in daemon.events("job_done", job="clock")]
        assert min(times) != times[0], "the clock was not set back"
        assert 1 >= len(daemon.events("job_done", job="verify"))  # its last time lies ahead: once, not at each look
        assert [] == [line for line in daemon.lines if line["level"] == "error"]
        assert 1 == len(daemon.events("became_poller"))
        assert 0 == daemon.end()
    assert 2 == len({received.headers["webhook-id"] for received in endpoint.received}) == len(endpoint.received)
    assert ["sent"] * 2 == [one["state"] for one in house.deliveries()]

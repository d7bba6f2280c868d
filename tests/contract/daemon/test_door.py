"""What a daemon answers over HTTP while it runs, and what happens where it cannot."""

import json
import socket
import subprocess
from contextlib import closing

from tests.contract.cli.command import COMMAND, environment
from tests.contract.daemon.conftest import House
from tests.contract.daemon.daemons import QUICK, running
from tests.contract.web.site import get


def test_a_daemon_is_probed_and_measured(house: House) -> None:
    """It is alive and ready, tells its numbers, is seen in the status, and ends in time."""
    house.take_in("RECRUITING", posted_on="2026-01-05")
    with running(**house.here | {"TRIALOG_HTTP__LISTEN": "127.0.0.1:0"}) as daemon:
        url = daemon.wait_for("http_listening")["url"]
        assert [[], [], []] == [get(url, path).codes for path in ("/healthz", "/readyz", "/freshz")]
        assert b'trialog_events_total{type="trial_first_observed"} 1.0' in get(url, "/metrics").body
        (status,) = house.do("status", "--json").objects
        assert [True] == [one["alive"] for one in status["daemons"]]
        assert status["poller"]["daemon"] == status["daemons"][0]["id"]
        assert 0 == daemon.end()
    (status,) = house.do("status", "--json").objects
    assert ([], []) == (status["daemons"], status["reasons"])


def test_an_address_that_is_taken_ends_it_with_a_word(house: House) -> None:
    """It names the setting, and leaves no daemon behind that would be missed."""
    house.take_in("RECRUITING", posted_on="2026-01-05")
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        told = environment(**QUICK | house.here | {"TRIALOG_HTTP__LISTEN": listen})
        done = subprocess.run([*COMMAND, "run"], env=told, capture_output=True, text=True, check=False, timeout=60)
    assert 1 == done.returncode
    assert f"cannot listen at {listen}" in done.stderr.splitlines()[-1]
    assert "TRIALOG_HTTP__LISTEN" in done.stderr.splitlines()[-1]
    assert [] == json.loads(house.ask("status", "--json").out)["daemons"]

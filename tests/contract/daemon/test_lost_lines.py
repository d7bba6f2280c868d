"""Log lines that nobody takes: the daemon works on."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.cli.command import COMMAND, environment
from tests.contract.daemon.conftest import House
from tests.contract.daemon.daemons import QUICK, until

_FULL = Path("/dev/full")


@pytest.fixture(params=["a reader who went away", "a full disk"])
def nowhere(request: pytest.FixtureRequest) -> Iterator[int]:
    """A file that takes nothing."""
    if request.param == "a full disk":
        if not _FULL.exists():
            pytest.skip("this system has no file that is always full")
        taken = os.open(_FULL, os.O_WRONLY)
    else:
        reader, taken = os.pipe()
        os.close(reader)
    yield taken
    os.close(taken)


def test_lines_that_cannot_be_written_disturb_nothing(on_sqlite: House, nowhere: int) -> None:
    """Jobs are done and kept as ever, and the end is as it should be."""
    on_sqlite.take_in("RECRUITING", posted_on="2026-01-10")
    started = subprocess.Popen([*COMMAND, "run"], stderr=nowhere, env=environment(**QUICK | on_sqlite.here), text=True)

    def outcome(job: str) -> object:
        (status,) = on_sqlite.ask("status", "--json").objects
        return next(one["outcome"] for one in status["jobs"] if one["job"] == job)

    try:
        until(lambda: outcome("digests") == "ok", "a job that is done", alive=started)
        started.send_signal(signal.SIGTERM)
        assert 0 == started.wait(15)
    finally:
        started.kill()
        started.wait()

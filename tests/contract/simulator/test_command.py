"""The command ``trialog simulate``: its address, its life, and its end."""

import json
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contract.cli.command import COMMAND, environment, trialog, write_json
from tests.records import record


@contextmanager
def simulating(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """The command while it serves; killed at the end if it still does."""
    started = subprocess.Popen(
        [*COMMAND, "simulate", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def address(started: "subprocess.Popen[str]") -> str:
    """The first line of output."""
    assert started.stdout is not None
    return started.stdout.readline().strip()


def test_it_serves_made_trials_until_interrupted() -> None:
    """The first line is the address; Ctrl-C ends with 130 and no traceback."""
    with simulating("--trials", "12") as started:
        with urllib.request.urlopen(f"{address(started)}/api/v2/studies?countTotal=true&pageSize=3") as answer:
            assert 12 == json.load(answer)["totalCount"]
        started.send_signal(signal.SIGINT)
        _, err = started.communicate(timeout=20)
    assert 130 == started.returncode
    assert "interrupted" in err
    assert "Traceback" not in err


def test_releases_come_by_themselves() -> None:
    """With --releases-every each release is told, with what changed in it."""
    with simulating("--trials", "50", "--releases-every", "0.05") as started:
        url = address(started)
        assert started.stderr is not None
        lines = [started.stderr.readline() for _ in range(3)]
        with urllib.request.urlopen(f"{url}/api/v2/version") as answer:
            assert "dataTimestamp" in json.load(answer)
    assert lines[0].startswith("50 trials")
    assert "changes" in lines[1]


def test_records_of_a_folder_are_served(tmp_path: Path) -> None:
    """Whole records in files are the registry's content."""
    write_json(tmp_path / "one.json", record("NCT00000007"))
    with (
        simulating("--records", str(tmp_path)) as started,
        urllib.request.urlopen(f"{address(started)}/api/v2/studies/NCT00000007") as answer,
    ):
        assert "A made trial" == json.load(answer)["protocolSection"]["identificationModule"]["briefTitle"]


def test_a_folder_without_records_is_refused(tmp_path: Path) -> None:
    """Nothing to serve is wrong usage."""
    answer = trialog("simulate", "--records", tmp_path)
    assert 2 == answer.status
    assert "there is no whole record" in answer.err

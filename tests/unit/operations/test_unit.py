"""The systemd unit that docs/operations hands out, as far as it can be tried without being installed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tracker.setting_layers import PREFIX, variable_of
from tracker.settings import sift_settings

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "operations"
UNIT = FOLDER / "trialog.service"
ENDS_WITHIN_S = 10
PROGRAM = "/opt/trialog/bin/trialog"


def assigned(name: str) -> list[str]:
    """What the unit assigns to a name, in order."""
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


def analysed(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What systemd-analyze says of the unit, with a program's path that is there filled in."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not here, so the unit is not tried")
    filled = tmp_path / UNIT.name
    filled.write_text(UNIT.read_text(encoding="utf-8").replace(PROGRAM, sys.executable), encoding="utf-8")
    return subprocess.run([program, *words, str(filled)], capture_output=True, text=True, check=False, timeout=60)


def test_systemd_finds_nothing_amiss(tmp_path: Path) -> None:
    """``systemd-analyze verify`` takes it, without a word about this unit."""
    done = analysed(tmp_path, "verify")
    assert (0, []) == (done.returncode, [line for line in done.stderr.splitlines() if UNIT.name in line])


def test_the_service_is_confined(tmp_path: Path) -> None:
    """By systemd's own measure of 0 to 10, where 10 is exposed, it is below 2."""
    done = analysed(tmp_path, "security", "--offline=true", "--threshold=20")
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze cannot judge a unit that is not installed")
    assert 0 == done.returncode, done.stdout[-200:]


def test_the_unit_keeps_the_daemons_protocol() -> None:
    """It waits for READY=1 and signs of life, reloads by SIGHUP, and leaves more time to end than the daemon takes."""
    assert (["notify"], ["main"], ["mixed"]) == (assigned("Type"), assigned("NotifyAccess"), assigned("KillMode"))
    assert ["/bin/kill -HUP $MAINPID"] == assigned("ExecReload")
    assert [f"{PROGRAM} run"] == assigned("ExecStart")
    assert int(assigned("TimeoutStopSec")[0]) > ENDS_WITHIN_S
    assert int(assigned("WatchdogSec")[0]) >= 30
    assert "trialog" == assigned("User")[0]


def test_its_variables_are_settings() -> None:
    """Each variable that it sets is one that trialog knows, with a value that it takes."""
    given = dict(line.split("=", 1) for line in assigned("Environment"))
    assert given
    assert all(name.startswith(PREFIX) for name in given)
    found = sift_settings(options={}, environment=given)
    assert ((), set(given)) == (found.problems, {variable_of(name) for name in found.said})


def test_processes_stay_visible() -> None:
    """Whether a lease's holder has ended is read in /proc: what hides processes there would end leases too early."""
    assert ([], []) == (assigned("ProtectProc"), assigned("ProcSubset"))

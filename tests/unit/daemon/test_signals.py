"""Signals are heeded whatever the main thread does; in processes of their own, since some of them end there."""

import subprocess
import sys
from pathlib import Path

_WITHIN_S = 20
_INSIDE_A_LOOK = """
import signal, sys, threading
from tracker.daemon.signals import Wishes, heeding_signals

def when_it_waits(frame, event, arg):
    if frame.f_code is threading.Condition.wait.__code__:
        signal.raise_signal(NUMBER)

with heeding_signals(Wishes()) as wishes:
    sys.settrace(when_it_waits)
    wishes.WISH.wait(0.01)
    sys.settrace(None)
    print(wishes.WISH.wait(10))
"""
_INSIDE_A_LIBRARY = """
import signal, sqlite3, sys, threading
from tracker.daemon.signals import Wishes, heeding_signals

def send():
    for _ in range(COUNT):
        signal.raise_signal(signal.SIGTERM)

one, other = (sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60) for _ in range(2))
one.execute("BEGIN IMMEDIATE")
with heeding_signals(Wishes(), ends_within_s=WITHIN_S, late_status=7):
    threading.Timer(0.2, send).start()
    other.execute("BEGIN IMMEDIATE")
"""


def _ended(code: str, *arguments: str | Path) -> tuple[int, str]:
    """The exit status and the output of a process that runs ``code``."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, check=False, text=True, timeout=_WITHIN_S
    )
    return done.returncode, done.stdout + done.stderr


def test_a_signal_in_the_middle_of_a_look_is_heeded() -> None:
    """It comes while the main thread looks whether it came, whose lock no handler can wait for."""
    for number, wish in (("signal.SIGTERM", "stop"), ("signal.SIGHUP", "reread")):
        code = _INSIDE_A_LOOK.replace("NUMBER", number).replace("WISH", wish)
        assert (0, "True\n") == _ended(code)


def test_a_second_signal_ends_what_a_library_keeps(tmp_path: Path) -> None:
    """At once, though the main thread waits inside a library for another writer's lock."""
    code = _INSIDE_A_LIBRARY.replace("COUNT", "2").replace("WITHIN_S", "60")
    assert (128 + 15, "") == _ended(code, tmp_path / "held.db")


def test_what_goes_on_for_too_long_is_ended(tmp_path: Path) -> None:
    """One signal, and a main thread that does not come back from a library: the process ends in time all the same."""
    code = _INSIDE_A_LIBRARY.replace("COUNT", "1").replace("WITHIN_S", "0.2")
    assert (7, "") == _ended(code, tmp_path / "held.db")

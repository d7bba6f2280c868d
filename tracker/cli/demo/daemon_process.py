"""The daemon of the demonstration: ``trialog run`` as a process of its own.

It promises that the process is gone when the block ends, however that comes: by SIGTERM, in order, and by force where
that does not help or a person does not want to wait. It also ends, in order, where the demonstration is killed: its
standard input is a pipe that nobody writes to, whose end says that the other process has ended. Ctrl-C reaches the
demonstration alone, which ends it then. What it logs goes to a file.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tracker.domain.errors import Permanent

_ENDS_WITHIN_S = 12.0  # it promises ten itself

# What the command `trialog` is, also from a checkout that is not installed; -P: whatever lies in the current folder.
_TOP = Path(__file__).resolve().parents[3]
_PROGRAM = (
    f"import sys; sys.path.append({str(_TOP)!r}); "
    "from tracker.cli.demo.daemon_process import end_with_parent; end_with_parent(); "
    "from tracker.cli.entry import main; main()"
)


class DaemonProcess:
    """One daemon that was started."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._log = log

    def require_alive(self) -> None:
        """Raises Permanent, with the daemon's last words, where it has ended."""
        status = self._process.poll()
        if status is not None:
            raise Permanent(f"the daemon ended with {status}; its last words: {self.last_words}")

    @property
    def last_words(self) -> str:
        """The last line that it logged."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1] if lines else "none"

    def end(self, *, within_s: float = _ENDS_WITHIN_S) -> int:
        """Ask it to end, wait, and answer its exit status; it is ended by force where it does not end in time."""
        self._process.terminate()
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return self._killed()
        except BaseException:  # a second Ctrl-C: nobody waits any longer
            self._killed()
            raise

    def _killed(self) -> int:
        self._process.kill()
        return self._process.wait()


@contextmanager
def running(environment: Mapping[str, str], *, log: Path) -> Iterator[DaemonProcess]:
    """A daemon, as long as the block lasts, with nothing in its environment but what is handed in."""
    command = (sys.executable, "-P", "-c", _PROGRAM, "run")
    with _ended_by_signals(), log.open("ab") as written:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=written,
            env=dict(environment),
            start_new_session=True,
        )
        daemon = DaemonProcess(process, log)
        try:
            yield daemon
        finally:
            if process.poll() is None:
                daemon.end()
            assert process.stdin is not None
            process.stdin.close()


def end_with_parent() -> None:
    """From now on this process asks itself to end once its standard input does."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and a terminal that is closed end the block in order, not the process where it stands."""

    def leave(signum: int, frame: FrameType | None) -> NoReturn:
        sys.exit(128 + signum)

    numbers = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:  # not where it is ignored, as under nohup
            signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

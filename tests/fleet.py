"""Real daemons that share one PostgreSQL, each by way of a proxy of its own, and are lost and replaced as a test likes.

It promises that a daemon which ends unasked is found, with what it said last, and that none is left behind. What the
daemons do, and for whom, their environment says.
"""

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.contract.cli.command import environment
from tests.contract.daemon.daemons import QUICK
from tests.proxy import Proxy, through_proxy
from tests.warm_start import Process, start

STARTS_WITHIN_S = 60.0
ENDS_WITHIN_S = 20.0  # it promises ten; the machine may be busy
_LOOK_S = 0.02
_TOLD_LINES = 12


@dataclass(slots=True, kw_only=True)
class Seat:
    """The place of one daemon: who sits there now, and what was said by all who did."""

    number: int
    url: str
    proxy: Proxy
    folder: Path
    variables: Mapping[str, str]
    _process: Process | None = None
    _logs: list[Path] = field(default_factory=list)

    @property
    def pid(self) -> int | None:
        """The process that sits there."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Let a daemon begin; it may be not ready yet when this returns."""
        log = self.folder / f"daemon-{self.number}-{len(self._logs)}.log"
        here = environment(**QUICK | {**self.variables, "TRIALOG_DATABASE": self.url})
        with log.open("wb") as told:
            self._process = start(("run",), told=told.fileno(), environment=here)
        self._logs.append(log)

    def wait_until_started(self) -> None:
        """Return as soon as the daemon works."""
        until(lambda: self.has_said("daemon_started"), f"daemon {self.number} works", within_s=STARTS_WITHIN_S)

    def has_said(self, name: str) -> bool:
        """Whether the daemon that sits there logged such a line; it has to be alive."""
        self.require_alive()
        return f'"event":"{name}"' in self._logs[-1].read_text("utf-8").replace('": "', '":"')

    def require_alive(self) -> None:
        """AssertionError where the daemon ended unasked."""
        status = None if self._process is None else self._process.poll()
        assert status is None, f"daemon {self.number} ended with {status}:\n{self._last_words()}"

    def send(self, kind: signal.Signals) -> None:
        """Send a signal."""
        assert self._process is not None
        self._process.send_signal(kind)

    def kill(self) -> None:
        """Let the daemon be gone at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def end(self) -> None:
        """Ask the daemon to end; AssertionError unless it does so in time, with 0."""
        assert self._process is not None
        self.send(signal.SIGTERM)
        status = self._process.wait(ENDS_WITHIN_S)
        self._process = None
        assert status == 0, f"daemon {self.number} was asked to end, and ended with {status}:\n{self._last_words()}"

    def lines(self) -> Iterator[str]:
        """All that was said there."""
        for log in self._logs:
            yield from log.read_text("utf-8").splitlines()

    def _last_words(self) -> str:
        return "\n".join(self._logs[-1].read_text("utf-8").splitlines()[-_TOLD_LINES:])


@dataclass(slots=True, kw_only=True)
class Fleet:
    """Several daemons."""

    seats: list[Seat]

    def require_alive(self) -> None:
        """AssertionError where any daemon ended unasked."""
        for seat in self.seats:
            seat.require_alive()

    def wait_until_started(self) -> None:
        """Return once all of them work."""
        for seat in self.seats:
            seat.wait_until_started()

    def end(self) -> None:
        """Ask all of them to end; AssertionError where one does not in time, or not with 0."""
        for seat in self.seats:
            seat.end()

    def count(self, name: str) -> int:
        """How many log lines of that name there are."""
        return sum(f'"{name}"' in line for seat in self.seats for line in seat.lines())


@contextmanager
def sailing(url: str, count: int, *, folder: Path, **variables: str) -> Iterator[Fleet]:
    """So many daemons on the database at ``url``, all of which work; killed at the end if they still do."""
    with ExitStack() as stack:
        seats = []
        for number in range(count):
            own_url, proxy = stack.enter_context(through_proxy(url))
            seat = Seat(number=number, url=own_url, proxy=proxy, folder=folder, variables=variables)
            stack.callback(seat.kill)
            seat.start()
            seats.append(seat)
        fleet = Fleet(seats=seats)
        fleet.wait_until_started()
        yield fleet


@contextmanager
def folder_of_logs() -> Iterator[Path]:
    """A folder for what daemons say, which goes where all went well and is named where not."""
    folder = Path(tempfile.mkdtemp(prefix="daemons-"))
    try:
        yield folder
    except BaseException as err:
        err.add_note(f"what the daemons said is in {folder}")
        raise
    shutil.rmtree(folder)


def until(is_so: Callable[[], object], what: str, *, within_s: float) -> None:
    """Return as soon as it is so; AssertionError where that takes too long."""
    ends_at_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < ends_at_s, f"still not: {what}"
        time.sleep(_LOOK_S)

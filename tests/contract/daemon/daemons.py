"""Real daemons for the tests: processes that are started, watched, and ended however a test wants."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.contract.cli.command import environment
from tests.warm_start import Process, start

WITHIN_S = 30.0
QUICK = {
    "TRIALOG_CTGOV__BASE_URL": "http://127.0.0.1:9",  # nobody is there
    "TRIALOG_CTGOV__RETRIES": "0",
    "TRIALOG_CTGOV__REQUEST_INTERVAL_S": "0",
    "TRIALOG_CTGOV__RETRY_WAIT_S": "0",
    "TRIALOG_CTGOV__RETRY_WAIT_MOST_S": "0",
    "TRIALOG_HTTP__LISTEN": "off",
    "TRIALOG_LOG__FORMAT": "json",
    "TRIALOG_WEBHOOK__ALLOW_NETWORKS": "127.0.0.0/8",
    "TRIALOG_WEBHOOK__TIMEOUT_S": "2",
}


class Living(Protocol):
    """A process, as those need it who only look at it."""

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        ...


@dataclass(slots=True)
class RunningDaemon:
    """A daemon and what it logged so far."""

    process: Process
    lines: list[dict[str, Any]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def events(self, name: str, **told: object) -> list[dict[str, Any]]:
        """Its log lines of that name that say so."""
        return [line for line in self.lines if line.get("event") == name and told.items() <= line.items()]

    def wait_for(self, name: str, *, count: int = 1, within_s: float = WITHIN_S, **told: object) -> dict[str, Any]:
        """The newest of so many log lines of that name."""
        until(
            lambda: len(self.events(name, **told)) >= count,
            f"{name} {told}",
            within_s=within_s,
            alive=self.process,
        )
        return self.events(name, **told)[-1]

    def end(self, kind: signal.Signals = signal.SIGTERM, *, within_s: float = 15.0) -> int:
        """Send a signal and wait for the end; answers the exit status."""
        self.process.send_signal(kind)
        return self.process.wait(within_s)

    def _read(self, told: int) -> None:
        with open(told, encoding="utf-8") as lines:
            for line in lines:
                try:
                    self.lines.append(json.loads(line))
                except ValueError:
                    self.unread.append(line)


@contextmanager
def running(*arguments: str, command: str = "run", **variables: str) -> Iterator[RunningDaemon]:
    """A daemon that has started, or a server; killed at the end if it still runs."""
    with daemon_process(*arguments, command=command, **variables) as daemon:
        daemon.wait_for("daemon_started" if command == "run" else "http_listening")
        yield daemon


@contextmanager
def daemon_process(*arguments: str, command: str = "run", **variables: str) -> Iterator[RunningDaemon]:
    """A daemon, or a server, that may not have started yet; killed at the end if it still runs."""
    here = environment(**QUICK | variables)
    read_end, write_end = os.pipe()
    try:
        started = start((command, *arguments), told=write_end, environment=here)
    finally:
        os.close(write_end)
    daemon = RunningDaemon(started)
    reading = threading.Thread(target=daemon._read, args=(read_end,), daemon=True)
    reading.start()
    try:
        yield daemon
    finally:
        started.kill()
        started.wait()
        reading.join()


def until(
    is_so: Callable[[], object],
    what: str,
    *,
    within_s: float = WITHIN_S,
    alive: Living | None = None,
) -> None:
    """Return as soon as it is so; fails where that takes too long, or the process ended."""
    ends_at_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < ends_at_s, f"still not: {what}"
        assert alive is None or alive.poll() is None, f"the daemon ended before: {what}"
        time.sleep(0.02)

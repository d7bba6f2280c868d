"""Processes of trialog that need not load it first: forked from one that did nothing but that.

It promises what a process of its own has, its environment, its standard error, its signals and its end, for a third of
the time. It does not prove that trialog begins as a person starts it: `tests.contract.cli.command` has what does. What
only a new interpreter heeds, such as a library that is to be loaded before all others, gets one.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Protocol

from tests.contract.cli.command import COMMAND

_FOR_NEW = frozenset({"LD_PRELOAD", "PYTHONHASHSEED"})
_LOADED = (
    *("tests.warm_start", "tracker.cli.main", "tracker.cli.commands.run", "tracker.daemon.daemon", "tracker.posting"),
    *("tracker.doctor.setting_advice", "tracker.alerts.digests", "tracker.pipeline.polling.poll"),
    *("tracker.sources.ctgov.opening", "tracker.sources.ctgov.live", "tracker.web.opening", "tracker.web.application"),
    *("store.dialects.sqlite", "store.dialects.postgresql", "sqlalchemy.dialects.sqlite.pysqlite"),
    "sqlalchemy.dialects.postgresql.psycopg",
)


class Process(Protocol):
    """A process of trialog, as ``subprocess.Popen`` has them."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    def poll(self) -> int | None:
        """Its exit status, or minus the signal that ended it; None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, once it has ended; raises subprocess.TimeoutExpired."""
        ...

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it has ended."""
        ...

    def kill(self) -> None:
        """Let it be gone at once."""
        ...


class _Forked:
    """One that was forked."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        status = self.poll()
        if status is None:
            raise subprocess.TimeoutExpired("trialog", timeout or 0.0)
        return status

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(arguments: Sequence[str], *, told: int, environment: Mapping[str, str]) -> Process:
    """Start ``trialog`` with ``arguments``; ``told``: the file that it writes its standard error to."""
    if _FOR_NEW & environment.keys():
        return subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=told, env=environment)
    with Connection(os.dup(told), readable=False) as error:
        process = _server().Process(target=_begin, args=(tuple(arguments), dict(environment), error))
        process.start()
    return _Forked(process)


@cache
def _server() -> ForkServerContext:
    """One for this process, which ends with it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_LOADED))
    return context


def _begin(arguments: Sequence[str], environment: Mapping[str, str], error: Connection) -> None:
    """What a process of its own would find, then what it would do."""
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    with error, Path(os.devnull).open("wb") as nowhere:
        os.dup2(error.fileno(), 2)
        os.dup2(nowhere.fileno(), 1)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    sys.argv = ["trialog", *arguments]
    from tracker.cli.entry import main

    main()

"""Who holds a lease: a process on a host, told apart from a later one that was given the same number.

It promises to call a process gone only where that is certain: on this host, with process numbers of the same
numbering (a container has its own, and so has a host after it was started anew), and none of that number, or one that
started at another time. Of any other it says nothing; there the lease's end decides. Where a system tells no starting
times, the number alone counts; where it cannot be asked about a process without harm (Windows), nobody is gone.
"""

import os
import socket
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

_STARTED_AT = 19  # starttime in /proc/PID/stat, counted from the state behind the program's name (proc(5), field 22)
_DEAD_STATES = ("Z", "X", "x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One holder; ``holder_id`` is no other's.

    ``numbering`` is equal where equal process numbers mean the same process; ``process_started`` is when it was
    started, in the system's own form, None where that is not known.
    """

    holder_id: str
    host: str
    pid: int
    numbering: str
    process_started: str | None


def this_process() -> Holder:
    """A new holder in this process."""
    pid = os.getpid()
    return Holder(
        holder_id=str(uuid.uuid4()),
        host=socket.gethostname(),
        pid=pid,
        numbering=_numbering(),
        process_started=_started(pid),
    )


def is_gone(holder: Holder) -> bool:
    """Whether the holder's process has certainly ended."""
    if holder.host != socket.gethostname() or holder.numbering != _numbering() or sys.platform == "win32":
        return False
    if not _exists(holder.pid):
        return True
    return holder.process_started is not None and holder.process_started != _started(holder.pid)


def _numbering() -> str:
    """The start of this host and the process namespace; empty where there are no such things."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def _started(pid: int) -> str | None:
    """When a process was started; of one that ended and was not waited for, that it is dead."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return _started_by_ps(pid)
    state, *fields = stat.rpartition(")")[2].split()
    return "dead" if state in _DEAD_STATES else fields[_STARTED_AT - 1]


def _started_by_ps(pid: int) -> str | None:
    if sys.platform == "win32":
        return None
    try:
        said = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, check=False, text=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip() or None

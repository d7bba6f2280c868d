"""A machine's clock that a test sets back under a running process, without touching that of the machine.

It promises that the process sees the calendar's clock alone change; the one that only runs forward goes on. It needs
Linux and a C compiler: what is put before the system's own function is compiled here.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

_SOURCE = """
#define _GNU_SOURCE
#include <time.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>

int clock_gettime(clockid_t clock, struct timespec *told) {
    int failed = syscall(SYS_clock_gettime, clock, told);
    const char *file = getenv("SET_BACK_FILE");
    if (!failed && clock == CLOCK_REALTIME && file && access(file, F_OK) == 0)
        told->tv_sec -= atol(getenv("SET_BACK_S"));
    return failed;
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettableClock:
    """The clock of processes that get ``variables``, which ``set_back`` sets back by so many seconds."""

    file: Path
    variables: dict[str, str]

    def set_back(self) -> None:
        """Set it back."""
        self.file.touch()


def settable_clock(folder: Path, *, by_s: int) -> SettableClock:
    """A clock that shows the machine's time until it is set back; skips the test where none can be made."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs Linux and a C compiler")
    source, library, file = folder / "clock.c", folder / "clock.so", folder / "set-back"
    source.write_text(_SOURCE, "utf-8")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    variables = {"LD_PRELOAD": str(library), "SET_BACK_FILE": str(file), "SET_BACK_S": str(by_s)}
    return SettableClock(file=file, variables=variables)

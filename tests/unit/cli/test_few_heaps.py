"""Commands that run for months keep few heaps."""

import platform
import subprocess
import sys

import pytest

_PROGRAM = """
import ctypes, sys, threading
from tracker.cli.few_heaps import keep_few_heaps

if sys.argv[1:]:
    keep_few_heaps()
library = ctypes.CDLL(None)
together = threading.Barrier(12)

def work() -> None:
    library.malloc(1000)
    together.wait()

threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library.malloc_stats()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not GNU's")
def test_threads_share_two_heaps() -> None:
    """However many there are; without it each would have its own."""
    counts = []
    for arguments in ((), ("few",)):
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, *arguments], capture_output=True, text=True, check=True, timeout=60
        )
        counts.append(done.stderr.count("Arena "))
    assert counts[0] > 2 == counts[1]

"""Where the tests keep their files: in memory where there is enough, which spares them waiting for the disk.

TMPDIR, where it is set, is kept: `TMPDIR=/var/tmp make test` works on a disk. Processes that the tests start inherit
the choice. Nothing is lost by it: a process that is killed leaves the same files behind in memory as on a disk, and
what only a failing machine would lose no test can show.
"""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # Linux alone has it; in a container it is often too small
_LEAST_BYTES = 2 << 30


def keep_files_in_memory() -> None:
    """Let temporary files be made in memory, unless TMPDIR says where they are made or there is little of it."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK | os.X_OK):
        return
    if shutil.disk_usage(_MEMORY).free >= _LEAST_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)

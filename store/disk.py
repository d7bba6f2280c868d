"""The disk on which a database lies, where that is this machine's.

It promises to answer also for a file that is not there yet, by the folder in which it would be. Reads, changes nothing.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """What is free for an ordinary user, and the whole."""

    free_bytes: int
    total_bytes: int


def disk_of_file(file: Path) -> Disk | None:
    """The disk of a file; None where the system does not say."""
    folder = next((folder for folder in file.absolute().parents if folder.is_dir()), None)
    if folder is None:
        return None
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(free_bytes=usage.free, total_bytes=usage.total)

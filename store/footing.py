"""What a database stands on, as far as it decides whether writers get their turn; and the kind of a file's disk.

It promises to say nothing where the system does not tell. Reads, changes nothing.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")  # Linux: proc_pid_mountinfo(5)
_OCTAL = re.compile(r"\\([0-7]{3})")
_REMOTE = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3"}
    | {"smbfs", "fuse.ceph", "fuse.davfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "vboxsf"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """Of a file: the kind of its file system, whether it is another machine's, whether a write-ahead log is kept, and
    whether the library that reads it can find words.

    Of a server: how many more connections an ordinary user may open, and of how many. None: not known, or not asked.
    """

    file_system: str | None = None
    is_remote: bool | None = None
    has_write_ahead_log: bool | None = None
    has_word_search: bool | None = None
    connections_left: int | None = None
    connections_most: int | None = None


def file_system_of(file: Path, mounts: str | None = None) -> str | None:
    """The kind of file system, such as ``ext4``, on which a file lies; ``mounts`` as Linux tells them, None to ask."""
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return None
    path, found, longest = file.resolve(), None, -1
    for line in mounts.splitlines():
        fields, _, about = line.partition(" - ")
        parts = fields.split(" ")
        if len(parts) < 5 or not about:
            continue
        mount = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), parts[4]))
        if path.is_relative_to(mount) and len(mount.parts) >= longest:  # the last of a place lies on top
            found, longest = about.split(" ")[0], len(mount.parts)
    return found


def is_remote(file_system: str | None) -> bool | None:
    """Whether file systems of a kind belong to another machine, which keeps no locks that SQLite may trust."""
    return None if file_system is None else file_system in _REMOTE

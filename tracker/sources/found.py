"""What lies where a person points: files to read, things passed over, and what a name claims.

It promises to meet files in a stable order (sorted names), never to open what is no file (a named pipe
would hang), and to end in a folder that contains itself. It judges names only; what a file holds, it does
not know.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from tracker.domain.trial_id import find_trial_id
from tracker.source import Place, Refusal
from tracker.sources.refusals import refuse_unread

DATA_SUFFIXES = (".json", ".jsonl", ".ndjson", ".gz", ".zip")
PLAINLY_OTHER = frozenset(
    (
        *(".md", ".rst", ".adoc", ".html", ".htm", ".xml", ".rtf", ".pdf", ".log", ".lock"),
        *(".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".csv", ".tsv"),
        *(".xls", ".xlsx", ".ods", ".doc", ".docx", ".odt", ".ppt", ".pptx"),
        *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".bmp", ".tif", ".tiff", ".mp3", ".mp4"),
        *(".py", ".pyc", ".js", ".ts", ".css", ".sh", ".bat", ".sql", ".exe", ".dll", ".so", ".jar", ".whl"),
        *(".db", ".sqlite", ".sqlite3", ".parquet", ".tar", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar"),
        *(".sha256", ".md5", ".sig", ".asc", ".bak", ".tmp", ".part", ".swp"),
    )
)
_SYSTEM_NAMES = frozenset(("__MACOSX", "Thumbs.db", "desktop.ini"))
_Identity: TypeAlias = tuple[int, int]  # device and inode


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something that lay among the records and is plainly none."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file to be read.

    ``is_named``: a person named this very file, so that it is refused where another would be skipped.
    """

    place: Place
    content: Path | BinaryIO
    size_bytes: int
    is_named: bool
    expected_id: str | None = None

    def open(self) -> BinaryIO:
        """The file's bytes from the start; raises OSError."""
        if isinstance(self.content, Path):
            return self.content.open("rb")
        self.content.seek(0)
        return self.content

    def close(self, file: BinaryIO) -> None:
        """Give back what ``open`` gave; standard input stays open, it is read twice."""
        if isinstance(self.content, Path):
            file.close()


Found: TypeAlias = FoundFile | Refusal | Skipped


def find_files(paths: Sequence[Path]) -> Iterator[Found]:
    """All that lies at ``paths``, folders recursively, in the order given and below that sorted by name."""
    for path in paths:
        yield from _find(path, is_named=True, above=())


def why_missing(path: Path) -> str | None:
    """Why nothing lies at ``path``; None where something does, be it unreadable."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            return "a broken link: what it points to does not exist"
        return "there is no such file or folder"
    except (OSError, ValueError):
        return None  # reading it will say what is wrong
    return None


def claimed_id(path: str) -> str | None:
    """The NCT number that a file is named after, else the one its folder is named after."""
    parts = [part for part in path.replace("\\", "/").split("/") if part]
    named = (find_trial_id(part) for part in reversed(parts[-2:]))
    return next((trial_id for trial_id in named if trial_id), None)


def why_skipped(name: str) -> str | None:
    """Why a file or folder of this name holds no records, where nobody named it; None where it may."""
    if name.startswith("."):
        return "hidden"
    if name in _SYSTEM_NAMES:
        return "left by an operating system"
    suffix = suffix_of(name)
    return f"a {suffix} file holds no records" if suffix in PLAINLY_OTHER else None


def suffix_of(name: str) -> str:
    """The ending that tells what a file is; below ``.gz``, the one before it (``notes.md.gz`` is ``.md``)."""
    parts = name.lower().rsplit(".", 2)  # names by the hundred thousand: a Path each would cost more than a read
    if len(parts) == 3 and parts[2] == "gz":
        return f".{parts[1]}"
    return f".{parts[-1]}" if len(parts) > 1 else ""


def is_data_name(name: str) -> bool:
    """Whether a name promises records, so that content which is none is refused instead of skipped."""
    return name.lower().endswith(DATA_SUFFIXES) or find_trial_id(name) is not None


def shown(path: Path) -> str:
    """A path as text that can be stored: bytes that are no text are written as escapes."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _find(path: Path, *, is_named: bool, above: tuple[_Identity, ...]) -> Iterator[Found]:
    place = Place(file=shown(path))
    skipped = None if is_named else why_skipped(path.name)
    if skipped:
        yield Skipped(place=place, reason=skipped)
        return
    try:
        status = path.stat()
    except (OSError, ValueError) as err:
        yield refuse_unread(place, reason=_why_absent(path, err))
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _find_below(path, (status.st_dev, status.st_ino), above)
    elif stat.S_ISREG(status.st_mode):
        yield FoundFile(
            place=place,
            content=path,
            size_bytes=status.st_size,
            is_named=is_named,
            expected_id=claimed_id(shown(path.absolute()) if is_named else place.file),
        )
    else:
        yield refuse_unread(place, reason="not a regular file (a pipe or device): pipe it in and import - instead")


def _find_below(folder: Path, identity: _Identity, above: tuple[_Identity, ...]) -> Iterator[Found]:
    place = Place(file=shown(folder))
    if identity in above:
        yield refuse_unread(place, reason="this link leads back to a folder that contains it; remove the link")
        return
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names alone: a Path each would cost 200 MB in bulk
    except OSError as err:
        yield refuse_unread(place, reason=f"the folder cannot be read: {why(err)}; check its permissions")
        return
    for name in names:
        yield from _find(folder / name, is_named=False, above=(*above, identity))


def _why_absent(path: Path, err: OSError | ValueError) -> str:
    missing = why_missing(path)
    return f"{missing}; check the path" if missing else f"cannot be looked at: {why(err)}"


def why(err: Exception) -> str:
    """What an error of the operating system says, without its number and path."""
    return (err.strerror if isinstance(err, OSError) else None) or str(err) or type(err).__name__

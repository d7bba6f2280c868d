"""The source that reads what lies on disk or comes in by standard input.

What a file holds is told by its content; its name only decides whether content that is no record is refused
or skipped. It promises a stable order, one record in memory at a time, one refusal per bad record and no
end of the import because of it. It does not read what the records say (``reading``), nor what the ledger
holds.
"""

import gzip
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from types import TracebackType
from typing import BinaryIO, Self, TypeAlias, cast

from tracker.source import Place, RawRecord, Refusal
from tracker.sources.claimed_ids import ClaimedIds, note_ids
from tracker.sources.content import is_gzip, is_zip, read_content, read_gzip
from tracker.sources.found import Found, FoundFile, Skipped, find_files, why
from tracker.sources.refusals import refuse_unread
from tracker.sources.zip_records import ZipRecords

STDIN = "-"
_PIECE_BYTES = 1_048_576
Piece: TypeAlias = RawRecord | Refusal | Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What an import will meet.

    ``total_bytes``: as the files lie on disk, compressed or not. ``repeated``: trials that more than one
    record claims to be, so that their versions have to be put in order.
    """

    total_bytes: int
    files_count: int
    repeated: frozenset[str]


class FileSource:
    """Records from files, folders, archives and standard input (``-``).

    ``bytes_done`` counts what has been read of ``Survey.total_bytes``. Use as a context manager, or call
    ``close``: standard input is kept in a temporary file, since it is read twice.
    """

    def __init__(self, paths: Sequence[str | Path], *, stdin: BinaryIO | None = None) -> None:
        self._paths = [str(path) for path in paths]
        self._stdin = stdin
        self._spooled: BinaryIO | None = None
        self._resources = ExitStack()
        self.bytes_done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the copy of standard input."""
        self._resources.close()
        self._spooled = None

    def survey(self) -> Survey:
        """Look through everything once, without reading records whose names say which trial they are."""
        ids = ClaimedIds()
        total_bytes = files_count = 0
        for found in self._found():
            if isinstance(found, FoundFile):
                total_bytes += found.size_bytes
                files_count += 1
                note_ids(found, ids)
        return Survey(total_bytes=total_bytes, files_count=files_count, repeated=ids.repeated())

    def records(self) -> Iterator[Piece]:
        """Everything found: records, refusals, and what was passed over."""
        self.bytes_done = 0
        for found in self._found():
            if not isinstance(found, FoundFile):
                yield found
                continue
            done = self.bytes_done
            try:
                yield from self._records_in(found)
            except OSError as err:
                yield refuse_unread(found.place, reason=f"the file cannot be read: {why(err)}")
            self.bytes_done = done + found.size_bytes

    def _records_in(self, found: FoundFile) -> Iterator[Piece]:
        file = found.open()
        try:
            magic = file.read(4)
            file.seek(0)
            counted = CountedFile(file, self._advance)
            if is_zip(magic):
                yield from ZipRecords(file, place=found.place, on_progress=self._advance)
            elif is_gzip(magic):
                yield from read_gzip(gzip.GzipFile(fileobj=counted), found)
            else:
                yield from read_content(
                    counted, place=found.place, expected_id=found.expected_id, is_named=found.is_named
                )
        finally:
            found.close(file)

    def _advance(self, size: int) -> None:
        self.bytes_done += size

    def _found(self) -> Iterator[Found]:
        for path in self._paths:
            if path == STDIN:
                yield self._standard_input()
            else:
                yield from find_files([Path(path)])

    def _standard_input(self) -> Found:
        place = Place(file=STDIN)
        if self._spooled is None:
            spooled = self._resources.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
            try:
                copyfileobj(self._stdin or sys.stdin.buffer, spooled, _PIECE_BYTES)
            except OSError as err:
                return refuse_unread(place, reason=f"standard input cannot be kept for reading: {why(err)}")
            self._spooled = cast(BinaryIO, spooled)
        size_bytes = self._spooled.seek(0, 2)
        return FoundFile(place=place, content=self._spooled, size_bytes=size_bytes, is_named=True)


class CountedFile:
    """A file that tells how many of its bytes were read."""

    def __init__(self, file: BinaryIO, on_progress: Callable[[int], None]) -> None:
        self._file = file
        self._on_progress = on_progress

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes."""
        found = self._file.read(size)
        self._on_progress(len(found))
        return found

    def read1(self, size: int = -1, /) -> bytes:
        """The same: a regular file has all its bytes at hand."""
        return self.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, as gzip asks for."""
        return self._file.seek(offset, whence)

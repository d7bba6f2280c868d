"""The records of a zip archive, such as the registry's bulk ``json.zip`` with one study per member.

It promises that a bad member is refused alone, that no member costs more than its limit whatever the
archive states of itself, and that nothing is written anywhere. Nested archives are not opened.
"""

import io
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeAlias

from tracker.source import Place, RawRecord, Refusal
from tracker.sources.content import NESTED_ARCHIVE, read_content
from tracker.sources.found import Skipped, claimed_id, why_skipped
from tracker.sources.refusals import (
    MAX_RATIO,
    MAX_RECORD_BYTES,
    TOO_LARGE,
    KeptInput,
    refuse_bytes,
    refuse_chunks,
)
from tracker.sources.zip_directory import DamagedZip, ZipDirectory, ZipMember

RATIO_FREE_BYTES = 10_000_000  # below this, a member may be as dense as it likes
TOTAL_FREE_BYTES = 1_000_000_000  # likewise a whole archive
_NESTED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"Rar!")
_DRIVE = re.compile(r"[A-Za-z]:")

Piece: TypeAlias = RawRecord | Refusal | Skipped


class ZipRecords:
    """The records of one archive; ``on_progress`` is told how many of its bytes each member took."""

    def __init__(self, file: BinaryIO, *, place: Place, on_progress: Callable[[int], None]) -> None:
        self._file = file
        self._place = place
        self._on_progress = on_progress
        self._unpacked_bytes = 0

    def __iter__(self) -> Iterator[Piece]:
        try:
            directory = ZipDirectory(self._file)
            limit = max(TOTAL_FREE_BYTES, MAX_RATIO * self._file.seek(0, 2))
            for member in directory:
                if not member.is_folder:
                    yield from self._read(directory, member)
                self._on_progress(member.stored_bytes)
                if self._unpacked_bytes > limit:
                    yield self._refuse_archive("a zip bomb: it unpacks to far more than records do")
                    return
        except DamagedZip as err:
            yield self._refuse_archive(f"{err}; fetch the archive again")

    def _read(self, directory: ZipDirectory, member: ZipMember) -> Iterator[Piece]:
        place = Place(file=self._place.file, member=member.name)
        skipped = next(filter(None, map(why_skipped, member.name.split("/"))), None)
        traversal = name_fault(member.name)
        if skipped and not traversal:
            yield Skipped(place=place, reason=skipped)
            return
        try:
            if member.is_encrypted or not member.is_readable:
                yield self._refuse_packed(directory, member, place)
                return
            content, oversize = self._content(directory, member, place)
        except DamagedZip as err:
            yield self._refuse_damaged(directory, member, reason=f"{err}; fetch the archive again")
            return
        if oversize:
            yield oversize
        elif traversal:
            yield refuse_bytes(place, reason=traversal, raw=content)
        elif content.startswith(_NESTED):
            yield refuse_bytes(place, reason=NESTED_ARCHIVE, raw=content)
        else:
            expected_id = claimed_id(member.name)
            yield from read_content(io.BytesIO(content), place=place, expected_id=expected_id, is_named=False)

    def _content(self, directory: ZipDirectory, member: ZipMember, place: Place) -> tuple[bytes, Refusal | None]:
        """A member's content, or its refusal where it is larger than a record may be."""
        pieces, size = [], 0
        unpacked = directory.unpacked(member)
        for piece in unpacked:
            size += len(piece)
            self._unpacked_bytes += len(piece)
            pieces.append(piece)
            if size > RATIO_FREE_BYTES and size > MAX_RATIO * max(member.stored_bytes, 1):
                return b"", self._refuse_bomb(directory, member, place)
            if size > MAX_RECORD_BYTES:
                return b"", self._refuse_large(directory, member, place, pieces=pieces, rest=unpacked)
        return b"".join(pieces), None

    def _refuse_large(
        self,
        directory: ZipDirectory,
        member: ZipMember,
        place: Place,
        *,
        pieces: list[bytes],
        rest: Iterator[bytes],
    ) -> Refusal:
        kept = KeptInput()
        while pieces:
            kept.add(pieces.pop(0))
        for piece in rest:
            kept.add(piece)
            self._unpacked_bytes += len(piece)
            if kept.size_bytes > MAX_RATIO * max(member.stored_bytes, 1):
                return self._refuse_bomb(directory, member, place)
        return kept.refusal(place, reason=TOO_LARGE)

    def _refuse_bomb(self, directory: ZipDirectory, member: ZipMember, place: Place) -> Refusal:
        """Of a bomb the packed bytes are kept: nobody unpacks it to hash it."""
        reason = f"a zip bomb: it unpacks to more than {MAX_RATIO} times its size (kept as it is packed)"
        return refuse_chunks(place, reason=reason, chunks=directory.stored(member))

    def _refuse_packed(self, directory: ZipDirectory, member: ZipMember, place: Place) -> Refusal:
        reason = f"packed by method {member.method}, which is not read; pack it again with deflate"
        if member.is_encrypted:
            reason = "encrypted: unpack it with its password and import that"
        return refuse_chunks(place, reason=reason, chunks=directory.stored(member))

    def _refuse_damaged(self, directory: ZipDirectory, member: ZipMember, *, reason: str) -> Refusal:
        """What is kept of a damaged member is what can be had of its packed bytes."""
        place = Place(file=self._place.file, member=member.name)
        kept = KeptInput()
        try:
            for piece in directory.stored(member):
                kept.add(piece)
        except DamagedZip:
            pass  # the rest is not there
        return kept.refusal(place, reason=reason)

    def _refuse_archive(self, reason: str) -> Refusal:
        kept = KeptInput()
        self._file.seek(0)
        while piece := self._file.read(1_048_576):
            kept.add(piece)
        return kept.refusal(self._place, reason=reason, keep=False)


def name_fault(name: str) -> str | None:
    """Why a member's name cannot be trusted: it points outside of the folder it would be unpacked into."""
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name.startswith(("/", "\\")) or "\\" in name or _DRIVE.match(name) or "\0" in name:
        return f"the member's name {name!r} points outside of the archive; rename it and pack it again"
    return None

"""Reads zip archives member by member, with nothing kept of members already read.

The standard library keeps an object per member, some 600 MB for the registry's bulk archive of 605,000
studies; here the central directory is read as a stream. It promises to believe no size that the archive
states of itself, to find damage by check sum, and to name what it cannot do. It extracts nothing to disk
and does not know what members hold. Source of the format: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3
(zip64).
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tracker.domain.errors import InvalidInput

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 65_535
_PIECE_BYTES = 262_144
_FULL32 = 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8


class DamagedZip(InvalidInput):
    """The archive, or one member of it, is not what the format promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipMember:
    """One entry of the central directory, as the archive states it."""

    name: str
    flags: int
    method: int
    crc: int
    stored_bytes: int
    header_offset: int

    @property
    def is_folder(self) -> bool:
        """Whether the entry only names a folder."""
        return self.name.endswith("/")

    @property
    def is_encrypted(self) -> bool:
        """Whether a password is needed."""
        return bool(self.flags & 0x1)

    @property
    def is_readable(self) -> bool:
        """Whether it is packed in a way that is read here."""
        return self.method in (_STORED, _DEFLATED)


class ZipDirectory:
    """The members of an archive, in the archive's own order."""

    def __init__(self, file: BinaryIO) -> None:
        """Find the central directory; DamagedZip where there is none."""
        self._file = file
        self._size = file.seek(0, 2)
        tail_start = max(0, self._size - _END.size - _LONGEST_COMMENT)
        file.seek(tail_start)
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END.size:
            raise DamagedZip("the archive is cut off or no zip archive: its directory is missing")
        _, _, _, _, self.members_count, directory_bytes, offset, _ = _END.unpack_from(tail, at)
        end = tail_start + at
        if _FULL32 in (directory_bytes, offset) or self.members_count == 0xFFFF:
            end, directory_bytes, offset = self._zip64(end)
        self._start = end - directory_bytes
        self._end = end
        self._shift = self._start - offset  # bytes before the archive, such as a self-extractor
        if self._start < 0 or self._shift < 0:
            raise DamagedZip("the archive's directory lies outside of the file")

    def _zip64(self, end: int) -> tuple[int, int, int]:
        at = end - _END64_LOCATOR.size
        locator = self._exactly(max(at, 0), _END64_LOCATOR.size)
        if locator[:4] != b"PK\x06\x07":  # the large numbers are true by chance
            _, _, _, _, _, directory_bytes, offset, _ = _END.unpack(self._exactly(end, _END.size))
            return end, directory_bytes, offset
        at -= _END64.size
        record = self._exactly(max(at, 0), _END64.size)
        if record[:4] != b"PK\x06\x06":
            raise DamagedZip("the archive's zip64 directory is missing")
        *_, self.members_count, directory_bytes, offset = _END64.unpack(record)
        return at, directory_bytes, offset

    def __iter__(self) -> Iterator[ZipMember]:
        """The members; DamagedZip where the directory breaks off."""
        at, piece, start = self._start, b"", 0
        while at < self._end:
            if len(piece) - start < _ENTRY.size + 3 * 0xFFFF:
                piece, start = self._piece(at), 0
            if len(piece) - start < _ENTRY.size or piece[start : start + 4] != b"PK\x01\x02":
                raise DamagedZip("the archive's directory is damaged; the members before this point are read")
            entry = _ENTRY.unpack_from(piece, start)
            size = _ENTRY.size + sum(entry[10:13])
            yield self._member(entry, piece[start + _ENTRY.size : start + size])
            start += size
            at += size

    def _piece(self, at: int) -> bytes:
        self._file.seek(at)
        return self._file.read(min(_PIECE_BYTES + 3 * 0xFFFF, self._end - at))

    def _member(self, entry: tuple[int, ...], rest: bytes) -> ZipMember:
        flags, method, crc, stored, unpacked, name_bytes, extra_bytes = (
            entry[3],
            entry[4],
            *entry[7:12],
        )
        offset = entry[16]
        encoding = "utf-8" if flags & 0x800 else "cp437"
        extra = rest[name_bytes : name_bytes + extra_bytes]
        if _FULL32 in (stored, unpacked, offset):
            stored, offset = _large_numbers(extra, unpacked=unpacked, stored=stored, offset=offset)
        return ZipMember(
            name=rest[:name_bytes].decode(encoding, "backslashreplace"),
            flags=flags,
            method=method,
            crc=crc,
            stored_bytes=stored,
            header_offset=offset + self._shift,
        )

    def stored(self, member: ZipMember) -> Iterator[bytes]:
        """A member's bytes as they lie in the archive, in pieces; DamagedZip where they are not there."""
        header = self._exactly(member.header_offset, _LOCAL.size)
        fields = _LOCAL.unpack(header)
        if fields[0] != b"PK\x03\x04":
            raise DamagedZip("the member is not where the archive's directory says")
        at = member.header_offset + _LOCAL.size + fields[9] + fields[10]
        left = member.stored_bytes
        while left > 0:
            self._file.seek(at)
            piece = self._file.read(min(_PIECE_BYTES, left))
            if not piece:
                raise DamagedZip("the archive is cut off inside this member")
            yield piece
            at += len(piece)
            left -= len(piece)

    def unpacked(self, member: ZipMember) -> Iterator[bytes]:
        """A member's content, in pieces of bounded size; DamagedZip where it cannot be unpacked."""
        crc = 0
        pieces = self.stored(member) if member.method == _STORED else _inflate(self.stored(member))
        for piece in pieces:
            crc = zlib.crc32(piece, crc)
            yield piece
        if crc != member.crc:
            raise DamagedZip("the member's content does not match its check sum")

    def _exactly(self, at: int, size: int) -> bytes:
        self._file.seek(at)
        found = self._file.read(size)
        if len(found) < size:
            raise DamagedZip("the archive is cut off")
        return found


def _inflate(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in pieces:
            waiting = piece
            while waiting and not unpacker.eof:
                found = unpacker.decompress(waiting, _PIECE_BYTES)
                waiting = unpacker.unconsumed_tail
                if found:
                    yield found
        while not unpacker.eof and (found := unpacker.decompress(b"", _PIECE_BYTES)):
            yield found
    except zlib.error as err:
        raise DamagedZip(f"the member's compressed data is damaged ({err})") from err
    if not unpacker.eof:
        raise DamagedZip("the member's compressed data stops before its end")


def _large_numbers(extra: bytes, *, unpacked: int, stored: int, offset: int) -> tuple[int, int]:
    """Stored size and offset from the zip64 field, which holds only those of the three that did not fit."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            numbers = iter(struct.unpack_from(f"<{size // 8}Q", extra.ljust(at + 4 + size, b"\0"), at + 4))
            if unpacked == _FULL32:
                next(numbers, None)
            stored = next(numbers, stored) if stored == _FULL32 else stored
            offset = next(numbers, offset) if offset == _FULL32 else offset
            break
        at += 4 + size
    return stored, offset

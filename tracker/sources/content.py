"""Tells by its first bytes what a stream holds, and takes it apart accordingly.

It promises that content which is no record is refused where a person or a name promised records, and
skipped where it only lay among them. It does not know archives of many members (``zip_records``).
"""

import gzip
from collections.abc import Iterator
from typing import TypeAlias

from tracker.source import Place, RawRecord, Refusal
from tracker.sources.byte_window import ByteStream, ByteWindow
from tracker.sources.found import DATA_SUFFIXES, FoundFile, Skipped, is_data_name, suffix_of
from tracker.sources.json_faults import UTF8_BOM, has_wide_encoding
from tracker.sources.json_stream import JsonRecords
from tracker.sources.page_text import looks_like_page_text
from tracker.sources.refusals import (
    MAX_RATIO,
    MAX_RECORD_BYTES,
    TOO_LARGE,
    KeptInput,
    TooDense,
    refuse_unread,
)

Piece: TypeAlias = RawRecord | Refusal | Skipped
HEAD_BYTES = 65_536
_LINES_SUFFIXES = (".jsonl", ".ndjson")
_PIECE_BYTES = 1_048_576
NESTED_ARCHIVE = "an archive inside an archive: unpack it and import that"
_EMPTY = "empty: the file holds nothing; fetch it again"
_UNKNOWN = (
    "neither JSON nor a page text, or truncated before that can be told: expected an API v2 study, an array or "
    "list page of studies, JSON Lines, a page text, or one of these as .gz or .zip"
)


def is_gzip(magic: bytes) -> bool:
    """Whether a file that begins with ``magic`` is gzip data."""
    return magic.startswith(b"\x1f\x8b")


def is_zip(magic: bytes) -> bool:
    """Whether a file that begins with ``magic`` is a zip archive, be it an empty or a split one."""
    return magic in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def read_gzip(stream: gzip.GzipFile, found: FoundFile) -> Iterator[Piece]:
    """The records of gzip data; a bomb is refused as a whole, with the packed file's size and hash."""
    limit = max(2 * MAX_RECORD_BYTES, MAX_RATIO * found.size_bytes)
    window = ByteWindow(stream, limit_bytes=limit)
    try:
        yield from _read(window, place=found.place, expected_id=found.expected_id, is_named=found.is_named)
    except TooDense as err:
        yield _refuse_packed(found, str(err))


def read_content(stream: ByteStream, *, place: Place, expected_id: str | None, is_named: bool) -> Iterator[Piece]:
    """The records of a stream that is not packed."""
    yield from _read(ByteWindow(stream), place=place, expected_id=expected_id, is_named=is_named)


def _read(window: ByteWindow, *, place: Place, expected_id: str | None, is_named: bool) -> Iterator[Piece]:
    window.fill_to(HEAD_BYTES)
    if window.data.startswith(UTF8_BOM):
        window.drop(len(UTF8_BOM))
    name = (place.member or place.file).replace("\\", "/").rpartition("/")[2]
    is_lines = suffix_of(name) in _LINES_SUFFIXES
    head = bytes(window.data[:HEAD_BYTES])
    start = head.lstrip()[:1]
    if not start and not window.skip_white():
        yield refuse_unread(place, reason=window.fault or _EMPTY)
    elif start in (b"{", b"[") or (is_lines and not is_gzip(head)) or not start:
        yield from JsonRecords(window, place=place, expected_id=expected_id, is_lines=is_lines)
    elif is_gzip(head) or is_zip(head[:4]):
        yield _refuse(window, place, NESTED_ARCHIVE)
    elif looks_like_page_text(head):
        yield _whole(window, RawRecord(place=place, raw=b"", kind="page_text", expected_id=expected_id))
    elif name.lower().endswith(DATA_SUFFIXES) or has_wide_encoding(head):
        yield _whole(window, RawRecord(place=place, raw=b"", kind="study", expected_id=expected_id))
    elif is_named or is_data_name(name):
        yield _refuse(window, place, _UNKNOWN)
    else:
        yield Skipped(place=place, reason="neither JSON nor a page text")


def _whole(window: ByteWindow, record: RawRecord) -> RawRecord | Refusal:
    """All of the stream as one record."""
    window.fill_to(MAX_RECORD_BYTES + 1)
    if window.fault or len(window.data) > MAX_RECORD_BYTES:
        return _refuse(window, record.place, window.fault or TOO_LARGE)
    raw = window.take(len(window.data))
    return RawRecord(place=record.place, raw=raw, kind=record.kind, expected_id=record.expected_id)


def _refuse(window: ByteWindow, place: Place, reason: str) -> Refusal:
    kept = window.kept()
    window.drain(kept)
    return kept.refusal(place, reason=reason)


def _refuse_packed(found: FoundFile, reason: str) -> Refusal:
    kept = KeptInput()
    file = found.open()
    try:
        while piece := file.read(_PIECE_BYTES):
            kept.add(piece)
    finally:
        found.close(file)
    return kept.refusal(found.place, reason=reason, keep=False)

"""Tells by its first bytes what a stream holds, and takes it apart accordingly.

It promises that content which is no record is refused where a person or a name promised records, and
skipped where it only lay among them. It does not know archives of many members (``zip_records``).
"""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from tracker.source import Place, RawRecord, Refusal
from tracker.sources.byte_window import ByteStream, ByteWindow
from tracker.sources.found import DATA_SUFFIXES, FoundFile, Skipped, is_data_name, suffix_of
from tracker.sources.json_faults import has_wide_encoding
from tracker.sources.json_stream import read_json
from tracker.sources.page_text import looks_like_page_text
from tracker.sources.record_taker import RecordTaker
from tracker.sources.refusals import MAX_RATIO, MAX_RECORD_BYTES, KeptInput, TooDense

Piece: TypeAlias = RawRecord | Refusal | Skipped
HEAD_BYTES = 65_536
_LINES_SUFFIXES = (".jsonl", ".ndjson")
_PIECE_BYTES = 1_048_576
NESTED_ARCHIVE = "an archive inside an archive: unpack it and import that"
_EMPTY = "empty: the file holds nothing; fetch it again"
_BLANK = "empty: the file holds nothing but white space; fetch it again"
_OF_PACKED = {
    _EMPTY: "empty: the gzip data is whole, but nothing is packed in it; fetch the file again",
    _BLANK: "empty: the gzip data is whole, but nothing but white space is packed in it; fetch the file again",
}
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
    """The records of gzip data; what is refused as a whole is refused with the packed file's own bytes."""
    limit = max(2 * MAX_RECORD_BYTES, MAX_RATIO * found.size_bytes)
    window = ByteWindow(stream, limit_bytes=limit)
    try:
        for piece in _read(window, place=found.place, expected_id=found.expected_id, is_named=found.is_named):
            if isinstance(piece, Skipped) or piece.place.line is not None:
                yield piece
            elif isinstance(piece, RawRecord):
                yield replace(piece, file_bytes=_file_bytes(found))
            else:
                yield _refuse_file(found, _OF_PACKED.get(piece.reason, piece.reason))
    except TooDense as err:
        yield _refuse_file(found, str(err))


def read_content(stream: ByteStream, *, place: Place, expected_id: str | None, is_named: bool) -> Iterator[Piece]:
    """The records of a stream that is not packed."""
    yield from _read(ByteWindow(stream), place=place, expected_id=expected_id, is_named=is_named)


def _read(window: ByteWindow, *, place: Place, expected_id: str | None, is_named: bool) -> Iterator[Piece]:
    window.fill_to(HEAD_BYTES)
    taker = RecordTaker(window=window, place=place, expected_id=expected_id)
    if not window.skip_lead():
        yield taker.refuse_whole(window.fault or (_BLANK if window.lead else _EMPTY))
        return
    name = (place.member or place.file).replace("\\", "/").rpartition("/")[2]
    is_lines = suffix_of(name) in _LINES_SUFFIXES
    head = bytes(window.data[:HEAD_BYTES])
    if head[:1] in (b"{", b"[") or (is_lines and not is_gzip(head)):
        yield from read_json(taker, is_lines=is_lines)
    elif is_gzip(head) or is_zip(head[:4]):
        yield taker.refuse_whole(NESTED_ARCHIVE)
    elif looks_like_page_text(head):
        yield taker.whole(kind="page_text")
    elif name.lower().endswith(DATA_SUFFIXES) or has_wide_encoding(head):
        yield taker.whole()
    elif is_named or is_data_name(name):
        yield taker.refuse_whole(_UNKNOWN)
    else:
        yield Skipped(place=place, reason="neither JSON nor a page text")


def _file_bytes(found: FoundFile) -> bytes | None:
    """The file as it lies, unless it is larger than the one record in it may be."""
    if found.size_bytes > MAX_RECORD_BYTES:
        return None
    file = found.open()
    try:
        return file.read()
    finally:
        found.close(file)


def _refuse_file(found: FoundFile, reason: str) -> Refusal:
    kept = KeptInput()
    file = found.open()
    try:
        while piece := file.read(_PIECE_BYTES):
            kept.add(piece)
    finally:
        found.close(file)
    return kept.refusal(found.place, reason=reason)

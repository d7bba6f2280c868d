"""Values one after another: JSON Lines, studies printed over many lines, or several on one line.

A line that is a value of its own costs a look at its ends alone. Where a value is not complete on its line, it
ends where its brackets close, or before the next line that begins a study. It promises that a bad value is
refused once, that the values behind it are read, and that a value alone in its file is taken with all bytes of
the file. It does not know whether a value is valid.
"""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

import orjson

from tracker.source import RawRecord, Refusal
from tracker.sources.byte_window import CHUNK_BYTES
from tracker.sources.json_value import ValueScanner
from tracker.sources.record_taker import RecordTaker
from tracker.sources.refusals import MAX_RECORD_BYTES

Piece: TypeAlias = RawRecord | Refusal
_JOINT = re.compile(rb"\}\s*+[^\s,\]}]")  # between two values, or in a text
_STUDY = rb'\{\s*"(?:(?:protocol|derived|results|annotation|document|trialog)Section|hasResults)"\s*:'
_OPENING = re.compile(_STUDY)
_NEXT_STUDY = re.compile(rb"\n(?=" + _STUDY + rb")")
_CLOSING = {b"{": b"}", b"[": b"]"}
_END_BYTES = 64  # in which a line shows its last sign, unless very many blanks follow it
_SEAM_BYTES = 1024  # more than a pattern matches, so that none is missed between two pieces
_LINE_OBJECT = re.compile(rb"\n(\{[^\n]*\})[ \t\r]*+(?:\n|\Z)")


class Series:
    """The values of one stream. ``is_lines``: its name promises one a line; ``may_be_whole``: none came before."""

    def __init__(self, taker: RecordTaker, *, is_lines: bool, may_be_whole: bool) -> None:
        self._taker = taker
        self._window = taker.window
        self._is_lines = is_lines
        self._may_be_whole = may_be_whole
        self._is_by_line = False  # brackets have misled: each line is a value from here on

    def __iter__(self) -> Iterator[Piece]:
        while self._window.skip_blank_lines():
            yield self._next()
            self._may_be_whole = False

    def _next(self) -> Piece:
        taker, window, line = self._taker, self._window, self._window.line
        end = line_end = self._line_end()
        indent = b""
        if end is None and _JOINT.search(window.data) is None:
            return self._too_large(taker.too_large_line)
        if end is None or not (self._is_by_line or self._is_one_value(end)):
            indent = window.skip_indent()
            line_end = self._line_end()
            end = self._value_end(line_end)
            if end is None:
                return self._too_large(lambda: taker.overlong(ValueScanner(window.data)))
        is_line = end == line_end
        if self._may_be_whole and not (is_line and self._is_lines) and not window.next_byte(end):
            return taker.whole()
        if window.fault and end == len(window.data):
            return taker.cut()
        return taker.line(end, indent=indent) if is_line else taker.record(end, line=line)

    def _line_end(self) -> int | None:
        """Where the first line ends; None where it is larger than a record may be, or holds more than one."""
        window, start = self._window, 0
        while (end := window.data.find(b"\n", start)) < 0:
            opening = None if start else _OPENING.match(window.data)
            start = len(window.data)
            if start > MAX_RECORD_BYTES or (opening and window.data.find(opening.group(), opening.end()) > 0):
                return None
            if not window.fill():
                return start
        return end

    def _is_one_value(self, end: int) -> bool:
        """Whether the line up to ``end`` looks like one value, good or bad, that does not go on below."""
        data = self._window.data
        closing = _CLOSING.get(bytes(data[:_END_BYTES].lstrip()[:1]))
        if closing is None:
            return True
        if not data[max(0, end - _END_BYTES) : end].rstrip().endswith(closing):
            return False
        opening = _OPENING.match(data)
        if opening is None:
            return _JOINT.search(data, 0, end) is None
        return data.find(opening.group(), opening.end(), end) < 0  # several times as fast as a search for joints

    def _value_end(self, line_end: int | None) -> int | None:
        """Where the value ends that is not one line; None where it is larger than a record may be."""
        window, scanner, seen, limit = self._window, None, 0, CHUNK_BYTES
        while True:
            window.fill_to(limit)
            at_hand = min(limit, len(window.data))
            following = _NEXT_STUDY.search(window.data, seen, at_hand)
            stop = following.start() if following else at_hand
            if scanner is not None:
                scanner.go_on(window.data)
            elif _JOINT.search(window.data, seen, stop):
                scanner = ValueScanner(window.data)
            if scanner is not None and scanner.is_done and scanner.position <= stop:
                return self._closed_end(scanner.position, line_end, following)
            if following:
                return stop
            if at_hand < limit or limit > MAX_RECORD_BYTES:
                return self._unclosed_end(line_end)
            seen, limit = at_hand - _SEAM_BYTES, limit + CHUNK_BYTES

    def _closed_end(self, end: int, line_end: int | None, following: re.Match[bytes] | None) -> int:
        """Where the value ends whose brackets close at ``end``: there, unless what follows belongs to no other."""
        window = self._window
        if window.next_byte(end) in (b"", b"{", b"["):
            return end
        if line_end is not None and end < line_end:
            return line_end
        return following.start() if following and not _is_object(bytes(window.data[:end])) else end

    def _unclosed_end(self, line_end: int | None) -> int | None:
        """Where the value ends that no bracket and no study below ends: with its line, if lines below are values."""
        window = self._window
        if line_end is not None and not window.next_byte(line_end):
            return line_end
        if line_end is not None and _LINE_OBJECT.search(window.data) and not _is_object(bytes(window.data)):
            self._is_by_line = True
            return line_end
        return len(window.data) if window.is_at_end else None

    def _too_large(self, refuse: Callable[[], Refusal]) -> Refusal:
        """The refusal of a value that is too large; where it is alone in its file, of the file."""
        window = self._window
        if self._may_be_whole:
            window.tap = window.kept()
            window.tap.add(window.lead)
        refusal = refuse()
        is_alone = not window.skip_white()
        kept, window.tap = window.tap, None
        return kept.refusal(self._taker.place, reason=refusal.reason) if kept and is_alone else refusal


def _is_object(text: bytes) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except ValueError:
        return False

"""Takes a stream of JSON apart into its records, without parsing what it hands on.

Four shapes: one study, an array of studies, a list page (``{"studies": [...]}``), and JSON Lines. It
promises to hold one record at a time, to hand on broken records as they are (reading them says what is
wrong), to go on after them where the next one can be found, and to refuse alone what is too large or cut
off. It does not know records beyond the names of their sections.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias

import orjson

from tracker.source import Place, RawRecord, Refusal
from tracker.sources.byte_window import CHUNK_BYTES, ByteWindow
from tracker.sources.json_value import ValueScanner
from tracker.sources.refusals import MAX_RECORD_BYTES, TOO_LARGE, KeptInput

Piece: TypeAlias = RawRecord | Refusal
_STUDY = re.compile(rb'\s*\{\s*"(?:protocol|derived|results|annotation|document|trialog)Section"|\s*\{\s*"hasResults"')
_LIST_PAGE = re.compile(rb'"studies"\s*:\s*\[')
_OPENING = re.compile(rb'\{\s*"[A-Za-z]{1,40}"\s*:')
_LINE_START = re.compile(rb"\n\{")
_COMMA = re.compile(rb"[\s,]*+")


class JsonRecords:
    """The records of one stream of JSON."""

    def __init__(self, window: ByteWindow, *, place: Place, expected_id: str | None, is_lines: bool = False) -> None:
        self._window = window
        self._place = place
        self._expected_id = expected_id
        self._is_lines = is_lines
        self._was_cut = False

    def __iter__(self) -> Iterator[Piece]:
        window = self._window
        while window.skip_white():
            window.fill_to(CHUNK_BYTES)
            page = None if _STUDY.match(window.data) else _LIST_PAGE.search(window.data)
            if self._is_lines and window.data[:1] != b"[":
                yield from self._lines()
            elif window.data[:1] == b"[":
                window.drop(1)
                yield from self._items()
            elif page and window.data[:1] == b"{":
                window.drop(page.end())
                yield from self._items()
                self._end_of_page()
            else:
                yield from self._studies()

    # One study, or JSON Lines under any name

    def _studies(self) -> Iterator[Piece]:
        """One study that fills the stream, or one study a line."""
        window = self._window
        end = self._line_end()
        if end < 0 and len(window.data) > MAX_RECORD_BYTES:
            yield self._too_large_line()
        elif end >= 0 and window.data[end:].strip() == b"" and not self._more_than_white(end):
            yield self._record(end)
        elif end >= 0 and self._holds_lines(end):
            self._is_lines = True
        else:
            yield self._all_that_is_left()

    def _more_than_white(self, end: int) -> bool:
        """Whether anything but white space follows ``end``, reading as far as needed."""
        window = self._window
        while window.data[end:].strip() == b"":
            if not window.fill():
                return False
        return True

    def _holds_lines(self, end: int) -> bool:
        """Whether each line is a value of its own: the first is, or a later one that begins an object."""
        if _is_object(bytes(self._window.data[:end])):
            return True
        data = self._window.data
        for match in _LINE_START.finditer(bytes(data[: 4 * CHUNK_BYTES])):
            line_end = data.find(b"\n", match.end())
            if _is_object(bytes(data[match.start() + 1 : line_end if line_end >= 0 else len(data)])):
                return True
        return False

    def _lines(self) -> Iterator[Piece]:
        window = self._window
        while window.data or window.fill():
            end = self._line_end()
            if end < 0 and len(window.data) > MAX_RECORD_BYTES:
                yield self._too_large_line()
                continue
            end = len(window.data) if end < 0 else end
            if window.is_at_end and window.fault and end == len(window.data):
                yield self._cut()
                return
            if window.data[:end].strip():
                yield self._record(end, line=window.line)
            window.drop(min(1, len(window.data)))

    def _line_end(self) -> int:
        """Where the first line ends; -1 where it is the last, or larger than a record may be."""
        window, start = self._window, 0
        while (end := window.data.find(b"\n", start)) < 0:
            start = len(window.data)
            if start > MAX_RECORD_BYTES or not window.fill():
                return -1
        return end

    def _too_large_line(self) -> Refusal:
        window, place = self._window, self._at_line()
        kept = window.kept()
        while (end := window.data.find(b"\n")) < 0:
            window.drop(len(window.data), kept)
            if not window.fill():
                return kept.refusal(place, reason=TOO_LARGE)
        window.drop(end, kept)
        return kept.refusal(place, reason=TOO_LARGE)

    def _all_that_is_left(self) -> Piece:
        window = self._window
        window.fill_to(MAX_RECORD_BYTES + 1)
        if window.fault:
            return self._cut()
        if len(window.data) > MAX_RECORD_BYTES:
            return self._refuse_rest(TOO_LARGE, self._place)
        return self._record(len(window.data))

    # The items of an array

    def _items(self) -> Iterator[Piece]:
        """The items up to and including the closing bracket."""
        window = self._window
        while self._skip_comma():
            if window.data[:1] == b"]":
                window.drop(1)
                return
            yield from self._item()
        if self._was_cut:
            return
        reason = window.fault or "truncated: the list of studies is not closed; fetch the file again"
        yield KeptInput().refusal(self._at_line(), reason=reason)

    def _item(self) -> Iterator[Piece]:
        window = self._window
        line = window.line
        end = self._guessed_end(is_checked=True)
        if end is None:
            scanner = ValueScanner(window.data)
            while not (scanner.is_done or len(window.data) > MAX_RECORD_BYTES) and window.fill():
                scanner.go_on(window.data)
            end = self._likely_end(scanner)
            if end is None:
                yield self._cut() if window.is_at_end else self._overlong(scanner)
                return
        yield self._record(max(end, 1), line=line)  # a stray bracket is one byte

    def _likely_end(self, scanner: ValueScanner) -> int | None:
        """Where the item ends: by its brackets; where they mislead, before the next that begins alike."""
        guess = self._guessed_end(is_checked=False)
        end = scanner.position if scanner.is_done else None
        if end is None or guess is None or end <= guess:
            return guess if end is None else end
        return end if _is_object(bytes(self._window.data[:end])) else guess

    def _guessed_end(self, *, is_checked: bool) -> int | None:
        """Where the item ends, if the next one begins with the same bytes as it does.

        ``is_checked``: only where the item parses, which makes the guess certain and costs less than a scan.
        """
        data = self._window.data
        opening = _OPENING.match(data)
        if opening is None:
            return None
        self._window.fill_to(CHUNK_BYTES)
        following = data.find(opening.group(), opening.end())
        comma = data.rfind(b",", 0, following) if following > 0 else -1
        if comma < 0 or data[comma + 1 : following].strip():
            return None
        return comma if not is_checked or _is_object(bytes(data[:comma])) else None

    def _overlong(self, scanner: ValueScanner) -> Refusal:
        """Refuse an item that is larger than a record may be, and stand behind it."""
        window, place = self._window, self._at_line()
        kept = window.kept()
        while True:
            window.drop(scanner.position, kept)
            if scanner.is_done:
                return kept.refusal(place, reason=TOO_LARGE)
            scanner.position = 0
            if not window.fill():
                return self._cut(kept)
            scanner.go_on(window.data)

    def _end_of_page(self) -> None:
        """Go past what follows the studies in a list page."""
        scanner = ValueScanner(self._window.data, depth=1)
        while True:
            self._window.drop(scanner.position)
            scanner.position = 0
            if scanner.is_done or not self._window.fill():
                return
            scanner.go_on(self._window.data)

    def _skip_comma(self) -> bool:
        """Go past the comma between items; False where nothing follows."""
        window = self._window
        while True:
            match = _COMMA.match(window.data)
            window.drop(match.end() if match else 0)
            if window.data:
                return True
            if not window.fill():
                return False

    # What is handed on

    def _record(self, end: int, *, line: int | None = None) -> RawRecord:
        place = Place(file=self._place.file, member=self._place.member, line=line)
        raw = self._window.take(end).strip()
        return RawRecord(place=place, raw=raw, kind="study", expected_id=self._expected_id)

    def _cut(self, kept: KeptInput | None = None) -> Refusal:
        reason = "truncated: the file ends inside this record; fetch it again"
        return self._refuse_rest(self._window.fault or reason, self._at_line(), kept)

    def _refuse_rest(self, reason: str, place: Place, kept: KeptInput | None = None) -> Refusal:
        kept = kept or self._window.kept()
        self._was_cut = True
        self._window.drain(kept)
        return kept.refusal(place, reason=reason)

    def _at_line(self) -> Place:
        return Place(file=self._place.file, member=self._place.member, line=self._window.line)


def _is_object(text: bytes) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except ValueError:
        return False

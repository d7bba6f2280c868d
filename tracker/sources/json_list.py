"""The records of a JSON array, or of the studies of a list page, one at a time.

It promises one refusal for each bad item of a list of studies, but one alone for a list in which nothing is
a study: such a file was not meant. It goes on after an item whose brackets mislead, where the next one begins
alike.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import orjson

from tracker.source import RawRecord, Refusal
from tracker.sources.byte_window import CHUNK_BYTES, ByteWindow
from tracker.sources.json_value import ValueScanner
from tracker.sources.record_taker import RecordTaker
from tracker.sources.refusals import MAX_RECORD_BYTES, KeptInput
from tracker.sources.study_json import read_study

Piece: TypeAlias = RawRecord | Refusal
_OPENING = re.compile(rb'\{\s*"[A-Za-z]{1,40}"\s*:')
_COMMA = re.compile(rb"[\s,]*+")
_OF_A_STUDY = b'Section"'  # in the key of each part of a study
_WAITING_COUNT = 100  # items that are no studies, held until a study shows that they are single mistakes
_WAITING_BYTES = 10_000_000
_NOT_CLOSED = "truncated: the list of studies is not closed; fetch the file again"


def read_list(taker: RecordTaker, *, opening_bytes: int, is_first: bool) -> Iterator[Piece]:
    """The items of the list that ``opening_bytes`` open; ``is_first``: nothing but white space stands before it."""
    window = taker.window
    window.tap = window.kept()
    window.tap.add(window.lead if is_first else b"")
    place = taker.here()
    is_page = window.data[:1] == b"{"
    window.drop(opening_bytes)
    strangers = _Strangers()
    for piece in _items(taker):
        if window.tap is not None and _OF_A_STUDY in piece.raw:
            yield from strangers.told(taker)
            window.tap = None
        if window.tap is None:
            yield piece
        else:
            strangers.add(piece)
    if is_page:
        _go_to_end_of_page(window)
    is_all = not window.skip_white() and is_first
    kept, window.tap = window.tap, None
    if kept is not None and strangers.count:
        yield kept.refusal(taker.place if is_all else place, reason=strangers.reason)


@dataclass(slots=True, kw_only=True)
class _Strangers:
    """What stands before the first study of a list: single mistakes if one comes, else no list of studies.

    More than may be held is kept together, one value a line.
    """

    count: int = 0
    _first: str = ""
    _last: Piece | None = None
    _waiting: list[Piece] = field(default_factory=list)
    _merged: KeptInput = field(default_factory=KeptInput)

    @property
    def reason(self) -> str:
        """Why the list is refused, if no study comes."""
        if isinstance(self._last, Refusal):  # the list was cut off
            return self._last.reason
        return f"no list of studies: none of its {self.count:,} values is one; the first: {self._first}"

    def add(self, piece: Piece) -> None:
        """Take one more."""
        self._first = self._first or _why_none(piece)
        self._last = piece
        self.count += 1
        self._waiting.append(piece)
        if self.count > _WAITING_COUNT or sum(len(one.raw) for one in self._waiting) > _WAITING_BYTES:
            for one in self._waiting:
                self._merged.add(one.raw + b"\n")
            self._waiting.clear()

    def told(self, taker: RecordTaker) -> Iterator[Piece]:
        """Each of them, or all together, once a study has come."""
        if self._merged.size_bytes:
            reason = f"no studies: {self.count:,} values before the first study of a list, kept together one a line"
            yield self._merged.refusal(taker.place, reason=reason)
        yield from self._waiting


def _why_none(piece: Piece) -> str:
    if isinstance(piece, Refusal):
        return piece.reason
    found = read_study(piece)
    return found.reason if isinstance(found, Refusal) else found.trial_id


def _items(taker: RecordTaker) -> Iterator[Piece]:
    """The items up to and including the closing bracket."""
    window = taker.window
    while _skip_comma(window):
        if window.data[:1] == b"]":
            window.drop(1)
            return
        yield _item(taker)
    if not taker.was_cut:
        yield KeptInput().refusal(taker.here(), reason=window.fault or _NOT_CLOSED)


def _item(taker: RecordTaker) -> Piece:
    window = taker.window
    line = window.line
    end = _guessed_end(window, is_checked=True)
    if end is None:
        scanner = ValueScanner(window.data)
        while not (scanner.is_done or len(window.data) > MAX_RECORD_BYTES) and window.fill():
            scanner.go_on(window.data)
        end = _likely_end(window, scanner)
        if end is None:
            return taker.cut() if window.is_at_end else taker.overlong(scanner)
    return taker.record(max(end, 1), line=line)  # a stray bracket is one byte


def _likely_end(window: ByteWindow, scanner: ValueScanner) -> int | None:
    """Where the item ends: by its brackets; where they mislead, before the next that begins alike."""
    guess = _guessed_end(window, is_checked=False)
    end = scanner.position if scanner.is_done else None
    if end is None or guess is None or end <= guess:
        return guess if end is None else end
    return end if _is_object(bytes(window.data[:end])) else guess


def _guessed_end(window: ByteWindow, *, is_checked: bool) -> int | None:
    """Where the item ends, if the next one begins with the same bytes as it does.

    ``is_checked``: only where the item parses, which makes the guess certain and costs less than a scan.
    """
    opening = _OPENING.match(window.data)
    if opening is None:
        return None
    window.fill_to(CHUNK_BYTES)
    data = window.data
    following = data.find(opening.group(), opening.end())
    comma = data.rfind(b",", 0, following) if following > 0 else -1
    if comma < 0 or data[comma + 1 : following].strip():
        return None
    return comma if not is_checked or _is_object(bytes(data[:comma])) else None


def _go_to_end_of_page(window: ByteWindow) -> None:
    """Go past what follows the studies in a list page."""
    scanner = ValueScanner(window.data, depth=1)
    while True:
        window.drop(scanner.position)
        scanner.position = 0
        if scanner.is_done or not window.fill():
            return
        scanner.go_on(window.data)


def _skip_comma(window: ByteWindow) -> bool:
    """Go past the comma between items; False where nothing follows."""
    while True:
        match = _COMMA.match(window.data)
        window.drop(match.end() if match else 0)
        if window.data:
            return True
        if not window.fill():
            return False


def _is_object(text: bytes) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except ValueError:
        return False

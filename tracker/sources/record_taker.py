"""Takes records out of a window of bytes: those that can be read, and those refused for their size or end.

It promises that what is taken is exactly the record's own bytes, and that a record too large or cut off is
refused with the hash of all of it. It does not know where records begin and end.
"""

from dataclasses import dataclass

from tracker.source import Place, RawRecord, RecordKind, Refusal
from tracker.sources.byte_window import ByteWindow
from tracker.sources.json_value import ValueScanner
from tracker.sources.refusals import MAX_RECORD_BYTES, TOO_LARGE, KeptInput

_CUT = "truncated: the file ends inside this record; fetch it again"


@dataclass(slots=True, kw_only=True)
class RecordTaker:
    """The records of ``window``, found at ``place``; ``was_cut``: one was cut off, and nothing is left."""

    window: ByteWindow
    place: Place
    expected_id: str | None
    was_cut: bool = False

    def record(self, end: int, *, line: int) -> RawRecord:
        """The next ``end`` bytes as a record, without white space around them."""
        return self._raw(self.window.take(end).strip(), self.at(line))

    def line(self, end: int, *, indent: bytes = b"") -> RawRecord:
        """A line as a record, as it stands, without its line end; ``indent`` of it has been gone past."""
        place = self.here()
        return self._raw(indent + self.window.take_of_line(end).removesuffix(b"\r"), place)

    def whole(self, kind: RecordKind = "study") -> RawRecord | Refusal:
        """All of the stream as one record, to the last byte."""
        window = self.window
        window.fill_to(MAX_RECORD_BYTES + 1)
        size = len(window.lead) + len(window.data)
        if window.fault or size > MAX_RECORD_BYTES:
            return self.refuse_whole(window.fault or TOO_LARGE)
        return self._raw(window.lead + window.take(len(window.data)), self.place, kind=kind)

    def refuse_whole(self, reason: str) -> Refusal:
        """All of the stream, refused as one."""
        kept = self.window.kept()
        kept.add(self.window.lead)
        self.window.drain(kept)
        return kept.refusal(self.place, reason=reason)

    def too_large_line(self) -> Refusal:
        """Refuse a line that is larger than a record may be, and stand at its end."""
        window, place = self.window, self.here()
        kept = window.kept()
        while (end := window.data.find(b"\n")) < 0:
            window.drop(len(window.data), kept)
            if not window.fill():
                return kept.refusal(place, reason=TOO_LARGE)
        window.drop(end, kept)
        return kept.refusal(place, reason=TOO_LARGE)

    def overlong(self, scanner: ValueScanner) -> Refusal:
        """Refuse a value that is larger than a record may be, and stand behind it."""
        window, place = self.window, self.here()
        kept = window.kept()
        while True:
            window.drop(scanner.position, kept)
            if scanner.is_done:
                return kept.refusal(place, reason=TOO_LARGE)
            scanner.position = 0
            if not window.fill():
                return self.cut(kept)
            scanner.go_on(window.data)

    def cut(self, kept: KeptInput | None = None) -> Refusal:
        """Refuse the rest of the stream, which ends inside a record."""
        place = self.here()
        kept = kept or self.window.kept()
        self.was_cut = True
        self.window.drain(kept)
        return kept.refusal(place, reason=self.window.fault or _CUT)

    def here(self) -> Place:
        """The place where the window stands."""
        return self.at(self.window.line)

    def at(self, line: int) -> Place:
        """The place of a line, counted from 1."""
        return Place(file=self.place.file, member=self.place.member, line=line)

    def _raw(self, raw: bytes, place: Place, *, kind: RecordKind = "study") -> RawRecord:
        return RawRecord(place=place, raw=raw, kind=kind, expected_id=self.expected_id)

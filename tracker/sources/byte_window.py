"""A sliding window over a stream of bytes, so that a file of any length is read within bounded memory.

It promises that a stream which breaks off (a truncated gzip, a read error) ends early with ``fault`` set,
and that all bytes before the break are handed out. It does not know what the bytes mean.
"""

import re
import zlib
from typing import Protocol

from tracker.sources.found import why
from tracker.sources.json_faults import UTF8_BOM
from tracker.sources.refusals import MAX_RECORD_BYTES, KeptInput

CHUNK_BYTES = 262_144
_WHITE = re.compile(rb"[ \t\r\n]*+")
_BLANK_LINES = re.compile(rb"(?:[ \t\r]*+\n)*+")


class ByteStream(Protocol):
    """What can be read piece by piece. Law: ``b""`` only at the end."""

    def read1(self, size: int, /) -> bytes:
        """At most ``size`` bytes, as many as are at hand."""
        ...


class ByteWindow:
    """The bytes of a stream that are at hand: ``data``; ``line`` is the number (from 1) of its first line.

    ``lead`` is what ``skip_lead`` went past. ``tap``, where set, is told of all that is gone past.
    """

    def __init__(self, stream: ByteStream, *, limit_bytes: int | None = None) -> None:
        """``limit_bytes``: what one refused record may unpack to, where the stream is packed."""
        self._stream = stream
        self._limit_bytes = limit_bytes
        self.data = bytearray()
        self.line = 1
        self.lead = b""
        self.tap: KeptInput | None = None
        self.fault: str | None = None
        self.is_at_end = False

    def fill(self) -> bool:
        """Read one more chunk; False where the stream has ended."""
        if self.is_at_end:
            return False
        try:
            chunk = self._stream.read1(CHUNK_BYTES)
        except EOFError:
            chunk, self.fault = b"", "truncated: the gzip data stops before its end; fetch the file again"
        except (OSError, zlib.error) as err:
            chunk, self.fault = b"", f"damaged: {why(err)}; fetch the file again"
        self.is_at_end = not chunk
        self.data += chunk
        return bool(chunk)

    def fill_to(self, size: int) -> None:
        """Have ``size`` bytes at hand, or all that are left."""
        while len(self.data) < size and self.fill():
            pass

    def drop(self, size: int, into: KeptInput | None = None) -> None:
        """Go past ``size`` bytes; ``into`` collects them where they belong to something refused."""
        if size:
            self._go_past(size, self.data.count(b"\n", 0, size), into)

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes, gone past."""
        taken = self._first(size)
        self.drop(size)
        return taken

    def take_of_line(self, size: int) -> bytes:
        """The next ``size`` bytes, gone past, in which no line ends."""
        taken = self._first(size)
        self._go_past(size, 0)
        return taken

    def skip_lead(self) -> bool:
        """Go past byte order mark and white space at the start; False where no more than that is there.

        White space without end is gone past as far as a record may be large, and no further.
        """
        size = len(UTF8_BOM) if self.data.startswith(UTF8_BOM) else 0
        while (size := self._white_end(size)) == len(self.data) <= MAX_RECORD_BYTES and self.fill():
            pass
        self.lead = self.take(size)
        return bool(self.data)

    def skip_white(self) -> bool:
        """Go past white space; False where nothing follows."""
        while True:
            self.drop(self._white_end(0))
            if self.data:
                return True
            if not self.fill():
                return False

    def skip_indent(self) -> bytes:
        """Go past the white space that is at hand before a text, and give it."""
        return self.take(self._white_end(0))

    def skip_blank_lines(self) -> bool:
        """Go to the start of the next line that says something; False where none does."""
        while True:
            match = _BLANK_LINES.match(self.data)
            self.drop(match.end() if match else 0)
            if self._white_end(0) < len(self.data):
                return True
            self.drop(len(self.data) if self.is_at_end or len(self.data) > CHUNK_BYTES else 0)
            if not self.fill():
                return False

    def next_byte(self, start: int) -> bytes:
        """The first byte from ``start`` on that is no white space; none where nothing follows in a record's size."""
        while (start := self._white_end(start)) == len(self.data):
            if len(self.data) > MAX_RECORD_BYTES or not self.fill():
                return b""
        return bytes(self.data[start : start + 1])

    def kept(self) -> KeptInput:
        """A new collector for what is refused."""
        return KeptInput(limit_bytes=self._limit_bytes)

    def drain(self, into: KeptInput) -> None:
        """Go past all that is left."""
        self.drop(len(self.data), into)
        while self.fill():
            self.drop(len(self.data), into)

    def _first(self, size: int) -> bytes:
        with memoryview(self.data) as data, data[:size] as first:  # a slice of the data itself would be one more copy
            return bytes(first)

    def _go_past(self, size: int, lines: int, into: KeptInput | None = None) -> None:
        for kept in (into, self.tap):
            if kept is not None:
                kept.add(self.data[:size])
        self.line += lines
        del self.data[:size]

    def _white_end(self, start: int) -> int:
        match = _WHITE.match(self.data, start)
        return match.end() if match else start

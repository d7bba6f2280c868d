"""A sliding window over a stream of bytes, so that a file of any length is read within bounded memory.

It promises that a stream which breaks off (a truncated gzip, a read error) ends early with ``fault`` set,
and that all bytes before the break are handed out. It does not know what the bytes mean.
"""

import re
import zlib
from typing import Protocol

from tracker.sources.found import why
from tracker.sources.refusals import KeptInput

CHUNK_BYTES = 262_144
_WHITE = re.compile(rb"[ \t\r\n]*+")


class ByteStream(Protocol):
    """What can be read piece by piece. Law: ``b""`` only at the end."""

    def read1(self, size: int, /) -> bytes:
        """At most ``size`` bytes, as many as are at hand."""
        ...


class ByteWindow:
    """The bytes of a stream that are at hand: ``data``; ``line`` is the number (from 1) of its first line."""

    def __init__(self, stream: ByteStream, *, limit_bytes: int | None = None) -> None:
        """``limit_bytes``: what one refused record may unpack to, where the stream is packed."""
        self._stream = stream
        self._limit_bytes = limit_bytes
        self.data = bytearray()
        self.line = 1
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
        if into is not None:
            into.add(self.data[:size])
        self.line += self.data.count(b"\n", 0, size)
        del self.data[:size]

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes, gone past."""
        taken = bytes(self.data[:size])
        self.drop(size)
        return taken

    def skip_white(self) -> bool:
        """Go past white space; False where nothing follows."""
        while True:
            match = _WHITE.match(self.data)
            self.drop(match.end() if match else 0)
            if self.data:
                return True
            if not self.fill():
                return False

    def kept(self) -> KeptInput:
        """A new collector for what is refused."""
        return KeptInput(limit_bytes=self._limit_bytes)

    def drain(self, into: KeptInput) -> None:
        """Go past all that is left."""
        self.drop(len(self.data), into)
        while self.fill():
            self.drop(len(self.data), into)

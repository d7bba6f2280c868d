"""What is kept of an input that was not taken, and how large a record may be.

It promises that small refused input is kept whole, that of large input the first bytes, the size and the
hash are kept, and that hashing never holds more than one chunk. It does not know why something is refused.
"""

import hashlib
from collections.abc import Iterable

from tracker.domain.errors import InvalidInput
from tracker.source import Place, RawRecord, Refusal

MAX_RECORD_BYTES = 32_000_000  # the registry's largest record has 3.6 MB
KEPT_WHOLE_BYTES = 10_000_000  # refused input up to this size is kept whole in quarantine
KEPT_HEAD_BYTES = 65_536  # of anything larger, this much
MAX_RATIO = 200  # unpacked to packed; real records shrink 5 to 30 times

TOO_LARGE = f"the record has more than {MAX_RECORD_BYTES // 1_000_000} MB, the most that is read"


def refuse(raw: RawRecord, reason: str) -> Refusal:
    """The refusal of a record that is held in memory; of one alone in a packed file, with that file's bytes."""
    return refuse_bytes(raw.place, reason=reason, raw=raw.raw if raw.file_bytes is None else raw.file_bytes)


def refuse_bytes(place: Place, *, reason: str, raw: bytes) -> Refusal:
    """The refusal of an input that is held in memory."""
    kept = raw if len(raw) <= KEPT_WHOLE_BYTES else raw[:KEPT_HEAD_BYTES]
    return Refusal(place=place, reason=reason, raw=kept, size_bytes=len(raw), sha256=hashlib.sha256(raw).hexdigest())


def refuse_chunks(place: Place, *, reason: str, chunks: Iterable[bytes]) -> Refusal:
    """The refusal of an input that comes in pieces and may be larger than memory."""
    kept = KeptInput()
    for chunk in chunks:
        kept.add(chunk)
    return kept.refusal(place, reason=reason)


def refuse_unread(place: Place, *, reason: str) -> Refusal:
    """The refusal of an input of which no byte can be had, such as a folder that cannot be read."""
    return refuse_bytes(place, reason=reason, raw=b"")


class TooDense(InvalidInput):
    """One record unpacks to more than its file can honestly hold: a bomb."""


class KeptInput:
    """Collects what a refusal keeps while input passes by; TooDense where more than ``limit_bytes`` pass."""

    def __init__(self, *, limit_bytes: int | None = None) -> None:
        self._limit_bytes = limit_bytes
        self._hash = hashlib.sha256()
        self._kept = bytearray()
        self.size_bytes = 0

    def add(self, chunk: bytes | bytearray) -> None:
        """Take the next bytes of the input."""
        self._hash.update(chunk)
        self.size_bytes += len(chunk)
        if self._limit_bytes is not None and self.size_bytes > self._limit_bytes:
            raise TooDense(f"a bomb: one record unpacks to more than {MAX_RATIO} times its file's size")
        room = KEPT_WHOLE_BYTES if self.size_bytes <= KEPT_WHOLE_BYTES else KEPT_HEAD_BYTES
        if len(self._kept) < room:
            self._kept += chunk[: room - len(self._kept)]
        elif len(self._kept) > room:
            del self._kept[room:]

    def refusal(self, place: Place, *, reason: str, keep: bool = True) -> Refusal:
        """The refusal of what was added; ``keep=False`` for archives, of which name and hash are enough."""
        return Refusal(
            place=place,
            reason=reason,
            raw=bytes(self._kept) if keep else b"",
            size_bytes=self.size_bytes,
            sha256=self._hash.hexdigest(),
        )

"""Which trials occur more than once in an import, found without parsing JSON.

A bit per possible NCT number keeps memory constant (12.5 MB each for seen and seen again), whatever the
import's length. Ids are searched as bytes, so a record that mentions another trial may make that one count
as repeated: it is then ordered with more care than needed. It promises no more than that, and does not know
what a record says.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress

from tracker.sources.content import is_gzip, is_zip
from tracker.sources.found import FoundFile, claimed_id
from tracker.sources.refusals import MAX_RECORD_BYTES
from tracker.sources.zip_directory import DamagedZip, ZipDirectory

# What stands before an id, and how it follows, in JSON and in page texts
_IN_JSON = {b'"nctId"': re.compile(rb'\s*:\s*"(NCT\d{8})"')}
_IN_PAGES = {b"NCT ID:": re.compile(rb"[ \t]*(NCT\d{8})")}
_LONGEST_MATCH = 64  # bytes of an id with its key, unless somebody spread white space between them
_NUMBERS = 100_000_000
_PIECE_BYTES = 1_048_576


class ClaimedIds:
    """Counts to two for each NCT number."""

    def __init__(self) -> None:
        self._seen = bytearray(_NUMBERS // 8)
        self._repeated: set[int] = set()

    def add(self, trial_id: str) -> None:
        """Take note of one more record that claims to be ``trial_id``."""
        number = int(trial_id[3:])
        byte, bit = number >> 3, 1 << (number & 7)
        if self._seen[byte] & bit:
            self._repeated.add(number)
        self._seen[byte] |= bit

    def repeated(self) -> frozenset[str]:
        """The ids that were taken note of more than once."""
        return frozenset(f"NCT{number:08d}" for number in self._repeated)

    def search(self, pieces: Iterable[bytes]) -> None:
        """Take note of each id in a stream of records."""
        tail = b""
        marks: dict[bytes, re.Pattern[bytes]] = {}
        for piece in pieces:
            marks = marks or (_IN_JSON if piece.lstrip()[:1] in (b"{", b"[") else {**_IN_JSON, **_IN_PAGES})
            text = tail + piece
            last = max(self._search_for(mark, id_behind, text) for mark, id_behind in marks.items())
            tail = text[max(last, len(text) - _LONGEST_MATCH) :]

    def _search_for(self, mark: bytes, id_behind: re.Pattern[bytes], text: bytes) -> int:
        """Take note of the ids after each ``mark`` in ``text``, and say where the last of them ends."""
        at, last = text.find(mark), 0  # several times as fast as a search by pattern
        while at >= 0:
            match = id_behind.match(text, at + len(mark))
            if match:
                self.add(match.group(1).decode("ascii"))
                last = match.end()
            at = text.find(mark, at + len(mark))
        return last


def note_ids(found: FoundFile, ids: ClaimedIds) -> None:
    """Take note of the ids in one file; damage is no concern here, since reading will meet it."""
    if found.expected_id:
        ids.add(found.expected_id)
        return
    try:
        file = found.open()
    except OSError:
        return
    try:
        magic = file.read(4)
        file.seek(0)
        if is_zip(magic):
            _note_members(ZipDirectory(file), ids)
        elif is_gzip(magic):
            unpacked = gzip.GzipFile(fileobj=file)
            ids.search(iter(lambda: unpacked.read1(_PIECE_BYTES), b""))
        else:
            ids.search(iter(lambda: file.read(_PIECE_BYTES), b""))
    except (OSError, EOFError, zlib.error, DamagedZip):
        return
    finally:
        found.close(file)


def _note_members(directory: ZipDirectory, ids: ClaimedIds) -> None:
    for member in directory:
        trial_id = claimed_id(member.name)
        if trial_id:
            ids.add(trial_id)
        elif member.is_readable and not member.is_encrypted:
            with suppress(DamagedZip):
                ids.search(_at_most(MAX_RECORD_BYTES, directory.unpacked(member)))


def _at_most(size: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        size -= len(piece)
        if size < 0:
            return

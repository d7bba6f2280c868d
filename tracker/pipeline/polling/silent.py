"""Sets aside the observations in which a record changed though no date moved, until their leg has ended.

Only then is it known whether the registry changed one thing on many records at once. They lie in a temporary file that
is gone with the process; memory stays the same however many there are.
"""

import pickle
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tracker.pipeline.preparing import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentSight:
    """An observation, when it was made, and the patterns of the paths that differ."""

    prepared: Prepared
    observed_at: datetime
    paths: frozenset[str]


class SilentSights:
    """Silent observations, handed back in the order in which they came."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)  # "": a private file, deleted when closed
        self._file.execute("CREATE TABLE silent (place INTEGER PRIMARY KEY, body BLOB)")
        self._file.execute("BEGIN")

    def add(self, sight: SilentSight) -> None:
        """Set an observation aside."""
        self._file.execute("INSERT INTO silent (body) VALUES (?)", (pickle.dumps(sight),))

    def batches(self, size: int) -> Iterator[list[SilentSight]]:
        """All that was set aside, so many at a time."""
        after = 0
        while rows := self._file.execute(
            "SELECT place, body FROM silent WHERE place > ? ORDER BY place LIMIT ?", (after, size)
        ).fetchall():
            yield [pickle.loads(body) for _, body in rows]
            after = rows[-1][0]

    def last(self) -> int:
        """The place of the last; 0 where there is none."""
        (place,) = self._file.execute("SELECT coalesce(max(place), 0) FROM silent").fetchone()
        return int(place)

    def forget(self, after: int) -> None:
        """Forget what lies behind a place."""
        self._file.execute("DELETE FROM silent WHERE place > ?", (after,))

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

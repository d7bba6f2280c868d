"""Holds back the versions of trials that come more than once in an import, until all have been seen.

Lies in a temporary file that is gone with the process; memory stays the same however much it holds.
"""

import pickle
import sqlite3
from collections.abc import Iterator
from itertools import groupby

from tracker.pipeline.preparing import Prepared

_GROUPS = "SELECT trial_id, body FROM held_back ORDER BY trial_id, place"


class Spool:
    """Prepared observations, handed back trial by trial in the order in which they came."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)  # "": a private file, deleted when closed
        self._file.execute("CREATE TABLE held_back (place INTEGER PRIMARY KEY, trial_id TEXT, body BLOB)")
        self._file.execute("BEGIN")

    def add(self, prepared: Prepared) -> None:
        """Hold an observation back."""
        self._file.execute(
            "INSERT INTO held_back (trial_id, body) VALUES (?, ?)",
            (prepared.trial_id, pickle.dumps(prepared)),
        )

    def groups(self) -> Iterator[list[Prepared]]:
        """The observations of one trial at a time."""
        self._file.execute("CREATE INDEX by_trial ON held_back (trial_id, place)")
        for _, rows in groupby(self._file.execute(_GROUPS), key=lambda row: row[0]):
            yield [pickle.loads(body) for _, body in rows]

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

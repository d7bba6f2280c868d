"""What a transaction tells those who wait: that there is something new to read or to deliver.

It promises that they hear of it once the transaction has committed, never of one that was rolled back, and that
telling costs one statement in a transaction, however much is written in it. It does not know who listens.
"""

from sqlalchemy import Connection

from store.dialect import Dialect


class Announcement:
    """The announcement of one transaction."""

    def __init__(self, connection: Connection, *, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect
        self._is_made = False

    def make(self) -> None:
        """Let all who listen hear of this transaction once it commits."""
        if not self._is_made:
            self._dialect.announce(self._connection)
            self._is_made = True

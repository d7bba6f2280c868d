"""An index of words over a table that somebody else owns and writes: made, emptied, asked.

The table has a column of words, separated by spaces, and a column of numbers by which rows are found and
ordered; a row without a number is not found. It promises that rows are found as the table holds them, in the
transaction that writes them too, and the same ones in the same order on both databases. Many rows come and go in one
statement (`store.bulk.insert_at_once`), with rising numbers: one by one they cost several times as much.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from store.engine import dialect_named
from store.words import Asked, WordIndexSql, written


@dataclass(frozen=True, slots=True, kw_only=True)
class WordIndex:
    """The index of the column ``words`` of ``table``, whose rows go by the numbers in ``key``."""

    table: str
    key: str
    words: str

    def make(self, connection: Connection) -> None:
        """Make it for a table that is there and empty."""
        self._run(connection, self._sql(connection).make)

    def drop(self, connection: Connection) -> None:
        """Remove what is left of it, before or after its table."""
        self._run(connection, self._sql(connection).drop)

    def empty(self, connection: Connection) -> None:
        """Take all rows out of the table; readers of other transactions go on seeing them until this one commits."""
        self._run(connection, self._sql(connection).empty)

    def keys(
        self, connection: Connection, asked: Asked | None, *, before: int, limit: int, like: Sequence[str] = ()
    ) -> list[int]:
        """The highest numbers below ``before`` of the rows that ``asked`` finds, or of all rows; falling.

        ``like``: patterns, all of which the words must be like, as they stand; each row found is looked at for them.
        """
        dialect = dialect_named(connection.dialect.name)
        found = f"SELECT {self.key} AS found FROM {self.table}" if asked is None else self._sql(connection).keys
        looked_at = f"SELECT 1 FROM {self.table} WHERE {self.key} = found"
        looked_at += "".join(f" AND {self.words} LIKE :like_{place}" for place in range(len(like)))
        is_like = f" AND EXISTS ({looked_at})" if like else ""
        where = f"found < :before{is_like} ORDER BY found DESC LIMIT :most"
        question = text(f"SELECT found FROM ({found}) AS rows WHERE {where}")
        given: dict[str, object] = {"before": before, "most": limit}
        given |= {f"like_{place}": pattern for place, pattern in enumerate(like)}
        if asked is not None:
            given["asked"] = written(asked, dialect.word_syntax)
        return list(connection.scalars(question, given))

    def fault(self, connection: Connection) -> str | None:
        """Whether it holds more or less than its table says, looked through in a reading transaction.

        Memory does not grow with it. None also where the database sees to that itself.
        """
        *made, question = self._sql(connection).listed or ("",)
        if not question:
            return None
        self._run(connection, tuple(made))
        held = _sum_of((word, key) for word, key in connection.exec_driver_sql(question))
        rows = connection.exec_driver_sql(
            f"SELECT {self.key}, {self.words} FROM {self.table} WHERE {self.key} IS NOT NULL"
        )
        said = _sum_of((word, key) for key, words in rows for word in set(words.split()))
        return None if held == said else f"the index of words over {self.table} does not hold what the table says"

    def _sql(self, connection: Connection) -> WordIndexSql:
        dialect = dialect_named(connection.dialect.name)
        return dialect.word_index(self.table, key=self.key, words=self.words)

    def _run(self, connection: Connection, statements: tuple[str, ...]) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _sum_of(pairs: Iterable[tuple[str, int]]) -> tuple[int, int]:
    """How many there are, and a sum that other pairs do not have, in whatever order they come."""
    count = total = 0
    for pair in pairs:
        count, total = count + 1, total + hash(pair)
    return count, total

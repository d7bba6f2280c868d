"""Tellings: which conditions a subscription was told of, so that each is told once.

It promises that a condition under one key is told of once in the life of its subscription, and that its end is told
once; of what is known and was not told, neither is. It does not know what a condition is, nor how it is told.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select, text, update

from store.bulk import insert_rows
from store.dialect import Dialect
from store.instants import instant_of, instant_text
from store.json_text import encode
from store.tables import TELLINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTelling:
    """A condition that holds for ``subject`` because of ``cause``; ``key`` says all three in one.

    ``judged_by``: a number of the caller's, of what the subject was when it was judged.
    """

    key: str
    condition: str
    subject: str
    cause: str
    judged_by: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A condition that was told, first and last at two instants; ``over_at`` is when its end was told.

    What is known and was not told is over from the beginning: there is nothing to repeat, and no end to tell.
    """

    subscription_id: str
    key: str
    condition: str
    subject: str
    cause: str
    judged_by: int
    told_at: datetime
    last_told_at: datetime
    over_at: datetime | None


class Tellings:
    """What one subscription or another was told of, as one transaction sees and changes it."""

    def __init__(self, connection: Connection, *, dialect: Dialect) -> None:
        self._connection = connection
        self._by_key = text(_BY_KEY.format(texts=dialect.json_texts))

    def known(self, subscription_id: str, keys: Collection[str]) -> dict[str, Telling]:
        """Those of ``keys`` that were told, by key; the ones that are over too."""
        named = {"subscription_id": subscription_id, "texts": encode(sorted(keys)).decode()}
        return {row["key"]: _telling(row) for row in self._connection.execute(self._by_key, named).mappings()}

    def open(self, subscription_id: str, subjects: Collection[str] | None = None) -> list[Telling]:
        """What was told and is not over, of all subjects or of some hundreds, by key."""
        wanted = select(TELLINGS).where(TELLINGS.c.subscription_id == subscription_id, TELLINGS.c.over_at.is_(None))
        if subjects is not None:
            wanted = wanted.where(TELLINGS.c.subject.in_(list(subjects)))
        return [_telling(row) for row in self._connection.execute(wanted.order_by(TELLINGS.c.key)).mappings()]

    def tell(self, subscription_id: str, tellings: Sequence[NewTelling], now: datetime) -> int:
        """Keep that these were told, and answer how many are new; a key that was told stays as it is."""
        return self._add(subscription_id, tellings, at=instant_text(now), over_at=None)

    def know(self, subscription_id: str, tellings: Sequence[NewTelling], now: datetime) -> int:
        """Keep that these are known and need not be told, and answer how many are new; a known key stays as it is."""
        at = instant_text(now)
        return self._add(subscription_id, tellings, at=at, over_at=at)

    def tell_again(self, subscription_id: str, keys: Collection[str], now: datetime) -> None:
        """Keep that these, told before and not over, were told once more."""
        self._change(subscription_id, keys, last_told_at=instant_text(now))

    def end(self, subscription_id: str, keys: Collection[str], now: datetime) -> None:
        """Keep that the end of these was told; one that is over stays so since then."""
        self._change(subscription_id, keys, over_at=instant_text(now))

    def _add(self, subscription_id: str, tellings: Sequence[NewTelling], *, at: str, over_at: str | None) -> int:
        rows = [
            (subscription_id, one.key, one.condition, one.subject, one.cause, one.judged_by, at, at, over_at)
            for one in tellings
        ]
        return insert_rows(self._connection, TELLINGS, rows, on_conflict="ON CONFLICT DO NOTHING")

    def _change(self, subscription_id: str, keys: Collection[str], **values: Any) -> None:
        is_one = (TELLINGS.c.subscription_id == subscription_id, TELLINGS.c.key == bindparam("of_key"))
        change = update(TELLINGS).where(*is_one, TELLINGS.c.over_at.is_(None)).values(**values)
        if keys:
            self._connection.execute(change, [{"of_key": key} for key in sorted(keys)])


_BY_KEY = """
    SELECT tellings.* FROM ({texts}) AS wanted
      JOIN tellings ON tellings.subscription_id = :subscription_id AND tellings.key = wanted.value
"""


def _telling(row: RowMapping) -> Telling:
    instants = {name: None if row[name] is None else instant_of(row[name]) for name in _INSTANTS}
    return Telling(**{**row, **instants})


_INSTANTS = ("told_at", "last_told_at", "over_at")

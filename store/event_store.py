"""Append to the ledger and read it, within one transaction.

It promises: positions without holes, in the order of commits; an append at the wrong version changes
nothing; an event id is recorded once, whoever sends it again; each event is chained to the one before it.
Reading takes bounded memory. It does not know what events mean, and never begins or ends a transaction.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, func, select, text, update

from store.announcement import Announcement
from store.bulk import insert_rows
from store.dialect import Dialect
from store.errors import InvalidInput, Permanent
from store.event_batch import EventBatch, recorded
from store.events import ANY, EventData, Head, RecordedEvent, StreamAppend, check_name
from store.hash_chain import BEGINNING, HEAD_MISSING, ChainFault, ChainLink, ChainMark, check_chain
from store.instants import Clock, instant_text
from store.json_text import encode
from store.tables import EVENTS, LEDGER_HEAD

_PAGE_EVENTS = 256  # read at a time: a page of ordinary events is well under a megabyte

_VERSIONS = """
    SELECT wanted.value,
           (SELECT max(stream_version) FROM events WHERE stream = wanted.value) AS stream_version
      FROM ({texts}) AS wanted
"""
_COLUMNS = [column.name for column in EVENTS.c]
_BY_ID = "SELECT {columns} FROM ({texts}) AS wanted JOIN events ON events.event_id = wanted.value"


class EventStore:
    """The events of one transaction: what it appends, and what it can see; without ``announcement`` it only reads."""

    def __init__(
        self, connection: Connection, *, dialect: Dialect, clock: Clock, announcement: Announcement | None
    ) -> None:
        self._connection = connection
        self._announcement = announcement
        self._clock = clock
        self._versions_sql = text(_VERSIONS.format(texts=dialect.json_texts))
        self._by_id_sql = text(
            _BY_ID.format(columns=", ".join(f"events.{name}" for name in _COLUMNS), texts=dialect.json_texts)
        )

    def append(self, stream: str, events: Sequence[EventData], *, expected_version: int | None) -> list[RecordedEvent]:
        """Record events at the end of one stream: see `append_many`."""
        return self.append_many([StreamAppend(stream=stream, events=events, expected_version=expected_version)])

    def append_many(self, appends: Sequence[StreamAppend]) -> list[RecordedEvent]:
        """Record the events of many streams at once; answers one recorded event for each given, in order.

        An event whose id is known is answered as it was recorded first and not recorded again; an append
        of nothing but such events passes whatever version it expects. Raises WrongExpectedVersion or
        InvalidInput, and then nothing of the call is written.
        """
        if self._announcement is None:
            raise InvalidInput("events are appended in a writing transaction, which puts them in order")
        for append in appends:
            _check(append)
        known = self._recorded_under({event.event_id for append in appends for event in append.events})
        batch = EventBatch(
            head=self.head(),
            versions=self._versions({append.stream for append in appends}),
            known=known,
            recorded_at=instant_text(self._clock()),
        )
        answered = [event for append in appends for event in batch.add(append)]
        if batch.rows:
            self._write(batch)
            self._announcement.make()
        return answered

    def read_all(
        self,
        after: int = 0,
        limit: int | None = None,
        types: Collection[str] | None = None,
        until: int | None = None,
    ) -> Iterator[RecordedEvent]:
        """Events of all streams with position > `after` and <= `until`, in order; without `types`, of every type."""
        wanted: list[ColumnElement[bool]] = [] if types is None else [EVENTS.c.type.in_(sorted(types))]
        if until is not None:
            wanted.append(EVENTS.c.position <= until)
        return map(recorded, self._pages(EVENTS.c.position, after, limit, wanted))

    def read_stream(self, stream: str, from_version: int = 0) -> Iterator[RecordedEvent]:
        """Events of one stream with version >= `from_version`, in order; none if there is no such stream."""
        rows = self._pages(EVENTS.c.stream_version, from_version - 1, None, [EVENTS.c.stream == stream])
        return map(recorded, rows)

    def stream_version(self, stream: str) -> int | None:
        """The version of the stream's last event; None when there is no such stream."""
        return self._versions({stream}).get(stream)

    def head(self) -> Head:
        """The ledger's end as this transaction sees it; Permanent when it is gone."""
        head = self._head()
        if head is None:
            raise Permanent(HEAD_MISSING)
        return head

    def counts_by_type(self, *, after: int, until: int) -> dict[str, int]:
        """How many events of each type have a position > `after` and <= `until`."""
        columns = (EVENTS.c.type, func.count().label("total"))
        within = (EVENTS.c.position > after, EVENTS.c.position <= until)
        rows = self._connection.execute(select(*columns).where(*within).group_by(EVENTS.c.type))
        return {row.type: row.total for row in rows}

    def verify(self, *, after: ChainMark = BEGINNING) -> ChainFault | None:
        """Read the ledger from behind ``after``, and name its first fault: see `store.hash_chain`.

        That the event at ``after`` still has its hash is a part of it.
        """
        rows = self._pages(EVENTS.c.position, after.position, None, [])
        links = (ChainLink(**dict(zip(_COLUMNS, row, strict=True))) for row in rows)
        if after.position:
            found = self._connection.scalar(select(EVENTS.c.hash).where(EVENTS.c.position == after.position))
            if found != after.hash:
                return ChainFault(position=after.position, reason="not the event that stood there at the last check")
        return check_chain(
            links, self._head(), after=after, version_before=lambda stream: self._version_at(stream, after.position)
        )

    def mark(self) -> ChainMark:
        """The end of the ledger as it is now, to verify from later."""
        head = self.head()
        return ChainMark(position=head.position, hash=head.hash)

    def _version_at(self, stream: str, position: int) -> int:
        wanted = (EVENTS.c.stream == stream, EVENTS.c.position <= position)
        found = self._connection.scalar(select(func.max(EVENTS.c.stream_version)).where(*wanted))
        return -1 if found is None else int(found)

    def _head(self) -> Head | None:
        row = self._connection.execute(_HEAD).one_or_none()
        return None if row is None else Head(position=row[0], hash=row[1], count=row[2])

    def _recorded_under(self, event_ids: Collection[str]) -> dict[str, RecordedEvent]:
        rows = self._connection.execute(self._by_id_sql, _texts(event_ids))
        return {event.event_id: event for event in map(recorded, rows)}

    def _versions(self, streams: Collection[str]) -> dict[str, int]:
        rows = self._connection.execute(self._versions_sql, _texts(streams))
        return {stream: version for stream, version in rows if version is not None}

    def _write(self, batch: EventBatch) -> None:
        insert_rows(self._connection, EVENTS, batch.rows)
        head = batch.head
        self._connection.execute(_MOVE_HEAD, {"position": head.position, "hash": head.hash, "count": head.count})

    def _pages(
        self, key: Column[int], after: int, limit: int | None, wanted: Sequence[ColumnElement[bool]]
    ) -> Iterator[Row[Any]]:
        """Rows in order of `key`, one page in memory; a page begins after the key the last one ended with."""
        left = limit
        while left is None or left > 0:
            size = _PAGE_EVENTS if left is None else min(_PAGE_EVENTS, left)
            page = select(EVENTS).where(key > after, *wanted).order_by(key).limit(size)
            rows = self._connection.execute(page).all()
            yield from rows
            if len(rows) < size:
                return
            after = getattr(rows[-1], key.name)
            left = None if left is None else left - size


_HEAD = select(LEDGER_HEAD.c.position, LEDGER_HEAD.c.hash, LEDGER_HEAD.c.count)
_MOVE_HEAD = update(LEDGER_HEAD)


def _texts(values: Iterable[str]) -> dict[str, str]:
    return {"texts": encode(list(values)).decode()}


def _check(append: StreamAppend) -> None:
    check_name("stream", append.stream)
    if append.expected_version is not ANY and append.expected_version < -1:
        raise InvalidInput(f"expected version {append.expected_version} is no version; use NO_STREAM, 0, 1 ...")
    for event in append.events:
        check_name("event id", event.event_id)
        check_name("event type", event.type)
        if event.schema_version < 1:
            raise InvalidInput(f"event {event.event_id}: schema versions count from 1")

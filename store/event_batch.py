"""The events of one append call, numbered and chained before a single one is written.

It promises that what it answers is what reading will answer, and that it decides everything (versions,
repeated ids) from what it was given. It does not know the database.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from store.errors import InvalidInput, Permanent, WrongExpectedVersion
from store.events import ANY, NO_STREAM, EventData, Head, RecordedEvent, StreamAppend
from store.hash_chain import link_hash
from store.instants import instant_of
from store.json_text import decode, encode_and_decode

EventRow = tuple[int, str, int, str, str, int, str, str, str, str, str]
"""One event in the order of the columns of `store.tables.EVENTS`."""


class EventBatch:
    """Grows by one append after another; `rows` and `head` are what then must be written."""

    def __init__(
        self, *, head: Head, versions: dict[str, int], known: dict[str, RecordedEvent], recorded_at: str
    ) -> None:
        self.head = head
        self.rows: list[EventRow] = []
        self._versions = versions
        self._known = known
        self._recorded_at = recorded_at
        self._instant = instant_of(recorded_at)

    def add(self, append: StreamAppend) -> list[RecordedEvent]:
        """The append's events as recorded, those recorded before included; WrongExpectedVersion."""
        if any(event.event_id not in self._known for event in append.events):
            self._check_version(append)
        return [self._known.get(event.event_id) or self._record(append.stream, event) for event in append.events]

    def _check_version(self, append: StreamAppend) -> None:
        actual = self._versions.get(append.stream)
        expected = append.expected_version
        if expected is not ANY and expected != (NO_STREAM if actual is None else actual):
            raise WrongExpectedVersion(append.stream, expected, actual)

    def _record(self, stream: str, event: EventData) -> RecordedEvent:
        position, version = self.head.position + 1, self._versions.get(stream, NO_STREAM) + 1
        data_text, data = _object_text(event, event.data)
        metadata_text, metadata = _object_text(event, event.metadata)
        previous_hash = self.head.hash
        hash_ = link_hash(
            previous_hash=previous_hash,
            position=position,
            stream=stream,
            stream_version=version,
            event_id=event.event_id,
            type=event.type,
            schema_version=event.schema_version,
            data=data_text,
            metadata=metadata_text,
            recorded_at=self._recorded_at,
        )
        row = (
            position,
            stream,
            version,
            event.event_id,
            event.type,
            event.schema_version,
            data_text,
            metadata_text,
            self._recorded_at,
            previous_hash,
            hash_,
        )
        self.rows.append(row)
        self.head = Head(position=position, hash=hash_, count=self.head.count + 1)
        self._versions[stream] = version
        as_read = _event(row, data=data, metadata=metadata, recorded_at=self._instant)
        self._known[event.event_id] = as_read
        return as_read


def recorded(row: Sequence[Any]) -> RecordedEvent:
    """The event of a row of the events table; Permanent when its texts are damaged."""
    try:
        return _event(row, data=decode(row[6]), metadata=decode(row[7]), recorded_at=instant_of(row[8]))
    except ValueError as err:
        raise Permanent(
            f"the event at position {row[0]} is damaged ({err}); verify the ledger, restore a backup"
        ) from err


def _event(row: Any, *, data: Any, metadata: Any, recorded_at: datetime) -> RecordedEvent:
    position, stream, version, event_id, type_, schema_version, _, _, _, previous_hash, hash_ = row
    return RecordedEvent(
        position=position,
        stream=stream,
        stream_version=version,
        event_id=event_id,
        type=type_,
        schema_version=schema_version,
        data=data,
        metadata=metadata,
        recorded_at=recorded_at,
        previous_hash=previous_hash,
        hash=hash_,
    )


def _object_text(event: EventData, value: dict[str, Any]) -> tuple[str, Any]:
    """The JSON text of an event's data or metadata, and the value that reading it will answer."""
    try:
        text, read = encode_and_decode(value)
    except InvalidInput as err:
        raise InvalidInput(f"event {event.event_id} ({event.type}) cannot be recorded: {err}") from err
    if not isinstance(read, dict):
        raise InvalidInput(f"event {event.event_id}: data and metadata are dicts, not {type(value).__name__}")
    return text.decode(), read

"""The ledger of watching inside one transaction of the store.

Promises: events are recorded in the order given, each at the end of its stream, and read back as they were, in the
order of their positions. The writer holds the write transaction, so what it has read of the watch list still holds.
It does not know when something is tracked already.
"""

import heapq
from collections.abc import Iterator, Sequence
from operator import attrgetter

from store.events import NO_STREAM, StreamAppend
from store.unit_of_work import Transaction
from tracker.domain.watching import WATCH_STREAM, WatchEventType, members_stream
from tracker.ledger.watch_events import (
    RecordedWatchEvent,
    Tracking,
    WatchEvent,
    decode_watch_event,
    encode_watch_event,
)


class WatchLedger:
    """Reads and appends the events of watching."""

    def __init__(self, transaction: Transaction) -> None:
        self._events = transaction.events

    def append(self, events: Sequence[WatchEvent], *, run_id: str) -> list[RecordedWatchEvent]:
        """Record ``events``, all of one stream, in their order."""
        if not events:
            return []
        stream = events[0].stream
        found = self._events.stream_version(stream)
        version = NO_STREAM if found is None else found
        appended = self._events.append_many(
            [
                StreamAppend(
                    stream=stream,
                    events=[
                        encode_watch_event(event, stream_version=at, run_id=run_id)
                        for at, event in enumerate(events, start=version + 1)
                    ],
                    expected_version=version,
                )
            ]
        )
        return [
            RecordedWatchEvent(
                position=stored.position,
                stream_version=stored.stream_version,
                recorded_at=stored.recorded_at,
                event=event,
            )
            for stored, event in zip(appended, events, strict=True)
        ]

    def read(self) -> Iterator[RecordedWatchEvent]:
        """All events of watching in order of position, found by their streams: the trials' are not gone through."""
        names = {
            told.event.name
            for told in self.of_tracking()
            if isinstance(told.event, Tracking) and told.event.type is WatchEventType.QUERY_TRACKED
        }
        streams = [WATCH_STREAM, *map(members_stream, sorted(names))]
        return heapq.merge(*map(self._stream, streams), key=attrgetter("position"))

    def of_tracking(self) -> Iterator[RecordedWatchEvent]:
        """What was tracked, and what was so no longer, in order of position."""
        return self._stream(WATCH_STREAM)

    def of_members(self, name: str) -> Iterator[RecordedWatchEvent]:
        """Who entered and left the query called ``name``, in order of position; nothing where it was never listed."""
        return self._stream(members_stream(name))

    def _stream(self, stream: str) -> Iterator[RecordedWatchEvent]:
        return map(decode_watch_event, self._events.read_stream(stream))

"""The ledger of trials inside one transaction of the store.

Promises: events of a revision are recorded together, at the stream version their writer expected; what was recorded
is read back as it was. It does not know which revision follows from which observation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from store.events import NO_STREAM, StreamAppend
from store.unit_of_work import Transaction
from tracker.domain.trial_id import stream_of, trial_of
from tracker.ledger.codec import decode_event, encode_event
from tracker.ledger.events import RecordedTrialEvent, TrialEvent

NEW_TRIAL = NO_STREAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Events of one trial to be recorded together; all are steps from snapshot ``before`` to their revision's."""

    trial_id: str
    events: Sequence[TrialEvent]
    before: str | None
    expected_version: int


class Ledger:
    """Reads and appends the events of trials."""

    def __init__(self, transaction: Transaction) -> None:
        self._events = transaction.events

    def append(self, entries: Sequence[Entry], *, run_id: str) -> list[RecordedTrialEvent]:
        """Record ``entries`` in their order; raises the store's Conflict where a trial has moved on."""
        appends = [
            StreamAppend(
                stream=stream_of(entry.trial_id),
                events=[encode_event(event, before=entry.before, run_id=run_id) for event in entry.events],
                expected_version=entry.expected_version,
            )
            for entry in entries
        ]
        given = (event for entry in entries for event in entry.events)
        return [
            RecordedTrialEvent(
                position=stored.position,
                stream_version=stored.stream_version,
                recorded_at=stored.recorded_at,
                event=event,
            )
            for stored, event in zip(self._events.append_many(appends), given, strict=True)
        ]

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedTrialEvent]:
        """All events of trials recorded after position ``after``, in order of position."""
        for stored in self._events.read_all(after=after, limit=limit):
            if trial_of(stored.stream) is not None:
                yield decode_event(stored)

    def read_trial(self, trial_id: str) -> Iterator[RecordedTrialEvent]:
        """A trial's events in the order in which they were recorded."""
        return (decode_event(stored) for stored in self._events.read_stream(stream_of(trial_id)))

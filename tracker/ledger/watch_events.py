"""The events of watching as the store's JSON, and back.

Two kinds: what people have tracked (stream ``watch-ctgov``), and which trials the tracked queries found (a stream for
each query). It promises that decoding gives what was encoded, and that a stored event of any past schema is lifted to
the present one before it is read. ``recorded_at`` comes with recording.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from store.events import EventData, RecordedEvent
from tracker.domain.query import Query
from tracker.domain.watching import WATCH_STREAM, Watched, WatchEventType, members_stream
from tracker.ledger.codec import refusing_unreadable
from tracker.ledger.upcasters import WATCH_SCHEMA_VERSION, lift_watching

_ID_CHARACTERS = 32

TRACKED: Mapping[WatchEventType, Watched] = {
    WatchEventType.TRIAL_TRACKED: Watched.TRIAL,
    WatchEventType.SURVIVOR_TRACKED: Watched.TRIAL,
    WatchEventType.QUERY_TRACKED: Watched.QUERY,
    WatchEventType.REGISTRY_TRACKED: Watched.REGISTRY,
}
UNTRACKED: Mapping[WatchEventType, Watched] = {
    WatchEventType.TRIAL_UNTRACKED: Watched.TRIAL,
    WatchEventType.QUERY_UNTRACKED: Watched.QUERY,
    WatchEventType.REGISTRY_UNTRACKED: Watched.REGISTRY,
}
_WATCHED = {**TRACKED, **UNTRACKED}
_NAMED_BY = {Watched.TRIAL: "trial_id", Watched.QUERY: "name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """Somebody had something tracked, or tracked no longer; or a trial is tracked in place of one merged into it.

    ``name`` is the trial's id or the query's name, empty for the whole registry. ``query`` comes with query_tracked;
    ``alias`` is the id that was asked for where the registry has merged it into ``name``, with survivor_tracked always:
    the tracked trial that was merged. ``with_history``: the trial's past versions were asked for too.
    """

    type: WatchEventType
    name: str = ""
    query: Query | None = None
    alias: str | None = None
    with_history: bool = False

    @property
    def watched(self) -> Watched:
        """What it speaks of."""
        return _WATCHED[self.type]

    @property
    def is_in_place(self) -> bool:
        """Whether nobody asked for it: it follows from a merger."""
        return self.type is WatchEventType.SURVIVOR_TRACKED

    @property
    def stream(self) -> str:
        """The stream that it belongs to."""
        return WATCH_STREAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A trial entered the tracked query called ``name``, left it, or came back.

    ``data_on`` is the date of the data release that showed it, ``observed_at`` when it was fetched;
    ``is_first_listing``: nobody had looked before, so that nothing is known to have changed.
    """

    type: WatchEventType
    name: str
    trial_id: str
    data_on: date
    observed_at: datetime
    is_first_listing: bool = False

    @property
    def stream(self) -> str:
        """The stream that it belongs to."""
        return members_stream(self.name)


WatchEvent = Tracking | Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedWatchEvent:
    """An event of watching as the ledger holds it."""

    position: int
    stream_version: int
    recorded_at: datetime
    event: WatchEvent


def encode_watch_event(event: WatchEvent, *, stream_version: int, run_id: str) -> EventData:
    """The event as the store takes it for place ``stream_version`` of its stream, from which its id follows."""
    named = f"{event.stream}\n{stream_version}\n{event.type.value}"
    return EventData(
        type=event.type.value,
        schema_version=WATCH_SCHEMA_VERSION,
        event_id=hashlib.sha256(named.encode()).hexdigest()[:_ID_CHARACTERS],
        data=_tracking_data(event) if isinstance(event, Tracking) else _membership_data(event),
        metadata={"correlation_id": run_id},
    )


def decode_watch_event(stored: RecordedEvent) -> RecordedWatchEvent:
    """The event of watching that ``stored`` is; raises UnreadableEvent where it is none, or of a later schema."""
    with refusing_unreadable(stored):
        event = _decoded(stored, lift_watching(stored.type, stored.schema_version, stored.data))
    return RecordedWatchEvent(
        position=stored.position,
        stream_version=stored.stream_version,
        recorded_at=stored.recorded_at,
        event=event,
    )


def _tracking_data(event: Tracking) -> dict[str, Any]:
    data: dict[str, Any] = {_NAMED_BY[event.watched]: event.name} if event.watched in _NAMED_BY else {}
    if event.query is not None:
        data["parameters"] = dict(event.query.parameters)
    if event.alias is not None:
        data["alias"] = event.alias
    if event.type is WatchEventType.TRIAL_TRACKED:
        data["with_history"] = event.with_history
    return data


def _membership_data(event: Membership) -> dict[str, Any]:
    return {
        "name": event.name,
        "trial_id": event.trial_id,
        "data_on": event.data_on.isoformat(),
        "observed_at": event.observed_at.isoformat(),
        "first_listing": event.is_first_listing,
    }


def _decoded(stored: RecordedEvent, data: Mapping[str, Any]) -> WatchEvent:
    event_type = WatchEventType(stored.type)
    event = _tracking(event_type, data) if event_type in _WATCHED else _membership(event_type, data)
    if event.stream != stored.stream:
        raise ValueError(f"it belongs to the stream {event.stream}, not to {stored.stream}")
    return event


def _tracking(event_type: WatchEventType, data: Mapping[str, Any]) -> Tracking:
    watched = _WATCHED[event_type]
    is_query = event_type is WatchEventType.QUERY_TRACKED
    return Tracking(
        type=event_type,
        name=data[_NAMED_BY[watched]] if watched in _NAMED_BY else "",
        query=Query(parameters=tuple(sorted(data["parameters"].items()))) if is_query else None,
        alias=data["alias"] if event_type is WatchEventType.SURVIVOR_TRACKED else data.get("alias"),
        with_history=data["with_history"] if event_type is WatchEventType.TRIAL_TRACKED else False,
    )


def _membership(event_type: WatchEventType, data: Mapping[str, Any]) -> Membership:
    return Membership(
        type=event_type,
        name=data["name"],
        trial_id=data["trial_id"],
        data_on=date.fromisoformat(data["data_on"]),
        observed_at=datetime.fromisoformat(data["observed_at"]),
        is_first_listing=data["first_listing"],
    )

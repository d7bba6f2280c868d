"""Events of watching as the store's JSON: what goes in comes out, and what was stored once is read for ever."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store.events import EventData, RecordedEvent
from store.json_text import decode, encode
from tests.watch_events import watch_event
from tracker.domain.watching import WATCH_STREAM, WatchEventType
from tracker.ledger.codec import UnreadableEvent
from tracker.ledger.upcasters import WATCH_SCHEMA_VERSION, WATCH_UPCASTERS
from tracker.ledger.watch_events import Tracking, decode_watch_event, encode_watch_event

SAMPLES = Path(__file__).parents[2] / "samples"
RECORDED_AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
STREAM_VERSION = 3


def stored(given: EventData, stream: str) -> RecordedEvent:
    """The event as the store gives it back, by way of its text."""
    return RecordedEvent(
        position=7,
        stream=stream,
        stream_version=STREAM_VERSION,
        event_id=given.event_id,
        type=given.type,
        schema_version=given.schema_version,
        data=decode(encode(given.data)),
        metadata=decode(encode(given.metadata)),
        recorded_at=RECORDED_AT,
        previous_hash="0" * 64,
        hash="1" * 64,
    )


def encoded(event_type: WatchEventType) -> EventData:
    """The made event of that type as the store takes it."""
    return encode_watch_event(watch_event(event_type), stream_version=STREAM_VERSION, run_id="sample")


def samples(version: int) -> list[dict[str, Any]]:
    """The kept samples of a schema version: each event as it was stored."""
    kept: list[dict[str, Any]] = json.loads((SAMPLES / f"watch_events_v{version}.json").read_text("utf-8"))
    return kept


@pytest.mark.parametrize("event_type", WatchEventType)
def test_every_type_of_event_comes_out_as_it_went_in(event_type: WatchEventType) -> None:
    """Decoding gives what was encoded, and the store's own facts beside it."""
    event = watch_event(event_type)
    recorded = decode_watch_event(stored(encoded(event_type), event.stream))
    assert event == recorded.event
    assert (7, STREAM_VERSION, RECORDED_AT) == (recorded.position, recorded.stream_version, recorded.recorded_at)


def test_what_was_not_said_comes_out_as_not_said() -> None:
    """A trial that was asked for by its own id, without its history."""
    event = Tracking(type=WatchEventType.TRIAL_TRACKED, name="NCT00000001")
    given = encode_watch_event(event, stream_version=0, run_id="run")
    assert {"trial_id": "NCT00000001", "with_history": False} == given.data
    assert event == decode_watch_event(stored(given, WATCH_STREAM)).event


def test_no_two_places_of_a_stream_share_an_id() -> None:
    """Tracking, untracking and tracking again are three events."""
    event = watch_event(WatchEventType.REGISTRY_TRACKED)
    ids = {encode_watch_event(event, stream_version=at, run_id="run").event_id for at in range(3)}
    assert 3 == len(ids)


def test_an_event_in_a_strange_stream_is_refused() -> None:
    """A member's event belongs to the stream of its query."""
    given = encoded(WatchEventType.MEMBER_LEFT)
    with pytest.raises(UnreadableEvent, match=r"position 7 .*belongs to the stream query-ctgov:zirrhose"):
        decode_watch_event(stored(given, "query-ctgov:other"))


def test_a_schema_of_a_later_trialog_is_refused() -> None:
    """The message names the position and says to upgrade; nothing is guessed."""
    later = replace(encoded(WatchEventType.QUERY_TRACKED), schema_version=WATCH_SCHEMA_VERSION + 1)
    with pytest.raises(UnreadableEvent, match=r"position 7 .* upgrade trialog"):
        decode_watch_event(stored(later, WATCH_STREAM))


@pytest.mark.parametrize(
    ("event_type", "data"),
    (
        (WatchEventType.TRIAL_TRACKED, {"with_history": False}),
        (WatchEventType.SURVIVOR_TRACKED, {"trial_id": "NCT00000001"}),
        (WatchEventType.QUERY_TRACKED, {"name": "a"}),
        (WatchEventType.QUERY_TRACKED, {"name": "a", "parameters": ["query.cond"]}),
        (WatchEventType.QUERY_UNTRACKED, {}),
        (WatchEventType.MEMBER_ENTERED, {"name": "a", "trial_id": "NCT00000001"}),
    ),
)
def test_an_event_that_lacks_a_part_is_refused(event_type: WatchEventType, data: dict[str, Any]) -> None:
    """What is no event of watching is named with its position."""
    with pytest.raises(UnreadableEvent, match="position 7"):
        decode_watch_event(stored(replace(encoded(event_type), data=data), WATCH_STREAM))


def test_an_event_of_an_unknown_type_is_refused() -> None:
    """A type of a later trialog is not passed over."""
    with pytest.raises(UnreadableEvent, match="position 7"):
        decode_watch_event(stored(replace(encoded(WatchEventType.TRIAL_TRACKED), type="made_up"), WATCH_STREAM))


def test_each_older_schema_has_an_upcaster() -> None:
    """From every version there was to the next."""
    assert list(range(1, WATCH_SCHEMA_VERSION)) == sorted(WATCH_UPCASTERS)


@pytest.mark.parametrize("version", range(1, WATCH_SCHEMA_VERSION + 1))
def test_stored_samples_of_every_schema_still_decode(version: int) -> None:
    """What was stored once is read for ever, lifted to the present schema."""
    for sample in samples(version):
        expected = watch_event(WatchEventType(sample["type"]))
        assert version == sample["schema_version"]
        assert expected == decode_watch_event(stored(EventData(**sample), expected.stream)).event


def test_events_are_written_as_the_samples_say() -> None:
    """One of each type, ids included: a changed shape needs a new schema version."""
    by_type = {sample["type"]: sample for sample in samples(WATCH_SCHEMA_VERSION)}
    assert {event_type.value for event_type in WatchEventType} == set(by_type)
    for event_type in WatchEventType:
        told = {name: getattr(encoded(event_type), name) for name in by_type[event_type.value]}
        assert by_type[event_type.value] == json.loads(encode(told))

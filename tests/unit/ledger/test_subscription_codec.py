"""Events of subscriptions as the store's JSON: what goes in comes out, and what was stored once is read for ever."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store.events import EventData, RecordedEvent
from store.json_text import decode, encode
from tests.subscription_events import subscription_event
from tracker.domain.subscribing import SUBSCRIPTIONS_STREAM, SubscriptionEventType
from tracker.ledger.codec import UnreadableEvent
from tracker.ledger.subscription_events import decode_subscription_event, encode_subscription_event
from tracker.ledger.upcasters import SUBSCRIPTION_SCHEMA_VERSION, SUBSCRIPTION_UPCASTERS

SAMPLES = Path(__file__).parents[2] / "samples"
RECORDED_AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
STREAM_VERSION = 3


def stored(given: EventData, stream: str = SUBSCRIPTIONS_STREAM) -> RecordedEvent:
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


def encoded(event_type: SubscriptionEventType) -> EventData:
    """The made event of that type as the store takes it."""
    return encode_subscription_event(subscription_event(event_type), stream_version=STREAM_VERSION)


def samples(version: int) -> list[dict[str, Any]]:
    """The kept samples of a schema version: each event as it was stored."""
    kept: list[dict[str, Any]] = json.loads((SAMPLES / f"subscription_events_v{version}.json").read_text("utf-8"))
    return kept


@pytest.mark.parametrize("event_type", SubscriptionEventType)
def test_every_type_of_event_comes_out_as_it_went_in(event_type: SubscriptionEventType) -> None:
    """Decoding gives what was encoded, and the store's own facts beside it."""
    recorded = decode_subscription_event(stored(encoded(event_type)))
    assert subscription_event(event_type) == recorded.event
    assert (7, STREAM_VERSION, RECORDED_AT) == (recorded.position, recorded.stream_version, recorded.recorded_at)


def test_an_event_says_who_did_it_where_a_door_knows() -> None:
    """Beside its data, so that one without it is stored as it always was."""
    event = subscription_event(SubscriptionEventType.SUBSCRIPTION_PAUSED)
    given = encode_subscription_event(replace(event, actor="ci"), stream_version=STREAM_VERSION)
    assert {"actor": "ci"} == given.metadata
    assert "ci" == decode_subscription_event(stored(given)).event.actor
    assert ({}, given.data, given.event_id) == (
        (plain := encode_subscription_event(event, stream_version=STREAM_VERSION)).metadata,
        plain.data,
        plain.event_id,
    )


def test_an_event_in_a_strange_stream_is_refused() -> None:
    """Acts belong to the one stream of subscriptions."""
    with pytest.raises(UnreadableEvent, match=r"position 7 .*belongs to the stream subscriptions"):
        decode_subscription_event(stored(encoded(SubscriptionEventType.SUBSCRIBED), "watch-ctgov"))


def test_a_schema_of_a_later_trialog_is_refused() -> None:
    """The message names the position and says to upgrade; nothing is guessed."""
    later = replace(encoded(SubscriptionEventType.SUBSCRIBED), schema_version=SUBSCRIPTION_SCHEMA_VERSION + 1)
    with pytest.raises(UnreadableEvent, match=r"position 7 .* upgrade trialog"):
        decode_subscription_event(stored(later))


@pytest.mark.parametrize("lacking", ("name", "subscription_id", "request", "addresses"))
def test_an_event_that_lacks_a_part_is_refused(lacking: str) -> None:
    """What is no event of subscriptions is named with its position."""
    whole = encoded(SubscriptionEventType.SUBSCRIBED)
    data = {key: value for key, value in whole.data.items() if key != lacking}
    with pytest.raises(UnreadableEvent, match="position 7"):
        decode_subscription_event(stored(replace(whole, data=data)))


def test_each_older_schema_has_an_upcaster() -> None:
    """From every version there was to the next."""
    assert list(range(1, SUBSCRIPTION_SCHEMA_VERSION)) == sorted(SUBSCRIPTION_UPCASTERS)


@pytest.mark.parametrize("version", range(1, SUBSCRIPTION_SCHEMA_VERSION + 1))
def test_stored_samples_of_every_schema_still_decode(version: int) -> None:
    """What was stored once is read for ever, lifted to the present schema."""
    for sample in samples(version):
        expected = subscription_event(SubscriptionEventType(sample["type"]))
        assert version == sample["schema_version"]
        assert expected == decode_subscription_event(stored(EventData(**sample))).event


def test_events_are_written_as_the_samples_say() -> None:
    """One of each type, ids included: a changed shape needs a new schema version."""
    by_type = {sample["type"]: sample for sample in samples(SUBSCRIPTION_SCHEMA_VERSION)}
    assert {event_type.value for event_type in SubscriptionEventType} == set(by_type)
    for event_type in SubscriptionEventType:
        told = {name: getattr(encoded(event_type), name) for name in by_type[event_type.value]}
        assert by_type[event_type.value] == json.loads(encode(told))

"""Trial events as the store's JSON: what goes in comes out, and what was stored once is read for ever."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from store.events import EventData, RecordedEvent
from store.json_text import decode, encode
from tests.trial_events import AFTER, BEFORE, REVISION, event
from tracker.domain.change import Step
from tracker.domain.coverage import WHOLE
from tracker.domain.errors import Permanent
from tracker.domain.events import EventType, Origin
from tracker.domain.trial_id import stream_of
from tracker.ledger.codec import UnreadableEvent, decode_event, encode_event, shortened
from tracker.ledger.events import TrialEvent
from tracker.ledger.upcasters import SCHEMA_VERSION

SAMPLES = Path(__file__).parents[2] / "samples"
RECORDED_AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def stored(given: EventData, *, position: int = 7) -> RecordedEvent:
    """The event as the store gives it back, by way of its text."""
    return RecordedEvent(
        position=position,
        stream=stream_of("NCT00000001"),
        stream_version=3,
        event_id=given.event_id,
        type=given.type,
        schema_version=given.schema_version,
        data=decode(encode(given.data)),
        metadata=decode(encode(given.metadata)),
        recorded_at=RECORDED_AT,
        previous_hash="0" * 64,
        hash="1" * 64,
    )


def again(told: TrialEvent) -> TrialEvent:
    """The event encoded, stored and decoded."""
    return decode_event(stored(encode_event(told, before=BEFORE, run_id="run"))).event


@pytest.mark.parametrize("event_type", EventType)
def test_every_type_of_event_comes_out_as_it_went_in(event_type: EventType) -> None:
    """Decoding gives what was encoded, and the store's own facts beside it."""
    told = event(event_type)
    recorded = decode_event(stored(encode_event(told, before=BEFORE, run_id="run")))
    assert told == recorded.event
    assert (7, 3, RECORDED_AT) == (recorded.position, recorded.stream_version, recorded.recorded_at)


@pytest.mark.parametrize(
    "told",
    (
        event(EventType.FIELD_CHANGED, replace(REVISION, posted_on=None, data_on=None, predecessor=None)),
        event(EventType.FIELD_CHANGED, replace(REVISION, replaces=1, observed=BEFORE)),
        event(EventType.FIELD_CHANGED, replace(REVISION, registry_version=0)),
        event(EventType.FIELD_CHANGED, old=None, step=Step.INSERT, old_path="/protocolSection/made/-"),
        event(EventType.FIELD_CHANGED, detail={"shift_days": -31}, new=None, step=Step.REMOVE),
        event(EventType.FIELD_CHANGED, old="nul \0, lone \ud800", new={"\udfff": 10**30}),
        replace(event(EventType.TRIAL_FIRST_OBSERVED), coverage=WHOLE),
        replace(event(EventType.FIELD_CHANGED), origin=Origin.BACKFILL),
    ),
)
def test_every_part_of_an_event_comes_out_as_it_went_in(told: TrialEvent) -> None:
    """Absent dates, the way of an item that moved, details, odd text, coverage, an origin of its own."""
    assert told == again(told)


def test_the_run_and_the_record_as_seen_are_told_beside_the_event() -> None:
    """Metadata names the run as correlation and the snapshot of what was observed as cause."""
    given = encode_event(
        event(EventType.FIELD_CHANGED, replace(REVISION, observed=BEFORE)), before=BEFORE, run_id="run"
    )
    assert {"correlation_id": "run", "causation_id": BEFORE} == given.metadata


def test_the_id_follows_from_the_step() -> None:
    """The same step has the same id whichever run tells it; another place, revision or way to it has another."""
    told = event(EventType.FIELD_CHANGED)
    others = [
        event(EventType.TITLE_CHANGED),
        event(EventType.FIELD_CHANGED, path="/protocolSection/made/1"),
        event(EventType.FIELD_CHANGED, replace(REVISION, number=3)),
        event(EventType.FIELD_CHANGED, replace(REVISION, predecessor=4)),
        event(EventType.FIELD_CHANGED, replace(REVISION, trial_id="NCT00000002")),
    ]
    ids = [encode_event(one, before=BEFORE, run_id="run").event_id for one in (told, *others)]
    assert len(ids) == len(set(ids))
    later = replace(told, revision=replace(REVISION, observed_at=RECORDED_AT))
    assert ids[0] == encode_event(later, before=BEFORE, run_id="another").event_id


def test_a_path_with_a_lone_surrogate_has_an_id() -> None:
    """Keys of records may hold what UTF-8 cannot say."""
    odd = event(EventType.FIELD_CHANGED, path="/protocolSection/\ud800")
    ids = {encode_event(one, before=None, run_id="run").event_id for one in (odd, event(EventType.FIELD_CHANGED))}
    assert 2 == len(ids)


@pytest.mark.parametrize(
    ("value", "is_short"),
    (("x" * 10_000, True), ("x" * 10_001, False), ("é" * 5_001, False), (["x" * 9_997], False), (10**300, True)),
)
def test_values_over_10_kb_become_pointers(value: Any, is_short: bool) -> None:
    """The length of a text in UTF-8 counts, and that of other values as JSON; numbers always stay."""
    expected = value if is_short else {"snapshot": AFTER, "pointer": "/here"}
    assert expected == shortened(value, snapshot=AFTER, pointer="/here")


def test_a_schema_of_a_later_trialog_is_refused() -> None:
    """The message names the position and says to upgrade; nothing is guessed."""
    given = encode_event(event(EventType.FIELD_CHANGED), before=BEFORE, run_id="run")
    later = replace(stored(given), schema_version=SCHEMA_VERSION + 1)
    with pytest.raises(Permanent, match=r"position 7 .* upgrade trialog") as refused:
        decode_event(later)
    assert isinstance(refused.value, UnreadableEvent)
    assert 7 == refused.value.position


@pytest.mark.parametrize("key", ("revision", "holds_from", "step", "origin"))
def test_an_event_that_lacks_a_part_is_refused(key: str) -> None:
    """What is no trial event is named with its position."""
    given = encode_event(event(EventType.FIELD_CHANGED), before=BEFORE, run_id="run")
    data = {name: value for name, value in given.data.items() if name != key}
    with pytest.raises(UnreadableEvent, match="position 7"):
        decode_event(replace(stored(given), data=data))


def samples(version: int) -> list[dict[str, Any]]:
    """The kept samples of a schema version: each event as it was stored."""
    kept: list[dict[str, Any]] = json.loads((SAMPLES / f"events_v{version}.json").read_text("utf-8"))
    return kept


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
def test_stored_samples_of_every_schema_still_decode(version: int) -> None:
    """What was stored once is read for ever, lifted to the present schema."""
    for sample in samples(version):
        assert version == sample["schema_version"]
        decoded = decode_event(stored(EventData(**sample))).event
        assert sample["type"] == decoded.change.type
        if version == SCHEMA_VERSION:
            run_id = sample["metadata"]["correlation_id"]
            encoded = encode_event(decoded, before=BEFORE, run_id=run_id)
            told = {name: getattr(encoded, name) for name in sample}
            assert sample == json.loads(encode(told))


def test_there_is_a_sample_of_every_type() -> None:
    """An event type without a kept sample of its present schema could change its shape unseen."""
    assert {event_type.value for event_type in EventType} == {sample["type"] for sample in samples(SCHEMA_VERSION)}


def test_events_are_written_as_the_samples_say() -> None:
    """The samples are what is stored today, ids included: a changed shape needs a new schema version."""
    by_type = {sample["type"]: sample for sample in samples(SCHEMA_VERSION)}
    for event_type in EventType:
        encoded = encode_event(event(event_type), before=BEFORE, run_id="sample")
        told = {name: getattr(encoded, name) for name in by_type[event_type.value]}
        assert by_type[event_type.value] == json.loads(encode(told))


def test_dates_stay_days() -> None:
    """Calendar dates come back as dates, without a time."""
    revision = again(event(EventType.FIELD_CHANGED)).revision
    assert (date(2026, 2, 20), date(2026, 2, 22)) == (revision.posted_on, revision.data_on)

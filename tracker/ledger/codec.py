"""Trial events as the store's JSON, and back.

Promises: decoding gives what was encoded; a stored event of any past schema is lifted to the present one before it
is read (``tracker.ledger.upcasters``); a value over 10 kB is stored as a pointer into its snapshot. Event ids follow
from the content of the event, so recording the same event again is recording it once.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from store.events import EventData, RecordedEvent
from store.json_text import encode
from tracker.domain.change import LARGEST_INLINE_BYTES, Change, Step, as_pointer
from tracker.domain.coverage import WHOLE, Coverage
from tracker.domain.errors import Permanent
from tracker.domain.events import LAPSES, MOVES, Category, EventType, Origin, Significance
from tracker.domain.record import Json
from tracker.ledger.events import RecordedTrialEvent, Revision, TrialEvent
from tracker.ledger.upcasters import SCHEMA_VERSION, lift

_ID_CHARACTERS = 32  # 128 bits of a hash: no two of 10 million million events alike
_WHOLE = "whole"


def encode_event(event: TrialEvent, *, before: str | None, run_id: str) -> EventData:
    """The event as the store takes it. ``before``: the predecessor's snapshot, where large old values are found."""
    revision, change = event.revision, event.change
    data: dict[str, Any] = {
        "trial_id": revision.trial_id,
        "revision": revision.number,
        "predecessor": revision.predecessor,
        "snapshot": revision.snapshot,
        "origin": event.origin,
        "posted_on": _date_text(revision.posted_on),
        "data_on": _date_text(revision.data_on),
        "holds_from": _date_text(revision.holds_from),
        "observed_at": revision.observed_at.isoformat(),
        "source": revision.source,
        "field": change.field,
        "label": change.label,
        "category": change.category,
        "significance": change.significance,
        "step": change.step,
        "path": change.path,
    }
    data |= _values(change, before=before, after=revision.snapshot)
    optional = {
        "old_path": change.old_path,
        "detail": change.detail or None,
        "replaces": revision.replaces,
        "registry_version": revision.registry_version,
        "revision_origin": revision.origin if revision.origin != event.origin else None,
        "coverage": _coverage_json(event.coverage),
    }
    data |= {key: value for key, value in optional.items() if value is not None}
    return EventData(
        type=change.type.value,
        schema_version=SCHEMA_VERSION,
        event_id=_event_id(revision, change, before),
        data=data,
        metadata={"correlation_id": run_id, "causation_id": revision.observed},
    )


class UnreadableEvent(Permanent):
    """What stands at a position of one of our streams is no event of that stream that this trialog knows."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"the event at position {position} cannot be read: {reason}")
        self.position = position


@contextmanager
def refusing_unreadable(stored: RecordedEvent) -> Iterator[None]:
    """Turns whatever keeps ``stored`` from being read into an UnreadableEvent that names its position."""
    try:
        yield
    except Permanent as err:
        raise UnreadableEvent(stored.position, str(err)) from err
    except (AttributeError, KeyError, TypeError, ValueError) as err:
        reason = f"{stored.type} with {type(err).__name__} {err}; verify the ledger, or upgrade trialog"
        raise UnreadableEvent(stored.position, reason) from err


def decode_event(stored: RecordedEvent) -> RecordedTrialEvent:
    """The trial's event that ``stored`` is; raises UnreadableEvent where it is none, or of a later schema."""
    with refusing_unreadable(stored):
        return _decoded(stored, lift(stored.type, stored.schema_version, stored.data))


def _decoded(stored: RecordedEvent, data: Mapping[str, Any]) -> RecordedTrialEvent:
    origin = Origin(data["origin"])
    revision = Revision(
        trial_id=data["trial_id"],
        number=data["revision"],
        predecessor=data["predecessor"],
        snapshot=data["snapshot"],
        observed=stored.metadata["causation_id"],
        origin=Origin(data.get("revision_origin", origin)),
        posted_on=_date(data["posted_on"]),
        data_on=_date(data["data_on"]),
        holds_from=date.fromisoformat(data["holds_from"]),
        observed_at=datetime.fromisoformat(data["observed_at"]),
        source=data["source"],
        replaces=data.get("replaces"),
        registry_version=data.get("registry_version"),
    )
    event = TrialEvent(
        revision=revision,
        change=_change(stored.type, data),
        origin=origin,
        coverage=_coverage(data.get("coverage")),
    )
    return RecordedTrialEvent(
        position=stored.position,
        stream_version=stored.stream_version,
        recorded_at=stored.recorded_at,
        event=event,
    )


def shortened(value: Json, *, snapshot: str | None, pointer: str) -> Json:
    """``value``, or where it is over 10 kB (a text in UTF-8, anything else as JSON) its place in ``snapshot``."""
    return as_pointer(snapshot, pointer) if snapshot and _size_bytes(value) > LARGEST_INLINE_BYTES else value


def _size_bytes(value: Json) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass"))
    return len(encode(value)) if isinstance(value, (dict, list)) else 0


def _values(change: Change, *, before: str | None, after: str) -> dict[str, Json]:
    return {
        "old": shortened(change.old, snapshot=before, pointer=change.old_path or change.path),
        "new": shortened(change.new, snapshot=after, pointer=change.path),
    }


def _change(event_type: str, data: Mapping[str, Any]) -> Change:
    return Change(
        type=EventType(event_type),
        field=data["field"],
        label=data["label"],
        category=Category(data["category"]),
        significance=Significance(data["significance"]),
        step=Step(data["step"]),
        path=data["path"],
        old_path=data.get("old_path"),
        old=data["old"],
        new=data["new"],
        detail=data.get("detail", {}),
    )


def _event_id(revision: Revision, change: Change, before: str | None) -> str:
    """The same step from the same revision and content to the same is the same event; so is the same move seen once.

    A record may be withheld, come back and be withheld again, without any revision between. A lapse is known by its
    cause, whatever revision showed it.
    """
    if change.type in LAPSES:
        return _hashed(f"{revision.trial_id}\n{change.type.value}\n{change.detail['cause']}")
    named = (
        f"{revision.trial_id}\n{revision.predecessor}\n{revision.number}\n{before}\n{revision.snapshot}\n"
        f"{change.type.value}\n{change.step.value}\n{change.path}"
    )
    if change.type in MOVES:
        seen_at = revision.observed_at.astimezone(UTC).isoformat()
        named += f"\n{change.old}\n{_date_text(revision.data_on)}\n{seen_at}"
    return _hashed(named)


def _hashed(named: str) -> str:
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_CHARACTERS]


def _coverage_json(coverage: Coverage | None) -> Json:
    if coverage is None:
        return None
    return _WHOLE if coverage.patterns is None else sorted(coverage.patterns)


def _coverage(stored: Json) -> Coverage | None:
    if stored is None:
        return None
    return WHOLE if stored == _WHOLE else Coverage(patterns=frozenset(stored))


def _date_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

"""Keeps the views of watching in step with the ledger, in the transaction that appends to it.

Promises: applying the same events in the order of their positions gives the same rows, live or replayed, in one batch
or in many. A query that is tracked no longer has no members; tracked anew, it begins without any.
"""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Connection, delete, insert, text

from store.json_text import encode
from tracker.domain.watching import Watched, WatchEventType
from tracker.ledger.watch_events import TRACKED, Membership, RecordedWatchEvent, Tracking
from tracker.views.rows import Row, instant_text
from tracker.views.tables import MEMBERS, WATCH

_PUT_MEMBER = text(
    f"INSERT INTO {MEMBERS.name} (name, trial_id, is_present, data_on, position) "
    "VALUES (:name, :trial_id, :is_present, :data_on, :position) "
    "ON CONFLICT (name, trial_id) DO UPDATE SET "
    "is_present = excluded.is_present, data_on = excluded.data_on, position = excluded.position"
)


class WatchWriter:
    """Applies recorded events of watching to the views within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def apply(self, batch: Sequence[RecordedWatchEvent]) -> None:
        """Apply ``batch``, given in the order of positions."""
        for of_members, told in groupby(batch, key=lambda one: isinstance(one.event, Membership)):
            if of_members:
                self._connection.execute(_PUT_MEMBER, [_member_row(one) for one in told])
            else:
                for one in told:
                    self._apply_tracking(one)

    def _apply_tracking(self, told: RecordedWatchEvent) -> None:
        event = told.event
        assert isinstance(event, Tracking)
        of_it = (WATCH.c.kind == event.watched.value, WATCH.c.name == event.name)
        self._connection.execute(delete(WATCH).where(*of_it))
        if event.type in TRACKED:
            self._connection.execute(insert(WATCH).values(**_watch_row(told, event)))
        elif event.watched is Watched.QUERY:
            self._connection.execute(delete(MEMBERS).where(MEMBERS.c.name == event.name))


def _watch_row(told: RecordedWatchEvent, event: Tracking) -> Row:
    parameters = None if event.query is None else encode(dict(event.query.parameters)).decode()
    return {
        "kind": event.watched.value,
        "name": event.name,
        "parameters": parameters,
        "alias": event.alias,
        "is_in_place": int(event.is_in_place),
        "with_history": int(event.with_history),
        "position": told.position,
        "tracked_at": instant_text(told.recorded_at),
    }


def _member_row(told: RecordedWatchEvent) -> Row:
    event = told.event
    assert isinstance(event, Membership)
    return {
        "name": event.name,
        "trial_id": event.trial_id,
        "is_present": int(event.type is not WatchEventType.MEMBER_LEFT),
        "data_on": event.data_on.isoformat(),
        "position": told.position,
    }

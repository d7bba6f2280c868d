"""Events of watching made for the tests: one of each type, with everything that an event can say."""

from datetime import UTC, date, datetime

from tracker.domain.query import parse_query
from tracker.domain.watching import MEMBERSHIPS, WatchEventType
from tracker.ledger.watch_events import Membership, Tracking, WatchEvent

_TRACKINGS = {
    WatchEventType.TRIAL_TRACKED: Tracking(
        type=WatchEventType.TRIAL_TRACKED, name="NCT00000001", alias="NCT00000009", with_history=True
    ),
    WatchEventType.TRIAL_UNTRACKED: Tracking(type=WatchEventType.TRIAL_UNTRACKED, name="NCT00000001"),
    WatchEventType.SURVIVOR_TRACKED: Tracking(
        type=WatchEventType.SURVIVOR_TRACKED, name="NCT00000002", alias="NCT00000001"
    ),
    WatchEventType.QUERY_TRACKED: Tracking(
        type=WatchEventType.QUERY_TRACKED,
        name="zirrhose, älter",
        query=parse_query("query.term=a%26b&filter.overallStatus=RECRUITING"),
    ),
    WatchEventType.QUERY_UNTRACKED: Tracking(type=WatchEventType.QUERY_UNTRACKED, name="zirrhose, älter"),
    WatchEventType.REGISTRY_TRACKED: Tracking(type=WatchEventType.REGISTRY_TRACKED),
    WatchEventType.REGISTRY_UNTRACKED: Tracking(type=WatchEventType.REGISTRY_UNTRACKED),
}


def watch_event(event_type: WatchEventType) -> WatchEvent:
    """An event of that type."""
    if event_type in MEMBERSHIPS:
        return Membership(
            type=event_type,
            name="zirrhose, älter",
            trial_id="NCT00000002",
            data_on=date(2026, 2, 22),
            observed_at=datetime(2026, 2, 23, 7, 30, tzinfo=UTC),
        )
    return _TRACKINGS[event_type]

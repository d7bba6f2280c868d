"""What an alarm says: the content of a notice about trialog itself, before it is rendered for a channel.

Promises the keys of every content (``tracker.alerts.content``), and under ``alarm`` the data of its CloudEvent. Pure.
"""

from datetime import datetime

from store.alarms import Alarm
from tracker.alerts.content import Kind
from tracker.domain.record import Json
from tracker.domain.running import OPERATOR
from tracker.domain.safe_text import shortened

_MOST_CHARS = 1_000
_NOTHING_TO_DO = "nothing is to be done"


def alarm_content(alarm: Alarm, *, advice: str, host: str) -> dict[str, Json]:
    """The notice that an alarm is, or, where it has ended, that it is over; ``host``: where that was seen."""
    is_over = alarm.over_at is not None
    said = {
        "code": alarm.code,
        "subject": alarm.subject,
        "message": shortened(alarm.message, _MOST_CHARS),
        "advice": _NOTHING_TO_DO if is_over else shortened(advice, _MOST_CHARS),
        "raised_at": _instant(alarm.raised_at),
        "over_at": None if alarm.over_at is None else _instant(alarm.over_at),
        "host": host,
    }
    return {
        "kind": Kind.NOTICE.value,
        "is_sample": False,
        "subscription": OPERATOR,
        "reason": f"the setting operator.to of trialog on {host} names this address",
        "items": [],
        "items_count": 0,
        "more_count": 0,
        "more": None,
        "more_command": "trialog status",
        "notice": f"Over: {said['message']}" if is_over else f"{said['message']}. {said['advice']}",
        "alarm": said,
    }


def dedup_of(alarm: Alarm) -> str:
    """What its notice is enqueued under, so that it is told once."""
    stage = "raised" if alarm.over_at is None else "over"
    return f"alarm:{alarm.code}:{alarm.subject}:{_instant(alarm.raised_at)}:{stage}"


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"

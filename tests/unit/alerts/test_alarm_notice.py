"""Notices about trialog itself, as operators get them."""

import html
import json
import re
from datetime import UTC, datetime

from store.alarms import Alarm
from tests.records import Json
from tracker.alerts.alarm_content import alarm_content
from tracker.alerts.rendering.envelope import Envelope, Rendered
from tracker.alerts.rendering.renderer import Renderer
from tracker.domain.running import OPERATOR

AT = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
ENDED_AT = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
MESSAGE = "the disk of the ledger is nearly full: 900 MB of 1 TB <are> free"
ADVICE = "free some space & look again"


def rendered(over_at: datetime | None = None, *, subject: str = "", message: str = MESSAGE) -> Rendered:
    """The notice of an alarm of ten o'clock."""
    alarm = Alarm(
        code="disk_nearly_full", subject=subject, message=message, raised_at=AT, told_at=None, over_at=over_at
    )
    content = alarm_content(alarm, advice=ADVICE, host="kea")
    return Renderer().render(content, Envelope(delivery_id="d1", created_at=over_at or AT, subscription=OPERATOR))


def words(markup: str) -> list[str]:
    """The words that a page shows."""
    shown = re.sub(r"<(style|title)>.*?</\1>", " ", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", shown)).split()


def test_an_alarm_says_what_since_when_what_to_do_and_where() -> None:
    """In text and HTML alike; and to stop, the setting, not a subscription."""
    found = rendered(subject="x")
    facts = ("What to do", ADVICE), ("Since", "2026-06-01 10:00 UTC"), ("Host", "kea"), ("Code", "disk_nearly_full")
    for name, value in (*facts, ("Subject", "x")):
        assert f"{name}: {value}\n" in found.text
        assert f"{name} {value}" in " ".join(words(found.html))
    for said in (MESSAGE[1:], "To stop: change operator.to of the settings (TRIALOG_OPERATOR__TO)"):
        assert said in found.text
        assert said in " ".join(words(found.html))
    assert "unsubscribe" not in found.text + found.html
    assert f"[trialog on kea] T{MESSAGE[1:]}" == found.subject


def test_an_alarm_that_is_over_says_so_in_the_same_conversation() -> None:
    """When it began, when it ended, and that nothing is to be done."""
    found = rendered(ENDED_AT)
    assert f"[trialog on kea] Over: {MESSAGE}" == found.subject
    for said in ("What to do: nothing is to be done", "Since: 2026-06-01 10:00 UTC", "Over: 2026-06-01 12:30 UTC"):
        assert f"{said}\n" in found.text
    assert rendered().thread_id == found.thread_id
    assert rendered(subject="other").thread_id != found.thread_id


def test_a_webhook_gets_the_alarm_as_data() -> None:
    """One CloudEvent of type trialog.notice, whatever stands in a message, and of a size that receivers take."""
    event: Json = json.loads(rendered(ENDED_AT, message="m" * 50_000 + "\ud800").body)
    assert ("trialog.notice", "d1") == (event["type"], event["id"])
    data = event["data"]
    assert {"code", "subject", "message", "advice", "raised_at", "over_at", "host"} == data.keys()
    assert ("2026-06-01T10:00:00.000000Z", "2026-06-01T12:30:00.000000Z") == (data["raised_at"], data["over_at"])
    assert None is json.loads(rendered().body)["data"]["over_at"]
    assert len(data["message"]) <= 1_000

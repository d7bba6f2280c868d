"""The page of a notice about trialog itself: what is amiss or over, since when, what to do, and where.

Promises one safe line for each text. Pure.
"""

from datetime import datetime

from notifiers.mail_headers import header_text
from tracker.alerts.rendering.envelope import Envelope
from tracker.alerts.rendering.page import Entry, Fact, Page, Section, Told, Trial
from tracker.domain.record import Json
from tracker.domain.safe_text import one_line, shortened

_SUBJECT_CHARS = 150
_NOBODY = Trial(trial_id="")


def is_alarm(content: dict[str, Json]) -> bool:
    """Whether a content is one of ``tracker.alerts.alarm_content``."""
    return "alarm" in content


def thread_of(content: dict[str, Json]) -> str:
    """What makes one conversation of an alarm and its end."""
    alarm = content["alarm"]
    return f"alarm-{alarm['code']}-{alarm['subject']}-{alarm['raised_at']}"


def alarm_page(content: dict[str, Json], envelope: Envelope) -> Page:
    """The page of an alarm's content."""
    alarm = content["alarm"]
    is_over = alarm["over_at"] is not None
    host, message = one_line(alarm["host"]), one_line(alarm["message"])
    headline = f"Over: {message}" if is_over else f"{message[:1].upper()}{message[1:]}"
    facts = [("What to do", alarm["advice"]), ("Since", _minute(alarm["raised_at"]))]
    facts += [("Over", _minute(alarm["over_at"]))] if is_over else []
    facts += [("Host", host), ("Code", alarm["code"])]
    facts += [("Subject", alarm["subject"])] if alarm["subject"] else []
    entry = Entry(
        told=Told.NOTHING,
        key=alarm["code"],
        trial=_NOBODY,
        label=message,
        facts=tuple(Fact(name=name, value=one_line(value)) for name, value in facts),
    )
    return Page(
        subject=header_text(f"[trialog on {host}] {shortened(headline, _SUBJECT_CHARS)}"),
        kicker=f"{'Alarm that is over' if is_over else 'Alarm'} · trialog on {host}",
        headline=headline,
        trial=None,
        only=entry,
        counts=(),
        sections=(Section(heading=""),),
        more="",
        more_command="",
        created=f"{envelope.created_at:%Y-%m-%d %H:%M} UTC",
        reason=one_line(content["reason"]),
        stop_command=envelope.stop_command,
        stop_url=None,
        list_id=one_line(envelope.subscription),
        is_sample=False,
    )


def _minute(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%Y-%m-%d %H:%M} UTC"

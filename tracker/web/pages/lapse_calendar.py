"""When trials lapse: months for a page, and a file for calendars (RFC 5545). Pure."""

import calendar
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar

from tracker.domain.safe_text import one_line
from tracker.views.answers import StaleTrial

MOST_MONTHS = 12
_IDS = uuid.UUID("b7d4b0e0-2b1e-4f0d-8d6b-5f2f1f6f7a90")  # ours, made once


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month. ``weeks``: of each day its number and how many trials lapse on it; None outside of the month."""

    name: str
    weeks: Sequence[Sequence[tuple[int, int] | None]]
    total: int


def months(days: Mapping[str, int], on: date, within_days: int) -> list[Month]:
    """The months from that of ``on`` to the last in which a trial lapses, a year at most; ``days``: how many."""
    if not days:
        return []
    last = min(date.fromisoformat(max(days)), on + timedelta(days=within_days))
    count = min((last.year - on.year) * 12 + last.month - on.month + 1, MOST_MONTHS)
    firsts = [(on.year + (on.month - 1 + n) // 12, (on.month - 1 + n) % 12 + 1) for n in range(count)]
    return [_month(year, month, days) for year, month in firsts]


def _month(year: int, month: int, days: Mapping[str, int]) -> Month:
    weeks = [
        [(day.day, days.get(day.isoformat(), 0)) if day.month == month else None for day in week]
        for week in calendar.Calendar().monthdatescalendar(year, month)
    ]
    total = sum(one[1] for week in weeks for one in week if one)
    return Month(name=f"{calendar.month_name[month]} {year}", weeks=weeks, total=total)


def calendar_file(found: Sequence[StaleTrial], *, site_url: str, stamped_at: datetime) -> bytes:
    """A whole-day event for each trial that will lapse, under an id that stays its own while the day does."""
    made = icalendar.Calendar()
    made.add("prodid", "-//trialog//stale//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "Trials about to turn UNKNOWN")
    for trial in found:
        if trial.lapses_on:
            made.add_component(_event(trial, site_url, stamped_at))
    written: bytes = made.to_ical()
    return written


def _event(trial: StaleTrial, site_url: str, stamped_at: datetime) -> icalendar.Event:
    event = icalendar.Event()
    lapses_on = date.fromisoformat(trial.lapses_on or "")
    event.add("uid", f"{uuid.uuid5(_IDS, f'{trial.trial_id} {lapses_on}')}")
    event.add("dtstamp", stamped_at)
    event.add("dtstart", lapses_on)
    event.add("dtend", lapses_on + timedelta(days=1))
    event.add("summary", one_line(f"{trial.trial_id} turns UNKNOWN: {trial.title or ''}").rstrip(": "))
    event.add("url", f"{site_url}/trials/{trial.trial_id}")
    event.add("transp", "TRANSPARENT")
    return event

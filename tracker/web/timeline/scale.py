"""From days to places on the drawing, and where the marks of years or months stand. Pure.

The scale reaches over what is drawn, but no further than some years beyond it: registries write placeholders such as
2100-12-31, which then stand at the edge.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.domain.foretelling import Outlook
from tracker.domain.life.model import Life
from tracker.domain.partial_date import PartialDate

_MOST_BEFORE, _MOST_AFTER = timedelta(days=15 * 365), timedelta(days=15 * 365)
_LEAST_DAYS = 240
_AIR = 0.03  # of the span, on either side
_STEPS_MONTHS = (1, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Days from ``first`` to ``last`` over the places from ``left`` to ``right``."""

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """The place of the beginning of a day; of a day outside, the edge."""
        share = (day - self.first).days / max(1, (self.last - self.first).days)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def span(self, when: PartialDate) -> tuple[float, float]:
        """The places of the beginning and the end of the day, month or year that a date names."""
        last = when.last_day
        return self.x(when.first_day), self.x(last + timedelta(days=1) if last < date.max else last)

    def is_inside(self, day: date) -> bool:
        """Whether a day has a place of its own."""
        return self.first <= day <= self.last

    def ticks(self, label_px: float) -> Iterator[tuple[date, str]]:
        """The days at which labels of at most ``label_px`` stand clear of each other, with the labels."""
        per_month = (self.right - self.left) / max(1.0, (self.last - self.first).days / 30.44)
        step = next((months for months in _STEPS_MONTHS if months * per_month >= label_px), _STEPS_MONTHS[-1])
        at = self.first.year * 12
        end = self.last.year * 12 + self.last.month - 1
        for index in range(at - at % step, end + 1, step):
            day = date(index // 12, index % 12 + 1, 1) if index >= 12 else self.first
            if self.is_inside(day):
                yield day, f"{day.year}" if step % 12 == 0 else f"{day.year}-{day.month:02d}"


def scale_of(life: Life, *, left: float, right: float) -> Scale:
    """The scale on which a life is drawn between two places."""
    first, last = life.bands[0].first, max(life.today, life.bands[-1].last)
    earliest = first - _MOST_BEFORE if first.toordinal() > _MOST_BEFORE.days else date.min
    latest = last + _MOST_AFTER if last.toordinal() + _MOST_AFTER.days < date.max.toordinal() else date.max
    days = [day for day in _days(life) if earliest <= day <= latest]
    first, last = min(first, *days), max(last, *days)
    air = timedelta(days=max(10, round(((last - first).days or 1) * _AIR), (_LEAST_DAYS - (last - first).days) // 2))
    return Scale(
        first=first - air if first.toordinal() > air.days else first,
        last=last + air if last.toordinal() + air.days <= date.max.toordinal() else last,
        left=left,
        right=right,
    )


def _days(life: Life) -> Iterator[date]:
    yield life.today
    for plan in life.dates:
        for said in (plan.first, *(slip.new for slip in plan.slips)):
            if said is not None and said.when is not None:
                yield said.when.first_day
                yield said.when.last_day
    for step in life.results:
        yield step.when.last_day
    if life.foretold.outlook is Outlook.LAPSING and life.foretold.on is not None:
        yield life.foretold.on
        yield life.foretold.on + min(timedelta(days=240), date.max - life.foretold.on)

"""A trial's life as one drawing: lanes under each other on one scale of days, with today across them. Pure.

It promises the same bytes for the same life; a title for each mark, the sentence of its row in the table, and of many
neighbours one that sums them up, so that a life of hundreds of revisions stays small; text no smaller than 11 units, so
that ``Width.NARROW`` is read at 320 pixels and ``Width.WIDE`` from 700 up; labels that overlap none of their lane.
Which of the two is shown is the page's choice, by its style sheet.
"""

from collections.abc import Callable
from enum import IntEnum

from tracker.domain.life.model import Life
from tracker.domain.life.rows import band_row
from tracker.domain.safe_text import one_line
from tracker.domain.wording import count
from tracker.web.timeline.date_lane import date_lanes
from tracker.web.timeline.elements import element, escape, label, line, width_of
from tracker.web.timeline.enrollment_lane import enrollment_lane
from tracker.web.timeline.lane import BOLD, Canvas, Drawn
from tracker.web.timeline.looks import LAPSED, look_of, patterns
from tracker.web.timeline.results_lane import results_lane
from tracker.web.timeline.scale import scale_of
from tracker.web.timeline.status_lane import status_lane
from tracker.web.timeline.update_lane import update_lane

_EDGE_PX = 6.0
_TOP_PX = 34.0  # the line of today and the line of years
_GAP_PX = 12.0
_TICK_PX = 52.0

_LANES: tuple[Callable[[Life, Canvas, float], Drawn], ...] = (
    *(status_lane, date_lanes, enrollment_lane),
    *(results_lane, update_lane),
)


class Width(IntEnum):
    """How wide a drawing is in its own units; a unit is a pixel where it is shown as wide as that."""

    NARROW = 300
    WIDE = 900


def timeline_svg(life: Life, width: Width, *, name: str = "timeline") -> str:
    """The drawing; ``name`` begins its ids, and differs between drawings of one page."""
    canvas = Canvas(
        scale=scale_of(life, left=_EDGE_PX, right=width - _EDGE_PX), width=width, name=f"{name}-{width.value}"
    )
    y, lanes = _TOP_PX, []
    for lane in _LANES:
        drawn = lane(life, canvas, y)
        if drawn.height:
            lanes.append(drawn.body)
            y += drawn.height + _GAP_PX
    height = y - _GAP_PX + 4
    looks = {*(look_of(band) for band in life.bands), LAPSED}
    return element(
        "svg",
        [
            element("title", f"The life of {escape(life.trial_id)}", id=f"{canvas.name}-title"),
            element("desc", escape(one_line(description(life))), id=f"{canvas.name}-desc"),
            patterns(looks, canvas.name),
            _axis(life, canvas, height),
            *lanes,
        ],
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width.value} {height:.0f}",
        class_=f"tl tl-{width.name.lower()}",
        role="img",
        aria_labelledby=f"{canvas.name}-title {canvas.name}-desc",
        font_size=11,
    )


def description(life: Life) -> str:
    """The drawing in a few sentences, for who does not see it; the table beside it says all."""
    plans = [f"{plan.label} {plan.now.text}" for plan in life.dates if plan.now is not None]
    slips = sum(len(plan.slips) for plan in life.dates)
    said = [
        f"Status {band_row(life.bands[-1]).sentence}.",
        life.foretold.sentence,
        f"{'; '.join(plans)}; planned dates were said anew {count(slips, 'time')}." if plans else "",
        f"{count(len(life.updates), 'revision')} from {life.updates[0].on} to {life.updates[-1].on}.",
        "The table beside the drawing says the same in words.",
    ]
    return " ".join(sentence for sentence in said if sentence)


def _axis(life: Life, canvas: Canvas, height: float) -> str:
    """Years or months with lines down through all lanes, and today above them."""
    parts = []
    for day, text in canvas.scale.ticks(_TICK_PX):
        x = canvas.scale.x(day)
        parts.append(line((x, 28), (x, height), class_="tl-grid"))
        if x + 3 + width_of(text) <= canvas.width:
            parts.append(label(text, (x + 3, 26), class_="tl-tick"))
    x, text = canvas.scale.x(life.today), f"today, {life.today}"
    half = width_of(text) * BOLD / 2
    parts.append(line((x, 14), (x, height), class_="tl-today", dash="3 2"))
    parts.append(label(text, (min(max(half, x), canvas.width - half), 11), class_="tl-now", anchor="middle"))
    return "".join(parts)

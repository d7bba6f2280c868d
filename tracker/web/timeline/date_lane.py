"""The lanes of planned dates: each date that was ever said, one below the other, from the first to the present. Pure.

A month is drawn as wide as a month; a planned date is hollow, one that came to pass is filled.
Where hundreds were said, neighbours share a line and a title: the earliest, the latest and the last of them are drawn.
"""

from collections.abc import Sequence

from tracker.domain.life.model import Life, Planned, PlannedDate
from tracker.domain.life.rows import LifeRow, date_rows, kind_name
from tracker.domain.safe_text import one_line
from tracker.domain.wording import count, duration
from tracker.web.timeline.elements import Point, element, path, titled
from tracker.web.timeline.lane import Canvas, Drawn, bunch_sentence, bunches, heading, key

_STEP_PX, _MOST_STEPS_PX = 9.0, 54.0
_MOST_LINES = 27
_HALF_PX = 3.5
_LEAST_PX = 6.0
_GAP_PX = 5.0


def date_lanes(life: Life, canvas: Canvas, top: float) -> Drawn:
    """A lane for each planned date of the trial, and the key to its marks."""
    y, parts = top, []
    for plan in life.dates:
        lane = _lane(plan, canvas, y)
        parts.append(lane.body)
        y += lane.height + _GAP_PX
    if not life.dates:
        return Drawn(body="", height=0)
    y -= _GAP_PX
    legend = key(canvas, y, _key(life))
    return Drawn(body="".join(parts) + legend.body, height=y + legend.height - top)


def _lane(plan: PlannedDate, canvas: Canvas, top: float) -> Drawn:
    said = [plan.first, *(slip.new for slip in plan.slips)]
    lines = bunches(list(zip(said, date_rows(plan), strict=True)), _MOST_LINES)
    step = min(_STEP_PX, _MOST_STEPS_PX / len(lines))
    head = heading(canvas, top, plan.label, _summary(plan))
    below = top + head.height + _HALF_PX
    placed = [
        (_outermost(canvas, [one for one, _ in line]), below + at * step, _sentence(plan, [row for _, row in line]))
        for at, line in enumerate(lines)
    ]
    way = [_middle(canvas, one, y) for ones, y, _ in placed for one in ones]
    parts = [head.body]
    if len(way) > 1:
        parts.append(path(_stairs(way), class_="tl-way"))
    parts += [titled("".join([_mark(canvas, one, y) for one in ones]), sentence) for ones, y, sentence in placed]
    return Drawn(body="".join(parts), height=head.height + 2 * _HALF_PX + (len(lines) - 1) * step)


def _outermost(canvas: Canvas, said: Sequence[Planned | None]) -> list[Planned]:
    """Those with a place that are drawn of one line, in the order in which they were said."""
    given = [one for one in said if one is not None and one.when is not None]
    if len(given) <= 1:
        return given
    xs = [_middle(canvas, one, 0)[0] for one in given]
    return [given[at] for at in sorted({xs.index(min(xs)), xs.index(max(xs)), len(xs) - 1})]


def _sentence(plan: PlannedDate, rows: Sequence[LifeRow]) -> str:
    return bunch_sentence(rows, f"{plan.label}: said {count(len(rows), 'time')}")


def _summary(plan: PlannedDate) -> str:
    if plan.now is None:
        return "taken out" if plan.first else "not given"
    text, kind = one_line(plan.now.text), kind_name(plan.now.kind)
    if plan.first is None or not plan.slips or plan.first.text == plan.now.text:
        return f"{text}, {kind}"
    return f"{one_line(plan.first.text)} → {text}, {kind}{_by(plan)}"


def _by(plan: PlannedDate) -> str:
    moves = sum(slip.shift_days not in (None, 0) for slip in plan.slips)
    shift_days = plan.shift_days
    if not shift_days:
        return ""
    steps = f" in {count(moves, 'move')}" if moves > 1 else ""
    return f"; {duration(abs(shift_days))} {'later' if shift_days > 0 else 'earlier'}{steps}"


def _middle(canvas: Canvas, said: Planned, y: float) -> Point:
    assert said.when is not None
    left, right = canvas.scale.span(said.when)
    return (left + right) / 2, y


def _stairs(points: list[Point]) -> list[Point]:
    """Across on the line of the one before, then down: each date is left on the day that it names."""
    found = points[:1]
    for x, y in points[1:]:
        found += [(x, found[-1][1]), (x, y)]
    return found


def _mark(canvas: Canvas, said: Planned, y: float) -> str:
    """What stands for a date: as wide as the month or year it names, or a diamond for a day."""
    assert said.when is not None
    left, right = canvas.scale.span(said.when)
    if said.when.day is None:
        return _bar(left, max(right, left + _LEAST_PX), y, is_actual=said.is_actual)
    return _diamond((left + right) / 2, y, is_actual=said.is_actual)


def _diamond(x: float, y: float, *, is_actual: bool) -> str:
    points = ((x - _HALF_PX, y), (x, y - _HALF_PX), (x + _HALF_PX, y), (x, y + _HALF_PX))
    return path(points, class_="tl-mark" if is_actual else "tl-mark tl-hollow", is_closed=True)


def _bar(left: float, right: float, y: float, *, is_actual: bool) -> str:
    return element(
        "rect",
        x=left,
        y=y - 2.5,
        width=right - left,
        height=5,
        rx=2,
        class_="tl-mark" if is_actual else "tl-mark tl-hollow",
        stroke="currentColor",
    )


def _key(life: Life) -> list[tuple[str, str]]:
    """The marks that occur, and what they mean."""
    said = [one for plan in life.dates for one in (plan.first, *(slip.new for slip in plan.slips)) if one is not None]
    kinds = {(one.when.day is None, one.is_actual) for one in said if one.when is not None}
    hollow = "planned" if any(one.kind for one in said if not one.is_actual) else "planned or actual"
    entries = []
    for is_actual in (False, True):
        for is_month in (False, True):
            if (is_month, is_actual) in kinds:
                mark = _bar(-5, 5, 0, is_actual=is_actual) if is_month else _diamond(0, 0, is_actual=is_actual)
                entries.append((mark, f"{'actual' if is_actual else hollow} {'month' if is_month else 'day'}"))
    return entries

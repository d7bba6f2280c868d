"""The lane of the enrollment: how many participants were said on each day, as steps above one ground line. Pure.

Planned numbers are a dashed line, actual ones a solid one over a filled ground.
Where there are hundreds of steps, neighbours share a title that says between which numbers they are.
"""

from collections.abc import Sequence
from itertools import groupby

from tracker.domain.life.model import EnrollmentStep, Life
from tracker.domain.life.rows import enrollment_row, kind_name
from tracker.domain.wording import count
from tracker.web.timeline.elements import Point, element, label, line, path, titled, width_of
from tracker.web.timeline.lane import Canvas, Drawn, bunch_sentence, bunches, heading

_HEIGHT_PX = 34.0
_LABEL_PX = 12.0
_MOST_APART = 60


def enrollment_lane(life: Life, canvas: Canvas, top: float) -> Drawn:
    """The steps, with their numbers where there is room above them."""
    if not life.enrollment:
        return Drawn(body="", height=0)
    head = heading(canvas, top, "Enrollment", _summary(life.enrollment))
    ground = top + head.height + _LABEL_PX + _HEIGHT_PX
    most = max(1, *(step.count for step in life.enrollment))
    parts = [head.body, line((canvas.scale.left, ground), (canvas.scale.right, ground), class_="tl-ground")]
    xs = [*(canvas.scale.x(step.on) for step in life.enrollment), canvas.scale.x(life.today)]
    ys = [ground - step.count / most * _HEIGHT_PX for step in life.enrollment]
    if len(life.enrollment) > _MOST_APART:
        parts += _bunches(life.enrollment, xs, ys, ground)
    else:
        for at, step in enumerate(life.enrollment):
            corners = (xs[at], max(xs[at + 1], xs[at]), ys[at], ground)
            shape = _step(corners, step, ys[at - 1] if at else None)
            parts.append(titled(shape, enrollment_row(step).sentence))
    parts += _numbers(life, canvas, most, ground)
    return Drawn(body="".join(parts), height=ground - top + 1)


def _bunches(steps: Sequence[EnrollmentStep], xs: list[float], ys: list[float], ground: float) -> list[str]:
    """Neighbours as one line, planned and actual ones apart, without a dot for each."""
    parts = []
    for bunch in bunches(range(len(steps)), _MOST_APART):
        shapes = []
        for is_actual, ats in groupby(bunch, key=lambda at: steps[at].is_actual):
            points = [(x, ys[at]) for at in ats for x in (xs[at], max(xs[at], xs[at + 1]))]
            if is_actual:
                around = [(points[0][0], ground), *points, (points[-1][0], ground)]
                shapes.append(path(around, class_="tl-area tl-bunch", is_closed=True))
            shapes.append(path(points, class_="tl-edge", dash=None if is_actual else "4 3"))
        counts = [steps[at].count for at in bunch]
        what = f"{count(len(counts), 'step')} between {min(counts):,} and {count(max(counts), 'participant')}"
        parts.append(titled("".join(shapes), bunch_sentence([enrollment_row(steps[at]) for at in bunch], what)))
    return parts


def _summary(steps: tuple[EnrollmentStep, ...]) -> str:
    first, now = steps[0], steps[-1]
    said = f"{now.count:,} {kind_name(now.kind)}"
    if first.count == now.count:
        return said
    percent = f" ({(now.count - first.count) / first.count * 100:+.0f} %)" if first.count else ""
    return f"{first.count:,} {kind_name(first.kind)} → {said}{percent}"


def _step(corners: tuple[float, float, float, float], step: EnrollmentStep, before: float | None) -> str:
    left, right, y, ground = corners
    area = element("rect", x=left, y=y, width=right - left, height=ground - y, class_="tl-area", fill="currentColor")
    points: list[Point] = [(left, y), (right, y)]
    rise = "" if before is None else line((left, before), (left, y), class_="tl-rise")
    edge = path(points, class_="tl-edge", dash=None if step.is_actual else "4 3")
    return (area if step.is_actual else "") + rise + edge + _dot(left, y, is_actual=step.is_actual)


def _dot(x: float, y: float, *, is_actual: bool) -> str:
    class_ = "tl-mark" if is_actual else "tl-mark tl-hollow"
    return element("circle", cx=x, cy=y, r=2.6, class_=class_, stroke="currentColor")


def _numbers(life: Life, canvas: Canvas, most: int, ground: float) -> list[str]:
    """Numbers above the steps, left to right; one that would touch another number or the next step is left out."""
    parts, free = [], canvas.scale.left
    xs = [canvas.scale.x(step.on) for step in life.enrollment]
    for at, step in enumerate(life.enrollment):
        text = f"{step.count:,}"
        begin = min(xs[at], canvas.scale.right - width_of(text))
        end = begin + width_of(text)
        following = xs[at + 1] if at + 1 < len(xs) else canvas.scale.right + 1
        rises = at + 1 < len(xs) and life.enrollment[at + 1].count > step.count
        if begin >= free and (end <= following or not rises):
            y = ground - step.count / most * _HEIGHT_PX - 6
            parts.append(label(text, (begin, y)))
            free = end + 4
    return parts

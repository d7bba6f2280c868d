"""The lane of the enrollment: how many participants were said on each day, as steps above one ground line. Pure.

Planned numbers are a dashed line, actual ones a solid one over a filled ground.
"""

from tracker.domain.life.model import EnrollmentStep, Life
from tracker.domain.life.rows import enrollment_row, kind_name
from tracker.web.timeline.elements import Point, element, label, line, path, titled, width_of
from tracker.web.timeline.lane import Canvas, Drawn, heading

_HEIGHT_PX = 34.0
_LABEL_PX = 12.0


def enrollment_lane(life: Life, canvas: Canvas, top: float) -> Drawn:
    """The steps, with their numbers where there is room above them."""
    if not life.enrollment:
        return Drawn(body="", height=0)
    head = heading(canvas, top, "Enrollment", _summary(life.enrollment))
    ground = top + head.height + _LABEL_PX + _HEIGHT_PX
    most = max(1, *(step.count for step in life.enrollment))
    parts = [head.body, line((canvas.scale.left, ground), (canvas.scale.right, ground), class_="tl-ground")]
    ends = [*(canvas.scale.x(step.on) for step in life.enrollment[1:]), canvas.scale.x(life.today)]
    before: float | None = None
    for step, end in zip(life.enrollment, ends, strict=True):
        y = ground - step.count / most * _HEIGHT_PX
        corners = (canvas.scale.x(step.on), max(end, canvas.scale.x(step.on)), y, ground)
        parts.append(titled(_step(corners, step, before), enrollment_row(step).sentence))
        before = y
    parts += _numbers(life, canvas, most, ground)
    return Drawn(body="".join(parts), height=ground - top + 1)


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

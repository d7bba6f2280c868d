"""The lane of the updates: a stroke for each revision, of a shape that says who brought it about. Pure."""

from tracker.domain.events import Origin
from tracker.domain.life.model import Life
from tracker.domain.life.rows import update_row
from tracker.domain.wording import ORIGINS, count
from tracker.web.timeline.elements import element, line, titled
from tracker.web.timeline.lane import Canvas, Drawn, heading, key

_HEIGHT_PX = 16.0


def update_lane(life: Life, canvas: Canvas, top: float) -> Drawn:
    """The strokes, and the key to those that occur."""
    head = heading(canvas, top, "Updates", _summary(life))
    ground = top + head.height + _HEIGHT_PX
    parts = [head.body, line((canvas.scale.left, ground), (canvas.scale.right, ground), class_="tl-ground")]
    for update in life.updates:
        stroke = _stroke(update.origin, canvas.scale.x(update.on), ground)
        parts.append(titled(stroke, update_row(update).sentence))
    origins = dict.fromkeys(update.origin for update in life.updates)
    entries = [(_stroke(origin, 0, 6), ORIGINS.get(origin, origin)) for origin in origins]
    legend = key(canvas, ground, entries)
    return Drawn(body="".join(parts) + legend.body, height=ground + legend.height - top)


def _summary(life: Life) -> str:
    silent = sum(update.origin == Origin.REGISTRY for update in life.updates)
    told = count(len(life.updates), "revision")
    return f"{told}, {silent} by the registry itself" if silent else told


def _stroke(origin: str, x: float, ground: float) -> str:
    """Full height for the sponsor, a pin for the registry, half height for its history, a box for a first sight."""
    tall, half = ground - 13, ground - 8
    match origin:
        case Origin.REGISTRY:
            head = element("circle", cx=x, cy=half, r=2.4, class_="tl-mark tl-hollow", stroke="currentColor")
            return line((x, ground), (x, half + 2.4), class_="tl-stroke") + head
        case Origin.BACKFILL:
            return line((x, ground), (x, half), class_="tl-stroke")
        case Origin.BASELINE:
            box = {"x": x - 2.5, "y": ground - 7, "width": 5, "height": 5}
            return element("rect", class_="tl-mark", stroke="currentColor", **box)
    return line((x, ground), (x, tall), class_="tl-stroke")

"""The lane of the updates: a stroke for each revision, of a shape that says who brought it about. Pure.

Of strokes that one could not tell apart, one is drawn; hundreds share titles that count them.
"""

from collections.abc import Sequence

from tracker.domain.events import Origin
from tracker.domain.life.model import Life, Update
from tracker.domain.life.rows import update_row
from tracker.domain.wording import ORIGINS, count
from tracker.web.timeline.elements import element, line, titled, upright
from tracker.web.timeline.lane import Canvas, Drawn, bunch_sentence, bunches, heading, key

_HEIGHT_PX = 16.0
_MOST_TITLES = 100


def update_lane(life: Life, canvas: Canvas, top: float) -> Drawn:
    """The strokes, and the key to those that occur."""
    head = heading(canvas, top, "Updates", _summary(life))
    ground = top + head.height + _HEIGHT_PX
    parts = [head.body, line((canvas.scale.left, ground), (canvas.scale.right, ground), class_="tl-ground")]
    parts.append(_group([_bunch(bunch, canvas, ground) for bunch in bunches(life.updates, _MOST_TITLES)]))
    origins = dict.fromkeys(update.origin for update in life.updates)
    entries = [(_group([_stroke(origin, 0, 6)]), ORIGINS.get(origin, origin)) for origin in origins]
    legend = key(canvas, ground, entries)
    return Drawn(body="".join(parts) + legend.body, height=ground + legend.height - top)


def _bunch(updates: Sequence[Update], canvas: Canvas, ground: float) -> str:
    apart = {(update.origin, round(canvas.scale.x(update.on))): update for update in updates}.values()
    strokes = [_stroke(update.origin, canvas.scale.x(update.on), ground) for update in apart]
    rows = [update_row(update) for update in updates]
    first, last = updates[0].revision, updates[-1].revision
    return titled("".join(strokes), bunch_sentence(rows, f"Revisions {first} to {last}"))


def _summary(life: Life) -> str:
    silent = sum(update.origin == Origin.REGISTRY for update in life.updates)
    told = count(len(life.updates), "revision")
    return f"{told}, {silent} by the registry itself" if silent else told


def _group(strokes: list[str]) -> str:
    return element("g", strokes, class_="tl-stroke", stroke="currentColor")


def _stroke(origin: str, x: float, ground: float) -> str:
    """Full height for the sponsor, a pin for the registry, half height for its history, a box for a first sight."""
    tall, half = ground - 13, ground - 8
    match origin:
        case Origin.REGISTRY:
            head = element("circle", cx=x, cy=half, r=2.4, class_="tl-mark tl-hollow")
            return upright(x, ground, half + 2.4) + head
        case Origin.BACKFILL:
            return upright(x, ground, half)
        case Origin.BASELINE:
            return element("rect", x=x - 2.5, y=ground - 7, width=5, height=5, class_="tl-mark")
    return upright(x, ground, tall)

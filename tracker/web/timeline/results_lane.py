"""The lane of the results: a mark for each step, named where the name touches no other. Pure.

Where hundreds follow each other, neighbours of one kind share a title, and one mark where they share a place.
"""

from collections.abc import Sequence
from itertools import groupby

from tracker.domain.life.model import Life, ResultsStage, ResultsStep
from tracker.domain.life.rows import STAGES, results_row
from tracker.domain.wording import count
from tracker.web.timeline.elements import element, label, line, path, titled, width_of
from tracker.web.timeline.lane import Canvas, Drawn, bunch_sentence, bunches, heading, key

_ROW_PX = 13.0
_MOST_ROWS = 4
_MOST_TITLES = 60
_R = 3.6
_NAMES = {ResultsStage.DELAYED: "delay", ResultsStage.CANCELLED: "cancelled"}


def results_lane(life: Life, canvas: Canvas, top: float) -> Drawn:
    """The steps on one line, their names beside or below them."""
    if not life.results:
        return heading(canvas, top, "Results", "none submitted or posted, as far as is known")
    head = heading(canvas, top, "Results", _summary(life))
    y = top + head.height + 6
    placed = [(step, sum(canvas.scale.span(step.when)) / 2) for step in life.results]
    parts = [head.body, line((canvas.scale.left, y), (canvas.scale.right, y), class_="tl-ground")]
    for stage, found in groupby(placed, key=lambda one: one[0].stage):
        same = list(found)
        most = max(1, _MOST_TITLES * len(same) // len(placed)) if len(placed) > _MOST_TITLES else len(same)
        parts += [_bunch(stage, bunch, y) for bunch in bunches(same, most)]
    names, rows, is_complete = _labels(placed, canvas, y + 4)
    legend = key(canvas, y + 4 + rows * _ROW_PX, [] if is_complete else _key(life))
    return Drawn(body="".join(parts) + names + legend.body, height=y + 6 + rows * _ROW_PX + legend.height - top)


def _bunch(stage: ResultsStage, placed: Sequence[tuple[ResultsStep, float]], y: float) -> str:
    apart = {round(x): x for _, x in placed}.values()
    rows = [results_row(step) for step, _ in placed]
    what = f"Results {STAGES[stage]}, {count(len(rows), 'time')}"
    return titled("".join([_mark(stage, x, y) for x in apart]), bunch_sentence(rows, what))


def _summary(life: Life) -> str:
    last = life.results[-1]
    return f"{_name(last.stage)} {results_row(last).since}"


def _name(stage: ResultsStage) -> str:
    return _NAMES.get(stage, stage.value)


def _labels(placed: list[tuple[ResultsStep, float]], canvas: Canvas, top: float) -> tuple[str, int, bool]:
    """The names in as few rows as they need, how many rows that is, and whether all have found room."""
    free = [canvas.scale.left] * _MOST_ROWS
    drawn, used, is_complete = [], 0, True
    for step, x in placed:
        text = _name(step.stage)
        width = width_of(text)
        begin = min(max(canvas.scale.left, x - width / 2), canvas.scale.right - width)
        row = next((at for at, edge in enumerate(free) if edge <= begin), None)
        if row is None:
            is_complete = False
            continue
        free[row] = begin + width + 5
        used = max(used, row + 1)
        drawn.append(label(text, (begin, top + (row + 1) * _ROW_PX - 2)))
    return "".join(drawn), used, is_complete


def _key(life: Life) -> list[tuple[str, str]]:
    stages = dict.fromkeys(step.stage for step in life.results)
    return [(_mark(stage, 0, 0), _name(stage)) for stage in stages]


def _mark(stage: ResultsStage, x: float, y: float) -> str:
    """A shape of its own for each stage."""
    match stage:
        case ResultsStage.POSTED:
            return element("circle", cx=x, cy=y, r=_R + 0.8, class_="tl-mark", stroke="currentColor")
        case ResultsStage.REVISED:
            return element("circle", cx=x, cy=y, r=_R - 0.6, class_="tl-mark tl-hollow", stroke="currentColor")
        case ResultsStage.SUBMITTED:
            return _triangle(x, y, -_R)
        case ResultsStage.RETURNED:
            return _triangle(x, y, _R)
        case ResultsStage.DELAYED:
            square = {"x": x - _R, "y": y - _R, "width": 2 * _R, "height": 2 * _R}
            return element("rect", class_="tl-mark tl-hollow", stroke="currentColor", **square)
    rising = path(((x - _R, y - _R), (x + _R, y + _R)), class_="tl-cross")
    return rising + path(((x - _R, y + _R), (x + _R, y - _R)), class_="tl-cross")


def _triangle(x: float, y: float, tip: float) -> str:
    points = ((x, y + tip), (x + _R + 0.4, y - tip), (x - _R - 0.4, y - tip))
    return path(points, class_="tl-mark tl-hollow", is_closed=True)

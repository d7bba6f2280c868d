"""What the lanes of a timeline have in common: a heading that never overlaps, a body below it, as many marks as can be
told apart. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from tracker.domain.life.rows import LifeRow
from tracker.domain.safe_text import one_line
from tracker.web.timeline.elements import FONT_PX, element, fitting, label, width_of
from tracker.web.timeline.scale import Scale

HEADING_PX = 17.0
_LINE_PX = 14.0
BOLD = 1.12  # bold letters are wider
_GAP_PX = 8.0
_KEY_PX = 15.0

Marked = TypeVar("Marked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """Where lanes are drawn: the scale of days, the whole width, and the name that makes ids unique."""

    scale: Scale
    width: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A lane: what was drawn, and how far down it reaches from where it began."""

    body: str
    height: float


def bunches(marked: Sequence[Marked], most: int) -> list[Sequence[Marked]]:
    """Each alone where there are at most ``most``, else as many neighbours together as that needs."""
    size = max(1, -(-len(marked) // most))
    return [marked[at : at + size] for at in range(0, len(marked), size)]


def bunch_sentence(rows: Sequence[LifeRow], what: str) -> str:
    """The title of marks that are drawn together: the days, and ``what`` they come to; of one its own sentence."""
    return rows[0].sentence if len(rows) == 1 else f"{rows[0].since} to {rows[-1].since}: {what}"


def heading(canvas: Canvas, top: float, name: str, summary: str = "") -> Drawn:
    """The name of a lane and what it comes to, on as many lines as that needs."""
    left, room = canvas.scale.left, canvas.scale.right - canvas.scale.left
    drawn = [label(name, (left, top + FONT_PX), class_="tl-heading")]
    begin = width_of(name) * BOLD + _GAP_PX
    lines = _lines(summary, room - begin, room)
    for at, text in enumerate(lines):
        x = left + begin if at == 0 else left
        if text:
            drawn.append(label(fitting(text, room), (x, top + FONT_PX + at * _LINE_PX), class_="tl-summary"))
    return Drawn(body="".join(drawn), height=HEADING_PX + max(0, len(lines) - 1) * _LINE_PX)


def _lines(text: str, first_px: float, other_px: float) -> list[str]:
    """A text broken at blanks into lines, of which the first may have less room and then be empty."""
    lines, room = [""], first_px
    for word in one_line(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer) > room:
            lines.append(word)
            room = other_px
        else:
            lines[-1] = longer
    return lines


def key(canvas: Canvas, top: float, entries: Sequence[tuple[str, str]]) -> Drawn:
    """A key: for each entry a mark, drawn about (0, 0), and what it means; in as many lines as are needed."""
    x, y, drawn = canvas.scale.left, top + _KEY_PX, []
    for mark, text in entries:
        room = 18 + width_of(text) + _GAP_PX
        if x > canvas.scale.left and x + room > canvas.scale.right + _GAP_PX:
            x, y = canvas.scale.left, y + _KEY_PX
        drawn.append(element("g", mark, transform=f"translate({x + 6:.2f} {y - 4:.2f})"))
        drawn.append(label(fitting(text, canvas.scale.right - x - 16), (x + 16, y), class_="tl-summary"))
        x += room
    return Drawn(body="".join(drawn), height=y + 6 - top if entries else 0)

"""The lane of the status: a band for each span, named inside where there is room, else in the key below. Pure."""

from datetime import date, timedelta

from tracker.domain.foretelling import Outlook
from tracker.domain.life.model import Band, BandKind, Life
from tracker.domain.life.rows import band_name, band_row, foretold_rows, status_name
from tracker.web.timeline.elements import element, label, line, titled, width_of
from tracker.web.timeline.lane import BOLD, Canvas, Drawn, heading, key
from tracker.web.timeline.looks import LAPSED, look_of, swatch

_BAND_PX = 24.0
_LEAST_PX = 2.0
_INSET_PX = 5.0


def status_lane(life: Life, canvas: Canvas, top: float) -> Drawn:
    """The bands and, beyond today, the day that is foretold."""
    head = heading(canvas, top, "Status", _summary(life))
    below = top + head.height
    parts = [head.body]
    parts += [titled(_shape(canvas, band, below), band_row(band).sentence) for band in life.bands]
    parts += _foretold(life, canvas, below)
    parts += [_name(canvas, band, below) for band in life.bands if _has_room(canvas, band)]
    legend = key(canvas, below + _BAND_PX, _key(life, canvas))
    return Drawn(body="".join(parts) + legend.body, height=head.height + _BAND_PX + legend.height)


def _summary(life: Life) -> str:
    band = life.bands[-1]
    if life.foretold.outlook is Outlook.LAPSING:
        return f"{band_name(band)}, UNKNOWN from {life.foretold.on}"
    known = f", last known: {status_name(band.last_known)}" if band.last_known else ""
    since = ", known from" if _is_first(life, band) else " since"
    return f"{band_name(band)}{since} {band.first}{known}"


def _is_first(life: Life, band: Band) -> bool:
    """Whether nothing was seen of the record before, so that the band may have begun earlier."""
    return next(one for one in life.bands if one.kind is not BandKind.UNSEEN) is band


def _edges(canvas: Canvas, band: Band) -> tuple[float, float]:
    left = canvas.scale.x(band.first)
    right = canvas.scale.x(band.last + timedelta(days=1) if band.last < date.max else band.last)
    return left, max(right, left + _LEAST_PX)


def _shape(canvas: Canvas, band: Band, y: float) -> str:
    left, right = _edges(canvas, band)
    return swatch(look_of(band), (left, y, right - left, _BAND_PX), canvas.name)


def _has_room(canvas: Canvas, band: Band) -> bool:
    left, right = _edges(canvas, band)
    return width_of(band_name(band)) * BOLD + 2 * _INSET_PX <= right - left


def _name(canvas: Canvas, band: Band, y: float) -> str:
    left, _ = _edges(canvas, band)
    return label(band_name(band), (left + _INSET_PX, y + 16), class_="tl-name")


def _key(life: Life, canvas: Canvas) -> list[tuple[str, str]]:
    """All looks with their names, where any band has no room for its own."""
    entries: dict[tuple[str, str], str] = {}
    for band in life.bands:
        look, name = look_of(band), band_name(band)
        entries[(look.family, name)] = swatch(look, (-6, -5, 12, 10), canvas.name)
    if all(_has_room(canvas, band) for band in life.bands):
        entries = {}
    return [(mark, name) for (_, name), mark in entries.items()] + _foretold_key(life, canvas)


def _foretold_key(life: Life, canvas: Canvas) -> list[tuple[str, str]]:
    if life.foretold.outlook is not Outlook.LAPSING:
        return []
    mark = element("g", swatch(LAPSED, (-6, -5, 12, 10), canvas.name), class_="tl-foretold")
    return [(mark, f"UNKNOWN from {life.foretold.on}, unless updated")]


def _foretold(life: Life, canvas: Canvas, y: float) -> list[str]:
    """The days from the foretold one on, and the line that leads there."""
    parts = []
    for row in foretold_rows(life):
        left, right = canvas.scale.x(life.foretold.on or life.today), canvas.scale.right
        today, middle = canvas.scale.x(life.today), y + _BAND_PX / 2
        lead = line((today, middle), (left, middle), class_="tl-guide", dash="1 3")
        coming = swatch(LAPSED, (left, y, max(_LEAST_PX, right - left), _BAND_PX), canvas.name)
        parts.append(titled(element("g", lead + coming, class_="tl-foretold"), row.sentence))
    return parts

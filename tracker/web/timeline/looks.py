"""What each status looks like: a class for its colour, and a pattern, so that colour is never alone.

The colours themselves are the style sheet's (``timeline.css``); without it all is drawn in the colour of the text.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.domain.life.model import Band, BandKind
from tracker.domain.staleness import UNKNOWN
from tracker.web.timeline.elements import element

_OPEN, _DONE, _STOPPED = "open", "done", "stopped"
_FAMILIES = {
    "NOT_YET_RECRUITING": "planned",
    "RECRUITING": _OPEN,
    "ENROLLING_BY_INVITATION": _OPEN,
    "AVAILABLE": _OPEN,
    "ACTIVE_NOT_RECRUITING": "active",
    "COMPLETED": _DONE,
    "APPROVED_FOR_MARKETING": _DONE,
    "TERMINATED": _STOPPED,
    "SUSPENDED": _STOPPED,
    "WITHDRAWN": _STOPPED,
    "NO_LONGER_AVAILABLE": _STOPPED,
    "TEMPORARILY_NOT_AVAILABLE": _STOPPED,
    UNKNOWN: "unknown",
}
_DRAWN = {  # lines of a tile of 6 by 6
    "planned": ("M1 1h1M4 4h1",),
    "active": ("M0 1.5h6M0 4.5h6",),
    "done": ("M3 0v6",),
    "stopped": ("M0 0l6 6M6 0l-6 6",),
    "unknown": ("M-1 1l2 -2M0 6l6 -6M5 7l2 -2",),
    "lapsed": ("M-1 5l2 2M0 0l6 6M5 -1l2 2",),
    "away": ("M0 0h1.5M3 3h1.5M1.5 1.5h1.5M4.5 4.5h1.5",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A family of bands that look alike."""

    family: str

    @property
    def class_(self) -> str:
        """The class that colours it."""
        return f"tl-{self.family}"

    @property
    def has_pattern(self) -> bool:
        """Whether something is drawn over the colour."""
        return self.family in _DRAWN

    @property
    def is_framed(self) -> bool:
        """Whether there is nothing but a dashed frame."""
        return self.family in ("unseen", "away")


LAPSED = Look(family="lapsed")


def look_of(band: Band) -> Look:
    """What a band looks like."""
    match band.kind:
        case BandKind.UNSEEN:
            return Look(family="unseen")
        case BandKind.LAPSED:
            return LAPSED
        case BandKind.SHOWN | BandKind.SUBMITTED:
            return Look(family=_FAMILIES.get(band.status or "", "other"))
    return Look(family="away")


def patterns(looks: Iterable[Look], name: str) -> str:
    """The definitions of the patterns that ``looks`` need; ``name`` makes their ids the drawing's own."""
    families = sorted({look.family for look in looks if look.has_pattern})
    tiles = [
        element(
            "pattern",
            element("path", d=" ".join(_DRAWN[family]), class_=f"tl-pattern tl-{family}", stroke="currentColor"),
            id=_id(name, family),
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        )
        for family in families
    ]
    return element("defs", tiles) if tiles else ""


def swatch(look: Look, box: tuple[float, float, float, float], name: str) -> str:
    """A box (x, y, width, height) that looks so: colour, pattern, frame."""
    x, y, width, height = box
    place = {"x": x, "y": y, "width": width, "height": height}
    frame = element(
        "rect",
        class_=f"tl-band {look.class_}",
        fill="none" if look.is_framed else "currentColor",
        fill_opacity=None if look.is_framed else 0.14,
        stroke="currentColor",
        stroke_dasharray="3 2" if look.is_framed else None,
        **place,
    )
    if not look.has_pattern:
        return frame
    return frame + element("rect", fill=f"url(#{_id(name, look.family)})", **place)


def _id(name: str, family: str) -> str:
    return f"{name}-{family}"

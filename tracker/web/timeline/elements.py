"""SVG as text: elements with escaped attributes and text, numbers in one short form. Pure.

It promises well-formed text whatever a record says, and the same bytes for the same drawing. It never writes a
``style``: the pages' Content-Security-Policy forbids it; looks are presentation attributes and classes.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from tracker.domain.safe_text import one_line

Point = tuple[float, float]

FONT_PX = 11.0
_WIDE_CHARS, _SLIM_CHARS = frozenset("mwMWQG@%"), frozenset("iljtfrI.,:;'|!()[] -")


def element(name: str, children: str | Iterable[str] = "", /, **attributes: str | float | None) -> str:
    """An element; ``children`` are elements already made. Underscores of names are hyphens, ``class_`` is ``class``.

    >>> element("rect", x=1.50, class_="tl-band", fill_opacity=0.25)
    '<rect x="1.5" class="tl-band" fill-opacity="0.25"/>'
    """
    told = "".join([f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value is not None])
    inner = children if isinstance(children, str) else "".join(children)
    return f"<{name}{told}>{inner}</{name}>" if inner else f"<{name}{told}/>"


def escape(text: str) -> str:
    """``text`` as the content of an element."""
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def titled(shape: str, sentence: str) -> str:
    """A shape with a title that says what it shows: what a pointer at rest tells, and what tests read.

    Several elements become a group.
    """
    if shape.count("<") != 1:
        return element("g", title(sentence) + shape)
    name = shape[1 : shape.index(" ")]
    return f"{shape.removesuffix('/>')}>{title(sentence)}</{name}>"


def title(sentence: str) -> str:
    """The title of what it is put into."""
    return element("title", escape(one_line(sentence)))


def label(text: str, at: Point, *, class_: str = "tl-label", anchor: str | None = None) -> str:
    """A line of text that begins, or with ``anchor`` is centred or ends, at a point of its baseline."""
    return element(
        "text",
        escape(one_line(text)),
        x=at[0],
        y=at[1],
        class_=class_,
        fill="currentColor",
        text_anchor=anchor,
    )


def line(start: Point, end: Point, *, class_: str, dash: str | None = None) -> str:
    """A straight line."""
    return element(
        "line",
        x1=start[0],
        y1=start[1],
        x2=end[0],
        y2=end[1],
        class_=class_,
        stroke="currentColor",
        stroke_dasharray=dash,
    )


def path(points: Sequence[Point], *, class_: str, is_closed: bool = False, dash: str | None = None) -> str:
    """A line through points, filled only where it is closed."""
    drawn = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return element(
        "path",
        d=f"M{drawn}{'Z' if is_closed else ''}",
        class_=class_,
        stroke="currentColor",
        fill=None if is_closed else "none",
        stroke_dasharray=dash,
    )


def upright(x: float, bottom: float, top: float) -> str:
    """A stroke straight up, in the colour and width of the group that it is in; short, as there may be hundreds."""
    return element("path", d=f"M{number(x)} {number(bottom)}V{number(top)}")


def number(value: float) -> str:
    """A length with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def width_of(text: str, font_px: float = FONT_PX) -> float:
    """About how wide a line of text is, rather more than less: what fonts there are is not known here."""
    return sum([_EMS.get(char, 1.0) for char in text]) * font_px


def fitting(text: str, most_px: float, font_px: float = FONT_PX) -> str:
    """``text``, cut where it would be wider than ``most_px``; empty where not even a few letters fit."""
    text = one_line(text)
    if width_of(text, font_px) <= most_px:
        return text
    while text and width_of(f"{text}…", font_px) > most_px:
        text = text[:-1].rstrip()
    return f"{text}…" if len(text) > 2 else ""


def _ems(char: str) -> float:
    if char in _SLIM_CHARS:
        return 0.41
    if char in _WIDE_CHARS:
        return 1.0
    return 0.74 if char.isupper() else 0.64


_EMS = {char: _ems(char) for char in map(chr, range(128))}  # every other is taken for a wide one


@cache
def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return escape(value).replace('"', "&quot;") if isinstance(value, str) else number(value)

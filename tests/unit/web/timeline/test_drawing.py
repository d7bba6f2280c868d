"""The timeline: one drawing for who sees it, the same content as the table."""

import itertools
import re
import xml.etree.ElementTree as ET
from datetime import date

import pytest

from tests.lifetimes import TODAY, busy_life, long_life, revision, told
from tests.records import record
from tracker.domain.life.model import Life
from tracker.domain.life.rows import life_rows
from tracker.domain.life.telling import life_of
from tracker.domain.partial_date import parse_partial_date
from tracker.web.timeline.drawing import Width, timeline_svg
from tracker.web.timeline.elements import width_of
from tracker.web.timeline.scale import scale_of

SVG = "{http://www.w3.org/2000/svg}"
BOTH = pytest.mark.parametrize("width", tuple(Width))


def drawn(life: Life, width: Width) -> ET.Element:
    """The drawing, read again."""
    return ET.fromstring(timeline_svg(life, width))


def titles(drawing: ET.Element) -> list[str]:
    """The titles of all marks, sorted."""
    return sorted(title.text or "" for title in drawing.iterfind(f"./*//{SVG}title"))


@BOTH
def test_the_table_says_what_the_drawing_says(width: Width) -> None:
    """Each row of the table is the title of one mark, and no mark says anything else."""
    life = long_life()
    assert sorted(row.sentence for row in life_rows(life)) == titles(drawn(life, width))


@BOTH
def test_a_life_of_hundreds_of_revisions_is_drawn_small(width: Width) -> None:
    """Neighbours share titles, which still name every revision and between which numbers the enrollment moved."""
    life = busy_life(400)
    drawing, text = drawn(life, width), timeline_svg(life, width)
    assert len(text) < 110_000
    updates = [title for title in titles(drawing) if "Revision" in title]
    spans = [tuple(map(int, re.findall(r"Revisions? (\d+)(?: to (\d+))?", title)[0])) for title in updates]
    assert list(range(1, 401)) == sorted(number for first, last in spans for number in range(first, last + 1))
    assert any("participants" in title and "steps between" in title for title in titles(drawing))
    assert max(float(element.get("width") or 0) for element in drawing.iter(f"{SVG}rect")) <= width


@BOTH
def test_the_same_life_gives_the_same_bytes(width: Width) -> None:
    """Whenever and however often it is drawn."""
    assert timeline_svg(long_life(), width) == timeline_svg(long_life(), width)


@BOTH
def test_nothing_in_it_is_style_or_script(width: Width) -> None:
    """The pages' Content-Security-Policy would refuse it, and the drawing would be black."""
    names = {element.tag.removeprefix(SVG) for element in drawn(long_life(), width).iter()}
    assert set() == names & {"style", "script", "foreignObject", "a", "image", "use"}
    assert not re.search(
        r"\sstyle=|\son\w+=|javascript:|https?://(?!www\.w3\.org/2000/svg)", timeline_svg(long_life(), width)
    )


@BOTH
def test_it_names_itself_to_who_does_not_see_it(width: Width) -> None:
    """An image with a title and a description, whose ids are its own."""
    drawing = drawn(long_life(), width)
    ids = [element.get("id") for element in drawing.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert "img" == drawing.get("role")
    assert set((drawing.get("aria-labelledby") or "").split()) <= set(ids)


@BOTH
def test_labels_of_a_line_do_not_touch(width: Width) -> None:
    """Texts with one baseline stand clear of each other, and inside the drawing."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for text in drawn(long_life(), width).findall(f"{SVG}text"):
        begin, size = float(text.get("x", "0")), width_of(text.text or "")
        begin = begin - size / 2 if text.get("text-anchor") == "middle" else begin
        lines.setdefault(text.get("y", ""), []).append((begin, begin + size))
    for spans in lines.values():
        ordered = sorted(spans)
        assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(ordered))
        assert ordered[0][0] >= 0
        assert ordered[-1][1] <= width + 1


def test_a_month_is_as_wide_as_the_month() -> None:
    """``2026-05`` is drawn from its first day to its last, a day as one day."""
    scale = scale_of(long_life(), left=0, right=900)
    month, day = parse_partial_date("2022-05"), parse_partial_date("2022-05-01")
    assert month is not None
    assert day is not None
    assert (scale.x(date(2022, 5, 1)), scale.x(date(2022, 6, 1))) == scale.span(month)
    assert scale.span(month)[1] - scale.span(month)[0] == pytest.approx(31 * (scale.span(day)[1] - scale.span(day)[0]))


@pytest.mark.parametrize("placeholder", ("1900-01-01", "2100-12-31", "9999-12-31", "0001-01"))
def test_a_placeholder_does_not_flatten_the_rest(placeholder: str) -> None:
    """It stands at the edge of a scale that reaches some years beyond what is known."""
    newest = record(statusModule={"completionDateStruct": {"date": placeholder, "type": "ESTIMATED"}})
    life = life_of(told([revision(1, "2024-01-01")], newest=newest), today=TODAY)
    assert (scale_of(life, left=0, right=1).last - scale_of(life, left=0, right=1).first).days < 40 * 365
    drawn(life, Width.NARROW)


@BOTH
def test_hostile_text_stays_text(width: Width) -> None:
    """A status, a date or a number of participants that is markup is shown as it is written."""
    hostile = '</title><script>alert("1")</script>\x00\x1b[31m'
    newest = record(statusModule={"startDateStruct": {"date": hostile, "type": hostile}})
    life = life_of(told([revision(1, "2024-01-01", hostile)], newest=newest), today=TODAY)
    assert sorted(row.sentence for row in life_rows(life)) == titles(drawn(life, width))
    assert "<script" not in timeline_svg(life, width)

"""Laws of lives, whatever a ledger tells: bands without gaps, and the table as the drawing."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.lifetimes import ENROLLMENT, PRIMARY, change, move, revision, told
from tests.properties.records import BRIEF, LAWFUL
from tests.records import record
from tracker.domain.life.bands import bands
from tracker.domain.life.rows import life_rows
from tracker.domain.life.telling import life_of
from tracker.domain.life.told import LifeTold
from tracker.domain.whereabouts import Whereabouts
from tracker.web.timeline.drawing import Width, timeline_svg

DAYS = st.dates(date(2015, 1, 1), date(2026, 12, 31))
STATUSES = st.sampled_from(("RECRUITING", "UNKNOWN", "COMPLETED", "WITHDRAWN", "NEW_STATUS", None))
DATES = st.none() | st.sampled_from(("2019", "2020-02", "2020-02-29", "1900-01-01", "2100-12-31", "soon", "9999-12"))
TITLES = "./*//{http://www.w3.org/2000/svg}title"


@st.composite
def lives(draw: st.DrawFn) -> tuple[LifeTold, date]:
    """What a ledger might tell of a trial, and today."""
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=6)))
    revisions = [
        revision(
            number,
            day.isoformat(),
            draw(STATUSES),
            lapses_on=draw(st.none() | st.just("0001-01-01") | DAYS.map(date.isoformat)),
            last_known=draw(STATUSES),
            data_on=draw(st.none() | DAYS.map(date.isoformat)),
            origin=draw(st.sampled_from(("sponsor", "registry", "backfill", "baseline", "clock"))),
        )
        for number, day in enumerate(days, 1)
    ]
    moves = [
        move(day.isoformat(), draw(st.sampled_from(tuple(Whereabouts))))
        for day in sorted(draw(st.lists(DAYS, max_size=3)))
    ]
    said = draw(st.lists(st.tuples(DATES, st.integers(0, 9)), min_size=len(days), max_size=len(days)))
    changes = [
        one
        for number, ((old, least), (new, most)) in enumerate(pairwise(said), 2)
        for one in (
            *([change(number, f"{PRIMARY}/date", old, new)] if old != new else []),
            *([change(number, f"{ENROLLMENT}/count", least, most)] if least != most else []),
        )
    ]
    last, number = said[-1]
    status = {"studyFirstPostDateStruct": {"date": draw(DAYS).isoformat()}}
    if last is not None:
        status["primaryCompletionDateStruct"] = {"date": last}
    newest = record(statusModule=status, designModule={"enrollmentInfo": {"count": number}})
    return told(revisions, changes, moves=moves, newest=newest), draw(DAYS)


@LAWFUL
@given(lives())
def test_bands_follow_each_other_day_on_day(drawn: tuple[LifeTold, date]) -> None:
    """No day is missing or told twice, neighbours differ, and the last day is today or the ledger's newest."""
    life, today = drawn
    found = bands(life.revisions, life.moves, record=life.record, today=today)
    assert all(band.first <= band.last for band in found)
    for one, following in pairwise(found):
        assert one.last + timedelta(days=1) == following.first
        assert (one.kind, one.status, one.last_known) != (following.kind, following.status, following.last_known) or (
            one.merged_into != following.merged_into
        )
    assert found[-1].last >= today


@LAWFUL
@given(lives())
def test_plans_begin_and_end_with_what_was_said(drawn: tuple[LifeTold, date]) -> None:
    """Each slip begins where the one before ended, and the last ends with what the record says now."""
    told_, today = drawn
    for plan in life_of(told_, today=today).dates:
        said = [plan.first, *(slip.new for slip in plan.slips)]
        assert [slip.old for slip in plan.slips] == said[:-1]
        assert plan.now == said[-1]


@BRIEF
@given(lives())
def test_the_drawing_and_the_table_say_the_same(drawn: tuple[LifeTold, date]) -> None:
    """Whatever happened, each row is the title of one mark."""
    told_, today = drawn
    life = life_of(told_, today=today)
    marks = ET.fromstring(timeline_svg(life, Width.NARROW)).iterfind(TITLES)
    assert sorted(row.sentence for row in life_rows(life)) == sorted(mark.text or "" for mark in marks)

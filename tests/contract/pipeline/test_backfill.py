"""Versions older than the newest held take their place; nothing recorded is rewritten."""

from datetime import date, datetime, timedelta
from itertools import permutations

import pytest

from tests.contract.pipeline.lab import Lab, silent, told
from tests.records import Json, enrollment
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.coverage import WHOLE
from tracker.domain.events import EventType
from tracker.pipeline.preparing import LaterSight
from tracker.pipeline.recording import Recorder
from tracker.pipeline.replaying import rebuild


def version(lab: Lab, day: int, count: int, *, posted: bool = True) -> Json:
    """A version of February 2026 with so many participants; posted on the day before its release, or in silence."""
    posted_on = f"2026-02-{day - 1:02}" if posted else "2026-01-10"
    return lab.record(posted_on=posted_on, data_on=f"2026-02-{day:02}", designModule=enrollment(count))


def counts(lab: Lab, known_at: datetime | None = None) -> list[tuple[int | None, int | None, Json, Json]]:
    """The changes of enrollment along the timeline."""
    changes = told(lab.trail(known_at=known_at))
    return [(before, after, old, new) for before, after, field, old, new in changes if field == "enrollment"]


def line(lab: Lab, known_at: datetime | None = None) -> list[tuple[int, int | None]]:
    """The timeline: each revision and the one before it."""
    return [(revision.revision, revision.predecessor) for revision in lab.timeline(known_at=known_at)]


def test_a_version_between_two_is_told_as_two_steps(lab: Lab) -> None:
    """A and C held, B arriving: A to B and B to C are appended as backfill, and history shows the finest way."""
    lab.see_each(version(lab, 2, 10), version(lab, 20, 30))
    before, known_then = lab.events(), lab.clock()
    lab.see(version(lab, 10, 20))
    after = lab.events()
    assert before == after[: len(before)]
    assert {"backfill"} == {one.event.origin for one in after[len(before) :]}
    assert [(1, 3, 10, 20), (3, 2, 20, 30)] == counts(lab)
    assert [(1, None), (3, 1), (2, 3)] == line(lab)
    assert [(1, 2, 10, 30)] == counts(lab, known_then)
    assert [(1, None), (2, 1)] == line(lab, known_then)


def test_the_step_that_was_replaced_is_marked_and_stays(lab: Lab) -> None:
    """A to C is superseded from the instant at which B to C was recorded."""
    lab.see_each(version(lab, 2, 10), version(lab, 20, 30))
    known_then = lab.clock()
    (old,) = [one for one in lab.trail() if one.field == "enrollment"]
    lab.see(version(lab, 10, 20))
    (again,) = [one for one in lab.trail(known_at=known_then) if one.field == "enrollment"]
    assert (old.position, None) == (again.position, old.superseded_at)
    (to_c,) = [one for one in lab.trail() if one.field == "enrollment" and one.revision == 2]
    assert to_c.recorded_at == again.superseded_at


def test_dates_of_a_step_follow_its_new_predecessor(lab: Lab) -> None:
    """C holds from its post date only while that moved from the revision before it; else from its data date."""
    lab.see_each(version(lab, 2, 10), version(lab, 20, 30))
    assert "2026-02-19" == lab.timeline()[-1].holds_from
    same_post_date = lab.record(posted_on="2026-02-19", data_on="2026-02-19", designModule=enrollment(20))
    lab.see(same_post_date)
    between, last = lab.timeline()[1:]
    assert ("2026-02-19", "2026-02-20") == (between.holds_from, last.holds_from)
    assert ("2026-02-19", None) == (between.posted_on, last.posted_on)


def test_dates_that_were_known_are_told_at_every_instant(lab: Lab) -> None:
    """What moved since when C holds leaves alone what was known before: C held from its post date then."""
    lab.see_each(version(lab, 2, 10), version(lab, 20, 30))
    known_then, then = lab.clock(), lab.timeline()
    lab.see(lab.record(posted_on="2026-02-19", data_on="2026-02-19", designModule=enrollment(20)))
    assert [("2026-02-19", "2026-02-19"), ("2026-02-20", None)] == [
        (one.holds_from, one.posted_on) for one in lab.timeline()[1:]
    ]
    assert then == lab.timeline(known_at=known_then)
    assert lab.timeline() == lab.timeline(known_at=lab.clock())
    assert then[-1] == lab.at(known_at=known_then)


def test_a_version_older_than_everything_begins_the_timeline(lab: Lab) -> None:
    """It is an earlier_version_observed, the step to what was the first is told, and as-of answers begin earlier."""
    lab.see_each(version(lab, 10, 20), version(lab, 2, 10))
    kinds = [one.event.change.type for one in lab.events()]
    assert 1 == kinds.count(EventType.TRIAL_FIRST_OBSERVED)
    assert 1 == kinds.count(EventType.EARLIER_VERSION_OBSERVED)
    assert [(2, None), (1, 2)] == line(lab)
    assert [(2, 1, 10, 20)] == counts(lab)
    assert [2, 1] == [lab.at(as_of=day).revision for day in ("2026-02-05", "2026-02-09")]


def test_an_earlier_sight_of_the_later_content_takes_its_place(lab: Lab) -> None:
    """B with C's content, seen earlier: one step A to B that replaces C; C stays to be asked for by number."""
    lab.see_each(version(lab, 2, 10, posted=False), version(lab, 20, 30, posted=False))
    known_then = lab.clock()
    lab.see(version(lab, 10, 30, posted=False))
    assert [(1, None), (3, 1)] == line(lab)
    assert [(1, 3, 10, 30)] == counts(lab)
    assert 2 == lab.events()[-1].event.revision.replaces
    assert "2026-02-10" == lab.timeline()[-1].holds_from
    assert [(1, None), (2, 1)] == line(lab, known_then)
    assert "2026-02-20" == lab.at(number=2).data_on


def test_an_earlier_sight_that_holds_from_no_earlier_day_says_nothing(lab: Lab) -> None:
    """The same content with the same post date is no news, however early it was seen."""
    lab.see_each(version(lab, 2, 10), version(lab, 20, 30))
    events = lab.events()
    summary = lab.see(lab.record(posted_on="2026-02-19", data_on="2026-02-19", designModule=enrollment(30)))
    assert (1, events) == (summary.counts.unchanged, lab.events())


def test_an_earlier_sight_of_the_first_content_takes_its_place(lab: Lab) -> None:
    """Where no post date says since when it holds, the first content seen earlier holds from the earlier day."""
    versions = [lab.record(posted_on=None, data_on=f"2026-02-{day}") for day in (20, 10)]
    lab.see_each(*versions)
    assert [(2, None)] == line(lab)
    assert "2026-02-10" == lab.timeline()[0].holds_from
    lab.see_each(*versions)
    assert 2 == len(lab.events())


def test_a_version_with_the_earlier_content_says_nothing(lab: Lab) -> None:
    """B with A's content is no news."""
    lab.see_each(version(lab, 2, 10, posted=False), version(lab, 20, 30, posted=False))
    events = lab.events()
    lab.see(version(lab, 10, 10, posted=False))
    assert events == lab.events()


def test_a_content_between_two_others_may_come_back(own_lab: Lab) -> None:
    """A, C, then B, D and B again between them: the same step to C at another place is another event."""
    for day, count in ((2, 10), (25, 50), (5, 20), (10, 30), (15, 20)):
        own_lab.see(version(own_lab, day, count, posted=False))
    steps = [(1, 3, 10, 20), (3, 4, 20, 30), (4, 5, 30, 20), (5, 2, 20, 50)]
    assert steps == counts(own_lab)
    assert own_lab.verify().ok


@pytest.mark.parametrize("order", tuple(permutations((4, 6, 8))))
def test_several_versions_between_two_in_any_order(own_lab: Lab, order: tuple[int, ...]) -> None:
    """However B, C and D arrive between A and E, the timeline and the changes along it are the same."""
    own_lab.see_each(version(own_lab, 2, 2), version(own_lab, 10, 10))
    own_lab.see_each(*(version(own_lab, day, day) for day in order))
    assert [(2, 4), (4, 6), (6, 8), (8, 10)] == [(old, new) for _, _, old, new in counts(own_lab)]
    held = [(revision.holds_from, revision.data_on) for revision in own_lab.timeline()]
    assert [(f"2026-02-{day - 1:02}", f"2026-02-{day:02}") for day in (2, 4, 6, 8, 10)] == held
    assert own_lab.verify().ok


def test_what_was_known_is_told_at_every_instant(lab: Lab) -> None:
    """At each instant the trail is what it was when it was asked then."""
    answers = []
    for day, count in ((10, 20), (2, 10), (25, 50), (18, 40), (14, 30)):
        lab.see(version(lab, day, count))
        answers.append((lab.clock(), counts(lab), lab.timeline()))
    assert 4 == len(answers[-1][1])
    for instant, then, timeline in answers:
        assert then == counts(lab, instant + timedelta(microseconds=1))
        assert timeline == lab.timeline(known_at=instant + timedelta(microseconds=1))


def test_a_release_that_shows_the_same_is_remembered(lab: Lab) -> None:
    """A, A again later, then B between them: the second A is a step back, as if it had come last."""
    for day, count in ((2, 10), (20, 10), (10, 20)):
        lab.see(version(lab, day, count, posted=False))
    assert [(1, 2, 10, 20), (2, 3, 20, 10)] == counts(lab)
    assert ["2026-02-02", "2026-02-10", "2026-02-20"] == [revision.data_on for revision in lab.timeline()]
    assert lab.verify().ok


def test_sights_outlive_a_rebuild(own_lab: Lab) -> None:
    """They are no view: nothing in the ledger says them again."""
    for day in (2, 20):
        own_lab.see(version(own_lab, day, 10, posted=False))
    rebuild(own_lab.database, show=silent)
    own_lab.see(version(own_lab, 10, 20, posted=False))
    assert [(1, 2, 10, 20), (2, 3, 20, 10)] == counts(own_lab)


def test_a_sight_is_planned_anew_where_the_trial_moved_meanwhile(lab: Lab) -> None:
    """Of a record that was unchanged when it was read and is another's past when it is recorded."""
    lab.see(version(lab, 2, 10, posted=False))
    (first,) = lab.timeline()
    lab.see(version(lab, 10, 20, posted=False))
    sight = LaterSight(
        trial_id=lab.trial,
        revision=1,
        snapshot=first.snapshot,
        coverage=WHOLE,
        data_on=date(2026, 2, 20),
        source="file",
    )
    with lab.database.writing() as transaction:
        recorder = Recorder(
            transaction=transaction, catalogue=default_catalogue(), run_id="made", observed_at=lab.observed_at
        )
        recorder.record_sights([sight])
    assert [(1, 2, 10, 20), (2, 3, 20, 10)] == counts(lab)

"""Planned dates and enrollment, and how they moved."""

from tests.lifetimes import ENROLLMENT, PRIMARY, change, revision, told
from tests.records import enrollment, record
from tracker.domain.coverage import coverage_of
from tracker.domain.life.model import Planned, PlannedDate
from tracker.domain.life.plans import enrollment_steps, planned_dates
from tracker.domain.life.told import ChangeTold

TWO = [revision(1, "2020-01-01"), revision(2, "2021-01-01")]


def primary(*changes: ChangeTold, now: object) -> PlannedDate:
    """The primary completion date of a trial of two revisions that says ``now`` today."""
    newest = record(statusModule={"primaryCompletionDateStruct": now} if now is not None else {})
    (found,) = planned_dates(told(TWO, changes, newest=newest))
    return found


def test_a_date_that_never_moved_was_said_from_the_first_revision_on() -> None:
    """It has no slips, and keeps its precision."""
    found = primary(now={"date": "2026-05", "type": "ESTIMATED"})
    assert (Planned(text="2026-05", kind="ESTIMATED"), ()) == (found.now, found.slips)
    assert found.first == found.now
    assert "2020-01-01" == found.said_on.isoformat()


def test_a_slip_says_when_from_what_to_what_and_by_how_much() -> None:
    """Months count from their ends; a date and its kind that changed together are one slip."""
    changes = (
        change(2, f"{PRIMARY}/date", "2022-01", "2023-01-31"),
        change(2, f"{PRIMARY}/type", "ESTIMATED", "ACTUAL"),
    )
    found = primary(*changes, now={"date": "2023-01-31", "type": "ACTUAL"})
    (slip,) = found.slips
    assert (Planned(text="2022-01", kind="ESTIMATED"), Planned(text="2023-01-31", kind="ACTUAL")) == (
        slip.old,
        slip.new,
    )
    assert ("2021-01-01", 2, 20, 365) == (slip.on.isoformat(), slip.revision, slip.position, slip.shift_days)
    assert 365 == found.shift_days


def test_naming_the_day_of_a_month_is_no_move() -> None:
    """The slip is told, without a shift."""
    found = primary(change(2, f"{PRIMARY}/date", "2023-01", "2023-01-15"), now={"date": "2023-01-15"})
    assert [None] == [slip.shift_days for slip in found.slips]


def test_a_date_that_came_or_went_is_a_slip_from_or_to_none() -> None:
    """Whole objects, too, come and go."""
    came = primary(change(2, PRIMARY, None, {"date": "2024"}), now={"date": "2024"})
    assert (None, Planned(text="2024")) == (came.first, came.now)
    went = primary(change(2, f"{PRIMARY}/date", "2024", None), now=None)
    assert (Planned(text="2024"), None) == (went.first, went.now)


def test_a_bare_date_is_a_date() -> None:
    """As captures of 2023 wrote it."""
    assert Planned(text="2024-02") == primary(now="2024-02").now


def test_nothing_is_said_of_days_on_which_the_source_could_not_show_it() -> None:
    """The plan begins with the first revision that covers it."""
    blind = revision(1, "2020-01-01", coverage=coverage_of({"/protocolSection/identificationModule"}))
    newest = record(statusModule={"primaryCompletionDateStruct": {"date": "2024"}})
    (found,) = planned_dates(told([blind, TWO[1]], newest=newest))
    assert "2021-01-01" == found.said_on.isoformat()
    counts_alone = revision(2, "2021-06-01", coverage=coverage_of({f"{ENROLLMENT}/count"}))
    seen = [TWO[0], counts_alone, revision(3, "2022-01-01"), revision(4, "2023-01-01")]
    changes = [change(4, f"{PRIMARY}/date", "2023", "2024"), change(4, f"{ENROLLMENT}/count", 100, 80)]
    newest = record(
        statusModule={"primaryCompletionDateStruct": {"date": "2024"}}, designModule={"enrollmentInfo": {"count": 80}}
    )
    (date,) = planned_dates(told(seen, changes, newest=newest))
    assert ("2022-01-01", 1) == (date.said_on.isoformat(), len(date.slips))
    assert ["2020-01-01", "2023-01-01"] == [
        step.on.isoformat() for step in enrollment_steps(told(seen, changes, newest=newest))
    ]


def test_what_moved_several_times_is_told_in_order() -> None:
    """Each slip from what stood before it; one that was taken out and given again, too."""
    seen = [revision(number, f"202{number}-01-01") for number in range(1, 5)]
    changes = [
        change(2, f"{PRIMARY}/date", "2023-01-01", "2023-01-11"),
        change(2, f"{PRIMARY}/type", None, "ESTIMATED"),
        change(3, PRIMARY, {"date": "2023-01-11", "type": "ESTIMATED"}, None),
        change(4, PRIMARY, None, {"date": "2023-01-31", "type": "ACTUAL"}),
    ]
    newest = record(statusModule={"primaryCompletionDateStruct": {"date": "2023-01-31", "type": "ACTUAL"}})
    (found,) = planned_dates(told(seen, changes, newest=newest))
    dates = [(slip.old and slip.old.text, slip.new and slip.new.text, slip.shift_days) for slip in found.slips]
    assert [("2023-01-01", "2023-01-11", 10), ("2023-01-11", None, None), (None, "2023-01-31", None)] == dates
    assert (Planned(text="2023-01-01"), 30) == (found.first, found.shift_days)


def test_each_date_of_the_plan_is_told() -> None:
    """In the order of a trial; one that was taken out stays told."""
    dates = {name: {"date": "2024"} for name in ("completionDateStruct", "startDateStruct")}
    gone = change(2, PRIMARY, {"date": "2023"}, None)
    found = planned_dates(told(TWO, [gone], newest=record(statusModule=dates)))
    assert ["Start", "Primary completion", "Completion"] == [plan.label for plan in found]
    assert [False, True, False] == [plan.now is None for plan in found]


def test_enrollment_is_told_each_time_that_it_was_said_anew() -> None:
    """The count and whether it is planned or actual."""
    changes = [change(2, f"{ENROLLMENT}/count", 100, 80)]
    steps = enrollment_steps(told(TWO, changes, newest=record(designModule=enrollment(80))))
    assert [(100, None), (80, 20)] == [(step.count, step.position) for step in steps]
    for none in (True, "80", None):
        odd = [change(2, f"{ENROLLMENT}/count", none, 80)]
        steps = enrollment_steps(told(TWO, odd, newest=record(designModule=enrollment(80))))
        assert [(80, 20)] == [(step.count, step.position) for step in steps]
    bare = [change(2, ENROLLMENT, "many", {"count": 80, "type": "ACTUAL"})]
    assert 1 == len(enrollment_steps(told(TWO, bare, newest=record(designModule=enrollment(80)))))

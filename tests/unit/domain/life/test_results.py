"""The way of results to the public, told once by whoever knows it best."""

from tests.lifetimes import change, revision, told
from tests.records import record
from tracker.domain.events import EventType
from tracker.domain.life.results import results_steps
from tracker.domain.life.rows import results_row
from tracker.domain.life.told import ResultsTold

TWO = [revision(1, "2020-01-01"), revision(2, "2021-01-20")]
EVENTS = "/annotationSection/annotationModule/unpostedAnnotation/unpostedEvents"


def test_the_records_own_dates_are_told_without_any_change() -> None:
    """A trial that was imported once has a way, too, with the precision of its dates."""
    newest = record(
        statusModule={"dispFirstSubmitDate": "2019-03", "resultsFirstPostDateStruct": {"date": "2020-02-03"}}
    )
    rows = [results_row(step) for step in results_steps(told(TWO[:1], newest=newest))]
    assert [("2019-03", "Results delay certified or requested"), ("2020-02-03", "Results posted")] == [
        (row.since, row.what) for row in rows
    ]


def test_a_step_that_both_tell_has_the_records_day_and_the_changes_place() -> None:
    """The first post is one step, not two."""
    newest = record(statusModule={"resultsFirstPostDateStruct": {"date": "2021-01-15"}})
    posted = ResultsTold(revision=2, position=9, type=EventType.RESULTS_POSTED, changes_count=1)
    (step,) = results_steps(told(TWO, results=[posted], newest=newest))
    assert ("2021-01-15", 2, 9) == (results_row(step).since, step.revision, step.position)


def test_submissions_and_returns_have_the_days_that_the_registry_gives() -> None:
    """In the order of these days, each once."""
    events = [{"type": "RELEASE", "date": "2020-06-01"}, {"type": "RESET", "date": "2020-07-01"}]
    newest = {**record(), "annotationSection": {"annotationModule": {"unpostedAnnotation": {"unpostedEvents": events}}}}
    changes = [
        change(2, f"{EVENTS}/0", None, events[0], EventType.RESULTS_SUBMITTED),
        change(2, f"{EVENTS}/1", None, events[1], EventType.RESULTS_RETURNED),
    ]
    steps = results_steps(told(TWO, changes, newest=newest))
    assert [("submitted", 20), ("returned", 20)] == [(step.stage.value, step.position) for step in steps]
    assert ["2020-06-01", "2020-07-01"] == [results_row(step).since for step in steps]


def test_revisions_of_results_are_told_with_their_changes() -> None:
    """On the day since when the revision holds."""
    revised = ResultsTold(revision=2, position=9, type=EventType.RESULTS_REVISED, changes_count=40)
    rows = [results_row(step) for step in results_steps(told(TWO, results=[revised]))]
    assert [("2021-01-20", "Results revised, 40 changes")] == [(row.since, row.what) for row in rows]


def test_submissions_that_nobody_saw_change_are_told_by_the_record() -> None:
    """Without a place in the ledger; what has no day, or is called otherwise, is left to the record itself."""
    events = [
        {"type": "RELEASE", "date": "2020-06-01"},
        {"type": "UNRELEASE", "date": "2020-06-05"},
        {"type": "RESET", "date": "2020-07-01"},
        {"type": "RESET", "date": "soon"},
        {"type": "RESET"},
        {"type": "OTHER", "date": "2020-07-01"},
        {"date": "2020-07-01"},
    ]
    annotation = {"annotationModule": {"unpostedAnnotation": {"unpostedEvents": events}}}
    newest = {**record(statusModule={"resultsFirstSubmitDate": "2020-05"}), "annotationSection": annotation}
    steps = results_steps(told(TWO, newest=newest))
    assert [("2020-05", "submitted"), ("2020-06-01", "submitted"), ("2020-06-05", "cancelled")] == [
        (results_row(step).since, step.stage.value) for step in steps[:3]
    ]
    assert [("returned", None, None)] == [(step.stage.value, step.revision, step.position) for step in steps[3:]]


def test_a_step_without_a_day_of_its_own_has_that_of_its_revision() -> None:
    """Each kind of step with its revision and place; other changes are no steps."""
    kinds = {
        EventType.RESULTS_SUBMISSION_CANCELLED: "cancelled",
        EventType.RESULTS_REMOVED: "removed",
        EventType.DELAY_CERTIFIED: "delayed",
    }
    for kind, stage in kinds.items():
        changes = [change(2, "/a", None, None, kind), change(2, "/b", 1, 2), change(9, "/a", None, None, kind)]
        (step,) = results_steps(told(TWO, changes))
        told_of = (results_row(step).since, step.stage.value, step.revision, step.position)
        assert ("2021-01-20", stage, 2, 20) == told_of
    newest = record(statusModule={"resultsFirstPostDateStruct": {"date": "2021-01-15"}})
    groups = [
        ResultsTold(revision=2, position=9, type=EventType.RESULTS_POSTED, changes_count=3),
        ResultsTold(revision=2, position=9, type=EventType.FIELD_CHANGED, changes_count=3),
        ResultsTold(revision=9, position=9, type=EventType.RESULTS_POSTED, changes_count=3),
    ]
    (step,) = results_steps(told(TWO, results=groups, newest=newest))
    assert (2, 9, 3) == (step.revision, step.position, step.changes_count)

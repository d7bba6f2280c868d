"""What time does to a trial is an event of its stream, beside its revisions, on both databases."""

from datetime import UTC, date, datetime

from tests.contract.pipeline.lab import Lab, silent
from tests.records import record
from tracker.alerts.lapses import Lapse, record_lapses
from tracker.domain.events import EventType
from tracker.pipeline.replaying import rebuild

NOW = datetime(2026, 6, 1, 0, 5, tzinfo=UTC)
FIRST, SECOND = "NCT00000001", "NCT00000002"
LAPSED = Lapse(trial_id=FIRST, type=EventType.STATUS_LAPSED, cause=date(2026, 6, 1), old="RECRUITING", new="UNKNOWN")
OVERDUE = Lapse(trial_id=SECOND, type=EventType.RESULTS_OVERDUE, cause=date(2026, 5, 31))


def lapse(lab: Lab, *lapses: Lapse) -> int:
    """Record lapses, and answer how many events that was."""
    with lab.database.writing() as transaction:
        return record_lapses(transaction, lapses, now=NOW, run_id="clock")


def test_a_lapse_is_one_event_that_leads_to_no_revision(own_lab: Lab) -> None:
    """It comes from the clock, names its day as cause, and leaves timeline and record as they were."""
    own_lab.see(record(FIRST), record(SECOND))
    before = own_lab.timeline(FIRST)
    assert 2 == lapse(own_lab, LAPSED, OVERDUE)
    assert before == own_lab.timeline(FIRST)
    told = own_lab.trail(FIRST)[-1]
    assert ("status_lapsed", "clock", "major") == (told.type, told.origin, told.significance)
    assert ("RECRUITING", "UNKNOWN", {"cause": "2026-06-01"}) == (told.old, told.new, told.detail)
    assert (None, "2026-06-01", 1) == (told.posted_on, told.data_on, told.revision)


def test_a_cause_is_told_once_whatever_revision_shows_it(own_lab: Lab) -> None:
    """Recorded again, also after another revision, it adds nothing; another cause does."""
    own_lab.see(record(FIRST, data_on="2026-01-01"))
    assert [1, 0] == [lapse(own_lab, LAPSED), lapse(own_lab, LAPSED, LAPSED)]
    own_lab.see(record(FIRST, data_on="2026-01-05", status="COMPLETED"))
    other = Lapse(trial_id=FIRST, type=EventType.STATUS_LAPSED, cause=date(2027, 1, 1))
    assert [0, 1] == [lapse(own_lab, LAPSED), lapse(own_lab, LAPSED, other)]


def test_a_lapse_that_is_given_twice_at_once_is_one_event(own_lab: Lab) -> None:
    """A trial whose record changed on the very day is found by the day and by the change."""
    own_lab.see(record(FIRST))
    assert 1 == lapse(own_lab, LAPSED, LAPSED)
    assert 1 == sum(one.type == "status_lapsed" for one in own_lab.trail(FIRST))


def test_a_trial_that_is_not_held_does_not_lapse(own_lab: Lab) -> None:
    """Nothing is recorded of it."""
    assert 0 == lapse(own_lab, LAPSED)


def test_a_ledger_with_lapses_verifies_and_rebuilds(own_lab: Lab) -> None:
    """Views made anew are the live ones, also where a revision follows a lapse."""
    own_lab.see(record(FIRST, data_on="2026-01-01"), record(SECOND))
    lapse(own_lab, LAPSED, OVERDUE)
    own_lab.see(record(FIRST, data_on="2026-01-05", status="COMPLETED"))
    live = own_lab.rows()
    report = own_lab.verify()
    assert (True, None) == (report.ok, report.reason)
    rebuild(own_lab.database, show=silent)
    assert live == own_lab.rows()

"""Where a trial's record is: withheld, merged, gone and back, beside what it says, on both databases."""

from dataclasses import replace
from datetime import date

import pytest

from tests.contract.pipeline.lab import Lab, silent
from tests.contract.pipeline.test_verify import damaged
from tests.records import enrollment, record
from tracker.domain.events import EventType, Origin
from tracker.domain.whereabouts import Whereabouts
from tracker.ledger.codec import encode_event
from tracker.pipeline.replaying import rebuild
from tracker.views.moves import last_move
from tracker.views.stale import StaleFilter, stale_trials

MOVES = (Whereabouts.WITHHELD, Whereabouts.VISIBLE, Whereabouts.DISAPPEARED, Whereabouts.MERGED, Whereabouts.VISIBLE)


def moves(lab: Lab) -> list[tuple[str, str, str, str | None]]:
    """Type, old, new and target of each move in the trial's trail."""
    return [(one.type, one.old, one.new, one.detail.get("into")) for one in lab.trail() if one.field == "whereabouts"]


def test_every_move_is_one_event_that_leads_to_no_revision(lab: Lab) -> None:
    """The event names the newest revision and its snapshot; the data date is the release's, no post date."""
    lab.see(lab.record(data_on="2026-01-12"), lab.record(data_on="2026-01-15", status="COMPLETED"))
    before = lab.timeline()
    for day, now in enumerate(MOVES, 20):
        into = "NCT00009999" if now is Whereabouts.MERGED else None
        assert 1 == lab.move(now, on=f"2026-01-{day}", into=into)
    assert before == lab.timeline()
    assert moves(lab) == [
        ("record_withheld", "visible", "withheld", None),
        ("record_reappeared", "withheld", "visible", None),
        ("record_disappeared", "visible", "disappeared", None),
        ("record_merged", "disappeared", "merged", "NCT00009999"),
        ("record_reappeared", "merged", "visible", None),
    ]
    told = lab.events()[-1].event
    revision = told.revision
    assert (2, 2, before[-1].snapshot) == (revision.number, revision.predecessor, revision.snapshot)
    assert (None, date(2026, 1, 24), Origin.REGISTRY) == (revision.posted_on, revision.data_on, told.origin)
    assert ("status", "major", "") == (told.change.category, told.change.significance, told.change.path)


def test_where_a_record_is_already_is_told_once(lab: Lab) -> None:
    """The same again says nothing, in another release too; another trial that it is merged into says something."""
    lab.see(lab.record())
    assert 0 == lab.move(Whereabouts.VISIBLE, on="2026-01-20")
    assert [1, 0] == [lab.move(Whereabouts.DISAPPEARED, on=day) for day in ("2026-01-21", "2026-01-22")]
    targets = ("NCT00009998", "NCT00009998", "NCT00009999")
    assert [1, 0, 1] == [lab.move(Whereabouts.MERGED, on="2026-01-23", into=into) for into in targets]


def test_a_trial_that_was_never_seen_leaves_nothing(lab: Lab) -> None:
    """A stub of a withheld record, or an id that is not there, is no trial of the ledger."""
    assert [0, 0] == [lab.move(now, on="2026-01-20") for now in (Whereabouts.WITHHELD, Whereabouts.DISAPPEARED)]
    assert [] == lab.events()


def test_moves_to_and_fro_on_one_day_are_all_kept(lab: Lab) -> None:
    """The same move of the same revision is another event when it is seen again later."""
    lab.see(lab.record())
    both = (Whereabouts.WITHHELD, Whereabouts.VISIBLE) * 3
    assert [1] * 6 == [lab.move(now, on="2026-01-20") for now in both]
    assert 6 == len(moves(lab))


def test_a_trial_goes_on_where_its_record_is_back(own_lab: Lab) -> None:
    """Revisions follow a move as they would without it, and every check holds, live and rebuilt."""
    own_lab.see(own_lab.record(data_on="2026-01-12", designModule=enrollment(10)))
    own_lab.move(Whereabouts.WITHHELD, on="2026-01-13")
    own_lab.move(Whereabouts.VISIBLE, on="2026-01-19")
    own_lab.see(own_lab.record(data_on="2026-01-20", designModule=enrollment(30)))
    own_lab.move(Whereabouts.DISAPPEARED, on="2026-01-21")
    own_lab.see(own_lab.record(data_on="2026-01-15", designModule=enrollment(20)))
    assert ["withheld", "visible", "disappeared"] == [now for _, _, now, _ in moves(own_lab)]
    assert [1, 3, 2] == [one.revision for one in own_lab.timeline()]
    assert (True, None) == ((report := own_lab.verify()).ok, report.reason)
    assert 3 == report.revisions
    live = own_lab.rows()
    rebuild(own_lab.database, show=silent)
    assert live == own_lab.rows()


def test_what_was_known_before_a_move_is_answered_without_it(lab: Lab) -> None:
    """A revision's dates and changes at an instant are its own, whatever moved since or before."""
    lab.see(lab.record(data_on="2026-01-12"), lab.record(data_on="2026-01-15", status="COMPLETED"))
    timeline, trail, then = lab.timeline(), lab.trail(), lab.clock()
    lab.move(Whereabouts.DISAPPEARED, on="2026-01-20")
    assert (timeline, trail) == (lab.timeline(known_at=then), lab.trail(known_at=then))
    assert timeline == lab.timeline(known_at=lab.clock())


def test_the_last_move_is_known_by_day_and_by_instant(lab: Lab) -> None:
    """None before the first; the day is the registry's, the instant ours."""
    lab.see(lab.record())
    lab.move(Whereabouts.MERGED, on="2026-01-20", into="NCT00009999")
    then = lab.clock()
    lab.move(Whereabouts.VISIBLE, on="2026-02-20")
    with lab.database.reading() as transaction:
        asked = [
            last_move(transaction.connection, lab.trial, as_of=as_of, known_at=known_at)
            for as_of, known_at in ((date(2026, 1, 19), None), (date(2026, 2, 19), None), (None, then), (None, None))
        ]
    assert [None, "NCT00009999", "NCT00009999", None] == [one and one.merged_into for one in asked]
    assert "visible" == (asked[-1] and asked[-1].whereabouts)


@pytest.mark.parametrize("now", (Whereabouts.WITHHELD, Whereabouts.DISAPPEARED, Whereabouts.MERGED))
def test_a_record_that_is_away_is_not_stale(lab: Lab, now: Whereabouts) -> None:
    """It is listed on days before it left and after it came back, and never while it was away."""
    stale = {"statusVerifiedDate": "2023-01", "completionDateStruct": {"date": "2023-06", "type": "ESTIMATED"}}
    lab.see(lab.record(posted_on="2023-02-01", statusModule=stale))
    lab.move(now, on="2026-03-02", into=None)
    lab.move(Whereabouts.VISIBLE, on="2026-04-02")
    lab.move(now, on="2026-05-02")
    days = (date(2026, 3, 1), date(2026, 3, 2), date(2026, 4, 1), date(2026, 4, 2), date(2026, 5, 2))
    with lab.database.reading() as transaction:
        listed = [
            lab.trial in [one.trial_id for one in stale_trials(transaction.connection, StaleFilter(on=day))]
            for day in days
        ]
    assert [True, False, False, True, False] == listed


def test_a_move_that_does_not_begin_where_the_record_was_is_found(own_lab: Lab) -> None:
    """An event that somebody appended around the rules is named by verify."""
    own_lab.see(record(data_on="2026-01-12"))
    own_lab.move(Whereabouts.WITHHELD, on="2026-01-13")
    last = own_lab.events()[-1].event
    wrong = replace(last, change=replace(last.change, type=EventType.RECORD_DISAPPEARED, new="disappeared"))
    with own_lab.database.writing() as transaction:
        given = encode_event(wrong, before=None, run_id="made")
        transaction.events.append(f"trial-ctgov:{own_lab.trial}", [given], expected_version=1)
    report = own_lab.verify()
    assert (False, 3) == (report.ok, report.position)
    assert "does not begin where its record was" in (report.reason or "")


@pytest.mark.parametrize(
    ("statement", "reason"),
    (
        ("DELETE FROM view_moves", "view_moves of NCT00000001 lacks a row"),
        ("UPDATE view_moves SET merged_into = 'NCT1'", "view_moves of NCT00000001 differs"),
        ("UPDATE view_trials SET whereabouts = 'visible'", "view_trials of NCT00000001 differs"),
    ),
)
def test_views_of_moves_that_were_altered_are_found(good: Lab, statement: str, reason: str) -> None:
    """The position is that of the event behind the row; a rebuild mends it."""
    good.move(Whereabouts.WITHHELD, on="2026-03-01", trial_id="NCT00000001")
    report = damaged(good, statement)
    assert reason in (report.reason or "")
    if "moves" in statement:
        assert 11 == report.position
    rebuild(good.database, show=silent)
    assert "refuses to change events" in (good.verify().reason or "")

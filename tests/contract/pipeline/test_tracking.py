"""What is watched is decided by events: each decision once, members with every change, views that follow."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from store.events import EventData
from tests.contract.pipeline.lab import Lab, silent
from tests.records import record
from tracker.domain.errors import Conflict, InvalidInput, NotFound
from tracker.domain.query import parse_query
from tracker.domain.watching import WATCH_STREAM, members_stream
from tracker.ledger.watch_ledger import WatchLedger
from tracker.pipeline import tracking
from tracker.pipeline.replaying import rebuild
from tracker.pipeline.tracking import Decision, MemberChanges
from tracker.views.state import VIEWS
from tracker.views.watch_list import (
    TrackedQuery,
    WatchList,
    followed_members,
    present_members,
    tracked,
    watch_list,
)

ONE, TWO, THREE, ALIAS = (f"NCT0000000{number}" for number in (1, 2, 3, 9))
CIRRHOSIS, ASTHMA = parse_query("query.cond=liver cirrhosis"), parse_query("query.cond=asthma")
DATA_ON, OBSERVED_AT = date(2026, 5, 1), datetime(2026, 5, 1, 12, tzinfo=UTC)


def track(lab: Lab, *ids: str | tuple[str, str], with_history: bool = False) -> list[Decision]:
    """Track trials in a transaction of its own."""
    pairs = [(one, None) if isinstance(one, str) else one for one in ids]
    with lab.database.writing() as transaction:
        return tracking.track_trials(transaction, pairs, with_history=with_history, run_id="run")


def untrack(lab: Lab, *ids: str) -> list[Decision]:
    """Untrack trials in a transaction of its own."""
    with lab.database.writing() as transaction:
        return tracking.untrack_trials(transaction, ids, run_id="run")


def track_query(lab: Lab, name: str = "liver", query: Any = CIRRHOSIS) -> Decision:
    """Track a query in a transaction of its own."""
    with lab.database.writing() as transaction:
        return tracking.track_query(transaction, name=name, query=query, run_id="run")


def untrack_query(lab: Lab, name: str = "liver") -> Decision:
    """Untrack a query in a transaction of its own."""
    with lab.database.writing() as transaction:
        return tracking.untrack_query(transaction, name=name, run_id="run")


def listed(lab: Lab, present: Iterable[str], *, name: str = "liver", since: int | None = None) -> MemberChanges:
    """Record who is in a query, in a transaction of its own."""
    with lab.database.writing() as transaction:
        return tracking.record_members(
            transaction,
            name=name,
            present=list(present),
            data_on=DATA_ON,
            observed_at=OBSERVED_AT,
            run_id="run",
            since=since,
        )


def watched(lab: Lab) -> WatchList:
    """What is tracked now."""
    with lab.database.reading() as transaction:
        return watch_list(transaction.connection)


def present(lab: Lab, name: str = "liver") -> set[str]:
    """Who is in a query now."""
    with lab.database.reading() as transaction:
        return set(present_members(transaction.connection, name))


def told(lab: Lab, stream: str) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of a stream's events."""
    with lab.database.reading() as transaction:
        return [(event.type, event.data) for event in transaction.events.read_stream(stream)]


def sound(lab: Lab) -> None:
    """The ledger verifies, and its views are what a rebuild makes."""
    report = lab.verify()
    assert (True, None) == (report.ok, report.reason)
    live = lab.rows()
    assert lab.events_count() == rebuild(lab.database, show=silent)
    assert live == lab.rows()


def test_nothing_is_tracked_at_first(own_lab: Lab) -> None:
    """An empty ledger watches nothing."""
    assert watched(own_lab).is_empty
    assert WatchList(everything=None, queries=(), trials={}) == watched(own_lab)


def test_tracking_a_trial_is_an_event_once(own_lab: Lab) -> None:
    """What is tracked already is said to be, and leaves no event, also within one command."""
    first = track(own_lab, ONE, TWO, ONE)
    assert [True, True, False] == [one.is_new for one in first]
    assert [False] == [one.is_new for one in track(own_lab, ONE, with_history=True)]
    assert {ONE: 1, TWO: 2} == watched(own_lab).trials
    expected = [("trial_tracked", {"trial_id": trial, "with_history": False}) for trial in (ONE, TWO)]
    assert expected == told(own_lab, WATCH_STREAM)
    sound(own_lab)


def test_an_alias_is_recorded_with_the_trial_that_survives(own_lab: Lab) -> None:
    """The trial is tracked under its own id, and can be untracked under the alias."""
    assert [Decision(name=ONE, alias=ALIAS)] == track(own_lab, (ONE, ALIAS), with_history=True)
    assert [("trial_tracked", {"trial_id": ONE, "alias": ALIAS, "with_history": True})] == told(own_lab, WATCH_STREAM)
    assert [Decision(name=ONE, alias=ALIAS)] == untrack(own_lab, ALIAS)
    assert {} == watched(own_lab).trials
    sound(own_lab)


def test_untracking_is_an_event_where_something_was_tracked(own_lab: Lab) -> None:
    """Tracked anew, a trial has a later position; what is not tracked leaves no event."""
    track(own_lab, ONE)
    assert [True, False] == [one.is_new for one in untrack(own_lab, ONE, TWO)]
    assert [False] == [one.is_new for one in untrack(own_lab, ONE)]
    track(own_lab, ONE)
    assert {ONE: 3} == watched(own_lab).trials
    assert ["trial_tracked", "trial_untracked", "trial_tracked"] == [kind for kind, _ in told(own_lab, WATCH_STREAM)]
    sound(own_lab)


def test_a_query_is_tracked_under_its_name(own_lab: Lab) -> None:
    """The same query again is no event; its parameters are in the event."""
    assert [True, False] == [track_query(own_lab).is_new, track_query(own_lab).is_new]
    track_query(own_lab, "air", ASTHMA)
    assert (
        TrackedQuery(name="air", query=ASTHMA, since=2),
        TrackedQuery(name="liver", query=CIRRHOSIS, since=1),
    ) == watched(own_lab).queries
    expected = ("query_tracked", {"name": "liver", "parameters": {"query.cond": "liver cirrhosis"}})
    assert expected == told(own_lab, WATCH_STREAM)[0]
    assert [True, False] == [untrack_query(own_lab).is_new, untrack_query(own_lab).is_new]
    assert ["air"] == [query.name for query in watched(own_lab).queries]
    sound(own_lab)


def test_a_name_stands_for_one_query(own_lab: Lab) -> None:
    """Another query under a name that is taken is refused, and nothing is recorded."""
    track_query(own_lab)
    with pytest.raises(InvalidInput, match=r"another query is tracked as liver: 'query.cond=liver cirrhosis'.*untrack"):
        track_query(own_lab, "liver", ASTHMA)
    assert 1 == own_lab.events_count()


def test_the_whole_registry_is_tracked_beside_the_rest(own_lab: Lab) -> None:
    """It comes and goes without touching trials and queries."""
    track(own_lab, ONE)
    with own_lab.database.writing() as transaction:
        decisions = [tracking.track_registry(transaction, run_id="run").is_new for _ in range(2)]
    assert ([True, False], 2) == (decisions, watched(own_lab).everything)
    with own_lab.database.writing() as transaction:
        decisions = [tracking.untrack_registry(transaction, run_id="run").is_new for _ in range(2)]
    assert ([True, False], None, {ONE: 1}) == (decisions, watched(own_lab).everything, watched(own_lab).trials)
    assert [("registry_tracked", {}), ("registry_untracked", {})] == told(own_lab, WATCH_STREAM)[1:]
    sound(own_lab)


def test_the_first_listing_enters_all_members(own_lab: Lab) -> None:
    """Then only what changed is told: who left, who is new, who came back."""
    track_query(own_lab)
    assert MemberChanges(entered=(ONE, TWO)) == listed(own_lab, (TWO, ONE))
    assert MemberChanges() == listed(own_lab, (ONE, TWO))
    assert MemberChanges(entered=(THREE,), left=(ONE,)) == listed(own_lab, (TWO, THREE))
    assert MemberChanges(reentered=(ONE,), left=(TWO, THREE)) == listed(own_lab, (ONE,))
    assert {ONE} == present(own_lab)
    stream = told(own_lab, members_stream("liver"))
    assert ["member_entered"] * 3 + ["member_left", "member_reentered"] + ["member_left"] * 2 == [
        kind for kind, _ in stream
    ]
    assert {
        "name": "liver",
        "trial_id": ONE,
        "data_on": "2026-05-01",
        "observed_at": "2026-05-01T12:00:00+00:00",
        "first_listing": False,
    } == stream[0][1]
    sound(own_lab)


def test_members_are_those_of_each_query(own_lab: Lab) -> None:
    """A trial that left one query is still followed for another."""
    track_query(own_lab)
    track_query(own_lab, "air", ASTHMA)
    listed(own_lab, (ONE, TWO))
    listed(own_lab, (ONE, THREE), name="air")
    listed(own_lab, (TWO,))
    with own_lab.database.reading() as transaction:
        assert {ONE, TWO, THREE} == followed_members(transaction.connection)
        assert [1, 2] == sorted(one.members or 0 for one in tracked(transaction.connection))
    untrack_query(own_lab, "air")
    with own_lab.database.reading() as transaction:
        assert {TWO} == followed_members(transaction.connection)
    sound(own_lab)


def test_a_query_tracked_anew_begins_without_members(own_lab: Lab) -> None:
    """Its members enter again: who was in it meanwhile, nobody knows."""
    track_query(own_lab)
    listed(own_lab, (ONE,))
    untrack_query(own_lab)
    assert set() == present(own_lab)
    track_query(own_lab, "liver", ASTHMA)
    assert MemberChanges(entered=(ONE, TWO)) == listed(own_lab, (ONE, TWO))
    sound(own_lab)


def test_members_of_what_is_not_tracked_are_not_recorded(own_lab: Lab) -> None:
    """A query that was untracked, or tracked anew, while it was listed."""
    track_query(own_lab)
    since = watched(own_lab).queries[0].since
    untrack_query(own_lab)
    with pytest.raises(NotFound, match="no query is tracked as liver"):
        listed(own_lab, (ONE,), since=since)
    track_query(own_lab, "liver", ASTHMA)
    with pytest.raises(Conflict, match="tracked anew"):
        listed(own_lab, (ONE,), since=since)
    assert 1 == listed(own_lab, (ONE,), since=watched(own_lab).queries[0].since).events


def test_a_query_may_find_many(own_lab: Lab) -> None:
    """More members than are recorded at a time."""
    track_query(own_lab)
    ids = [f"NCT{number:08}" for number in range(2500)]
    assert 2500 == listed(own_lab, ids).events
    assert set(ids) == present(own_lab)
    sound(own_lab)


def test_views_of_trials_and_of_watching_do_not_meet(own_lab: Lab) -> None:
    """Events of both in one ledger: each reader passes over the other's, and the checkpoint is at the head."""
    track(own_lab, ONE)
    own_lab.see(record(ONE))
    track_query(own_lab)
    listed(own_lab, (ONE,))
    own_lab.see(record(ONE, status="COMPLETED"))
    track(own_lab, TWO)
    with own_lab.database.reading() as transaction:
        assert 4 == len(list(WatchLedger(transaction).read()))
        assert transaction.events.head().position == transaction.checkpoints.get(VIEWS)
    sound(own_lab)


def test_what_is_tracked_is_told_with_what_is_known_of_it(own_lab: Lab) -> None:
    """The registry first, then queries, then trials; a trial that was not read yet has no title."""
    own_lab.see(record(ONE))
    track(own_lab, (ONE, ALIAS), TWO)
    track_query(own_lab)
    listed(own_lab, (ONE, THREE))
    with own_lab.database.writing() as transaction:
        tracking.track_registry(transaction, run_id="run")
    with own_lab.database.reading() as transaction:
        found = tracked(transaction.connection)
    assert [("registry", None), ("query", "liver"), ("trial", ONE), ("trial", TWO)] == [
        (one.kind, one.name) for one in found
    ]
    assert [None, 2, None, None] == [one.members for one in found]
    assert ("query.cond=liver cirrhosis", ALIAS) == (found[1].query, found[2].alias)
    assert [("A made trial", "RECRUITING"), (None, None)] == [(one.title, one.published_status) for one in found[2:]]


@pytest.mark.parametrize(
    ("statement", "position", "reason"),
    (
        ("DELETE FROM view_watch WHERE kind = 'trial'", 1, "view_watch of trial NCT00000001 lacks a row"),
        ("UPDATE view_watch SET alias = 'x' WHERE kind = 'query'", 2, "view_watch of query liver differs .* alias"),
        ("UPDATE view_members SET is_present = 0", 3, "view_members of NCT00000002 differs .* is_present"),
        ("DELETE FROM view_members", 3, "view_members of NCT00000002 lacks a row"),
    ),
)
def test_a_wrong_row_is_named(own_lab: Lab, statement: str, position: int, reason: str) -> None:
    """Verification compares the views of watching with the ledger, and a rebuild mends them."""
    track(own_lab, ONE)
    track_query(own_lab)
    listed(own_lab, (TWO,))
    with own_lab.database.writing() as transaction:
        transaction.connection.exec_driver_sql(statement)
    report = own_lab.verify()
    assert (False, position) == (report.ok, report.position)
    assert re.match(reason, report.reason or ""), report.reason
    rebuild(own_lab.database, show=silent)
    sound(own_lab)


def test_an_event_that_is_none_of_watching_is_named(own_lab: Lab) -> None:
    """What stands in a stream of watching and cannot be read is found by verification, with its position."""
    track(own_lab, ONE)
    with own_lab.database.writing() as transaction:
        strange = EventData(type="made_up", data={}, event_id="strange")
        transaction.events.append(WATCH_STREAM, [strange], expected_version=0)
    report = own_lab.verify()
    assert (False, 2) == (report.ok, report.position)


def test_views_that_stand_before_an_event_of_watching_are_told(own_lab: Lab) -> None:
    """The checkpoint is as much behind by a decision as by a change of a trial."""
    own_lab.see(record(ONE))
    track(own_lab, ONE)
    with own_lab.database.writing() as transaction:
        transaction.checkpoints.reset(VIEWS, 1)
    report = own_lab.verify()
    assert not report.ok
    assert "the views' checkpoint is 1" in (report.reason or "")

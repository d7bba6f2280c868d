"""A tracked trial that is merged into another is followed there, and what was merged is untracked together."""

from collections.abc import Iterator

import pytest

from store.runs import Run
from tests.contract.pipeline.lab import Lab, silent
from tests.following import Follower, following
from tests.unit.simulator.worlds import ONE, THREE, TWO, study, world
from tracker.domain.query import parse_query
from tracker.domain.watching import WATCH_STREAM
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.polling.legs import NOTHING_NEW, Leg
from tracker.pipeline.replaying import rebuild
from tracker.pipeline.tracked import what_is_tracked
from tracker.pipeline.tracking import Decision, track_trials, untrack_trials
from tracker.simulator import edits
from tracker.views.watch_list import watch_list

FOUR = "NCT00000004"


@pytest.fixture
def follower(own_lab: Lab) -> Iterator[Follower]:
    """A ledger that follows the first of four trials, by its id."""
    with following(own_lab, world(study(ONE), study(TWO), study(THREE), study(FOUR))) as made:
        made.track(ONE)
        made.poll()
        yield made


def merged(follower: Follower, *pairs: tuple[str, str]) -> list[Run]:
    """The registry merges trials, and a poll sees it the next day."""
    for trial_id, into in pairs:
        follower.world.merge(trial_id, into=into)
    return next_day(follower)


def next_day(follower: Follower, *legs: Leg) -> list[Run]:
    """A release, and a poll of it."""
    follower.world.advance()
    follower.world.publish()
    return follower.poll(*legs)


def untrack(lab: Lab, *ids: str) -> list[Decision]:
    """Untrack trials in a transaction of its own."""
    with lab.database.writing() as transaction:
        return untrack_trials(transaction, ids, run_id="run")


def track(lab: Lab, trial_id: str, alias: str | None = None) -> Decision:
    """Track a trial in a transaction of its own."""
    with lab.database.writing() as transaction:
        (decision,) = track_trials(transaction, [(trial_id, alias)], run_id="run")
    return decision


def tracked(lab: Lab) -> set[str]:
    """The trials that are tracked."""
    with lab.database.reading() as transaction:
        return set(watch_list(transaction.connection).trials)


def shown(lab: Lab) -> list[tuple[str | None, str | None, str | None, str | None, bool]]:
    """Of each that is tracked: where its record is, what it was merged into, and in place of what it is followed."""
    with lab.database.reading() as transaction:
        found = what_is_tracked(transaction)
    return [(one.name, one.whereabouts, one.merged_into, one.alias, one.is_in_place) for one in found]


def decisions(lab: Lab) -> list[tuple[str, str | None, str | None]]:
    """The decisions of watching: their types, trials and aliases."""
    with lab.database.reading() as transaction:
        told = [(event.type, event.data) for event in transaction.events.read_stream(WATCH_STREAM)]
    return [(kind, data.get("trial_id"), data.get("alias")) for kind, data in told]


def sound(lab: Lab) -> None:
    """The ledger verifies, and its views are what a rebuild makes."""
    report = lab.verify()
    assert (True, None) == (report.ok, report.reason)
    live = lab.rows()
    rebuild(lab.database, show=silent)
    assert live == lab.rows()


def test_the_survivor_is_followed_and_read_in_the_same_poll(follower: Follower) -> None:
    """One event tells it, nobody's decision is made up, and what the survivor does next is seen."""
    lab = follower.lab
    runs = merged(follower, (ONE, TWO))
    assert all(run.complete for run in runs)
    assert [("trial_tracked", ONE, None), ("survivor_tracked", TWO, ONE)] == decisions(lab)
    assert [(ONE, "merged", TWO, None, False), (TWO, "visible", None, ONE, True)] == shown(lab)
    assert [TWO] == [one.trial_id for one in lab.timeline(TWO)]
    missing = next(run for run in runs if run.leg == Leg.MISSING)
    assert 2 + len(lab.events(TWO)) == missing.events
    follower.world.edit(TWO, edits.status("COMPLETED"))
    next_day(follower)
    assert "recruitment_status_changed" in [one.event.change.type for one in lab.events(TWO)]
    sound(lab)


def test_a_merger_is_followed_once(follower: Follower) -> None:
    """Later polls leave no event; once the survivor was read by each leg, there is nothing new."""
    merged(follower, (ONE, TWO))
    follower.poll()
    before = follower.lab.events_count()
    assert [NOTHING_NEW] * 5 == [run.reason for run in follower.poll()]
    next_day(follower)
    follower.poll(force=True)
    assert before == follower.lab.events_count()


def test_the_leg_for_the_missing_needs_no_other(follower: Follower) -> None:
    """Polled alone, it finds the merger and reads the survivor."""
    follower.world.merge(ONE, into=TWO)
    next_day(follower, Leg.MISSING)
    assert [(ONE, "merged", TWO, None, False), (TWO, "visible", None, ONE, True)] == shown(follower.lab)


@pytest.mark.parametrize("at_once", (True, False))
def test_a_chain_of_mergers_is_followed_to_its_end(follower: Follower, at_once: bool) -> None:
    """The first into the second into the third, in one release or one after the other."""
    if at_once:
        merged(follower, (ONE, TWO), (TWO, THREE))
    else:
        merged(follower, (ONE, TWO))
        merged(follower, (TWO, THREE))
    lab = follower.lab
    assert "visible" == {name: place for name, place, *_ in shown(lab)}[THREE]
    assert "merged" == {name: place for name, place, *_ in shown(lab)}[ONE]
    assert 1 == len(lab.timeline(THREE))
    before = decisions(lab)
    next_day(follower)
    assert before == decisions(lab)
    sound(lab)


@pytest.mark.parametrize("named", (ONE, TWO, THREE))
def test_a_chain_is_untracked_by_any_of_its_ids(follower: Follower, named: str) -> None:
    """All of them are one trial: what one is asked for, the others go along, and no poll brings them back."""
    merged(follower, (ONE, TWO))
    merged(follower, (TWO, THREE))
    track(follower.lab, FOUR)
    told = untrack(follower.lab, named)
    assert [named, None] == [told[0].name, told[0].along_with]
    assert {ONE, TWO, THREE} == {one.name for one in told}
    assert {named} == {one.along_with for one in told[1:]}
    next_day(follower)
    assert {FOUR} == tracked(follower.lab)
    sound(follower.lab)


def test_a_survivor_that_is_tracked_already_stays_a_decision_of_its_own(follower: Follower) -> None:
    """No event beside the merger's; untracking the merged one leaves it, and says so."""
    track(follower.lab, TWO)
    merged(follower, (ONE, TWO))
    assert ["trial_tracked", "trial_tracked"] == [kind for kind, *_ in decisions(follower.lab)]
    assert [(ONE, "merged", TWO, None, False), (TWO, "visible", None, None, False)] == shown(follower.lab)
    assert [Decision(name=ONE, survivor=TWO)] == untrack(follower.lab, ONE)
    assert {TWO} == tracked(follower.lab)
    sound(follower.lab)


def test_untracking_the_survivor_takes_what_was_merged_into_it(follower: Follower) -> None:
    """It is the same trial, whoever asked for which of them; named both, each is told once."""
    track(follower.lab, TWO)
    merged(follower, (ONE, TWO))
    assert [Decision(name=TWO), Decision(name=ONE, along_with=TWO)] == untrack(follower.lab, TWO, ONE)
    assert set() == tracked(follower.lab)
    sound(follower.lab)


def test_one_survivor_stands_for_several(follower: Follower) -> None:
    """It is followed as long as any of them is."""
    track(follower.lab, TWO)
    follower.poll()
    merged(follower, (ONE, THREE), (TWO, THREE))
    assert {ONE, TWO, THREE} == tracked(follower.lab)
    assert [Decision(name=ONE, survivor=THREE)] == untrack(follower.lab, ONE)
    assert [Decision(name=TWO), Decision(name=THREE, along_with=TWO)] == untrack(follower.lab, TWO)
    sound(follower.lab)


def test_a_stand_in_that_is_asked_for_by_itself_stays(follower: Follower) -> None:
    """A person's decision outlives the merged trial; asked for by the alias, it is followed already."""
    merged(follower, (ONE, TWO))
    assert not track(follower.lab, TWO, ONE).is_new
    assert track(follower.lab, TWO).is_new
    assert not track(follower.lab, TWO).is_new
    assert [Decision(name=ONE, survivor=TWO)] == untrack(follower.lab, ONE)
    assert {TWO} == tracked(follower.lab)
    sound(follower.lab)


def test_a_merged_trial_that_comes_back_is_seen(follower: Follower) -> None:
    """It is still tracked, and is untracked with its stand-in."""
    merged(follower, (ONE, TWO))
    follower.world.restore(ONE)
    next_day(follower)
    assert [(ONE, "visible", None, None, False), (TWO, "visible", None, ONE, True)] == shown(follower.lab)
    assert {ONE, TWO} == {one.name for one in untrack(follower.lab, ONE)}
    sound(follower.lab)


def test_a_trial_that_was_never_read_is_followed_to_its_survivor(own_lab: Lab) -> None:
    """Tracked while it was withheld, then merged: the ledger knows no record of it, and shows where it went."""
    with following(own_lab, world(study(ONE), study(TWO))) as follower:
        follower.world.withhold(ONE)
        follower.world.publish()
        follower.track(ONE)
        follower.poll()
        follower.world.restore(ONE)
        merged(follower, (ONE, TWO))
        assert [(ONE, "merged", TWO, None, False), (TWO, "visible", None, ONE, True)] == shown(own_lab)
        next_day(follower)
        assert [TWO, ONE] == [one.name for one in untrack(own_lab, TWO)]
    sound(own_lab)


def test_only_what_is_tracked_by_its_id_is_followed(own_lab: Lab) -> None:
    """A member of a query, or of the whole registry, that is merged has nobody tracked in its place."""
    with following(own_lab, world(study(ONE), study(TWO))) as follower:
        follower.track_all()
        follower.poll()
        merged(follower, (ONE, TWO))
        assert (set(), "registry_tracked") == (tracked(own_lab), decisions(own_lab)[-1][0])


def test_within_the_whole_registry_the_survivor_is_tracked_as_well(follower: Follower) -> None:
    """Untracking the registry later leaves it followed."""
    follower.track_all()
    follower.poll()
    merged(follower, (ONE, TWO))
    assert {ONE, TWO} == tracked(follower.lab)


def test_a_broken_off_poll_leaves_the_survivor_to_the_next(follower: Follower) -> None:
    """Merger and tracking are stored together; what was not read is read by the next poll."""
    lab = follower.lab
    lab.move(Whereabouts.MERGED, on="2026-01-13", trial_id=ONE, into=TWO)
    assert [(ONE, "merged", TWO, None, False), (TWO, None, None, ONE, True)] == shown(lab)
    merged(follower, (ONE, TWO))
    assert [(ONE, "merged", TWO, None, False), (TWO, "visible", None, ONE, True)] == shown(lab)
    sound(lab)


def test_members_are_told_once_a_query_was_listed(own_lab: Lab) -> None:
    """None before the first complete listing, 0 after one that found nothing, and None again when tracked anew."""

    def members(follower: Follower) -> int | None:
        with own_lab.database.reading() as transaction:
            (one,) = what_is_tracked(transaction)
        return one.members

    query = parse_query("query.cond=nothing that anybody has")
    with following(own_lab, world(study(ONE))) as follower:
        follower.track_query("none", query)
        assert members(follower) is None
        follower.poll(Leg.DELTA)
        assert members(follower) is None
        follower.poll(Leg.SWEEP)
        assert 0 == members(follower)

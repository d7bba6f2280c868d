"""The random life of the simulated registry, and whether its own list of changes agrees with the differ."""

import itertools
from collections import Counter
from datetime import date
from typing import Any

import pytest
from rapidfuzz import fuzz

from tests.unit.simulator.worlds import made_world
from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.classify import classify
from tracker.diffing.differ import differences
from tracker.diffing.matching import LIKENESS_LEAST
from tracker.domain.staleness import staleness_of
from tracker.simulator import edits
from tracker.simulator.evolution import Evolution
from tracker.simulator.made_trials import MEASURES, WORDINGS, made_trials
from tracker.simulator.net_changes import Leg
from tracker.simulator.sightings import seen_changes
from tracker.simulator.world import World

TRIALS, RELEASES = 120, 25
Told = Counter[tuple[str, str, str, str, str]]


def lived(seed: int) -> World:
    """A world after some weeks."""
    world = made_world(TRIALS, seed=seed)
    evolution = Evolution(world, seed=seed, has_migrations=True)
    for _ in range(RELEASES):
        evolution.step()
    return world


def by_the_log(world: World, since: int, until: int, trials: set[str]) -> Told:
    """Content changes of these trials as the simulator's log has them."""
    return Counter(
        (change.trial_id, str(change.type), change.path, repr(change.old), repr(change.new))
        for change in world.net_changes(since, until)
        if change.trial_id in trials and change.path
    )


def by_the_differ(world: World, since: int, until: int, trials: set[str]) -> Told:
    """The same as the tracker's differ finds them in the records."""
    catalogue = default_catalogue()
    found: Told = Counter()
    for trial_id in trials:
        old, new = world.record_at(trial_id, since), world.record_at(trial_id, until)
        for difference in differences(old, new, catalogue=catalogue):
            change = classify(difference, catalogue=catalogue)
            found[trial_id, str(change.type), difference.pattern, repr(change.old), repr(change.new)] += 1
    return found


def in_view(world: World, since: int, until: int) -> set[str]:
    """The trials with whole records in both releases."""
    records = {name: (world.record_at(name, since), world.record_at(name, until)) for name in everyone(world)}
    return {name for name, pair in records.items() if all(is_whole(record) for record in pair)}


def everyone(world: World) -> set[str]:
    """Every trial that ever was."""
    return {*world.trial_ids(), *world.hidden_ids()}


def is_whole(record: Any) -> bool:
    """Whether this is a record, and no stub."""
    return record is not None and record["protocolSection"]["statusModule"]["overallStatus"] != "WITHHELD"


@pytest.mark.parametrize("seed", range(4))
def test_the_log_and_the_differ_agree(seed: int) -> None:
    """Through every release and over all of them, the log of edits and the differ find the same changes."""
    world = lived(seed)
    total = 0
    for since, until in [*itertools.pairwise(range(RELEASES + 1)), (0, RELEASES)]:
        trials = in_view(world, since, until)
        logged = by_the_log(world, since, until, trials)
        assert by_the_differ(world, since, until, trials) == logged, f"seed {seed}, releases {since} to {until}"
        total += logged.total()
    assert total > 20 * RELEASES


def test_the_same_seed_gives_the_same_life() -> None:
    """Two worlds of one seed tell the same changes, those of another seed do not."""
    first, again, other = lived(1), lived(1), lived(2)
    assert first.net_changes(0, RELEASES) == again.net_changes(0, RELEASES)
    assert first.net_changes(0, RELEASES) != other.net_changes(0, RELEASES)


def test_a_life_has_everything_in_it() -> None:
    """Silent changes, UNKNOWN both ways, and records that come, go and come back all occur."""
    world = made_world(400, seed=3)
    evolution = Evolution(world, seed=3)
    for _ in range(40):
        evolution.step()
    changes = [change for n in range(40) for change in world.net_changes(n, n + 1)]
    types = {str(change.type) for change in changes}
    for expected in ("record_withheld", "record_merged", "record_disappeared", "record_reappeared"):
        assert expected in types
    assert {"trial_first_observed", "results_posted", "location_added", "reference_added"} <= types
    flips = {
        change.new for change in changes if change.type == "recruitment_status_changed" and change.origin == "registry"
    }
    assert "UNKNOWN" in flips
    assert len(flips) > 1


def test_every_release_obeys_the_unknown_rule() -> None:
    """At each data date, each record shows UNKNOWN exactly when the rule says so."""
    world = lived(5)
    for trial_id in world.trial_ids():
        staleness = staleness_of(world.published.studies[trial_id])
        assert staleness.is_unknown(world.release.data_on) == (staleness.published_status == "UNKNOWN")


def test_made_outcomes_cannot_be_mistaken() -> None:
    """Wordings of one outcome are like enough to be paired, those of two are not."""
    worded = [(name, name + wording) for name in MEASURES for wording in WORDINGS]
    for (name, text), (other, other_text) in itertools.combinations(worded, 2):
        likeness = fuzz.ratio(text.casefold(), other_text.casefold())
        assert (likeness >= LIKENESS_LEAST) == (name == other), (text, other_text, likeness)


def test_made_trials_are_small_and_various() -> None:
    """A made trial has a few kilobytes; statuses and days of lapsing differ."""
    trials = list(made_trials(200, seed=1, on=date(2026, 1, 12)))
    assert {True} == {1500 < len(repr(trial)) < 6000 for trial in trials}
    assert 6 <= len({trial["protocolSection"]["statusModule"]["overallStatus"] for trial in trials})
    assert trials == list(made_trials(200, seed=1, on=date(2026, 1, 12)))


def test_all_legs_together_see_everything() -> None:
    """With a refresh at every release, what must have been seen is what changed at each."""
    world = lived(6)
    seen = seen_changes(world, range(RELEASES + 1), tuple(Leg))
    assert [(n + 1, change) for n in range(RELEASES) for change in world.net_changes(n, n + 1)] == seen


def test_what_no_leg_sees_comes_with_the_next_reading() -> None:
    """A silent reference is seen when the trial's next version is read, and not at all without one."""
    world = made_world(3, seed=1)
    first, second, third = world.trial_ids()
    world.advance(30)
    world.edit(third)
    world.publish()
    world.edit(first, edits.derived_reference("1111111"), silent=True)
    world.edit(second, edits.derived_reference("2222222"), silent=True)
    world.edit(third, edits.derived_reference("3333333"), silent=True)
    world.publish()
    world.edit(first, edits.enrollment(5))
    world.publish()
    references = [
        (release, change.item)
        for release, change in seen_changes(world, range(4), (Leg.DELTA, Leg.SWEEP, Leg.DUE, Leg.MISSING))
        if change.type == "reference_added"
    ]
    assert [2, 3] == [release for release, _ in references]
    assert "3333333" in str(references[0])
    assert "1111111" in str(references[1])

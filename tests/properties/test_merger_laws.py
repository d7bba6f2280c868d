"""The laws of mergers: whatever is tracked, merged, parted and untracked, the watch list follows who lives on."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.contract.pipeline.lab import Lab, silent
from tests.copies import copied
from tests.laws import tries
from tests.properties.records import LAWFUL
from tests.records import record
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.replaying import rebuild
from tracker.pipeline.tracking import Decision, track_trials, untrack_trials
from tracker.views.watch_list import TrackedTrial, tracked_trials

IDS = tuple(f"NCT0000000{number}" for number in range(1, 5))
DAY = date(2026, 5, 1)

_id = st.sampled_from(IDS)
_merge = st.tuples(st.just("merge"), _id, _id)
_untrack = st.tuples(st.just("untrack"), _id, st.just(""))
MOVES = st.tuples(
    st.permutations([("track", trial_id, "") for trial_id in IDS[:3]]).map(lambda all_of: all_of[:2]),
    st.lists(st.tuples(st.just("merge"), _id, st.sampled_from(IDS[2:])), min_size=2, max_size=4),
    st.lists(st.one_of(_untrack, _merge, st.tuples(st.sampled_from(("track", "part")), _id, st.just(""))), max_size=8),
).map(lambda phases: [move for phase in phases for move in phase])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ledger that has seen all trials."""
    url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'ledger.db'}"
    lab = Lab.open(url)
    lab.see(*(record(trial_id) for trial_id in IDS))
    lab.close()
    return url


class Registry:
    """Which trial each id leads to."""

    def __init__(self) -> None:
        self.into: dict[str, str] = {}

    def survivor(self, trial_id: str) -> str:
        """The trial that lives on."""
        while trial_id in self.into:
            trial_id = self.into[trial_id]
        return trial_id


def make(lab: Lab, registry: Registry, move: tuple[str, str, str]) -> list[Decision]:
    """One move of the registry, or of a person; trials are asked for as ``trialog track`` asks for them."""
    kind, one, other = move
    match kind:
        case "merge" if one not in registry.into and registry.survivor(other) != one:
            registry.into[one] = registry.survivor(other)
            lab.move(Whereabouts.MERGED, on=DAY, trial_id=one, into=registry.into[one])
        case "part" if registry.into.pop(one, None):
            lab.move(Whereabouts.VISIBLE, on=DAY, trial_id=one)
        case "track":
            survivor = registry.survivor(one)
            with lab.database.writing() as transaction:
                return track_trials(transaction, [(survivor, None if survivor == one else one)], run_id="run")
        case "untrack":
            with lab.database.writing() as transaction:
                return untrack_trials(transaction, [one], run_id="run")
    return []


def held(lab: Lab) -> dict[str, TrackedTrial]:
    """What is tracked."""
    with lab.database.reading() as transaction:
        return tracked_trials(transaction.connection)


@settings(LAWFUL, max_examples=tries(30))
@given(moves=MOVES)
@example(
    moves=[
        *(("track", IDS[at], "") for at in (0, 1)),
        *(("merge", IDS[at], IDS[2]) for at in (0, 1)),
        *(("untrack", IDS[at], "") for at in (0, 1)),
    ]
)
def test_who_lives_on_is_followed_until_untracked(template: str, moves: list[tuple[str, str, str]]) -> None:
    """After every move each merged trial that is tracked has its survivor tracked, and a stand-in has a reason.

    What is untracked stays so, with all that was merged into it, though its merger is seen again; and once nobody
    wants anything, nothing is left.
    """
    with tempfile.TemporaryDirectory() as folder, copied(template, Path(folder)) as url:
        lab, registry = Lab.open(url), Registry()
        for move in moves:
            before = held(lab)
            told = make(lab, registry, move)
            after = held(lab)
            for name, one in after.items():
                assert registry.survivor(name) in after, (move, name)
                assert not one.is_in_place or one.alias in after or any(other.leads_to(one) for other in after.values())
            if move[0] == "untrack":
                assert before.keys() - after.keys() == {one.name for one in told if one.is_new}
                assert move[1] not in after
                assert all(registry.into.get(name) != move[1] for name in after)
            elif move[0] != "track":
                assert before.keys() <= after.keys()
        for trial_id, into in registry.into.items():
            lab.move(Whereabouts.MERGED, on=DAY, trial_id=trial_id, into=into)
        for name in sorted(name for name, one in held(lab).items() if not one.is_in_place):
            make(lab, registry, ("untrack", name, name))
        assert {} == held(lab)
        assert lab.verify().ok
        live = lab.rows()
        rebuild(lab.database, show=silent)
        assert live == lab.rows()
        lab.close()

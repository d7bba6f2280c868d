"""Laws of what is held: only what is suspicious waits, and what is released leads to what the registry shows."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.pipeline.lab import Lab
from tests.laws import tries
from tests.properties.held_life import DAYS, HELD_PATHS, VALUES, WAVES, Trial, hide, newest, others, read, waiting
from tests.properties.records import LAWFUL
from tests.records import trial_ids
from tracker.diffing.canonical import canonical
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.pointer import pattern_of
from tracker.pipeline.releasing import release

_ids = trial_ids()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A ledger in which each example has a trial of its own."""
    opened = Lab.open(f"sqlite:///{tmp_path_factory.mktemp('held') / 'ledger.db'}")
    yield opened
    opened.close()


def live(lab: Lab, trial: Trial, day: dict[str, Any], runs: list[str]) -> None:
    """One day: what the registry does, then perhaps a poll, of which the rules hold."""
    trial.change(day["changes"], is_by_sponsor=day["is_by_sponsor"])
    if not day["is_read"]:
        return
    if day["leaves"]:
        hide(lab, trial)
    before, waited = newest(lab, trial), {path for paths in waiting(lab, trial).values() for path in paths}
    dates = lab.timeline(trial.trial_id)[-1].snapshot
    old_post = lab.stored(dates)["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
    runs.append(read(lab, trial, suspicious=day["suspicious"]))
    shown, now = canonical(trial.record()), newest(lab, trial)
    new_post = trial.record()["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
    if old_post != new_post:
        assert shown == now
        return
    waits = {path for paths in waiting(lab, trial).values() for path in paths}
    assert others(shown, waits) == others(now, waits)
    for path in waited & waits:
        if path != HELD_PATHS[1]:  # a site that comes brings its zip code
            assert VALUES[path](before) == VALUES[path](now)


def let_go(lab: Lab, run_id: str, trial: Trial, *, as_migration: bool) -> None:
    """Release a run; nothing but what it holds is recorded as a migration."""
    paths = waiting(lab, trial).get(run_id, set())
    before = lab.events_count()
    release(lab.database, default_catalogue(), run_id, as_migration=as_migration)
    told = [one for one in lab.events(trial.trial_id) if one.position > before]
    marked = {pattern_of(one.event.change.path) for one in told if one.event.change.detail.get("migration")}
    assert marked <= paths
    if as_migration and len(told) == len([one for one in told if not one.event.revision.is_link]):
        assert {pattern_of(one.event.change.path) for one in told} == marked


@settings(LAWFUL, max_examples=tries(30))
@given(data=st.data(), days=st.lists(DAYS, min_size=2, max_size=9))
def test_what_is_released_leads_to_what_the_registry_shows(
    lab: Lab, data: st.DataObject, days: list[dict[str, Any]]
) -> None:
    """Whatever mixture of silent changes, sponsor's changes, ways back and releases in any order came before."""
    trial = Trial(next(_ids))
    read(lab, trial)
    runs: list[str] = []
    for day in days:
        live(lab, trial, day, runs)
        holding = sorted(waiting(lab, trial), key=runs.index)
        if day["releases"] and holding:
            let_go(lab, data.draw(st.sampled_from(holding)), trial, as_migration=data.draw(st.booleans()))
            if not waiting(lab, trial) and day["is_read"]:
                assert canonical(trial.record()) == newest(lab, trial)
    trial.change({}, is_by_sponsor=False)
    runs.append(read(lab, trial))
    shown = canonical(trial.record())
    for run_id in data.draw(st.permutations(sorted(waiting(lab, trial), key=runs.index))):
        let_go(lab, run_id, trial, as_migration=data.draw(st.booleans()))
    assert {} == waiting(lab, trial)
    assert shown == newest(lab, trial)
    told = lab.events_count()
    read(lab, trial)
    assert told == lab.events_count()


@settings(LAWFUL, max_examples=tries(30))
@given(data=st.data(), waves=WAVES)
def test_several_migrations_that_wait_are_released_in_any_order(
    lab: Lab, data: st.DataObject, waves: list[dict[str, Any]]
) -> None:
    """With changes between and behind them, and with some released meanwhile, the newest value is the last."""
    trial = Trial(next(_ids))
    read(lab, trial)
    runs: list[str] = []
    for title, wave in enumerate(waves, 1):
        trial.change({"title": title}, is_by_sponsor=wave["is_by_sponsor"])
        runs.append(read(lab, trial, suspicious=HELD_PATHS[:1]))
        for _ in range(wave["between"]):
            trial.change({"count": trial.day}, is_by_sponsor=False)
            runs.append(read(lab, trial))
        holding = sorted(waiting(lab, trial), key=runs.index)
        if wave["releases"] and holding:
            let_go(lab, data.draw(st.sampled_from(holding)), trial, as_migration=data.draw(st.booleans()))
    shown = canonical(trial.record())
    for run_id in data.draw(st.permutations(sorted(waiting(lab, trial), key=runs.index))):
        let_go(lab, run_id, trial, as_migration=data.draw(st.booleans()))
    assert shown == newest(lab, trial)
    assert {} == waiting(lab, trial)


def test_the_ledger_of_all_these_lives_verifies(lab: Lab) -> None:
    """Everything folds, and the views are those of a rebuild."""
    report = lab.verify()
    assert (True, None) == (report.ok, report.reason)

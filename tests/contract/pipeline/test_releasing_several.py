"""Several held differences of one trial, and its sponsor's own versions: released in any order, the ledger is right."""

from collections.abc import Collection

import pytest

from store.held import HeldCount
from tests.contract.pipeline.lab import Lab
from tests.properties.held_life import TITLE, ZIP, Trial, newest, read, waiting
from tests.records import ID, Json
from tracker.diffing.canonical import canonical
from tracker.diffing.catalogue import default_catalogue
from tracker.pipeline.releasing import release

ORDERS = ((0, 1), (1, 0))


def migrated(lab: Lab, trial: Trial, *paths: str, **told: int) -> str:
    """A migration of ``paths``, read and held on its own day; answers the run."""
    trial.change(told, is_by_sponsor=False)
    return read(lab, trial, suspicious=paths or (TITLE,))


def changed(lab: Lab, trial: Trial, *, is_by_sponsor: bool, **told: int) -> str:
    """An ordinary change, read on its own day; answers the run."""
    trial.change(told, is_by_sponsor=is_by_sponsor)
    return read(lab, trial)


def released(lab: Lab, run_id: str, *, as_migration: bool = False) -> tuple[int, int, int]:
    """Release a run: observations released, those from which nothing followed, and events."""
    done = release(lab.database, default_catalogue(), run_id, as_migration=as_migration)
    assert (True, None) == ((report := lab.verify()).ok, report.reason)
    return done.released, done.nothing, done.events


def titles(lab: Lab) -> list[tuple[int, int, bool]]:
    """The changes of the title, in the registry's order: from and to which telling, and whether by a migration."""
    return [(_times(one.old), _times(one.new), "migration" in one.detail) for one in lab.trail(ID) if one.path == TITLE]


def _times(title: Json) -> int:
    return int(title.split()[-2])


def fates(lab: Lab, run_id: str) -> dict[str, int]:
    """What became of what a run held, over all its paths."""
    with lab.database.reading() as transaction:
        counts: Collection[HeldCount] = transaction.held.counts([run_id])
    sums = {name: sum(getattr(one, name) for one in counts) for name in ("waiting", "gone_back", "known", "released")}
    return {name: number for name, number in sums.items() if number}


@pytest.mark.parametrize("as_migration", (False, True))
@pytest.mark.parametrize("order", ORDERS)
def test_what_was_observed_later_stays_the_later(own_lab: Lab, order: tuple[int, int], as_migration: bool) -> None:
    """Two migrations wait while something else is recorded; whichever is released first, the newer value is last."""
    trial = Trial(ID)
    read(own_lab, trial)
    runs = [migrated(own_lab, trial, title=1), migrated(own_lab, trial, title=2)]
    changed(own_lab, trial, is_by_sponsor=False, count=1)
    for place in order:
        assert (1, 0) == released(own_lab, runs[place], as_migration=as_migration)[:2]
    assert [(0, 1, as_migration), (1, 2, as_migration and order == (0, 1))] == titles(own_lab)
    assert canonical(trial.record()) == newest(own_lab, trial)
    before = own_lab.events_count()
    read(own_lab, trial)
    assert before == own_lab.events_count()


@pytest.mark.parametrize("order", ORDERS)
def test_of_one_release_the_later_seen_is_the_later(own_lab: Lab, order: tuple[int, int]) -> None:
    """Where a data date tells nothing, the instants of the observations do."""
    trial = Trial(ID)
    read(own_lab, trial)
    first = migrated(own_lab, trial, title=1)
    trial.told["title"] = 2
    runs = [first, read(own_lab, trial, suspicious=(TITLE,))]
    for place in order:
        released(own_lab, runs[place])
    assert [(0, 1, False), (1, 2, False)] == titles(own_lab)


def test_what_waits_is_not_held_again_once_an_earlier_one_is_released(own_lab: Lab) -> None:
    """The later of two goes on waiting as it is."""
    trial = Trial(ID)
    read(own_lab, trial)
    runs = [migrated(own_lab, trial, title=1), migrated(own_lab, trial, title=2)]
    changed(own_lab, trial, is_by_sponsor=False, count=1)
    released(own_lab, runs[0])
    changed(own_lab, trial, is_by_sponsor=False, count=2)
    assert {runs[1]: {TITLE}} == waiting(own_lab, trial)


@pytest.mark.parametrize("is_read_again", (False, True))
def test_what_a_sponsors_version_brought_is_known_and_has_not_gone_back(own_lab: Lab, is_read_again: bool) -> None:
    """It is in the ledger, with that version: a release adds nothing, and the path waits no longer."""
    trial = Trial(ID)
    read(own_lab, trial)
    run = migrated(own_lab, trial, title=1)
    changed(own_lab, trial, is_by_sponsor=True, count=1)
    if is_read_again:
        changed(own_lab, trial, is_by_sponsor=False, title=2)
    assert {"known": 1} == fates(own_lab, run)
    told = [(0, 1, False), *([(1, 2, False)] if is_read_again else [])]
    assert told == titles(own_lab)
    assert (0, 1, 0) == released(own_lab, run, as_migration=True)
    assert told == titles(own_lab)


def test_what_came_with_an_imported_version_is_released_as_nothing(own_lab: Lab) -> None:
    """The ledger tells of it, with that version, though no poll has said so."""
    trial = Trial(ID)
    read(own_lab, trial)
    run = migrated(own_lab, trial, title=1)
    trial.change({"count": 1}, is_by_sponsor=True)
    own_lab.see(trial.record())
    assert {"waiting": 1} == fates(own_lab, run)
    assert (0, 1, 0) == released(own_lab, run, as_migration=True)
    assert [(0, 1, False)] == titles(own_lab)


def test_what_a_sponsors_version_passed_over_comes_before_it(own_lab: Lab) -> None:
    """It brought a third value: what is held neither went back nor came in, waits, and takes its own place."""
    trial = Trial(ID)
    read(own_lab, trial)
    run = migrated(own_lab, trial, title=1)
    changed(own_lab, trial, is_by_sponsor=True, title=2)
    read(own_lab, trial)
    assert {"waiting": 1} == fates(own_lab, run)
    assert (1, 0) == released(own_lab, run, as_migration=True)[:2]
    assert [(0, 1, True), (1, 2, False)] == titles(own_lab)
    assert canonical(trial.record()) == newest(own_lab, trial)


def test_of_two_that_wait_a_sponsors_version_brings_the_later(own_lab: Lab) -> None:
    """The earlier one still waits, for its own place before that version."""
    trial = Trial(ID)
    read(own_lab, trial)
    runs = [migrated(own_lab, trial, title=1), migrated(own_lab, trial, title=2)]
    changed(own_lab, trial, is_by_sponsor=True, count=1)
    assert [{"waiting": 1}, {"known": 1}] == [fates(own_lab, run) for run in runs]
    assert [(1, 0), (0, 1)] == [released(own_lab, run)[:2] for run in runs]
    assert [(0, 1, False), (1, 2, False)] == titles(own_lab)


def test_what_a_sponsors_version_shows_as_before_has_gone_back(own_lab: Lab) -> None:
    """The ledger never told of the difference, and need not."""
    trial = Trial(ID)
    read(own_lab, trial)
    run = migrated(own_lab, trial, title=1)
    changed(own_lab, trial, is_by_sponsor=True, title=0)
    assert {"gone_back": 1} == fates(own_lab, run)
    assert (0, 1, 0) == released(own_lab, run)


def test_of_two_paths_the_one_that_a_sponsors_version_brought_is_known(own_lab: Lab) -> None:
    """The other waits on, with the run that held both."""
    trial = Trial(ID)
    read(own_lab, trial)
    run = migrated(own_lab, trial, TITLE, ZIP, title=1, zip=1)
    changed(own_lab, trial, is_by_sponsor=True, zip=2)
    assert {run: {ZIP}} == waiting(own_lab, trial)
    assert (1, 1) == released(own_lab, run)[:2]
    assert [(0, 1, False)] == titles(own_lab)
    assert canonical(trial.record()) == newest(own_lab, trial)

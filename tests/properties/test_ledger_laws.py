"""Laws of the ledger: whatever comes, in whatever order, it says the same, folds, and can be replayed.

Where the order of arrival must count, because no date decides:

- of two contents with the same data date (or, without one, the same post date) the one seen later is the later;
- a version without any date ties with all others.

So ``histories`` have a data date each, all different; and to be imported again without any change, versions of one
trial must be dated alike.
"""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.pipeline.lab import Lab, silent, told
from tests.copies import copied
from tests.laws import tries
from tests.properties.observations import (
    COVERAGES,
    FIRST_DAY,
    Move,
    Version,
    arrivals,
    dated_alike,
    day_text,
    histories,
    moves,
    versions,
)
from tests.properties.records import LAWFUL
from tests.records import Json, trial_ids
from tracker.domain.errors import NotFound
from tracker.pipeline.replaying import rebuild
from tracker.views.answers import AnsweredRevision

_ids = trial_ids()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty ledger in a file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'ledger.db'}"
    Lab.open(url).close()
    return url


@pytest.fixture(scope="module")
def lab(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A ledger in which each example has trials of its own."""
    with copied(template, tmp_path_factory.mktemp("shared")) as url:
        opened = Lab.open(url)
        yield opened
        opened.close()


def see(lab: Lab, imports: list[list[Version]]) -> str:
    """Bring the versions of a new trial in, an import after the other."""
    trial = next(_ids)
    for versions_of_one in imports:
        lab.see(*(version.record(trial) for version in versions_of_one))
    return trial


def course(lab: Lab, trial: str) -> list[tuple[Json, ...]]:
    """The timeline: which content, posted when, holding since when, whatever its number.

    The release that showed it is that of the first sight that arrived: an earlier one of a content that holds from
    its post date leaves no event.
    """
    return [
        (lab.stored(one.snapshot)["protocolSection"]["designModule"], one.posted_on, one.holds_from)
        for one in lab.timeline(trial)
    ]


def bring(lab: Lab, what: Version | Move, trial: str) -> None:
    """Record what was seen of a trial, its content or a move of its record."""
    if isinstance(what, Move):
        lab.move(what.now, on=FIRST_DAY + timedelta(days=what.data_day), trial_id=trial, into=what.into)
    else:
        lab.observe(what.observation(trial))


def dates(timeline: list[AnsweredRevision]) -> list[tuple[int, int | None, str | None, str]]:
    """Of each revision also when it was posted and since when it holds."""
    return [(one.revision, one.predecessor, one.posted_on, one.holds_from) for one in timeline]


def answer(lab: Lab, trial: str, day: int) -> Json:
    """What holds on a day; None where there is nothing."""
    try:
        return lab.stored(lab.at(trial, as_of=day_text(day)).snapshot)["protocolSection"]["designModule"]
    except NotFound:
        return None


@settings(LAWFUL, max_examples=tries(25))
@given(data=st.data())
def test_the_order_of_arrival_does_not_matter(lab: Lab, data: st.DataObject) -> None:
    """Timeline, changes along it and as-of answers are those of an import in the true order."""
    history = data.draw(histories())
    in_order = see(lab, [history])
    shuffled = see(lab, data.draw(arrivals(history)))
    assert course(lab, in_order) == course(lab, shuffled)
    changes = [
        [(field, old, new) for _, _, field, old, new in told(lab.trail(trial)) if field != "record"]
        for trial in (in_order, shuffled)
    ]
    assert changes[0] == changes[1]
    for day in range(0, 62, 6):
        assert answer(lab, in_order, day) == answer(lab, shuffled, day)
    recorded = lab.events(shuffled)
    for version in data.draw(st.permutations(history)):
        lab.see(version.record(shuffled))
    assert recorded == lab.events(shuffled)


@pytest.mark.parametrize("contents", ("ABA", "AABA", "ABAA", "ABBA"))
def test_a_content_that_comes_back_is_told_in_any_order_of_arrival(lab: Lab, contents: str) -> None:
    """Silent changes there and back, seen in separate imports: every order gives the history of the true one."""
    history = [
        Version(data_day=10 * place, posted_day=0, count="AB".index(content) + 1)
        for place, content in enumerate(contents, start=1)
    ]
    true = course(lab, see(lab, [[version] for version in history]))
    for order in permutations(history):
        trial = see(lab, [[version] for version in order])
        assert true == course(lab, trial), [version.data_day for version in order]
        recorded = lab.events(trial)
        lab.see(*(version.record(trial) for version in history))
        assert recorded == lab.events(trial)


@settings(LAWFUL, max_examples=tries(25))
@given(both=dated_alike())
def test_importing_the_same_again_changes_nothing(lab: Lab, both: tuple[list[Version], list[Version]]) -> None:
    """Whatever dates tie and whichever contents come back, a second import of the same leaves no event."""
    held, imported = both
    trial = see(lab, [[version] for version in held])
    records = [version.record(trial) for version in imported]
    lab.see(*records)
    recorded = lab.events(trial)
    lab.see(*records)
    assert recorded == lab.events(trial)


@settings(LAWFUL, max_examples=tries(25))
@given(
    seen=st.lists(versions(coverages=COVERAGES) | moves(), min_size=1, max_size=12),
    split=st.integers(0, 11),
)
def test_rebuilt_views_are_the_live_ones_and_every_ledger_verifies(
    template: str, seen: list[Version | Move], split: int
) -> None:
    """From any observations, thin, late ones and moves too: views rebuilt at any point and at the end are the live."""
    with tempfile.TemporaryDirectory() as folder, copied(template, Path(folder)) as url:
        lab = Lab.open(url)
        for n, one in enumerate(seen):
            bring(lab, one, f"NCT0000000{1 + n % 2}")
            if n == split:
                rebuild(lab.database, show=silent)
        report = lab.verify()
        assert (True, None) == (report.ok, report.reason)
        live = lab.rows()
        rebuild(lab.database, show=silent)
        assert live == lab.rows()
        lab.close()


@settings(LAWFUL, max_examples=tries(30))
@given(seen=st.lists(versions(coverages=COVERAGES) | moves(), min_size=2, max_size=8))
def test_what_was_known_at_an_instant_stays_what_was_known(lab: Lab, seen: list[Version | Move]) -> None:
    """The trail and the timeline of every past instant are those that were answered then."""
    trial, then = next(_ids), []
    for one in seen:
        bring(lab, one, trial)
        then.append((lab.clock(), dates(lab.timeline(trial)), told(lab.trail(trial))))
    for instant, timeline, trail in then:
        assert timeline == dates(lab.timeline(trial, known_at=instant))
        assert trail == told(lab.trail(trial, known_at=instant))


@settings(LAWFUL, max_examples=tries(25))
@given(data=st.data())
def test_moves_of_a_record_disturb_nothing_that_it_says(lab: Lab, data: st.DataObject) -> None:
    """With moves at any place the revisions and the changes between them are those without any."""
    seen = data.draw(st.lists(versions(coverages=COVERAGES) | moves(), min_size=2, max_size=10))
    moved, still = next(_ids), next(_ids)
    for one in seen:
        bring(lab, one, moved)
        if isinstance(one, Version):
            bring(lab, one, still)
    assert dates(lab.timeline(still)) == dates(lab.timeline(moved))
    assert [one.changes for one in lab.timeline(still)] == [one.changes for one in lab.timeline(moved)]
    without, trail = (
        [one for one in lab.trail(trial) if one.field not in ("record", "whereabouts")] for trial in (still, moved)
    )
    assert told(without) == told(trail)

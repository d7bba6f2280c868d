"""Laws of the days since when revisions hold: whatever came, in whatever order, with whatever dates."""

from collections.abc import Iterator
from datetime import date
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.pipeline.lab import Lab
from tests.copies import copied
from tests.laws import tries
from tests.properties.observations import COVERAGES, Version, day_text, versions
from tests.properties.records import LAWFUL
from tests.records import trial_ids
from tracker.domain.errors import NotFound
from tracker.domain.record import posted_on
from tracker.views.answers import AnsweredRevision

_ids = trial_ids()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A ledger in which each example has a trial of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'ledger.db'}"
    Lab.open(url).close()
    with copied(url, tmp_path_factory.mktemp("shared")) as copy:
        opened = Lab.open(copy)
        yield opened
        opened.close()


def by_its_own_dates(lab: Lab, one: AnsweredRevision) -> str:
    """The rule without its timeline: posted if that moved, else data date, else posted, else observed."""
    own = posted_on(lab.stored(one.snapshot))
    return one.posted_on or one.data_on or (own and own.isoformat()) or lab.observed_at.date().isoformat()


def number_on(lab: Lab, trial: str, day: str) -> int | None:
    """Which revision is the answer for a day; None where nothing held."""
    try:
        return lab.at(trial, as_of=day).revision
    except NotFound:
        return None


def check(lab: Lab, trial: str) -> None:
    """The days are those of the rule, never fall, and the last revision that holds answers each day."""
    line = lab.timeline(trial)
    held = [one.holds_from for one in line]
    assert list(accumulate((by_its_own_dates(lab, one) for one in line), max)) == held
    for day in {day_text(day) for day in range(6, 17)} | {lab.observed_at.date().isoformat()}:
        holding = [one.revision for one in line if date.fromisoformat(one.holds_from) <= date.fromisoformat(day or "")]
        assert (holding[-1] if holding else None) == number_on(lab, trial, day or "")


@settings(LAWFUL, max_examples=tries(30))
@given(seen=st.lists(versions(coverages=COVERAGES), min_size=2, max_size=8))
def test_days_never_fall_along_a_timeline(lab: Lab, seen: list[Version]) -> None:
    """After each arrival, thin, late, undated or the same again, each revision holds by the rule and in its order."""
    trial = next(_ids)
    for one in seen:
        lab.observe(one.observation(trial))
        check(lab, trial)


@settings(LAWFUL, max_examples=tries(25))
@given(data=st.data())
def test_the_order_of_arrival_does_not_matter_for_post_dates_that_go_back(lab: Lab, data: st.DataObject) -> None:
    """Releases whose post dates rise and fall give the same days, whichever is seen first."""
    days = data.draw(st.lists(st.integers(0, 30), min_size=2, max_size=5))
    history = [Version(data_day=10 + 5 * n, posted_day=day, count=n + 1) for n, day in enumerate(days)]
    courses = []
    for order in (history, data.draw(st.permutations(history))):
        trial = next(_ids)
        for one in order:
            lab.observe(one.observation(trial))
        check(lab, trial)
        courses.append([(one.posted_on, one.data_on, one.holds_from) for one in lab.timeline(trial)])
    assert courses[0] == courses[1]

"""The stale list is what the rule says, trial by trial, of the record that held on the day."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.pipeline.lab import Lab
from tests.laws import tries
from tests.properties.records import LAWFUL
from tests.records import Json, record, trial_ids
from tracker.domain.conditions import TrialState, holds, parse_condition
from tracker.domain.results_duty import results_duty_of
from tracker.domain.staleness import staleness_of
from tracker.views.stale import StaleFilter, stale_trials

_ids = trial_ids()

DATES = st.none() | st.sampled_from(("2023-12", "2024-02", "2024-02-29", "2026-01-15", "1900-01-01", "2100-12-31"))
STATUSES = ("RECRUITING", "UNKNOWN", "COMPLETED", "SUSPENDED", "ENROLLING_BY_INVITATION", None)


@st.composite
def modules(draw: st.DrawFn) -> dict[str, Json]:
    """A status module of any active, past or unknown trial, with or without the dates that count."""
    told: dict[str, Json] = {
        "overallStatus": draw(st.sampled_from(STATUSES)),
        "lastKnownStatus": draw(st.sampled_from(STATUSES)),
        "statusVerifiedDate": draw(DATES),
    }
    for name in ("completionDateStruct", "primaryCompletionDateStruct"):
        day = draw(DATES)
        told[name] = {"date": day} if day else None
    return {key: value for key, value in told.items() if value is not None}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A ledger in which each example has trials of its own."""
    opened = Lab.open(f"sqlite:///{tmp_path_factory.mktemp('stale') / 'ledger.db'}")
    yield opened
    opened.close()


def plainly(lab: Lab, trial: str, on: date, within_days: int) -> tuple[str, date] | None:
    """State and first UNKNOWN day, by the rule and the timeline alone; None for a trial that is not listed."""
    holding = [one for one in lab.timeline(trial) if one.holds_from <= on.isoformat()]
    if not holding:
        return None
    staleness = staleness_of(lab.stored(holding[-1].snapshot))
    if staleness.lapses_on is None or staleness.lapses_on > on + timedelta(days=within_days):
        return None
    return ("unknown" if staleness.is_unknown(on) else "lapsing"), staleness.lapses_on


@settings(LAWFUL, max_examples=tries(40))
@given(
    trials=st.lists(
        st.lists(st.tuples(modules(), st.integers(0, 1500)), min_size=1, max_size=3), min_size=1, max_size=3
    ),
    days=st.lists(st.integers(-100, 1700), min_size=1, max_size=3),
    within_days=st.sampled_from((0, 30, 800)),
)
def test_the_list_is_what_the_rule_says_of_each_trial(
    lab: Lab, trials: list[list[tuple[dict[str, Json], int]]], days: list[int], within_days: int
) -> None:
    """On any day, past or to come, and however far ahead, no trial is missing, misjudged or too many."""
    ids = []
    for versions in trials:
        ids.append(next(_ids))
        lab.see_each(*(record_of(ids[-1], module, day) for module, day in versions))
    for day in days:
        on = date(2024, 1, 1) + timedelta(days=day)
        expected = {trial: told for trial in ids if (told := plainly(lab, trial, on, within_days)) is not None}
        with lab.database.reading() as transaction:
            listed = stale_trials(transaction.connection, StaleFilter(on=on, within_days=within_days))
        actual = {
            one.trial_id: (one.state, date.fromisoformat(one.unknown_since or one.lapses_on or "0001-01-01"))
            for one in listed
            if one.trial_id in ids
        }
        assert expected == actual


@settings(LAWFUL, max_examples=tries(40))
@given(module=modules(), day=st.integers(-100, 1700), within_days=st.sampled_from((1, 60, 800)))
def test_conditions_of_time_hold_for_what_is_listed(
    lab: Lab, module: dict[str, Json], day: int, within_days: int
) -> None:
    """``unknown`` and ``lapsing:Nd`` hold on a day for exactly the trials that are listed with that state."""
    trial = next(_ids)
    lab.see_each(record_of(trial, module, -100))
    on = date(2024, 1, 1) + timedelta(days=day)
    record = record_of(trial, module, -100)
    state = TrialState(staleness=staleness_of(record), duty=results_duty_of(record))
    with lab.database.reading() as transaction:
        listed = stale_trials(transaction.connection, StaleFilter(on=on, within_days=within_days))
    told = [(one.state, one.unknown_since or one.lapses_on or "always") for one in listed if one.trial_id == trial]
    conditions = {"unknown": "unknown", "lapsing": f"lapsing:{within_days}d"}
    causes = [(name, holds(parse_condition(text), state, on=on)) for name, text in conditions.items()]
    assert [(name, cause) for name, cause in causes if cause is not None] == told


@pytest.mark.parametrize("asked", ("SJOGREN", "sjögren's", "Sjo\u0308gren"))
def test_texts_are_found_without_case_and_accents(lab: Lab, asked: str) -> None:
    """A condition is found however its letters are written, and no other one is."""
    trial, on = next(_ids), date(2027, 1, 1)
    lab.see_each(record(trial, status="UNKNOWN", conditionsModule={"conditions": ["Sjögren's Syndrome"]}))
    with lab.database.reading() as transaction:
        found = stale_trials(transaction.connection, StaleFilter(on=on, condition=asked))
        others = stale_trials(transaction.connection, StaleFilter(on=on, condition="Sjøgren"))
    assert (True, []) == (trial in {one.trial_id for one in found}, others)


def record_of(trial_id: str, module: dict[str, Json], day: int) -> dict[str, Json]:
    """A record with that status module, of a data release of that day."""
    data_on = (date(2024, 1, 1) + timedelta(days=day)).isoformat()
    return record(trial_id, status=None, posted_on=None, data_on=data_on, statusModule=module)

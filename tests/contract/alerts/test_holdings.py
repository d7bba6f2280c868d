"""Of which trials a condition holds is looked up, and is what the rules say of each trial alone, on both databases."""

import itertools
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import pytest

from tests.contract.pipeline.lab import Lab
from tests.copies import copied
from tests.records import Json, record
from tracker.domain.conditions import Condition, TrialState, holds, holds_from, holds_until, parse_condition
from tracker.domain.results_duty import results_duty_of
from tracker.domain.staleness import staleness_of
from tracker.domain.whereabouts import Whereabouts
from tracker.views.holdings import holdings
from tracker.views.stale import StaleFilter, stale_trials

TODAY = date(2026, 6, 1)
_WRITTEN = "unknown unknown:1d unknown:180d lapsing:1d lapsing:60d lapsing:800d results-due:30d results-due:900d"
EVERY = [parse_condition(text) for text in f"{_WRITTEN} results-overdue unverified:1mo unverified:12mo".split()]


def made() -> Iterator[Json]:
    """Records of every combination of what decides."""
    combinations = itertools.product(
        ("RECRUITING", "COMPLETED", "UNKNOWN", "WITHDRAWN"),
        ("2022-03", "2023-02-28", "2024", None),
        ("2021-12", "2025-01-15", "2999-12", None),
        (True, False),
    )
    for number, (status, verified, completed, has_results) in enumerate(combinations, 1):
        module = {"statusVerifiedDate": verified, "startDateStruct": {"date": "2018-02"}}
        if completed:
            module["primaryCompletionDateStruct"] = {"date": completed}
        yield {
            **record(
                f"NCT{number:08}",
                status=status,
                posted_on="2015-01-05",
                data_on="2015-01-05",
                statusModule={key: value for key, value in module.items() if value},
                designModule={"studyType": "INTERVENTIONAL"},
                oversightModule={"isFdaRegulatedDrug": True},
            ),
            "hasResults": has_results,
        }


def filled(url: str) -> str:
    """Take all of them in; answers the ledger's own address."""
    lab = Lab.open(url)
    lab.see(*made())
    lab.close()
    return url


def state_of(one: Json) -> TrialState:
    """What the rules say of a record that the registry shows."""
    return TrialState(staleness=staleness_of(one), duty=results_duty_of(one), whereabouts=Whereabouts.VISIBLE)


def turns(condition: Condition, states: Iterable[TrialState]) -> set[date]:
    """The days about which the answer of a condition turns, each with its neighbours."""
    found = [turn for state in states for turn in (holds_from(condition, state), holds_until(condition, state)) if turn]
    told = [turn for turn in set(found) if date(2016, 1, 1) < turn < date(9000, 1, 1)]
    return {turn + timedelta(days=days) for turn in told for days in (-1, 0, 1)}


@pytest.fixture(scope="module")
def full_sqlite(empty_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A ledger with all of them in a file."""
    with copied(empty_sqlite, tmp_path_factory.mktemp("full")) as url:
        yield filled(url)


@pytest.fixture(scope="module")
def full_postgresql(empty_postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A ledger with all of them on PostgreSQL."""
    with copied(empty_postgresql, tmp_path_factory.mktemp("full")) as url:
        yield filled(url)


@pytest.fixture
def full(request: pytest.FixtureRequest, dialect: str) -> Iterator[Lab]:
    """A ledger with all of them, that other tests use too."""
    lab = Lab.open(request.getfixturevalue(f"full_{dialect}"))
    yield lab
    lab.close()


@pytest.mark.parametrize("condition", EVERY, ids=str)
def test_a_look_up_says_what_the_rules_say_of_each_trial(full: Lab, condition: Condition) -> None:
    """Trial and cause, on all days about which the answer turns."""
    states = {one["protocolSection"]["identificationModule"]["nctId"]: state_of(one) for one in made()}
    for on in sorted(turns(condition, states.values())):
        causes = {trial_id: holds(condition, state, on=on) for trial_id, state in states.items()}
        with full.database.reading() as transaction:
            found = {one.trial_id: one.cause for one in holdings(transaction.connection, condition, on=on)}
        assert {trial_id: cause for trial_id, cause in causes.items() if cause is not None} == found


@pytest.mark.parametrize(("condition", "within"), (("unknown", None), ("lapsing:400d", 400)))
def test_unknown_and_lapsing_are_the_stale_list(full: Lab, condition: str, within: int | None) -> None:
    """The same trials with the same keys, one condition for each state."""
    with full.database.reading() as transaction:
        listed = stale_trials(transaction.connection, StaleFilter(on=TODAY, within_days=within))
        found = list(holdings(transaction.connection, parse_condition(condition), on=TODAY))
    state = "unknown" if within is None else "lapsing"
    wanted = {one.trial_id: one for one in listed if one.state == state}
    assert wanted
    assert wanted.keys() == {one.trial_id for one in found}
    for one in found:
        assert {name: getattr(wanted[one.trial_id], name) for name in wanted[one.trial_id].__slots__} == {
            name: one.row[name] for name in wanted[one.trial_id].__slots__
        }


def test_only_the_trials_that_are_named_are_looked_up(full: Lab) -> None:
    """An evaluation after a change asks for those that changed."""
    ids = ("NCT00000001", "NCT00000005", "NCT99999999")
    with full.database.reading() as transaction:
        everyone = list(holdings(transaction.connection, parse_condition("unverified:12mo"), on=TODAY))
        named = list(holdings(transaction.connection, parse_condition("unverified:12mo"), on=TODAY, trial_ids=ids))
    assert [one for one in everyone if one.trial_id in ids] == named


def test_a_record_that_is_away_fulfils_nothing(own_lab: Lab) -> None:
    """Withheld, merged and vanished trials fire nothing."""
    full = own_lab
    full.see(*made())
    with full.database.reading() as transaction:
        first = next(iter(holdings(transaction.connection, parse_condition("unverified:12mo"), on=TODAY))).trial_id
    full.trial = first
    full.move(Whereabouts.DISAPPEARED, on="2026-05-01")
    with full.database.reading() as transaction:
        rest = list(holdings(transaction.connection, parse_condition("unverified:12mo"), on=TODAY))
    assert first not in {one.trial_id for one in rest}

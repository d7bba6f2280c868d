"""The law of watching: what is tracked, untracked and listed is what a plain model says, in views live or rebuilt."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.pipeline.lab import Lab, silent
from tests.copies import copied
from tests.laws import tries
from tests.properties.records import LAWFUL
from tests.records import record
from tracker.domain.query import Query
from tracker.pipeline import tracking
from tracker.pipeline.replaying import rebuild
from tracker.views.watch_list import followed_members, present_members, watch_list

IDS = tuple(f"NCT0000000{number}" for number in range(1, 5))
NAMES = ("liver", "air", "é")
QUERIES = tuple(Query(parameters=(("query.cond", text),)) for text in ("liver", "asthma"))
FIRST_DAY = date(2026, 5, 1)

_some_ids = st.lists(st.sampled_from(IDS), max_size=4)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("track"), st.sampled_from(IDS)),
        st.tuples(st.just("untrack"), st.sampled_from(IDS)),
        st.tuples(st.just("track_query"), st.sampled_from(NAMES)),
        st.tuples(st.just("untrack_query"), st.sampled_from(NAMES)),
        st.tuples(st.just("track_registry"), st.none()),
        st.tuples(st.just("untrack_registry"), st.none()),
        st.tuples(st.just("see"), st.sampled_from(IDS)),
        st.tuples(st.just("list"), st.tuples(st.sampled_from(NAMES), _some_ids)),
    ),
    max_size=25,
)


class Model:
    """What is watched, as anybody would keep it on paper."""

    def __init__(self) -> None:
        self.trials: set[str] = set()
        self.members: dict[str, dict[str, bool]] = {}
        self.everything = False
        self.events = 0

    def decide(self, was_so: bool) -> None:
        """A decision is an event where it was not so before."""
        self.events += not was_so

    def list(self, name: str, present: Sequence[str]) -> None:
        """Who is in a query now; those who left are remembered."""
        known = self.members[name]
        now = dict.fromkeys(present, True)
        self.events += sum(is_present != now.get(trial_id, False) for trial_id, is_present in known.items())
        self.events += len(now.keys() - known.keys())
        self.members[name] = {**dict.fromkeys(known, False), **now}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty ledger in a file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'ledger.db'}"
    Lab.open(url).close()
    return url


def make(lab: Lab, model: Model, at: int, move: tuple[str, object]) -> None:
    """One move, in the ledger and in the model."""
    kind, what = move
    if kind == "see":
        model.events += lab.see(record(str(what), status=("RECRUITING", "COMPLETED")[at % 2])).counts.events
        return
    with lab.database.writing() as transaction:
        match kind, what:
            case "track", str(trial_id):
                tracking.track_trials(transaction, [(trial_id, None)], run_id="run")
                model.decide(trial_id in model.trials)
                model.trials.add(trial_id)
            case "untrack", str(trial_id):
                tracking.untrack_trials(transaction, [trial_id], run_id="run")
                model.decide(trial_id not in model.trials)
                model.trials.discard(trial_id)
            case "track_query", str(name):
                tracking.track_query(transaction, name=name, query=QUERIES[len(name) % 2], run_id="run")
                model.decide(name in model.members)
                model.members.setdefault(name, {})
            case "untrack_query", str(name):
                tracking.untrack_query(transaction, name=name, run_id="run")
                model.decide(name not in model.members)
                model.members.pop(name, None)
            case "track_registry", None:
                tracking.track_registry(transaction, run_id="run")
                model.decide(model.everything)
                model.everything = True
            case "untrack_registry", None:
                tracking.untrack_registry(transaction, run_id="run")
                model.decide(not model.everything)
                model.everything = False
            case "list", (str(name), list(present)):
                if name in model.members:
                    tracking.record_members(
                        transaction,
                        name=name,
                        present=present,
                        data_on=FIRST_DAY + timedelta(days=at),
                        observed_at=datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=at),
                        run_id="run",
                    )
                    model.list(name, present)


@settings(LAWFUL, max_examples=tries(40))
@given(moves=MOVES, split=st.integers(0, 24))
def test_rebuilt_views_of_watching_are_the_live_ones(
    template: str, moves: list[tuple[str, object]], split: int
) -> None:
    """The views say what the model says, after a rebuild at any point and at the end; every event counts once."""
    with tempfile.TemporaryDirectory() as folder, copied(template, Path(folder)) as url:
        lab, model = Lab.open(url), Model()
        for at, move in enumerate(moves):
            make(lab, model, at, move)
            if at == split:
                rebuild(lab.database, show=silent)
        with lab.database.reading() as transaction:
            connection = transaction.connection
            found = watch_list(connection)
            assert (model.trials, model.everything) == (set(found.trials), found.everything is not None)
            assert sorted(model.members) == [query.name for query in found.queries]
            present = {name: {one for one, there in known.items() if there} for name, known in model.members.items()}
            assert present == {name: set(present_members(connection, name)) for name in present}
            assert set().union(*present.values()) == followed_members(connection)
        assert model.events == lab.events_count()
        report = lab.verify()
        assert (True, None) == (report.ok, report.reason)
        live = lab.rows()
        rebuild(lab.database, show=silent)
        assert live == lab.rows()
        lab.close()

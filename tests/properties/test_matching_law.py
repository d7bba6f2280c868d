"""Looking up who asks for a change finds exactly those whom the rules name, tried one by one."""

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.records import LAWFUL
from tracker.alerts.matching import Matcher
from tracker.domain.conditions import parse_condition
from tracker.domain.events import Significance
from tracker.domain.facts import Facts
from tracker.domain.staleness import Staleness
from tracker.domain.subscription import Scope, Subscription, Wanted
from tracker.domain.subscription_matching import TrialSide, matches_change, matches_scope

TRIALS, QUERIES = ("NCT00000001", "NCT00000002"), ("liver", "air")
TEXTS = ("liver", "Liver cirrhosis", "sjo", "Sjögren", "Norway", "way", "x")
STATUSES, PHASES = ("RECRUITING", "COMPLETED"), ("PHASE1", "PHASE2")
TYPES, CATEGORIES, ORIGINS = ("title_changed", "status_lapsed"), ("text", "contacts"), ("sponsor", "clock", "backfill")


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """None, one or two of the values: most parts of a request say nothing."""
    return st.just(()) | st.just(()) | st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


SCOPES = st.builds(
    Scope,
    trials=some(TRIALS),
    queries=some(QUERIES),
    conditions=some(TEXTS),
    interventions=some(TEXTS),
    sponsors=some(TEXTS),
    countries=some(TEXTS),
    statuses=some(STATUSES),
    phases=some(PHASES),
)
WANTED = st.builds(
    Wanted,
    types=some(TYPES),
    categories=some(CATEGORIES),
    origins=some(ORIGINS),
    significance=st.none() | st.sampled_from(Significance),
    when=st.just(()) | st.just((parse_condition("unknown"),)),
    include_contacts=st.booleans(),
    include_backfill=st.booleans(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A subscription as far as matching needs it."""

    subscription_id: str
    request: Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A change as far as matching needs it."""

    type: str
    field: str = "title"
    category: str
    significance: str
    origin: str


CHANGES = st.builds(
    Changed,
    type=st.sampled_from(TYPES),
    category=st.sampled_from(CATEGORIES),
    significance=st.sampled_from([one.value for one in Significance]),
    origin=st.sampled_from(ORIGINS),
)


@st.composite
def sides(draw: st.DrawFn) -> TrialSide:
    """A trial as it was or is."""
    values = st.lists(st.sampled_from(TEXTS), max_size=3).map(tuple)
    staleness = Staleness(
        published_status=draw(st.none() | st.sampled_from(STATUSES)),
        last_known_status=None,
        completion_on=None,
        verified_on=None,
        lapses_on=None,
    )
    facts: dict[str, Any] = {name: draw(values) for name in ("conditions", "interventions", "countries")}
    return TrialSide(
        trial_id=TRIALS[0],
        facts=Facts(
            title=None,
            lead_sponsor=draw(st.none() | st.sampled_from(TEXTS)),
            phases=draw(st.lists(st.sampled_from(PHASES), max_size=2).map(tuple)),
            posted_on=None,
            submitted_on=None,
            staleness=staleness,
            results_due_on=None,
            short_row="",
            **facts,
        ),
        queries=draw(st.frozensets(st.sampled_from(QUERIES))),
    )


@LAWFUL
@given(
    requests=st.lists(st.tuples(SCOPES, WANTED), max_size=8),
    groups=st.lists(st.tuples(st.lists(sides(), min_size=1, max_size=2), st.lists(CHANGES, min_size=1, max_size=4))),
)
def test_a_look_up_finds_whom_the_rules_name(
    requests: list[tuple[Scope, Wanted]], groups: list[tuple[list[TrialSide], list[Changed]]]
) -> None:
    """The same subscriptions in the same order with the same changes, for group after group."""
    asking = [
        Asking(subscription_id=str(at), request=Subscription(name=f"s{at}", scope=scope, wanted=wanted))
        for at, (scope, wanted) in enumerate(requests)
    ]
    matcher = Matcher(asking)
    for trial, changes in groups:
        expected = []
        for one in asking:
            told = [change for change in changes if matches_change(one.request.wanted, change)]
            if told and matches_scope(one.request.scope, trial):
                expected.append((one.subscription_id, told))
        found = matcher.matched(trial, changes)
        assert expected == [(one.subscription.subscription_id, one.changes) for one in found]

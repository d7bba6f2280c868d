"""Standing requests as values: what is taken, how it is written, and what is refused with which words."""

from typing import Any

import pytest

from tracker.domain.conditions import parse_condition
from tracker.domain.digest_times import parse_digest_times
from tracker.domain.errors import InvalidInput
from tracker.domain.events import Significance
from tracker.domain.subscription import Scope, Subscription, Wanted, When, checked
from tracker.domain.subscription_json import from_json

FULL = Subscription(
    name="liver.watch-1",
    scope=Scope(
        trials=("NCT03460795",),
        queries=("cirrhosis",),
        conditions=("Sjögren",),
        interventions=("placebo",),
        sponsors=("Acme",),
        countries=("Norway",),
        statuses=("UNKNOWN",),
        phases=("PHASE2",),
    ),
    wanted=Wanted(
        types=("results_posted", "status_lapsed", "member_entered"),
        fields=("overall_status",),
        categories=("status",),
        significance=Significance.MINOR,
        origins=("sponsor", "clock"),
        when=(parse_condition("unknown"), parse_condition("lapsing:60d")),
        from_now=True,
        remind_days=30,
        include_contacts=True,
        include_backfill=True,
    ),
    when=When(digest=parse_digest_times("weekly", at="07:30", zone="Europe/Berlin", on="fri"), even_empty=True),
)
JSON = {
    "name": "liver.watch-1",
    "scope": {
        "trials": ["NCT03460795"],
        "queries": ["cirrhosis"],
        "conditions": ["Sjögren"],
        "interventions": ["placebo"],
        "sponsors": ["Acme"],
        "countries": ["Norway"],
        "statuses": ["UNKNOWN"],
        "phases": ["PHASE2"],
    },
    "wanted": {
        "types": ["results_posted", "status_lapsed", "member_entered"],
        "fields": ["overall_status"],
        "categories": ["status"],
        "significance": "minor",
        "origins": ["sponsor", "clock"],
        "when": ["unknown", "lapsing:60d"],
        "from_now": True,
        "remind_days": 30,
        "include_contacts": True,
        "include_backfill": True,
    },
    "when": {
        "digest": {"every": "weekly", "at": "07:30", "zone": "Europe/Berlin", "on": "fri"},
        "even_empty": True,
    },
}


def test_the_json_form_is_stable() -> None:
    """Events hold this form for ever: these keys with these values, read back as the same request."""
    assert JSON == FULL.to_json()
    assert FULL == from_json(JSON)


def test_every_key_is_written_and_a_missing_one_has_its_default() -> None:
    """A request with nothing chosen is everything, at once; an older form without some keys can be read."""
    plain = Subscription(name="all")
    assert plain == from_json(plain.to_json()) == from_json({"name": "all"})
    assert {key: list(JSON[key]) for key in ("scope", "wanted")} == {
        key: list(plain.to_json()[key]) for key in ("scope", "wanted")
    }
    assert {"digest": None, "even_empty": False} == plain.to_json()["when"]


def test_a_monthly_day_is_a_number() -> None:
    """A day of the month is written as a number, and no day as null."""
    for times, on in ((parse_digest_times("monthly", on="31"), 31), (parse_digest_times("daily"), None)):
        asked = Subscription(name="d", when=When(digest=times))
        assert on == asked.to_json()["when"]["digest"]["on"]
        assert asked == from_json(asked.to_json())


def test_values_are_written_in_one_way() -> None:
    """Names as the registry writes them, each value once, in the order given."""
    scope = Scope(
        trials=(" nct03460795", "NCT03460795"),
        conditions=("  liver   cirrhosis ",),
        statuses=("active, not recruiting", "Unknown", "UNKNOWN"),
        phases=("phase 2", "early phase 1", "Phase2"),
    )
    wanted = Wanted(types=("Results_Posted", "results_posted"), categories=(" STATUS",), origins=("Registry",))
    found = checked(Subscription(name="a", scope=scope, wanted=wanted))
    assert (("NCT03460795",), ("liver cirrhosis",)) == (found.scope.trials, found.scope.conditions)
    assert (("ACTIVE_NOT_RECRUITING", "UNKNOWN"), ("PHASE2", "EARLY_PHASE1")) == (
        found.scope.statuses,
        found.scope.phases,
    )
    assert (("results_posted",), ("status",), ("registry",)) == (
        found.wanted.types,
        found.wanted.categories,
        found.wanted.origins,
    )
    assert found == checked(found)


@pytest.mark.parametrize("name", ("a", "0", "stale", "a.b_c-d", "a" * 64))
def test_a_name_is_small_letters_digits_and_marks(name: str) -> None:
    """Up to 64 of them, the first a letter or digit."""
    assert name == checked(Subscription(name=name)).name


@pytest.mark.parametrize(
    ("asked", "said"),
    (
        (Subscription(name="Stale Trials!"), "did you mean stale-trials?"),
        (Subscription(name=""), "expected 1 to 64 of a-z"),
        (Subscription(name="a\n"), "did you mean a?"),
        (Subscription(name="a" * 65), "is no name for a subscription"),
        (Subscription(name="a", scope=Scope(trials=("NCT123",))), "did you mean NCT00000123?"),
        (Subscription(name="a", scope=Scope(queries=("",))), "no name for a query"),
        (Subscription(name="a", scope=Scope(sponsors=(" ",))), "cannot be looked for"),
        (Subscription(name="a", scope=Scope(countries=("a\x00",))), "cannot be looked for"),
        (Subscription(name="a", scope=Scope(statuses=("recruting",))), "did you mean RECRUITING"),
        (Subscription(name="a", scope=Scope(phases=("2",))), "did you mean PHASE2"),
        (Subscription(name="a", wanted=Wanted(types=("result_posted",))), "did you mean results_posted"),
        (Subscription(name="a", wanted=Wanted(categories=("statuses",))), "did you mean status"),
        (Subscription(name="a", wanted=Wanted(origins=("x",))), "expected one of sponsor, registry, clock"),
        (Subscription(name="a", wanted=Wanted(fields=("overal_status",))), "did you mean overall_status"),
        (Subscription(name="a", wanted=Wanted(remind_days=0)), "expected 1 to 3650"),
    ),
)
def test_what_is_not_known_is_refused_with_what_is_near(asked: Subscription, said: str) -> None:
    """Every value is of a closed set or has a shape, and the refusal says which."""
    with pytest.raises(InvalidInput) as refused:
        checked(asked, known_fields=("overall_status", "why_stopped"))
    assert said in str(refused.value)


def test_fields_are_those_of_the_caller() -> None:
    """Without known fields any name is taken, since the catalogue of another trialog may have had it."""
    assert ("gone_field",) == checked(Subscription(name="a", wanted=Wanted(fields=("gone_field",)))).wanted.fields


@pytest.mark.parametrize(
    ("data", "said"),
    (
        ([], "subscription is []: expected an object with name, scope, wanted, when"),
        ({}, "name of the subscription is None: expected a text"),
        ({"name": "a", "whn": {}}, "did you mean when?"),
        ({"name": "a", "scope": {"sponsor": []}}, "did you mean sponsors?"),
        ({"name": "a", "scope": {"sponsors": "Acme"}}, "sponsors is 'Acme': expected a list of texts"),
        ({"name": "a", "scope": {"sponsors": [1]}}, "sponsors has 1: expected a text"),
        ({"name": "a", "wanted": {"from_now": 1}}, "from_now is 1: expected true or false"),
        ({"name": "a", "wanted": {"remind_days": True}}, "remind_days is True: expected a whole number"),
        ({"name": "a", "wanted": {"significance": "majr"}}, "did you mean major"),
        ({"name": "a", "wanted": {"when": ["lapsing"]}}, "expected lapsing:60d"),
        ({"name": "a", "when": {"digest": {"every": "dayly"}}}, "did you mean daily"),
        ({"name": "a", "when": {"digest": {"zone": "UTC"}}}, "expected one of daily, weekly, monthly"),
        ({"name": "a", "when": {"digest": {"every": "daily", "hour": 7}}}, "there is no key of digest 'hour'"),
    ),
)
def test_a_form_that_is_not_known_is_refused(data: Any, said: str) -> None:
    """Unknown keys and wrong shapes are refused by name, and the closest key is told."""
    with pytest.raises(InvalidInput) as refused:
        from_json(data)
    assert said in str(refused.value)

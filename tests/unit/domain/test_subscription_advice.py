"""What a request asks for that can never come is told, and nothing else is."""

import pytest

from tracker.domain.conditions import parse_condition
from tracker.domain.subscription import Subscription, Wanted, checked
from tracker.domain.subscription_advice import advice


@pytest.mark.parametrize(
    ("wanted", "said"),
    (
        (Wanted(origins=("backfill",)), "origins backfill matches nothing without include_backfill"),
        (Wanted(origins=("baseline",)), "origins baseline matches nothing without include_backfill"),
        (Wanted(types=("trial_first_observed",)), "types trial_first_observed matches nothing without"),
        (Wanted(types=("status_lapsed",)), "types status_lapsed matches nothing without origins clock"),
        (Wanted(types=("contact_changed",)), "types contact_changed matches nothing without include_contacts"),
        (Wanted(categories=("contacts",)), "categories contacts matches nothing without include_contacts"),
        (Wanted(from_now=True), "from_now says nothing without when"),
        (Wanted(remind_days=30), "remind says nothing without when"),
    ),
)
def test_what_can_never_come_is_told(wanted: Wanted, said: str) -> None:
    """One sentence, with what to do."""
    (sentence,) = advice(checked(Subscription(name="all", wanted=wanted)))
    assert sentence.startswith(said)


@pytest.mark.parametrize(
    "wanted",
    (
        Wanted(),
        Wanted(origins=("backfill",), types=("trial_first_observed",), include_backfill=True),
        Wanted(types=("status_lapsed",), origins=("clock",)),
        Wanted(types=("contact_changed",), categories=("contacts",), include_contacts=True),
        Wanted(when=(parse_condition("unknown"),), from_now=True, remind_days=30),
    ),
)
def test_what_may_come_needs_no_advice(wanted: Wanted) -> None:
    """Nothing is said."""
    assert [] == advice(checked(Subscription(name="all", wanted=wanted)))

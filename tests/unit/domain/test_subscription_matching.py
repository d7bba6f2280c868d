"""What a standing request asks for: alternatives inside an option, all options together, and what is never told."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.records import record, sites
from tracker.domain.conditions import parse_condition
from tracker.domain.events import LAPSES, EventType, Significance
from tracker.domain.facts import facts_of
from tracker.domain.subscription import Scope, Wanted
from tracker.domain.subscription_matching import TrialSide, matches_change, matches_scope

WHEN = (parse_condition("unknown"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What of a change decides."""

    type: str = "recruitment_status_changed"
    field: str = "overall_status"
    category: str = "status"
    significance: str = "major"
    origin: str = "sponsor"


MAJOR = Change()
MINOR = Change(type="verification_date_changed", field="status_verified", category="timeline", significance="minor")
CONTACT = Change(type="contact_changed", field="central_contact", category="contacts", significance="administrative")


def side(*, status: str = "RECRUITING", queries: tuple[str, ...] = (), **modules: Any) -> TrialSide:
    """A phase 1 and 2 trial of Sjögren's syndrome in Norway and France by Hôpitaux de Paris."""
    told = {
        "conditionsModule": {"conditions": ["SJÖGREN'S Syndrome", "Dry eye"]},
        "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Rituximab"}, {"name": "Placebo"}]},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Hôpitaux de Paris"}},
        "designModule": {"phases": ["PHASE1", "PHASE2"]},
        "contactsLocationsModule": sites(),
        **modules,
    }
    facts = facts_of(record(status=status, **told))
    return TrialSide(trial_id="NCT00000001", facts=facts, queries=frozenset(queries))


def test_an_empty_scope_is_everything() -> None:
    """Without any option every trial is asked for; of no trial nothing is known to hold."""
    assert matches_scope(Scope(), [side()])
    assert not matches_scope(Scope(), [])


@pytest.mark.parametrize(
    ("scope", "expected"),
    (
        (Scope(trials=("NCT00000001", "NCT00000002")), True),
        (Scope(trials=("NCT00000002",)), False),
        (Scope(queries=("eyes",)), True),
        (Scope(queries=("livers",)), False),
        (Scope(conditions=("sjogren",)), True),
        (Scope(conditions=("Sjögren's SYNDROME",)), True),
        (Scope(conditions=("liver", "dry EYE")), True),
        (Scope(conditions=("syndrome dry",)), False),  # not over two values
        (Scope(interventions=("rituxi",)), True),
        (Scope(interventions=("drug",)), False),  # a name, not a type
        (Scope(sponsors=("hopitaux",)), True),
        (Scope(sponsors=("Pfizer",)), False),
        (Scope(countries=("norway",)), True),
        (Scope(countries=("Sweden",)), False),
        (Scope(statuses=("RECRUITING", "UNKNOWN")), True),
        (Scope(statuses=("COMPLETED",)), False),
        (Scope(phases=("PHASE2",)), True),
        (Scope(phases=("EARLY_PHASE1",)), False),
        (Scope(conditions=("sjogren",), countries=("France",), phases=("PHASE1",)), True),
        (Scope(conditions=("sjogren",), countries=("Sweden",)), False),
    ),
)
def test_values_are_alternatives_and_options_must_all_hold(scope: Scope, expected: bool) -> None:
    """One value of each option is enough, and one option that does not hold is too."""
    assert expected is matches_scope(scope, [side(queries=("eyes",))])


def test_a_scope_holds_before_or_after_the_change() -> None:
    """A trial that leaves the scope, or enters it, is told of; each record is asked for all options by itself."""
    sides = [side(status="RECRUITING"), side(status="UNKNOWN", contactsLocationsModule={"locations": []})]
    assert matches_scope(Scope(statuses=("RECRUITING",)), sides)
    assert matches_scope(Scope(statuses=("UNKNOWN",)), sides)
    assert not matches_scope(Scope(statuses=("UNKNOWN",), countries=("Norway",)), sides)


def test_without_options_the_major_changes_are_told() -> None:
    """Neither an event option nor a condition: significance major."""
    assert [True, False] == [matches_change(Wanted(), change) for change in (MAJOR, MINOR)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    (
        (Wanted(types=("verification_date_changed",)), [False, True]),
        (Wanted(fields=("overall_status", "status_verified")), [True, True]),
        (Wanted(categories=("timeline",)), [False, True]),
        (Wanted(significance=Significance.MINOR), [True, True]),
        (Wanted(significance=Significance.MAJOR), [True, False]),
        (Wanted(origins=("sponsor",)), [True, True]),
        (Wanted(origins=("registry",)), [False, False]),
        (Wanted(categories=("timeline", "status"), significance=Significance.MAJOR), [True, False]),
        (Wanted(types=("verification_date_changed",), categories=("status",)), [False, False]),
        (Wanted(when=WHEN), [False, False]),
        (Wanted(when=WHEN, categories=("timeline",)), [False, True]),
    ),
)
def test_an_event_option_replaces_the_default(wanted: Wanted, expected: list[bool]) -> None:
    """What the options say is told, whatever its significance; with conditions alone no change is."""
    assert expected == [matches_change(wanted, change) for change in (MAJOR, MINOR)]


@pytest.mark.parametrize("origin", ("baseline", "backfill"))
def test_what_is_not_new_is_told_only_where_asked_for(origin: str) -> None:
    """First sights and the registry's history come with ``include_backfill`` alone, and then like other changes."""
    change = replace(MAJOR, origin=origin)
    assert not matches_change(Wanted(), change)
    assert not matches_change(Wanted(origins=(origin,)), change)
    assert matches_change(Wanted(include_backfill=True), change)
    assert not matches_change(Wanted(include_backfill=True), replace(MINOR, origin=origin))


@pytest.mark.parametrize("name", sorted(LAPSES))
def test_what_time_alone_brings_is_told_only_by_that_origin(name: str) -> None:
    """Clock events are told by conditions; by event options only where the origin ``clock`` is asked for."""
    lapsed = Change(type=name, origin="clock")
    assert not matches_change(Wanted(), lapsed)
    assert not matches_change(Wanted(types=(name,), include_backfill=True), lapsed)
    assert matches_change(Wanted(origins=("clock",)), lapsed)
    assert matches_change(Wanted(origins=("sponsor", "clock"), types=(name,)), lapsed)


def test_contacts_are_told_only_where_asked_for() -> None:
    """A change of people's contacts is left out by whatever option it was chosen, without ``include_contacts``."""
    chosen = Wanted(categories=("contacts",), types=(EventType.CONTACT_CHANGED,))
    assert not matches_change(chosen, CONTACT)
    assert matches_change(replace(chosen, include_contacts=True), CONTACT)
    assert not matches_change(Wanted(include_contacts=True), CONTACT)  # not major

"""The simulator's own list of what truly changed between two releases."""

from random import Random
from typing import Any

import pytest

from tests.records import site, sites
from tests.unit.simulator.worlds import ONE, THREE, TWO, study, told, world
from tracker.domain.events import Origin
from tracker.simulator import edits
from tracker.simulator.draft import ESTIMATE, LINKS, PRIMARY, PROTOCOL, SITES
from tracker.simulator.edits import Edit
from tracker.simulator.net_changes import Leg

OUTCOME = {"measure": "Overall survival", "timeFrame": "1 year"}
RESULTS = {"participantFlowModule": {"groups": [{"id": "FG000"}]}}
EVENT = {"type": "RESET", "date": "2026-01-02"}


def changes_of(*changes: Edit, **modules: Any) -> list[tuple[str, str, Any, Any]]:
    """What these silent edits of one record come to."""
    registry = world(study(**modules))
    for change in changes:
        registry.edit(ONE, change, silent=True)
    registry.publish()
    return told(registry.net_changes(0, 1))


@pytest.mark.parametrize(
    ("change", "expected"),
    (
        (
            edits.status("TERMINATED", why_stopped="Money"),
            [
                ("recruitment_status_changed", "overallStatus", "RECRUITING", "TERMINATED"),
                ("why_stopped_changed", "whyStopped", None, "Money"),
            ],
        ),
        (
            edits.date("completionDateStruct", "2026-02-03", kind="ACTUAL"),
            [
                ("completion_date_changed", "date", "2027-01", "2026-02-03"),
                ("completion_date_changed", "type", "ESTIMATED", "ACTUAL"),
            ],
        ),
        (
            edits.enrollment(7),
            [("enrollment_changed", "count", None, 7), ("enrollment_changed", "type", None, "ESTIMATED")],
        ),
        (edits.sponsor("Other"), [("lead_sponsor_changed", "name", "Made College", "Other")]),
        (edits.item_added(PRIMARY, OUTCOME), [("primary_outcome_added", "*", None, OUTCOME)]),
        (edits.condition("Asthma"), [("condition_added", "*", None, "Asthma")]),
        (edits.unposted_event("RESET", "2026-01-02"), [("results_returned", "*", None, EVENT)]),
        (edits.value(ESTIMATE, "2026-01-02"), [("results_submitted", ESTIMATE.split("/")[-1], None, "2026-01-02")]),
        (edits.value(f"{PROTOCOL}/identificationModule/acronym", "AB"), [("title_changed", "acronym", None, "AB")]),
        (edits.derived_noise("Whatever"), []),
    ),
)
def test_an_edit_is_what_it_stands_for(change: Edit, expected: list[Any]) -> None:
    """Each edit is told leaf by leaf, an item that came as one change, the registry's computation not at all."""
    assert expected == changes_of(change)


def test_results_come_and_go_as_one_change_with_their_dates() -> None:
    """A results section that appears is one change at the section; a text in it later is a revision."""
    registry = world(study())
    registry.edit(ONE, edits.results_posted("2026-01-12", RESULTS), silent=True)
    registry.publish()
    assert ("results_posted", "resultsSection", None, RESULTS) in told(registry.net_changes(0, 1))
    assert 5 == len(registry.net_changes(0, 1))
    assert registry.published.studies[ONE]["hasResults"] is True
    registry.edit(ONE, edits.results_revised("Few took part"), silent=True)
    registry.publish()
    assert [("results_revised", "description", None, "Few took part")] == told(registry.net_changes(1, 2))
    registry.edit(ONE, edits.results_removed(), silent=True)
    registry.publish()
    assert "results_removed" in [change.type for change in registry.net_changes(2, 3)]
    assert [] == registry.net_changes(0, 3)


def test_edits_that_take_each_other_back_leave_nothing() -> None:
    """Renamed and renamed back, added and removed: no net change."""
    assert [] == changes_of(
        edits.sponsor("Other"),
        edits.sponsor("Made College"),
        edits.item_added(PRIMARY, OUTCOME),
        edits.item_removed(PRIMARY, "Overall survival"),
    )


def test_the_order_of_a_list_is_no_change() -> None:
    """Sites in another order are the same sites."""
    module = sites(8)
    order = [item["facility"] for item in module["locations"]]
    registry = world(study(contactsLocationsModule=module))
    registry.edit(ONE, edits.reordered(SITES, Random(1)), silent=True)
    registry.publish()
    shown = registry.published.studies[ONE]["protocolSection"]["contactsLocationsModule"]["locations"]
    assert order != [item["facility"] for item in shown]
    assert [] == registry.net_changes(0, 1)


def test_a_reworded_item_stays_the_same_item() -> None:
    """Reworded twice and then described, an outcome is reworded once; removed under its new name, it is gone."""
    reworded = edits.item_changed(PRIMARY, "Overall survival", measure="Overall survival (central)")
    described = edits.item_changed(PRIMARY, "Overall survival (central)", description="By review")
    module = {"primaryOutcomes": [OUTCOME]}
    assert [
        ("primary_outcome_reworded", "description", None, "By review"),
        ("primary_outcome_reworded", "measure", "Overall survival", "Overall survival (central)"),
    ] == changes_of(reworded, described, outcomesModule=module)
    removed = edits.item_removed(PRIMARY, "Overall survival (central)")
    assert [("primary_outcome_removed", "*", OUTCOME, None)] == changes_of(reworded, removed, outcomesModule=module)


def test_two_items_cannot_have_one_name() -> None:
    """An item whose name is or was another's is refused, since no reader could tell the two apart."""
    registry = world(study(outcomesModule={"primaryOutcomes": [OUTCOME]}))
    registry.edit(ONE, edits.item_changed(PRIMARY, "Overall survival", measure="Survival overall"))
    with pytest.raises(ValueError, match="has or had an item called"):
        registry.edit(ONE, edits.item_added(PRIMARY, OUTCOME))
    with pytest.raises(ValueError, match="no item called"):
        registry.edit(ONE, edits.item_removed(LINKS, "nothing"))


def test_site_status_and_map_are_changes_of_their_own() -> None:
    """A site's status, its place on the map and its coming are told apart."""
    module = {"locations": [site("Alpha", "Bergen", "Norway", status="RECRUITING")]}
    new = site("Beta", "Lyon", "France")
    found = changes_of(
        edits.item_changed(SITES, "Alpha, Bergen, Norway", status="COMPLETED"),
        edits.geo_point("Alpha, Bergen, Norway", 60.4, 5.3),
        edits.item_added(SITES, new),
        contactsLocationsModule=module,
    )
    assert [
        ("location_added", "*", None, new),
        ("location_changed", "lat", None, 60.4),
        ("location_changed", "lon", None, 5.3),
        ("location_status_changed", "status", "RECRUITING", "COMPLETED"),
    ] == found


def test_origin_is_the_sponsor_where_a_date_moved() -> None:
    """A silent change that falls together with a version counts as the sponsor's; alone it is the registry's."""
    registry = world()
    registry.advance()
    registry.edit(ONE, edits.sponsor("Other"), silent=True)
    registry.edit(TWO, edits.sponsor("Other"), silent=True)
    registry.edit(TWO)
    registry.publish()
    origins = {(change.trial_id, change.origin) for change in registry.net_changes(0, 1)}
    assert {(ONE, Origin.REGISTRY), (TWO, Origin.SPONSOR)} == origins


def test_a_moved_submission_date_alone_makes_the_sponsor_the_origin() -> None:
    """Either of the two dates is enough."""
    registry = world()
    registry.edit(ONE, edits.value(f"{PROTOCOL}/statusModule/lastUpdateSubmitDate", "2026-01-11"), silent=True)
    registry.publish()
    assert [Origin.SPONSOR] == [change.origin for change in registry.net_changes(0, 1)]


def test_legs_see_what_their_requests_can_show() -> None:
    """A moved post date is for delta, a field of the short list for sweep, a reference for refresh alone."""
    registry = world()
    registry.advance()
    registry.edit(ONE, edits.enrollment(5))
    registry.edit(TWO, edits.sponsor("Other"), silent=True)
    registry.edit(THREE, edits.derived_reference("1234567"), silent=True)
    registry.publish()
    seen: dict[str, set[Leg]] = {ONE: set(), TWO: set(), THREE: set()}
    for change in registry.net_changes(0, 1):
        seen[change.trial_id] |= change.legs
    assert {
        ONE: {Leg.DELTA, Leg.SWEEP, Leg.REFRESH},
        TWO: {Leg.SWEEP, Leg.REFRESH},
        THREE: {Leg.REFRESH},
    } == seen


def test_records_that_come_and_go_are_one_change_each() -> None:
    """A new trial, and one that is withheld, merged or removed, are told once and without their content."""
    registry = world()
    registry.add(study("NCT00000009"))
    registry.edit("NCT00000009", edits.enrollment(5), silent=True)
    registry.withhold(ONE)
    registry.merge(TWO, into=THREE)
    registry.publish()
    registry.remove("NCT00000009")
    registry.publish()
    assert [
        (ONE, "record_withheld", None),
        (TWO, "record_merged", THREE),
        (THREE, "field_changed", TWO),
        ("NCT00000009", "trial_first_observed", None),
    ] == [(change.trial_id, str(change.type), change.new) for change in registry.net_changes(0, 1)]
    assert ["record_disappeared"] == [change.type for change in registry.net_changes(1, 2)]
    assert "NCT00000009" not in [change.trial_id for change in registry.net_changes(0, 2)]


def test_who_reappears_differs_from_what_was_last_seen() -> None:
    """An edit just before a record was hidden is told when it is back."""
    registry = world()
    registry.edit(ONE, edits.sponsor("Other"), silent=True)
    registry.remove(ONE)
    registry.publish()
    assert ["record_disappeared"] == [change.type for change in registry.net_changes(0, 1)]
    registry.restore(ONE)
    registry.publish()
    assert ["record_reappeared", "lead_sponsor_changed"] == [str(change.type) for change in registry.net_changes(1, 2)]
    assert ["lead_sponsor_changed"] == [str(change.type) for change in registry.net_changes(0, 2)]

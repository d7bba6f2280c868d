"""What a change is called: every example that trialog's users were promised."""

from typing import Any

import pytest

from tests.unit.diffing.trial import TRIAL, but, changes, the_change
from tracker.domain.change import Step
from tracker.domain.events import Category, Significance

Json = Any
P = "/protocolSection"
STATUS = f"{P}/statusModule"
SITES = f"{P}/contactsLocationsModule/locations"
UNPOSTED = "/annotationSection/annotationModule/unpostedAnnotation/unpostedEvents/-"

ONE_LEAF = (
    (f"{P}/eligibilityModule/minimumAge", "21 Years", "eligibility_changed"),
    (f"{P}/eligibilityModule/eligibilityCriteria", "Anyone", "eligibility_changed"),
    (f"{P}/eligibilityModule/healthyVolunteers", True, "eligibility_changed"),
    (f"{P}/eligibilityModule/sex", None, "eligibility_changed"),
    (f"{P}/identificationModule/briefTitle", "Aspirin", "title_changed"),
    (f"{P}/identificationModule/officialTitle", "Aspirin", "title_changed"),
    (f"{P}/identificationModule/acronym", "ASP", "title_changed"),
    (f"{STATUS}/overallStatus", "UNKNOWN", "recruitment_status_changed"),
    (f"{STATUS}/lastKnownStatus", "RECRUITING", "last_known_status_changed"),
    (f"{STATUS}/whyStopped", "No money", "why_stopped_changed"),
    (f"{STATUS}/startDateStruct/date", "2023-02-01", "start_date_changed"),
    (f"{STATUS}/primaryCompletionDateStruct/date", "2025-07", "primary_completion_date_changed"),
    (f"{STATUS}/completionDateStruct/date", "2026-06", "completion_date_changed"),
    (f"{STATUS}/completionDateStruct/type", "ACTUAL", "completion_date_changed"),
    (f"{STATUS}/statusVerifiedDate", "2024-06", "verification_date_changed"),
    (f"{STATUS}/lastUpdatePostDateStruct/date", "2024-06-01", "post_date_changed"),
    (f"{STATUS}/lastUpdateSubmitDate", "2024-06-01", "submission_date_changed"),
    (f"{STATUS}/lastUpdateSubmitQcDate", "2024-06-01", "qc_date_changed"),
    (f"{STATUS}/dispFirstSubmitDate", "2024-06-01", "delay_certified"),
    (f"{P}/designModule/enrollmentInfo/count", 200, "enrollment_changed"),
    (f"{P}/designModule/enrollmentInfo/type", "ACTUAL", "enrollment_changed"),
    (f"{P}/designModule/studyType", "OBSERVATIONAL", "design_changed"),
    (f"{P}/designModule/designInfo/maskingInfo/masking", "NONE", "design_changed"),
    (f"{SITES}/0/status", "COMPLETED", "location_status_changed"),
    (f"{SITES}/0/zip", "10118", "location_changed"),
    (f"{SITES}/0/facility", "Clinic No. One", "location_changed"),
    (f"{SITES}/0/geoPoint/lat", 52.6, "location_changed"),
    (f"{SITES}/0/contacts/0/phone", "3", "contact_changed"),
    (f"{SITES}/0/contacts/-", {"name": "D. Person", "role": "CONTACT"}, "contact_changed"),
    (f"{P}/contactsLocationsModule/centralContacts/0/phone", "3", "contact_changed"),
    (f"{P}/contactsLocationsModule/overallOfficials/0/role", "STUDY_DIRECTOR", "contact_changed"),
    (f"{P}/outcomesModule/primaryOutcomes/0/measure", "Change in pain scores", "primary_outcome_reworded"),
    (f"{P}/outcomesModule/primaryOutcomes/0/timeFrame", "6 weeks", "primary_outcome_reworded"),
    (f"{P}/outcomesModule/primaryOutcomes/0/description", "0 to 100", "primary_outcome_reworded"),
    (f"{P}/outcomesModule/secondaryOutcomes/0/timeFrame", "6 months", "secondary_outcome_reworded"),
    (f"{P}/outcomesModule/otherOutcomes/0/timeFrame", "2 years", "other_outcome_reworded"),
    (f"{P}/armsInterventionsModule/armGroups/0/description", "Aspirin 200 mg", "arm_changed"),
    (f"{P}/armsInterventionsModule/interventions/0/description", "200 mg daily", "intervention_changed"),
    (f"{P}/sponsorCollaboratorsModule/leadSponsor/name", "Sample University", "lead_sponsor_changed"),
    (f"{P}/oversightModule/oversightHasDmc", True, "oversight_changed"),
    (f"{P}/oversightModule/fdaaa801Violation", True, "violation_posted"),
    (f"{P}/descriptionModule/briefSummary", "Aspirin?", "field_changed"),
    (f"{P}/referencesModule/references/0/citation", "First paper, 2nd edition", "field_changed"),
    (f"{P}/aModuleOfTomorrow/aField", "a value", "field_changed"),
)

ITEMS = (
    (f"{P}/outcomesModule/primaryOutcomes", {"measure": "Death", "timeFrame": "1 day"}, "primary_outcome"),
    (
        f"{P}/outcomesModule/secondaryOutcomes",
        {"measure": "Death", "timeFrame": "1 day"},
        "secondary_outcome",
    ),
    (f"{P}/outcomesModule/otherOutcomes", {"measure": "Death", "timeFrame": "1 day"}, "other_outcome"),
    (f"{P}/armsInterventionsModule/armGroups", {"label": "Third", "type": "OTHER"}, "arm"),
    (f"{P}/armsInterventionsModule/interventions", {"type": "DEVICE", "name": "Pillow"}, "intervention"),
    (f"{P}/sponsorCollaboratorsModule/collaborators", {"name": "Another Fund"}, "collaborator"),
    (SITES, {"facility": "Clinic Three", "city": "Paris", "country": "France"}, "location"),
    (f"{P}/conditionsModule/conditions", "Fever", "condition"),
    (f"{P}/identificationModule/secondaryIdInfos", {"id": "U1111"}, "secondary_id"),
    (f"{P}/referencesModule/references", {"pmid": "2", "citation": "Other paper"}, "reference"),
    (f"{P}/referencesModule/seeAlsoLinks", {"label": "Site", "url": "https://example.org"}, "reference"),
    ("/documentSection/largeDocumentModule/largeDocs", {"filename": "SAP_001.pdf"}, "document"),
)


@pytest.mark.parametrize(("path", "value", "expected"), ONE_LEAF)
def test_a_leaf_that_changes_is_one_change_of_its_type(path: str, value: Json, expected: str) -> None:
    """One leaf, one change, with the event type of its field."""
    change = the_change(path, value)
    assert expected == change.type
    assert change.path.startswith(path.removesuffix("/-"))


@pytest.mark.parametrize(("path", "item", "name"), ITEMS)
def test_an_item_that_comes_or_goes_is_one_change_at_the_item(path: str, item: Json, name: str) -> None:
    """A new item is added whole, and removed whole; also where its list comes and goes with it."""
    added = the_change(f"{path}/-", item)
    assert (f"{name}_added", None, item) == (added.type, added.old, added.new)
    [removed] = changes(but(f"{path}/-", item), TRIAL)
    assert (f"{name}_removed", item, None) == (removed.type, removed.old, removed.new)
    alone = but(path, None) if added.path != f"{path}/0" else TRIAL
    for change in changes(alone, but(path, [item], record=alone)):
        assert (f"{name}_added", f"{path}/0", item) == (change.type, change.path, change.new)


def test_a_module_that_comes_is_told_by_its_items_and_leaves() -> None:
    """Items of a list whose module was absent are added one by one."""
    module = "/protocolSection/outcomesModule"
    found = changes(but(module, None), TRIAL)
    assert ["other_outcome_added", "primary_outcome_added", "secondary_outcome_added"] == [c.type for c in found]
    assert {Step.INSERT} == {change.step for change in found}


def test_phases_come_and_go() -> None:
    """A phase more or less is a change of phase."""
    path = f"{P}/designModule/phases/-"
    assert "phase_changed" == the_change(path, "PHASE3").type
    [gone] = changes(but(path, "PHASE3"), TRIAL)
    assert ("phase_changed", "PHASE3", None) == (gone.type, gone.old, gone.new)


def test_a_date_and_its_type_are_two_changes_of_one_type() -> None:
    """A completion that became actual and moved is said twice: the day, and that it is no estimate."""
    path = f"{STATUS}/completionDateStruct"
    found = changes(TRIAL, but(path, {"date": "2026-04-30", "type": "ACTUAL"}))
    assert [
        ("completion_date_changed", f"{path}/date", {"shift_days": -31}),
        ("completion_date_changed", f"{path}/type", {}),
    ] == [(change.type, change.path, change.detail) for change in found]


@pytest.mark.parametrize(
    ("event", "expected"),
    (
        ("RELEASE", "results_submitted"),
        ("RESET", "results_returned"),
        ("UNRELEASE", "results_submission_cancelled"),
    ),
)
def test_the_way_to_results_is_told(event: str, expected: str) -> None:
    """Submitted, returned by quality control, taken back: each has its own type."""
    assert expected == the_change(UNPOSTED, {"type": event, "date": "2024-06-01"}).type


def test_submitted_results_show_in_the_derived_section_first() -> None:
    """An estimated submission date says that results were submitted."""
    path = "/derivedSection/miscInfoModule/submissionTracking/estimatedResultsFirstSubmitDate"
    assert "results_submitted" == the_change(path, "2024-06-01").type


RESULTS = {"participantFlowModule": {"groups": [{"id": "FG000", "title": "Aspirin"}]}}


def test_a_whole_results_section_is_one_change() -> None:
    """Results that are posted or removed are one change, and ``hasResults`` is not told beside it."""
    posted = but("/hasResults", True, record=but("/resultsSection", RESULTS))
    [came] = changes(TRIAL, posted)
    assert ("results_posted", "/resultsSection", RESULTS) == (came.type, came.path, came.new)
    [went] = changes(posted, TRIAL)
    assert ("results_removed", "/resultsSection", RESULTS) == (went.type, went.path, went.old)


def test_what_changes_inside_results_is_a_revision() -> None:
    """Leaves and items of posted results are revised, never added or removed."""
    old = but("/resultsSection", RESULTS)
    groups = "/resultsSection/participantFlowModule/groups"
    assert ["results_revised"] == [c.type for c in changes(old, but(f"{groups}/0/title", "ASS", record=old))]
    item = {"id": "FG001", "title": "Control"}
    assert ["results_revised"] == [c.type for c in changes(old, but(f"{groups}/-", item, record=old))]
    assert ["results_revised"] == [c.type for c in changes(but(f"{groups}/-", item, record=old), old)]


def test_announced_results_are_told_where_the_section_is_not_shown() -> None:
    """A source without the section says by ``hasResults`` alone that results were posted or removed."""
    announced = but("/hasResults", True)
    [came] = changes(TRIAL, announced)
    assert ("results_posted", "/hasResults", False, True) == (came.type, came.path, came.old, came.new)
    assert ["results_removed"] == [change.type for change in changes(announced, TRIAL)]
    assert ["/resultsSection"] == [
        c.path for c in changes(announced, but("/resultsSection", RESULTS, record=announced))
    ]


def test_what_is_taken_back_is_not_said_to_be_posted() -> None:
    """A notice of noncompliance or a certified delay that goes is no notice and no certificate."""
    flagged = but(f"{P}/oversightModule/fdaaa801Violation", True)
    assert ["oversight_changed"] == [change.type for change in changes(flagged, TRIAL)]
    certified = but(f"{STATUS}/dispFirstSubmitDate", "2024-06-01")
    assert ["field_changed"] == [change.type for change in changes(certified, TRIAL)]
    events = "/annotationSection/annotationModule/violationAnnotation/violationEvents/-"
    noticed = but(events, {"type": "VIOLATION_IDENTIFIED_BY_FDA", "date": "2024-06-01"})
    assert ["violation_posted"] == [change.type for change in changes(TRIAL, noticed)]
    assert ["oversight_changed"] == [change.type for change in changes(noticed, TRIAL)]


def test_a_reworded_outcome_is_neither_removed_nor_added() -> None:
    """Where most of the words stay, an outcome is the same one in other words."""
    path = f"{P}/outcomesModule/primaryOutcomes/0/measure"
    found = the_change(path, "Mean change in the pain score")
    assert ("primary_outcome_reworded", path) == (found.type, found.path)


def test_another_outcome_is_not_a_rewording() -> None:
    """Where nothing is alike, one outcome went and another came."""
    path = f"{P}/outcomesModule/secondaryOutcomes/0"
    found = changes(TRIAL, but(path, {"measure": "Serum urate", "timeFrame": "Day 9"}))
    assert {"secondary_outcome_removed", "secondary_outcome_added"} == {change.type for change in found}


def test_administrative_dates_are_administrative() -> None:
    """Verification, submission, quality control and post dates move with every version."""
    for name in ("statusVerifiedDate", "lastUpdateSubmitDate", "lastUpdateSubmitQcDate"):
        change = the_change(f"{STATUS}/{name}", "2024-07-01")
        assert (Category.ADMINISTRATIVE, Significance.ADMINISTRATIVE) == (
            change.category,
            change.significance,
        )
    change = the_change(f"{STATUS}/lastUpdatePostDateStruct/date", "2024-07-01")
    assert (Category.ADMINISTRATIVE, Significance.ADMINISTRATIVE) == (change.category, change.significance)


def test_a_data_release_is_no_change() -> None:
    """``versionHolder`` and what the registry derives are not the trial's content."""
    assert [] == changes(TRIAL, but("/derivedSection/miscInfoModule/versionHolder", "2024-07-01"))
    assert [] == changes(TRIAL, but("/derivedSection/conditionBrowseModule/meshes/-", {"id": "D006261"}))
    assert [] == changes(TRIAL, but("/derivedSection", None))


def test_a_flip_to_unknown_and_back_is_two_leaves() -> None:
    """The registry sets UNKNOWN and keeps the submitted status; undoing it is the reverse."""
    flipped = but(f"{STATUS}/overallStatus", "UNKNOWN", record=but(f"{STATUS}/lastKnownStatus", "RECRUITING"))
    expected = ["last_known_status_changed", "recruitment_status_changed"]
    assert expected == [change.type for change in changes(TRIAL, flipped)]
    assert expected == [change.type for change in changes(flipped, TRIAL)]


def test_private_looking_keys_are_content() -> None:
    """A key that Python would call private is a key like any other."""
    old = but(f"{P}/aModuleOfTomorrow", {"__typename": "Old", "kept": 1})
    [change] = changes(old, but(f"{P}/aModuleOfTomorrow/__typename", "New", record=old))
    assert (f"{P}/aModuleOfTomorrow/__typename", "Old", "New") == (change.path, change.old, change.new)

"""A thin observation is compared only inside what it can show, and never removes what it cannot."""

import pytest

from tests.contract.pipeline.lab import Lab, told
from tests.records import Json, enrollment, observation, selection, site, sites
from tracker.domain.coverage import Coverage
from tracker.domain.events import EventType, Origin
from tracker.domain.record import OWN_SECTION
from tracker.sources.page_layout import HEADINGS

PAGE = """\
A made trial

NCT ID: {trial_id}

Last Updated: {updated}

Basic Information

{basic}

Recruitment Status

{status}

Total Enrollment

10 participants

Study Classification

INTERVENTIONAL

Brief Summary

{summary}

{text}

Conditions

{conditions}

Pain

Fever

More Related Trials

{related}

Another made trial
NCT99999999 COMPLETED PHASE1
"""


def page(lab: Lab, *, status: str = "RECRUITING", updated: str = "2026-01-10", text: str = "In short.") -> str:
    """A page text of the trial."""
    return PAGE.format(
        trial_id=lab.trial,
        updated=updated,
        status=status,
        text=text,
        basic=HEADINGS["Basic Information"],
        summary=HEADINGS["Brief Summary"],
        conditions=HEADINGS["Conditions"],
        related=HEADINGS["More Related Trials"],
    )


def whole(lab: Lab, *, status: str = "RECRUITING", posted_on: str = "2026-01-10") -> dict[str, Json]:
    """The registry's own record of the same, with parts that no page shows."""
    return lab.record(
        status=status,
        posted_on=posted_on,
        data_on="2026-02-01",
        descriptionModule={"briefSummary": "In  short."},
        conditionsModule={"conditions": ["Fever", "Pain"], "keywords": ["made"]},
        designModule={"enrollmentInfo": {"count": 10, "type": "ESTIMATED"}, "studyType": "INTERVENTIONAL"},
        contactsLocationsModule=sites(2),
    )


def kinds(lab: Lab) -> list[tuple[EventType, Origin]]:
    """Type and origin of each of the trial's events."""
    return [(one.event.change.type, one.event.origin) for one in lab.events()]


def test_the_record_after_its_page_text_only_widens(lab: Lab) -> None:
    """What the page could not show enters as one coverage_widened of origin baseline, and as nothing else."""
    lab.see_each(page(lab), whole(lab))
    assert [
        (EventType.TRIAL_FIRST_OBSERVED, Origin.BASELINE),
        (EventType.COVERAGE_WIDENED, Origin.BASELINE),
    ] == kinds(lab)
    assert [False, True] == [revision.is_whole for revision in lab.timeline()]
    assert whole(lab) == lab.stored(lab.at().snapshot)


def test_differences_inside_the_pages_coverage_are_changes(lab: Lab) -> None:
    """The record's other status is a change by its sponsor; the rest of the record still only widens."""
    lab.see_each(page(lab), whole(lab, status="COMPLETED", posted_on="2026-02-20"))
    assert [
        ("last_update_post_date", "2026-01-10", "2026-02-20"),
        ("overall_status", "RECRUITING", "COMPLETED"),
    ] == [(field, old, new) for _, _, field, old, new in told(lab.trail()) if field != "record"]
    assert [Origin.SPONSOR, Origin.SPONSOR, Origin.BASELINE] == [origin for _, origin in kinds(lab)[1:]]


def test_a_date_that_only_came_into_view_has_not_moved(lab: Lab) -> None:
    """A silent flip between a page text and the record is the registry's, though the record shows more dates."""
    record = whole(lab, status="UNKNOWN")
    record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = "2026-01-08"
    lab.see_each(page(lab), record)
    flips = [change for change in lab.trail() if change.type == EventType.RECRUITMENT_STATUS_CHANGED]
    assert [(Origin.REGISTRY, None)] == [(flip.origin, flip.posted_on) for flip in flips]


def test_a_page_text_after_the_record_removes_nothing(lab: Lab) -> None:
    """A page that says the same inside its coverage is no revision, and the record stays as it was."""
    lab.see_each(whole(lab), page(lab), page(lab))
    assert 1 == len(lab.events())
    assert whole(lab) == lab.stored(lab.at().snapshot)


def test_a_page_text_is_older_than_the_release_of_its_post_date(own_lab: Lab) -> None:
    """A page with the record's post date and another status was there before; neither is told again after that."""
    own_lab.see_each(whole(own_lab, status="UNKNOWN"), page(own_lab))
    assert ["RECRUITING", "UNKNOWN"] == [revision.published_status for revision in own_lab.timeline()]
    events = own_lab.events()
    own_lab.see_each(whole(own_lab, status="UNKNOWN"), page(own_lab), whole(own_lab, status="UNKNOWN"), page(own_lab))
    assert events == own_lab.events()
    assert own_lab.verify().ok


def test_a_page_text_older_than_the_record_moves_only_dates_that_both_show(lab: Lab) -> None:
    """The step from a late page to the record is silent though the page cannot show the submission date."""
    record = whole(lab, status="UNKNOWN")
    record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = "2026-01-08"
    lab.see_each(record, page(lab))
    (flip,) = [change for change in lab.trail() if change.type == EventType.RECRUITMENT_STATUS_CHANGED]
    assert (None, "2026-02-01") == (flip.posted_on, flip.data_on)


def test_a_page_text_between_two_records_belongs_to_the_one_that_it_agrees_with(lab: Lab) -> None:
    """Its post date is that of the later record, so that it says nothing which that record did not."""
    later = whole(lab, status="COMPLETED", posted_on="2026-02-20")
    later["derivedSection"]["miscInfoModule"]["versionHolder"] = "2026-02-21"
    later["protocolSection"]["conditionsModule"]["keywords"] = ["other"]
    lab.see_each(whole(lab), later)
    events = lab.events()
    lab.see(page(lab, status="COMPLETED", updated="2026-02-20"))
    assert events == lab.events()


def test_a_page_text_that_was_cut_off_changes_nothing(lab: Lab) -> None:
    """Cut at any line after its whole, a page is refused and kept whole: no tail is missed as if it were removed."""
    text = page(lab)
    lab.see(text)
    cuts = [text[:at] for at in range(len(text) - 1) if text[at] == "\n"]
    summary = lab.see(*cuts)
    assert (len(cuts), 1) == (summary.rejected, len(lab.events()))
    with lab.database.reading() as transaction:
        kept = {
            transaction.quarantine.raw(one.id) for one in transaction.quarantine.list() if one.run_id == summary.run_id
        }
    assert {cut.encode() for cut in cuts} == kept


def test_a_page_text_that_differs_keeps_all_that_it_cannot_show(own_lab: Lab) -> None:
    """A newer page is a revision whose record is the one before it with the page's own differences."""
    own_lab.see_each(whole(own_lab), page(own_lab, status="COMPLETED", updated="2026-02-20", text="In other words."))
    expected = whole(own_lab)
    expected["protocolSection"]["statusModule"]["overallStatus"] = "COMPLETED"
    expected["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = "2026-02-20"
    expected["protocolSection"]["descriptionModule"]["briefSummary"] = "In other words."
    another = {"nctId": "NCT99999999", "title": "Another made trial", "status": "COMPLETED", "phases": ["PHASE1"]}
    expected[OWN_SECTION] = {"relatedTrials": [another]}
    newest = own_lab.at()
    assert (2, True, "page_text") == (newest.revision, newest.is_whole, newest.source)
    assert expected == own_lab.stored(newest.snapshot)
    fields = {field for _, _, field, _, _ in told(own_lab.trail()[1:])}
    assert {"overall_status", "last_update_post_date", "brief_summary"} == fields
    assert own_lab.verify().ok


def test_what_the_page_showed_is_kept_as_it_was(lab: Lab) -> None:
    """Beside the revision's record, the thin record itself is a snapshot that its events name as their cause."""
    lab.see_each(whole(lab), page(lab, status="COMPLETED", updated="2026-02-20"))
    revision = lab.events()[-1].event.revision
    assert revision.observed != revision.snapshot
    assert "contactsLocationsModule" not in lab.stored(revision.observed)["protocolSection"]


def test_a_selection_speaks_of_its_own_leaves_only(lab: Lab) -> None:
    """Of sites asked for by name and status, a new status is a change and a missing contact is none."""
    places = [
        site("Alpha Clinic", "Bergen", "Norway", status="RECRUITING", zip="5003"),
        site("Beta Hospital", "Lyon", "France", status="RECRUITING", zip="69001"),
    ]
    lab.see(lab.record(contactsLocationsModule={"locations": places, "overallOfficials": [{"name": "A"}]}))
    shown = [site("Beta Hospital", "Lyon", "France", status="COMPLETED"), {**places[0]}]
    del shown[1]["zip"]
    lab.see(selection(lab.trial, contactsLocationsModule={"locations": shown}))
    changes = [(one.type, one.old, one.new) for one in lab.trail()[1:]]
    assert [("location_status_changed", "RECRUITING", "COMPLETED")] == changes
    module = lab.stored(lab.at().snapshot)["protocolSection"]["contactsLocationsModule"]
    assert [places[0], {**places[1], "status": "COMPLETED"}] == module["locations"]
    assert [{"name": "A"}] == module["overallOfficials"]


def test_a_second_selection_widens_the_first(own_lab: Lab) -> None:
    """Two selections of different fields make one record that covers both."""
    own_lab.see(selection(own_lab.trial, designModule=enrollment(10)))
    own_lab.see(selection(own_lab.trial, conditionsModule={"conditions": ["Pain"]}))
    protocol = own_lab.stored(own_lab.at().snapshot)["protocolSection"]
    assert ({"conditions": ["Pain"]}, enrollment(10)) == (protocol["conditionsModule"], protocol["designModule"])
    assert [EventType.TRIAL_FIRST_OBSERVED, EventType.COVERAGE_WIDENED] == [kind for kind, _ in kinds(own_lab)]
    assert own_lab.verify().ok


def test_an_older_record_before_a_page_text_folds(own_lab: Lab) -> None:
    """The step from a whole record to a page text held already is told, and checked, inside what the page shows."""
    own_lab.see(page(own_lab, status="COMPLETED", updated="2026-02-20"))
    own_lab.see(whole(own_lab, posted_on="2026-01-10"))
    assert [True, False] == [revision.is_whole for revision in own_lab.timeline()]
    changes = [(field, old, new) for _, _, field, old, new in told(own_lab.trail()) if field != "record"]
    assert [
        ("last_update_post_date", "2026-01-10", "2026-02-20"),
        ("overall_status", "RECRUITING", "COMPLETED"),
    ] == changes
    report = own_lab.verify()
    assert (True, None) == (report.ok, report.reason)


SWEEP = Coverage(patterns=frozenset({"/protocolSection/statusModule/whyStopped", "/derivedSection"}))


@pytest.mark.parametrize("earliest", (False, True), ids=("between", "before all"))
def test_an_older_whole_record_takes_the_place_of_a_thin_one(own_lab: Lab, earliest: bool) -> None:
    """A whole record that was true earlier, and says what a thin one held says, is not lost: it replaces it."""
    first, older, thin = (
        own_lab.record(posted_on=None, data_on=day, statusModule={"whyStopped": why})
        for day, why in (("2026-02-01", "Rest"), ("2026-02-05", "Funds"), ("2026-02-10", "Funds"))
    )
    if not earliest:
        own_lab.observe(observation(first, SWEEP))
    own_lab.observe(observation(thin, SWEEP))
    own_lab.observe(observation(older))
    newest = own_lab.at()
    assert (True, "2026-02-05", older) == (newest.is_whole, newest.data_on, own_lab.stored(newest.snapshot))
    assert (1 if earliest else 2) == len(own_lab.timeline())
    own_lab.observe(observation(thin, SWEEP), observation(older))
    assert (2 if earliest else 3) == own_lab.at().revision
    assert own_lab.verify().ok


def test_widening_is_told_once_along_the_finest_way(lab: Lab) -> None:
    """A whole record between a page and a later record: it is the one that widens what was known."""
    lab.see(page(lab))
    lab.see(whole(lab, status="COMPLETED", posted_on="2026-02-20"))
    between = whole(lab, status="SUSPENDED", posted_on="2026-01-20")
    between["derivedSection"]["miscInfoModule"]["versionHolder"] = "2026-01-25"
    lab.see(between)
    widened = [one.revision for one in lab.trail() if one.type == EventType.COVERAGE_WIDENED]
    assert [3] == widened

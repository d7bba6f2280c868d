"""A trial and its comparison: the record, its life, its history, as it is and as it was."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from tests.contract.pipeline.lab import Lab
from tests.contract.web.lived_in import LATER, MAIN, TITLE, lived_in
from tests.contract.web.site import NOON, Site
from tests.contract.web.test_looking_pages import page
from tests.records import record, sites
from tracker.alerts.clock import record_what_lapsed
from tracker.domain.whereabouts import Whereabouts
from tracker.web.pages.trials import REVISIONS, ROWS

HOSTILE = "<script>alert(1)</script>"


def test_a_trial_is_told_whole(site: Site) -> None:
    """Status and foretelling in a sentence, the drawing with its table, sections with their last change, history."""
    lived_in(site)
    told = page(site, f"/trials/{MAIN.lower()}")
    for said in (
        LATER,
        "Will turn UNKNOWN on 2026-06-01",
        "tl-wide",
        "The same as a table",
        "Eligibility",
        "Last change",
        "Revisions",
    ):
        assert said in told, said
    assert f'href="/trials/{MAIN}/compare?from=2&amp;to=3"' in told
    assert f'href="/feeds/trials/{MAIN}.atom"' in told
    assert f"trialog show {MAIN}" in told


def test_what_time_brought_is_compared_with_nothing(site: Site) -> None:
    """A change without a new content leads to no comparison of a revision with itself."""
    dates = {"statusVerifiedDate": "2024-04", "completionDateStruct": {"date": "2025-01"}}
    lab = Lab.open(site.database.url)
    lab.see(record(posted_on="2024-04-20", statusModule=dates), observed_at=NOON - timedelta(days=60))
    lab.close()
    with site.database.writing() as transaction:
        record_what_lapsed(transaction, today=NOON.date(), now=NOON, run_id="made")
    for path in ("/changes", "/trials/NCT00000001"):
        told = page(site, path)
        assert "as time passed" in told
        assert None is re.search(r"from=(\d+)&amp;to=\1\b", told)


def test_a_trial_is_told_as_it_was(site: Site) -> None:
    """By day, by instant, by number; two of them, or what is none, is refused, and so is a day before the first."""
    lived_in(site)
    assert TITLE in page(site, f"/trials/{MAIN}?as_of=2023-05-01")
    assert TITLE in page(site, f"/trials/{MAIN}?revision=1")
    assert "as it was known here" in page(site, f"/trials/{MAIN}?known_at=2027-01-01T00:00:00Z")
    page(site, f"/trials/{MAIN}?as_of=2020-01-01", status=404)
    page(site, f"/trials/{MAIN}?as_of=2023-05-01&revision=1", status=422)
    for none in (
        "as_of=yesterday",
        "known_at=2027-01-01T00:00:00",
        "revision=0",
        f"revision={'9' * 40}",
        "revision=%C2%B2",
    ):
        page(site, f"/trials/{MAIN}?{none}", status=422)
    page(site, f"/trials/{MAIN}?known_at=0001-01-01T00:00:00%2B01:00", status=404)
    page(site, "/trials/NCT99999999", status=404)
    page(site, "/trials/seven", status=422)


def test_the_history_is_filtered(site: Site) -> None:
    """By category and significance."""
    lived_in(site)
    told = page(site, f"/trials/{MAIN}?category=status&significance=major")
    history = told[told.index('id="history"') : told.index('id="revisions"')]
    assert ["Recruitment status" in history, "Enrollment" in history] == [True, False]


def test_a_record_that_is_away_says_so(site: Site) -> None:
    """Withheld, merged, gone; what it last showed follows."""
    lab = Lab.open(site.database.url)
    said = {
        Whereabouts.WITHHELD: "withholds this record",
        Whereabouts.MERGED: "merged this trial into",
        Whereabouts.DISAPPEARED: "does not have this record",
    }
    for number, where in enumerate(said, 1):
        trial_id = f"NCT{number:08}"
        lab.see(record(trial_id, data_on="2026-01-02"))
        into = "NCT00000077" if where is Whereabouts.MERGED else None
        lab.move(where, on="2026-02-02", trial_id=trial_id, into=into)
    lab.close()
    for number, words in enumerate(said.values(), 1):
        assert words in page(site, f"/trials/NCT{number:08}")


def test_two_revisions_stand_side_by_side(site: Site) -> None:
    """Words marked, unchanged parts told, the next pair and the registry's own comparison linked."""
    lived_in(site)
    told = page(site, f"/trials/{MAIN}/compare?from=1&to=3")
    assert re.search(r"<del>[^<]*100[^<]*</del>", told)
    assert re.search(r"<ins>[^<]*160[^<]*</ins>", told)
    assert "and adolescents with severe" in told
    assert f"https://clinicaltrials.gov/study/{MAIN}?tab=history" in told
    assert 'rel="next"' in page(site, f"/trials/{MAIN}/compare?from=1&to=2")
    page(site, f"/trials/{MAIN}/compare?from=1&to=99", status=404)
    assert "nothing to compare" in page(site, "/trials/NCT00000011/compare")


def test_hostile_text_stays_text(site: Site) -> None:
    """Wherever it stands in a record, and whatever addresses it has."""
    lab = Lab.open(site.database.url)
    hostile: dict[str, Any] = {
        "descriptionModule": {"briefSummary": HOSTILE, "detailedDescription": f"[x](javascript:alert(1)) {HOSTILE}"},
        "referencesModule": {"seeAlsoLinks": [{"label": HOSTILE, "url": "javascript:alert(1)"}]},
        "conditionsModule": {"conditions": [HOSTILE, "\ud800 lone", "nul \x00"]},
    }
    lab.see(record("NCT00000001", **hostile), record("NCT00000002"))
    lab.see(record("NCT00000001", posted_on="2026-02-02", status=None, **{**hostile, "descriptionModule": {}}))
    lab.close()
    told = page(site, "/trials/NCT00000001") + page(site, "/trials/NCT00000001/compare")
    assert 'href="javascript' not in told


def test_the_largest_record_gives_a_small_page(site: Site) -> None:
    """Two thousand sites and results: under 500 kB, long lists folded."""
    lab = Lab.open(site.database.url)
    made = record("NCT00000001", contactsLocationsModule=sites(2000))
    made["hasResults"] = True
    made["resultsSection"] = {
        "outcomeMeasuresModule": {
            "outcomeMeasures": [{"title": f"Measure {n}", "type": "PRIMARY"} for n in range(200)]
        },
        "adverseEventsModule": {"otherEvents": [{"term": f"Event {n}", "stats": []} for n in range(2000)]},
    }
    lab.see(made)
    lab.close()
    reply = site.get("/trials/NCT00000001")
    assert 200 == reply.status
    assert len(reply.body) < 500_000
    assert b"<details>" in reply.body


def test_a_revision_of_a_thousand_changes_gives_small_pages(site: Site) -> None:
    """Lists and the comparison show the first, say how many more there are, and lead to all of them."""
    lab = Lab.open(site.database.url)
    for day in ("2026-01-02", "2026-02-02"):
        made = record("NCT00000001", posted_on=day)
        events = [{"term": f"Event {n} of {day}", "stats": []} for n in range(400)]
        measures = [{"title": f"Measure {n}", "description": f"{day} said. " * 60} for n in range(600)]
        made |= {
            "hasResults": True,
            "resultsSection": {
                "adverseEventsModule": {"otherEvents": events},
                "outcomeMeasuresModule": {"outcomeMeasures": measures},
            },
        }
        lab.see(made)
    lab.close()
    two = "/trials/NCT00000001/compare?from=1&to=2"
    for path in ("/", "/changes", "/trials/NCT00000001", two):
        assert len(page(site, path)) < 250_000, path
        assert ("further changes" if path != two else "more changes") in page(site, path), path
    (more,) = re.findall(r'href="([^"#]+)#[^"]*">[\d,]+ more changes', page(site, two))
    whole = page(site, more.replace("&amp;", "&"))
    assert ["Event 399 " in whole, "Event 399 " in page(site, two), "more changes" in whole] == [True, False, False]


def test_no_question_is_asked_twice(site: Site) -> None:
    """A trial's page, as the trial is now, asks the ledger each question once."""
    lived_in(site)
    asked: list[tuple[str, str]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, repr(parameters)))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        page(site, f"/trials/{MAIN}")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert asked
    assert [] == [one for one in asked if asked.count(one) > 1]


def test_a_long_history_is_shown_in_part(site: Site) -> None:
    """The newest revisions and rows of the life, and on asking all of them; a section that is not there says so."""
    lab = Lab.open(site.database.url)
    for number in range(ROWS + 3):
        day = (NOON - timedelta(days=400 - number)).date().isoformat()
        lab.see(record(posted_on=day, identificationModule={"briefTitle": f"Title {number}"}))
    lab.close()
    told = page(site, "/trials/NCT00000001")
    listed = told[told.index('id="revisions"') :]
    assert [True, False] == [
        f'?revision={number}"' in listed for number in (ROWS + 4 - REVISIONS, ROWS + 3 - REVISIONS)
    ]
    assert "This record holds no results." in told
    (more,) = re.findall(r'href="([^"]+)#revisions">All 103 revisions', told)
    assert "All 104 rows" in told
    assert [True, False] == [f">Revision {number} " in told for number in (4, 3)]
    assert '?revision=1"' in (whole := page(site, more)).partition('id="revisions"')[2]
    assert "Revision 3 " in whole

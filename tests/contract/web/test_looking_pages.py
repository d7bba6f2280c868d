"""Pages to look at: home, changes, stale, status. Each says what is so, and names what else says it."""

from typing import Any

from tests.contract.pipeline.lab import Lab
from tests.contract.web.filled import filled
from tests.contract.web.site import Reply, Site
from tests.records import record
from tracker.access.callers import Scope
from tracker.domain.whereabouts import Whereabouts

CONDITIONS = {"conditionsModule": {"conditions": ["Asthma"]}, "statusModule": {"statusVerifiedDate": "2024-06"}}
HOSTILE = "<script>alert(1)</script> & \"more\" '{{ 7*7 }}'"
PEOPLE = {"accept": "text/html"}


def page(site: Site, path: str, status: int = 200) -> str:
    """A page as text; no template's mark is left in it, and nothing of it runs."""
    reply: Reply = site.get(path, **PEOPLE)
    assert (status, "text/html; charset=utf-8") == (reply.status, reply.headers["content-type"])
    text = reply.body.decode()
    assert "<script>alert" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    return text


def lived(site: Site) -> None:
    """A trial that changed, under a hostile title, and is about to lapse."""
    lab = Lab.open(site.database.url)
    told: dict[str, Any] = {
        "statusModule": {
            "statusVerifiedDate": "2024-06",
            "primaryCompletionDateStruct": {"date": "2026-01", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2026-01", "type": "ESTIMATED"},
        },
        "identificationModule": {"briefTitle": HOSTILE},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": HOSTILE}},
        "conditionsModule": {"conditions": ["Asthma"]},
    }
    lab.see(record(status="NOT_YET_RECRUITING", posted_on="2024-06-10", **told))
    lab.see(record(status="RECRUITING", posted_on="2024-06-20", **told))
    lab.close()


def test_an_empty_ledger_says_how_to_fill_it(site: Site) -> None:
    """On the way in; every other page says that there is nothing."""
    assert "trialog track NCT03460795" in page(site, "/")
    assert "No such change is recorded." in page(site, "/changes")
    assert "0 trials UNKNOWN" in page(site, "/stale")


def test_home_tells_what_happened_and_what_will(site: Site) -> None:
    """The change, the trial that will lapse, and the state of the last run."""
    lived(site)
    filled(site)
    told = page(site, "/")
    assert "&lt;script&gt;alert(1)" in told
    assert "Recruitment status" in told
    assert "In the next 60 days" not in told
    assert 'href="/feeds/changes.atom"' in told
    assert "trialog changes --significance minor --origin sponsor --origin registry --origin clock" in told


def test_home_names_a_trial_once_a_day(site: Site) -> None:
    """However often it was updated: its newest update, the earlier ones folded."""
    lab = Lab.open(site.database.url)
    for number, status in enumerate(("NOT_YET_RECRUITING", "RECRUITING", "COMPLETED"), 1):
        lab.see(record(status=status, posted_on=f"2026-0{number}-01"))
    lab.close()
    told = page(site, "/")
    assert 1 == told.count('<h4><a class="id" href="/trials/NCT00000001">')
    newest, earlier = told.split("<summary>1 earlier update</summary>")
    assert ["from=2&amp;to=3" in newest, "from=1&amp;to=2" in earlier] == [True, True]


def test_an_id_leads_to_its_trial(site: Site) -> None:
    """However it is written; one that is not held says how to follow it."""
    lived(site)
    reply = site.get("/?q=+nct00000001")
    assert (303, "/trials/NCT00000001") == (reply.status, reply.headers["location"])
    assert "trialog track NCT00000009" in page(site, "/?q=NCT00000009")


def test_a_change_has_a_page_that_stays(site: Site) -> None:
    """Three times, origin, hash, and how to cite it."""
    lived(site)
    lab = Lab.open(site.database.url)
    change = next(one for one in lab.trail() if one.field == "overall_status")
    with lab.database.reading() as transaction:
        event = next(transaction.events.read_all(after=(change.position or 0) - 1, limit=1))
    lab.close()
    assert f'href="/changes/{change.position}"' in page(site, "/changes?field=overall_status")
    told = page(site, f"/changes/{change.position}")
    for said in (event.hash, "2024-06-20", (change.observed_at or "")[11:16], "by the sponsor", "How to cite it"):
        assert said in told
    page(site, "/changes/999", status=404)


def test_stale_trials_are_listed_and_foretold(site: Site) -> None:
    """With sponsors, conditions, a calendar and a file of it; filters and wrong values as in the command."""
    lived(site)
    told = page(site, "/stale?on=2026-05-04&within=90")
    assert "0 trials UNKNOWN" in told
    assert "lapsing" in told
    assert "Asthma" in told
    assert "1 trial UNKNOWN" in page(site, "/stale?on=2026-12-01&within=0&sponsor=script")
    reply = site.get("/stale.ics?within=365")
    assert "text/calendar; charset=utf-8" == reply.headers["content-type"]
    assert [1, 1] == [reply.body.count(b"BEGIN:VEVENT"), reply.body.count(b"DTSTART;VALUE=DATE:2026")]
    site.later(hours=1)
    assert 304 == site.get("/stale.ics?within=365", **{"if-none-match": reply.headers["etag"]}).status
    page(site, "/stale?within=many", status=422)


def test_changes_are_paged(site: Site) -> None:
    """None twice, none left out."""
    lab = Lab.open(site.database.url)
    lab.see(*(record(f"NCT{number:08}") for number in range(1, 61)))
    lab.close()
    first = page(site, "/changes")
    more = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = page(site, more)
    seen = [f"NCT{number:08}" for number in range(1, 61)]
    assert seen == [one for one in seen if (f'/trials/{one}"' in first) is not (f'/trials/{one}"' in second)]


def test_what_is_filtered_goes_on_filtered(site: Site) -> None:
    """In the feeds that the page names, and as a table; empty fields say nothing there either."""
    lived(site)
    told = page(site, "/changes?category=status&type=&origin=sponsor")
    for path in ("/feeds/changes.atom?category=status", "/feeds/changes.json?category=status"):
        assert f'href="{path}&amp;origin=sponsor"' in told
        assert b"Recruitment status" in site.get(f"{path}&origin=sponsor").body
    assert 'href="/api/v1/changes?category=status&amp;origin=sponsor&amp;format=csv"' in told
    assert 'href="/feeds?feed=%2Ffeeds%2Fchanges"' in told


def test_a_form_that_is_left_empty_asks_for_everything(site: Site) -> None:
    """Browsers send every field of a form."""
    lived(site)
    empty = "significance=&category=&type=&origin=&field=&trial=&since=&until="
    assert "Recruitment status" in page(site, f"/changes?{empty}")
    assert "Recruitment status" in page(site, "/trials/NCT00000001?category=&significance=&as_of=")
    assert "lapsing" in page(site, "/stale?on=&within=&min_days=&condition=&sponsor=&country=")
    page(site, "/changes?type=nothing_such", status=422)
    assert "since is not before until" in page(site, "/changes?since=2026-03-01&until=2026-02-01", status=409)


def test_status_is_for_who_may_read(site: Site) -> None:
    """As the command says it."""
    page(site, "/status", status=401)
    site.scope = Scope.READ
    filled(site)
    assert "Jobs" in page(site, "/status")


def test_a_text_that_changed_is_told_line_by_line(site: Site) -> None:
    """On the page of the change: both whole, words marked, what stayed folded; a short one in a line."""
    lab = Lab.open(site.database.url)
    for number, age in enumerate((6, 12), 1):
        criteria = f"Inclusion Criteria:\n\n* Age {age} years or more\n* Asthma\n* Not smoking {'since then ' * 20}"
        lab.see(record(posted_on=f"2026-0{number}-01", eligibilityModule={"eligibilityCriteria": criteria}))
    change = next(one for one in lab.trail() if one.type == "eligibility_changed")
    lab.move(Whereabouts.WITHHELD, on="2026-03-01")
    moved = max(one.position or 0 for one in lab.trail())
    lab.close()
    told = page(site, f"/changes/{change.position}")
    assert "• Age <del>6</del> years or more\n• Asthma" in told
    assert "• Age <ins>12</ins> years or more\n• Asthma" in told
    assert "words unchanged</summary>" in told
    assert "/compare?" not in page(site, f"/changes/{moved}")


def test_a_title_turns_no_line_around(site: Site) -> None:
    """Characters that lead the eye the other way are shown as what they are, on every page that names a trial."""
    told: dict[str, Any] = {"identificationModule": {"briefTitle": "A \u202eltit"}, **CONDITIONS}
    told["sponsorCollaboratorsModule"] = {"leadSponsor": {"name": "B \u2066name"}}
    lab = Lab.open(site.database.url)
    for number, status in enumerate(("NOT_YET_RECRUITING", "RECRUITING"), 1):
        lab.see(record(status=status, posted_on=f"2024-06-0{number}", **told))
    last = max(one.position or 0 for one in lab.trail())
    lab.close()
    trial = "/trials/NCT00000001"
    for path in ("/", "/?q=asthma", "/stale?within=365", "/changes", f"/changes/{last}", trial, f"{trial}/compare"):
        text = page(site, path)
        assert (path, []) == (path, [char for char in "\u202e\u2066" if char in text])
        assert "\\u202eltit" in text

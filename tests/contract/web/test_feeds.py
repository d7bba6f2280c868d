"""Feeds: an entry for each trial and revision, under an id that never changes."""

import itertools
import json
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.contract.pipeline.lab import Lab
from tests.contract.web.site import Site
from tests.records import record
from tracker.access.callers import Scope
from tracker.alerts.targets import Target
from tracker.domain.query import parse_query
from tracker.domain.subscription_json import from_json
from tracker.pipeline.tracking import record_members, track_query, track_trials
from tracker.web.feeds.routes import feed_id
from tracker.web.feeds.told import told_entries
from tracker.web.problems import Problem

ATOM = "{http://www.w3.org/2005/Atom}"
OTHER = "NCT00000002"


def fill(site: Site) -> None:
    """Two trials that changed, one twice, and one of them in nothing major."""
    lab = Lab.open(site.database.url)
    lab.see(record(status="RECRUITING", posted_on="2026-01-01"), record(OTHER, posted_on="2026-01-01"))
    title = "Trial <script>alert(1)</script> & more"
    lab.see(record(status="COMPLETED", posted_on="2026-02-01", identificationModule={"briefTitle": title}))
    lab.see(record(status="TERMINATED", posted_on="2026-03-01", identificationModule={"briefTitle": title}))
    lab.see(record(OTHER, posted_on="2026-03-01", identificationModule={"briefTitle": "Another title"}))
    lab.close()


def subscribe(site: Site) -> None:
    """Somebody is told of changes, once a week, and of trials that are UNKNOWN, again each month."""
    wanted = {"significance": "minor", "when": ["unknown"], "remind_days": 30}
    digest = {"every": "weekly", "on": "mon", "at": "07:00", "zone": "UTC"}
    request = from_json({"name": "mine", "wanted": wanted, "when": {"digest": digest}})
    target = Target(channel="email", clear="ada@example.org", mask="a***@example.org", endpoint="e")
    with site.database.writing() as transaction:
        site.served().services().acting(transaction).subscribe(request, [target])


def entries(site: Site, path: str) -> list[dict[str, Any]]:
    """The entries of a JSON feed."""
    reply = site.get(path)
    assert (200, "application/feed+json") == (reply.status, reply.headers["content-type"])
    found: list[dict[str, Any]] = json.loads(reply.body)["items"]
    return found


def test_each_revision_is_one_entry(site: Site) -> None:
    """With old and new value; the usual feed tells what is major, newest first; both forms tell the same."""
    fill(site)
    told = entries(site, "/feeds/changes.json")
    assert ["NCT00000001", "NCT00000001"] == [one["tags"][0] for one in told]
    assert "<del>COMPLETED</del>" in told[0]["content_html"].replace("completed", "COMPLETED")
    assert [False, False] == ["<script>" in one["content_html"] for one in told]  # titles are text, not HTML
    reply = site.get("/feeds/changes.atom")
    assert "application/atom+xml; charset=utf-8" == reply.headers["content-type"]
    root = ElementTree.fromstring(reply.body)
    assert [one["id"] for one in told] == [one.findtext(f"{ATOM}id") for one in root.iter(f"{ATOM}entry")]
    assert told[0]["date_modified"] == root.findtext(f"{ATOM}updated")


def test_an_id_never_changes(site: Site) -> None:
    """Whatever is filtered, and whatever comes later."""
    fill(site)
    first = {one["id"] for one in entries(site, "/feeds/changes.json?significance=administrative")}
    narrow = {one["id"] for one in entries(site, "/feeds/trials/NCT00000001.json?category=status")}
    lab = Lab.open(site.database.url)
    lab.see(record(status="WITHDRAWN", posted_on="2026-04-01"))
    lab.close()
    later = {one["id"] for one in entries(site, "/feeds/changes.json?significance=administrative")}
    assert narrow < first < later
    assert 1 == len(later - first)


def test_a_feed_is_known_by_what_it_tells(site: Site) -> None:
    """A filter makes another feed, with an address of its own, in whatever order it is asked; a key does not."""
    fill(site)
    asked = ("", "?limit=3&key=x", "?category=status&significance=minor&type=", "?significance=minor&category=status")
    told = [ElementTree.fromstring(site.get(f"/feeds/changes.atom{query}").body) for query in asked]
    ids = [one.findtext(f"{ATOM}id") for one in told]
    assert [True, True, False] == [ids[0] == ids[1], ids[2] == ids[3], ids[0] == ids[2]]
    own = [one.find(f"{ATOM}link[@rel='self']").get("href").removeprefix(site.url) for one in told]  # type: ignore[union-attr]
    narrow = "/feeds/changes.atom?category=status&significance=minor"
    assert ["/feeds/changes.atom", "/feeds/changes.atom", narrow, narrow] == own
    assert f"{site.url}{narrow.replace('atom', 'json')}" == site.get(narrow.replace("atom", "json")).object["feed_url"]


def test_no_two_ledgers_share_a_feed(site: Site) -> None:
    """What was recorded first makes the ids of feeds; what comes later does not change them."""
    paths = ("/feeds/changes.atom", "/feeds/trials/NCT00000001.atom?category=status")

    def ids() -> list[str | None]:
        return [ElementTree.fromstring(site.get(path).body).findtext(f"{ATOM}id") for path in paths]

    fill(site)
    first = ids()
    lab = Lab.open(site.database.url)
    lab.see(record(status="WITHDRAWN", posted_on="2026-04-01"))
    lab.close()
    assert first == ids()
    with site.database.reading() as transaction:
        mark = next(iter(transaction.events.read_all(limit=1))).hash
    assert first[0] == feed_id(mark, "/feeds/changes", "")
    assert feed_id("another", "/feeds/changes", "") != first[0]


def test_no_text_breaks_a_feed(site: Site) -> None:
    """Also with what XML has no way to write."""
    lab = Lab.open(site.database.url)
    for number, status in enumerate(("RECRUITING", "COMPLETED"), 1):
        title = "odd \ufffe \uffff \x0b \ud800 ]]> <![CDATA[ &amp;"
        told: dict[str, Any] = {
            "identificationModule": {"briefTitle": title},
            "statusModule": {"whyStopped": f"{title} {number}"},
        }
        lab.see(record(status=status, posted_on=f"2026-0{number}-01", **told))
    lab.close()
    (entry,) = ElementTree.fromstring(site.get("/feeds/changes.atom").body).iter(f"{ATOM}entry")
    (item,) = entries(site, "/feeds/changes.json")
    assert item["id"] == entry.findtext(f"{ATOM}id")
    assert "]]> <![CDATA[ &amp;" in (entry.findtext(f"{ATOM}title") or "")


def test_an_entry_of_thousands_of_changes_stays_small(site: Site) -> None:
    """It tells the first hundred, and how many more there are."""
    lab = Lab.open(site.database.url)
    for day in ("2026-01-02", "2026-02-02"):
        arms = [{"label": f"Arm {n}", "type": f"as of {day}"} for n in range(150)]
        lab.see(record(posted_on=day, armsInterventionsModule={"armGroups": arms}))
    lab.close()
    (entry,) = entries(site, "/feeds/changes.json?category=arms")
    assert 100 == entry["content_html"].count("<strong>")
    assert "50 further changes" in entry["content_html"]


def test_a_feed_that_was_read_is_not_sent_again(site: Site) -> None:
    """By its tag."""
    fill(site)
    first = site.get("/feeds/changes.atom")
    assert 304 == site.get("/feeds/changes.atom", **{"if-none-match": first.headers["etag"]}).status


def test_what_is_not_there_has_no_feed(site: Site) -> None:
    """Told as a problem; a subscription's needs to be allowed."""
    asked = ["/feeds/trials/NCT00000009.atom", "/feeds/tracked/nothing.atom", "/feeds/changes.rss"]
    assert [404, 404, 422] == [site.get(path).status for path in asked]
    assert 401 == site.get("/feeds/subscriptions/mine.atom").status
    site.scope = Scope.READ
    assert 404 == site.get("/feeds/subscriptions/mine.atom").status


def test_a_subscription_has_a_feed_of_what_it_is_told(site: Site) -> None:
    """Changes under the id that they have everywhere, and conditions of time."""
    site.scope = Scope.READ
    fill(site)
    subscribe(site)
    (condition,) = entries(site, "/feeds/subscriptions/mine.json")
    assert OTHER == condition["tags"][0]
    assert f"{OTHER}: UNKNOWN, without a date to count from - Another title" == condition["title"]
    lab = Lab.open(site.database.url)
    lab.see(record(status="WITHDRAWN", posted_on=f"{site.now:%Y-%m-%d}", data_on=f"{site.now:%Y-%m-%d}"))
    lab.close()
    again, change = entries(site, "/feeds/subscriptions/mine.json")
    assert condition == again
    assert change["id"] in {one["id"] for one in entries(site, "/feeds/changes.json")}


def test_the_feed_of_a_subscription_is_narrowed(site: Site) -> None:
    """By the filters of changes, to part of what it is told; what only changes have leaves no condition of time."""
    site.scope = Scope.READ
    fill(site)
    subscribe(site)
    today = f"{site.now:%Y-%m-%d}"
    lab = Lab.open(site.database.url)
    title = {"briefTitle": "Once more another title"}
    lab.see(record(status="WITHDRAWN", posted_on=today, data_on=today, identificationModule=title))
    lab.close()
    everything = [OTHER, "NCT00000001"]
    for query, trials in (
        ("", everything),
        ("?significance=&field=", everything),
        (f"?trial={OTHER}", [OTHER]),
        ("?significance=minor", ["NCT00000001"]),
        ("?category=status&origin=sponsor", ["NCT00000001"]),
        ("?category=sites", []),
        ("?since=2099-01-01", []),
        (f"?until={today}&since=2026-01-01", ["NCT00000001"]),
    ):
        told = entries(site, f"/feeds/subscriptions/mine.json{query}")
        assert (query, sorted(trials)) == (query, sorted(one["tags"][0] for one in told))
    (narrow,) = entries(site, "/feeds/subscriptions/mine.json?category=status")
    assert ["Recruitment status" in narrow["content_html"], "another title" in narrow["title"]] == [True, True]
    assert "Brief title" not in narrow["content_html"]
    assert 422 == site.get("/feeds/subscriptions/mine.json?significance=none").status


def test_what_a_subscription_was_told_is_not_told_anew(site: Site) -> None:
    """Neither where it is reminded of it, nor where the feed looks back no farther."""
    site.scope = Scope.READ
    fill(site)
    subscribe(site)
    first = entries(site, "/feeds/subscriptions/mine.json")
    site.later(days=45)
    assert first == entries(site, "/feeds/subscriptions/mine.json")
    site.later(days=45)
    assert [] == entries(site, "/feeds/subscriptions/mine.json")


def test_what_takes_too_long_leaves_out_the_oldest(site: Site) -> None:
    """And is told as a problem where even the newest cannot be reached."""
    fill(site)
    subscribe(site)
    site.later(days=90)
    lab = Lab.open(site.database.url)
    lab.see(record(status="WITHDRAWN", posted_on=f"{site.now:%Y-%m-%d}", data_on=f"{site.now:%Y-%m-%d}"))
    lab.close()
    looks = itertools.chain([0.0], itertools.repeat(1000.0))
    with site.database.reading() as transaction:
        told = told_entries(transaction, "mine", today=site.now.date(), most=9, elapsed_s=lambda: next(looks))
        assert ["NCT00000001"] == [one.trial_id for one in told]
        hours = itertools.count(0.0, 1000.0)
        with pytest.raises(Problem, match="too long"):
            told_entries(transaction, "mine", today=site.now.date(), most=9, elapsed_s=lambda: next(hours))


def test_a_feed_of_some_tells_of_them_alone(site: Site) -> None:
    """Of one trial, tracked or not, or of what a query found; as few entries as are asked for, the newest."""
    fill(site)
    with site.database.writing() as transaction:
        track_trials(transaction, [("NCT00000001", None)], run_id="made")
        track_query(transaction, name="asthma", query=parse_query("query.cond=asthma"), run_id="made")
        seen = {"data_on": site.now.date(), "observed_at": site.now, "run_id": "made"}
        record_members(transaction, name="asthma", present=[OTHER], **seen)  # type: ignore[arg-type]  # as they are
    everything = "?significance=administrative"
    for path, trials in (
        ("changes", {"NCT00000001", OTHER}),
        ("trials/nct00000001", {"NCT00000001"}),
        (f"trials/{OTHER}", {OTHER}),
        ("tracked/nct00000001", {"NCT00000001"}),
        ("tracked/asthma", {OTHER}),
    ):
        assert (path, trials) == (path, {one["tags"][0] for one in entries(site, f"/feeds/{path}.json{everything}")})
        assert set() == {one["tags"][0] for one in entries(site, f"/feeds/{path}.json")} - {"NCT00000001"}
    all_of_them = [one["id"] for one in entries(site, f"/feeds/changes.json{everything}")]
    assert all_of_them[:2] == [one["id"] for one in entries(site, f"/feeds/changes.json{everything}&limit=2")]
    assert [422, 422] == [site.get(f"/feeds/changes.json?limit={limit}").status for limit in (0, 201)]


def test_an_entry_leads_to_its_change(site: Site) -> None:
    """By whole addresses in both forms, with when it was told first and last; a feed names itself and its page."""
    fill(site)
    first, second = entries(site, "/feeds/trials/NCT00000001.json")
    feed = site.get("/feeds/trials/NCT00000001.json").object
    assert (f"{site.url}/trials/NCT00000001", f"{site.url}/feeds/trials/NCT00000001.json") == (
        feed["home_page_url"],
        feed["feed_url"],
    )
    root = ElementTree.fromstring(site.get("/feeds/trials/NCT00000001.atom").body)
    links = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
    assert {"self": f"{feed['feed_url'][:-4]}atom", "alternate": feed["home_page_url"]} == links
    for item, entry in zip((first, second), root.iter(f"{ATOM}entry"), strict=True):
        link = entry.find(f"{ATOM}link")
        assert link is not None
        position = item["url"].removeprefix(f"{site.url}/changes/")
        assert (200, item["url"]) == (site.get(f"/changes/{position}").status, link.get("href"))
        names = ("title", "published", "updated")
        told = {name: entry.findtext(f"{ATOM}{name}") for name in names}
        assert {"title": item["title"], "published": item["date_published"], "updated": item["date_modified"]} == told
        assert item["tags"] == [one.get("term") for one in entry.findall(f"{ATOM}category")]
        assert item["content_html"] == entry.findtext(f"{ATOM}content")
        assert f'<a href="{site.url}/trials/NCT00000001">' in item["content_html"]
    assert ["NCT00000001", "status"] == first["tags"]
    assert first["date_published"] == first["date_modified"] > second["date_modified"]


def test_changes_of_one_revision_stand_in_their_order(site: Site) -> None:
    """And the entry leads to the first of them."""
    fill(site)
    firsts: dict[int, int] = {}
    for change in site.get("/api/v1/trials/NCT00000001/changes").object["items"]:
        firsts[change["revision"]] = min(change["position"], firsts.get(change["revision"], change["position"]))
    told = entries(site, "/feeds/trials/NCT00000001.json?significance=administrative")
    wanted = [f"{site.url}/changes/{position}" for _, position in sorted(firsts.items(), reverse=True)]
    assert wanted == [one["url"] for one in told]

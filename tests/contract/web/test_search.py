"""The search, for programs and for people."""

from tests.contract.pipeline.lab import Lab
from tests.contract.web.lived_in import MAIN, lived_in
from tests.contract.web.site import Site
from tests.contract.web.test_looking_pages import page
from tests.records import record

KEYS = (
    *("trial_id", "title", "lead_sponsor", "published_status", "last_known_status"),
    *("phases", "conditions", "posted_on", "revision", "changed_on"),
)


def found(site: Site, query: str) -> list[str]:
    """The ids that the API finds."""
    reply = site.get(f"/api/v1/trials?{query}")
    assert 200 == reply.status
    return [one["trial_id"] for one in reply.object["items"]]


def test_trials_are_found_by_words_and_filters(site: Site) -> None:
    """By words anywhere, without regard to accents; filters must all hold; by another id of the trial."""
    lived_in(site)
    assert list(KEYS) == list(site.get("/api/v1/trials").object["items"][0])
    assert [MAIN] == found(site, "q=salbutamol")
    assert [MAIN] == found(site, "q=kids-1")
    assert [MAIN] == found(site, "sponsor=universite%20de%20geneve&phase=PHASE2")
    assert [] == found(site, "sponsor=geneve&status=COMPLETED")
    assert 4 == len(found(site, "condition=asthma"))
    assert 422 == site.get("/api/v1/trials?q=asthma&statsu=x").status


def test_the_search_is_paged(site: Site) -> None:
    """None twice, none left out."""
    lab = Lab.open(site.database.url)
    lab.see(*(record(f"NCT{number:08}") for number in range(1, 13)))
    lab.close()
    address, seen = "/api/v1/trials?limit=5", list[str]()
    while address:
        answer = site.get(address).object
        seen += [one["trial_id"] for one in answer["items"]]
        address = answer["next"]
    assert sorted(seen) == [f"NCT{number:08}" for number in range(1, 13)]


def test_people_search_from_everywhere(site: Site) -> None:
    """What is found leads to its trial; a page that nobody gave is refused."""
    lived_in(site)
    told = page(site, "/?q=salbutamol+asthma")
    assert 'value="salbutamol asthma"' in told
    assert f'href="/trials/{MAIN}"' in told
    assert "trialog trials --q" in told
    assert "Nothing for" in page(site, "/?q=nothing+such")
    assert "Nothing for" in page(site, "/?q=%22%27(*")
    page(site, "/?q=asthma&after=nowhere", status=422)

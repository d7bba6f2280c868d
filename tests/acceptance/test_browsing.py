"""People at the pages, in a real browser, with JavaScript and without: nothing goes wrong unseen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.contract.web.browser import Visit, visiting
from tests.contract.web.gated import gated, way_out
from tests.contract.web.lived_in import LATER, MAIN
from tests.contract.web.site import Site
from tracker.access.callers import Scope


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    """A ledger that has been lived in, behind the real gate."""
    with gated(sqlite_url) as made:
        yield made


@pytest.fixture(params=(True, False), ids=("scripts", "no-scripts"))
def visit(request: pytest.FixtureRequest, site: Site, browser: Browser) -> Iterator[Visit]:
    """Somebody with JavaScript, and somebody without; nothing in the console, nothing asked of another host."""
    with visiting(browser, site.url, javascript=request.param) as made:
        yield made
        assert [] == made.faults


def test_a_trial_is_searched_and_read(visit: Visit) -> None:
    """By a word; its life as a table, as it was on a day, and two of its revisions side by side."""
    page = visit.go("/")
    page.get_by_label("Search trials").fill("salbutamol")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=MAIN).click()
    assert f"/trials/{MAIN}" == visit.path
    assert LATER in page.locator("h1").inner_text()
    page.get_by_text("The same as a table").click()
    assert page.get_by_role("table", name="Enrollment").is_visible()
    page.get_by_label("On the day", exact=True).fill("2023-05-01")
    page.locator("form[data-slider]").get_by_role("button", name="Show").click()
    assert "children with asthma" in page.locator("h1").inner_text()
    page.get_by_role("link", name="The newest").click()
    page.locator('#revisions ~ div a[href$="from=2&to=3"]').click()
    assert "160" in page.locator("ins").all_inner_texts()
    page.get_by_role("link", name="Before: 1 and 2").click()
    assert visit.path.endswith("from=1&to=2")
    page.get_by_role("link", name="Next: 2 and 3").click()
    assert visit.path.endswith("from=2&to=3")


def test_a_subscription_is_made_and_ended(visit: Visit, site: Site) -> None:
    """After signing in by the link of trialog serve: what it would have sent is shown; a mail's link ends it."""
    assert site.access is not None
    visit.go(f"/login?link={site.access.signing_in.make_link(Scope.WRITE)}")
    page = visit.go(f"/subscriptions/new?trials={MAIN}")
    page.get_by_label("Name", exact=True).fill("mine")
    page.get_by_label("Where to").fill("mailto:ada@example.org")
    page.locator("input[name=when_chosen][value=unknown]").check()
    page.get_by_role("button", name="Show what it would have sent").click()
    page.locator("#backtest strong").wait_for()
    assert "message" in page.locator("#backtest strong").inner_text()
    assert "mine" == page.get_by_label("Name", exact=True).input_value()
    page.get_by_role("button", name="Subscribe").click()
    page.get_by_role("link", name="To the subscription").click()
    assert "/subscriptions/mine" == visit.path
    visit.go(way_out(site, "mine"))
    page.get_by_role("button", name="Unsubscribe").click()
    assert "is ended" in page.locator("h1").inner_text()
    page.get_by_role("button", name="Undo: go on as before").click()
    assert "goes on" in page.locator("h1").inner_text()


def test_the_slider_leads_to_a_day(browser: Browser, site: Site) -> None:
    """Where scripts run, a slider stands beside the day."""
    with visiting(browser, site.url) as visit:
        page = visit.go(f"/trials/{MAIN}")
        slider = page.get_by_label("The day, from the first that is known to today")
        slider.focus()
        with page.expect_navigation():
            page.keyboard.press("Home")
            page.keyboard.press("ArrowRight")
        assert "as_of=2023-01-11" in visit.path
        page.wait_for_function("document.activeElement.type === 'range'")
        assert [] == visit.faults

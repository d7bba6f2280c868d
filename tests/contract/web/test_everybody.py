"""Everybody can use the pages: axe, with the rules of WCAG 2.2 A and AA, finds nothing on any of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.contract.web.browser import Visit, visiting
from tests.contract.web.gated import gated, way_out
from tests.contract.web.lived_in import lived_in
from tests.contract.web.site import Site, serving
from tests.copies import copied
from tracker.access.callers import Scope

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
OF_LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""The rules whose findings depend on colours or on the width; the others read the page's structure."""

LOOKS = (("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320))
PAGES = (
    *("/", "/?q=asthma", "/changes", "/changes/1", "/stale?on=2026-05-04&within=400"),
    *("/status", "/runs", "/nowhere"),
    *("/api", "/tracked", "/subscriptions", "/subscriptions/new", "/subscriptions/stale", "/subscriptions/stale/edit"),
    *("/subscriptions/stale?backtest=true", "/deliveries", "/feeds"),
    *("/trials/NCT00000010", "/trials/NCT00000010?as_of=2023-05-01", "/trials/NCT00000010/compare?from=1&to=3"),
)


@pytest.fixture(scope="module")
def site(made_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A ledger with something on every page, served; whoever asks may do everything, and nobody changes anything."""
    with copied(made_sqlite, tmp_path_factory.mktemp("everybody")) as url, serving(url) as made:
        made.scope = Scope.ADMIN
        lived_in(made)
        yield made


@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_use_a_page(path: str, site: Site, browser: Browser) -> None:
    """In light and in dark, narrow and wide; no page is wider than the window."""
    with visiting(browser, site.url) as visit:
        visit.go(path)
        for_everybody(visit)


def test_everybody_can_come_and_go(empty_sqlite: str, tmp_path: Path, browser: Browser) -> None:
    """The way in, and the way out of a mail: before it is taken, after, and where it leads nowhere."""
    with (
        copied(empty_sqlite, tmp_path) as url,
        gated(url) as site,
        visiting(browser, site.url) as visit,
    ):
        visit.go("/login")
        for_everybody(visit)
        page = visit.go(way_out(site, "stale"))
        for_everybody(visit)
        page.get_by_role("button", name="Unsubscribe").click()
        for_everybody(visit)
        visit.go("/unsubscribe/nowhere")
        for_everybody(visit)


def for_everybody(visit: Visit) -> None:
    """Nothing is found on the page that is shown, by every rule once, and by those of looks in every look."""
    page, path = visit.page, visit.path
    axe = Axe()
    page.evaluate(axe.axe_script)
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        page.set_viewport_size({"width": width, "height": 900})
        only = {"type": "tag", "values": RULES} if (scheme, width) == LOOKS[0] else {"type": "rule", "values": OF_LOOKS}
        violations = page.evaluate(
            "only => axe.run({runOnly: only, resultTypes: ['violations']}).then(found => found.violations)", only
        )
        told = [f"{one['id']}: {node['html'][:200]}" for one in violations for node in one["nodes"]]
        assert (path, scheme, width, []) == (path, scheme, width, told)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [] == [one for one in visit.faults if "the server responded with a status of 4" not in one]

"""Pictures of the pages: ``python -m tests.screenshots`` (``make screenshots``) writes them to ``docs/pages``.

They are taken by an installed Chromium of a real server on a ledger that is the same every time
(``tests/contract/web/gallery.py``).
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.contract.pipeline.lab import Lab
from tests.contract.web.browser import installed, launched, visiting
from tests.contract.web.gallery import gallery
from tests.contract.web.gated import way_out
from tests.contract.web.long_life import MAIN
from tests.contract.web.site import serving
from tracker.access.callers import Scope

WIDE, NARROW = 1280, 375
TASTE = "text=Show what it would have sent"
WHEN = "[name=when_chosen]"


@dataclass(frozen=True, slots=True)
class Picture:
    """Of what, and how; ``height`` and ``width`` in pixels; ``press``: what to click before."""

    name: str
    path: str
    height: int = 900
    width: int = WIDE
    scheme: str = "light"
    press: tuple[str, ...] = ()


PICTURES = (
    Picture("home", "/"),
    Picture("search", "/?q=asthma", 700),
    Picture("trial", f"/trials/{MAIN}", 1250),
    Picture("trial-narrow", f"/trials/{MAIN}", 1200, NARROW),
    Picture("trial-dark", f"/trials/{MAIN}", 900, scheme="dark"),
    Picture("compare", f"/trials/{MAIN}/compare?from=4&to=5", 1100),
    Picture("changes", "/changes"),
    Picture("change", "/changes/{position}", 700),
    Picture("stale", "/stale?within=365"),
    Picture("tracked", "/tracked"),
    Picture("subscriptions", "/subscriptions"),
    Picture(
        "subscription-form",
        "/subscriptions/new",
        1000,
        press=(f"{WHEN}[value=unknown]", f"{WHEN}[value='lapsing:60d']", TASTE),
    ),
    Picture("subscription", "/subscriptions/stale", 1000, press=(TASTE,)),
    Picture("deliveries", "/deliveries", 700),
    Picture("unsubscribe", "{way_out}", 500),
    Picture("feeds", "/feeds", 700),
    Picture("runs", "/runs", 800),
    Picture("status", "/status", 900),
    Picture("api", "/api"),
)


def main() -> int:
    """Take all of them; 1 where there is no browser, or a page is not there or complains."""
    parser = argparse.ArgumentParser(description="Take a picture of each page.")
    parser.add_argument("--folder", type=Path, default=Path("docs/pages"))
    folder, program = parser.parse_args().folder, installed()
    if program is None:
        sys.stderr.write("no Chromium is installed, such as Debian's: apt-get install chromium\n")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="trialog-pages-") as made:
        url = f"sqlite:///{Path(made) / 'ledger.db'}"
        Lab.open(url).close()
        with serving(url) as site, sync_playwright() as playwright:
            site.scope = Scope.ADMIN
            position = gallery(site)
            named = {"position": position, "way_out": way_out(site, "stale")}
            faults = taken(launched(playwright, program), site.url, folder, named)
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    return int(bool(faults))


def taken(browser: Browser, url: str, folder: Path, named: dict[str, object]) -> list[str]:
    """Take the pictures, whose paths have parts that are ``named``; what was wrong."""
    faults = []
    for picture in PICTURES:
        with visiting(browser, url) as visit:
            visit.page.set_viewport_size({"width": picture.width, "height": picture.height})
            visit.page.emulate_media(color_scheme="dark" if picture.scheme == "dark" else "light")
            page = visit.go(picture.path.format(**named))
            for place in picture.press:
                page.locator(place).click()
            page.wait_for_load_state("networkidle")
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=folder / f"{picture.name}.png", animations="disabled")
            faults += [f"{picture.path}: {fault}" for fault in visit.faults]
    browser.close()
    return faults


if __name__ == "__main__":
    raise SystemExit(main())

"""A real browser for the tests: an installed Chromium, in which nothing may go wrong unseen.

It promises that what a page says in the console, and what it asks of another host, is told.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


def installed() -> str | None:
    """The program of an installed browser; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def launched(playwright: Playwright, program: str) -> Browser:
    """The browser, without a window."""
    return playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))


@dataclass(slots=True, kw_only=True)
class Visit:
    """Somebody at the site. ``faults``: what a page said in the console, or asked of another host."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(f"{self.url}{path}")
        return self.page

    @property
    def path(self) -> str:
        """Where one is."""
        parts = urlsplit(self.page.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


@contextmanager
def visiting(browser: Browser, url: str, *, javascript: bool = True) -> Iterator[Visit]:
    """A visit in a context of its own."""
    context: BrowserContext = browser.new_context(java_script_enabled=javascript)
    try:
        page = context.new_page()
        visit = Visit(page=page, url=url)
        host = urlsplit(url).netloc

        def asked(address: str) -> None:
            if urlsplit(address).netloc != host and not address.startswith("data:"):
                visit.faults.append(f"asked {address}")

        page.on("request", lambda request: asked(request.url))
        page.on("console", lambda message: visit.faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: visit.faults.append(f"error: {error}"))
        yield visit
    finally:
        context.close()

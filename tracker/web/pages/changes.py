"""Changes of all trials, and each with its own permanent page."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from store.events import RecordedEvent
from store.unit_of_work import Transaction
from tracker.domain.errors import NotFound
from tracker.domain.events import Category, EventType, Origin, Significance
from tracker.domain.wording import ORIGINS
from tracker.views.answers import AnsweredChange
from tracker.views.latest import latest
from tracker.views.trails import changes_at
from tracker.views.watch_list import titles
from tracker.web.answering import next_address
from tracker.web.change_filter import filter_of
from tracker.web.comparison.rows import prose_sides
from tracker.web.feeds.discovery import feed_links
from tracker.web.gate import Need, needs
from tracker.web.pages.asked import same_of
from tracker.web.pages.rendering import Pages, Same
from tracker.web.pages.shown_changes import shown, shown_groups
from tracker.web.site import Site

PAGE = 40
EVERYTHING = "Changes of clinical trials"
_WHOLE_CHARS = 200_000
_FILTERS = ("significance", "category", "type", "origin", "field", "trial", "since", "until")

Position = Annotated[int, Path(ge=1, le=2**63 - 1)]
Before = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


def change_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()

    @router.get("/changes", dependencies=[needs(Need.READING)])
    def changes(request: Request, before: Before = None) -> HTMLResponse:
        with site.reading() as transaction:
            wanted = filter_of(request, site, transaction)
            found = latest(transaction.connection, wanted, most=PAGE + 1, before=before)
        more = None
        if len(found) > PAGE:
            last = min(one.position or 0 for one in found[PAGE - 1].changes)
            more = next_address(request, {"before": last})
        values: dict[str, Any] = {
            "title": "Changes",
            "here": "changes",
            "groups": list(shown_groups(found[:PAGE])),
            "more": more,
            "wanted": wanted,
            "asked": request.query_params,
            "types": tuple(EventType),
            "categories": tuple(Category),
            "origins": tuple(Origin),
            "levels": tuple(Significance),
        }
        asked = [(name, value) for name, value in request.query_params.multi_items() if name in _FILTERS]
        same = same_of("changes", "/api/v1/changes", asked)
        query = same.api.removeprefix("/api/v1/changes")
        values["feeds"] = feed_links("/feeds/changes", "These changes" if query else EVERYTHING, query=query)
        values["csv"] = f"{same.api}{'&' if query else '?'}format=csv"
        return pages.page(request, "changes.html", values, same=same)

    @router.get("/changes/{position}", dependencies=[needs(Need.READING)])
    def change(request: Request, position: Position) -> HTMLResponse:
        with site.reading() as transaction:
            found = _change_at(transaction, position)
            event = next(transaction.events.read_all(after=position - 1, limit=1))
            title = titles(transaction.connection, {found.trial_id or ""}).get(found.trial_id or "")
        same = Same(command=f"changes --after {position - 1} --limit 1", api=f"/api/v1/changes/{position}")
        return pages.page(request, "change.html", _values(found, event, title, site), same=same)

    return router


def _change_at(transaction: Transaction, position: int) -> AnsweredChange:
    found = changes_at(transaction.connection, [position])
    if position not in found:
        raise NotFound(f"there is no change at position {position} of the ledger")
    return found[position]


def _values(found: AnsweredChange, event: RecordedEvent, title: str | None, site: Site) -> dict[str, Any]:
    (one,) = shown([found], title=title, most_chars=_WHOLE_CHARS)
    return {
        "title": f"{one.entry.label} of {found.trial_id}",
        "here": "changes",
        "one": one,
        "sides": prose_sides(found.path or "", found.old, found.new),
        "change": found,
        "event": event,
        "trial_title": title or "",
        "source": ORIGINS.get(found.origin, found.origin),
        "address": f"{site.settings.public_url.rstrip('/')}/changes/{found.position}"
        if site.settings.public_url
        else "",
    }

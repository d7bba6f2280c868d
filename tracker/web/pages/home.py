"""The way in: search, what changed lately, what is about to turn UNKNOWN."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from store.runs import Run
from store.unit_of_work import Transaction
from tracker.domain.events import Origin, Significance
from tracker.domain.trial_id import is_trial_id
from tracker.views.answers import FoundPage
from tracker.views.finding import find_trials
from tracker.views.latest import Together, latest
from tracker.views.rows import storable
from tracker.views.stale import StaleFilter, stale_after
from tracker.views.timelines import is_held
from tracker.views.trails import FeedFilter
from tracker.views.wanted_trials import TrialFilter
from tracker.web.answering import next_address
from tracker.web.feeds.discovery import feed_links
from tracker.web.gate import Need, needs
from tracker.web.pages.asked import same_of
from tracker.web.pages.rendering import Pages, address_maker
from tracker.web.pages.shown_changes import ShownGroup, shown_groups
from tracker.web.site import Site

LATELY_MOST = 25
FOUND_MOST = 50
LAPSING_DAYS = 60
LAPSING_MOST = 8
_MOST_TYPED = 500
_RUNS_LOOKED_AT = 20
_VALUE_CHARS = 160  # of each value
_ALIVE = (Origin.SPONSOR, Origin.REGISTRY, Origin.CLOCK)  # a first sight is no change

Typed = Annotated[str | None, Query(max_length=_MOST_TYPED)]


def home_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()

    @router.get("/", dependencies=[needs(Need.READING)])
    def home(request: Request, q: Typed = None, after: Typed = None) -> Response:
        asked = (q or "").strip()
        with site.reading() as transaction:
            if is_trial_id(asked.upper()) and is_held(transaction.connection, asked.upper()):
                return RedirectResponse(address_maker(request)(f"/trials/{asked.upper()}"), 303)
            found = _search(transaction, asked, after) if asked else None
            values = _values(site, transaction)
        return _page(request, pages, values, asked, found)

    return router


def _search(transaction: Transaction, asked: str, after: str | None) -> FoundPage:
    wanted = TrialFilter(text=storable(asked) or "")
    return find_trials(transaction.connection, wanted, limit=FOUND_MOST, after=after or None)


def _page(request: Request, pages: Pages, values: dict[str, Any], asked: str, found: FoundPage | None) -> HTMLResponse:
    shown: dict[str, Any] = {"asked": asked or None, "searched": asked, "found": (), "more": None, "hint": ""}
    if found is not None:
        shown["found"] = found.items
        shown["more"] = None if found.next is None else next_address(request, {"after": found.next})
    if is_trial_id(asked.upper()) and not shown["found"]:
        shown["hint"] = f"{asked.upper()} is not in the ledger: trialog track {asked.upper()} follows it from now on."
    title = f"Search: {asked}" if asked else "What clinical trials said, and what they say now"
    if asked:
        same = same_of("trials", "/api/v1/trials", [("q", asked)])
    else:
        lately = [("significance", Significance.MINOR.value), *(("origin", origin.value) for origin in _ALIVE)]
        same = same_of("changes", "/api/v1/changes", lately)
    feeds = feed_links("/feeds/changes", "Changes of clinical trials")
    return pages.page(request, "home.html", {"title": title, "feeds": feeds, **shown, **values}, same=same)


def _values(site: Site, transaction: Transaction) -> dict[str, Any]:
    today = site.today
    wanted = FeedFilter(origins=_ALIVE, significance=Significance.MINOR)
    lapsing = StaleFilter(on=today, within_days=LAPSING_DAYS, only_lapsing=True)
    return {
        "days": _by_day(latest(transaction.connection, wanted, most=LATELY_MOST)),
        "lapsing": list(stale_after(transaction.connection, lapsing, None, most=LAPSING_MOST)),
        "within": LAPSING_DAYS,
        "runs": _last_of_each_leg(transaction.runs.list(_RUNS_LOOKED_AT)),
        "is_empty": transaction.events.head().position == 0,
    }


def _last_of_each_leg(newest: Sequence[Run]) -> list[Run]:
    """The newest run of each leg among those, newest first."""
    return list({run.leg: run for run in reversed(newest)}.values())[::-1]


def _by_day(found: Sequence[Together]) -> list[tuple[str, list[list[ShownGroup]]]]:
    """By the day on which they were seen, each trial once, those with major changes first."""
    days = groupby(found, key=lambda one: (one.changes[-1].observed_at or "")[:10])
    return [(day, _by_trial(_shown(groups))) for day, groups in days]


def _by_trial(found: Iterable[ShownGroup]) -> list[list[ShownGroup]]:
    trials: dict[str, list[ShownGroup]] = {}
    for group in found:
        trials.setdefault(group.trial_id, []).append(group)
    return sorted(trials.values(), key=lambda groups: not any(group.is_major for group in groups))


def _shown(found: Iterable[Together]) -> list[ShownGroup]:
    """What of them is not of people alone, in short."""
    groups = shown_groups(found, most_chars=_VALUE_CHARS, includes_people=False)
    return [group for group in groups if group.changes]

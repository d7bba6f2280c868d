"""The feeds: all their addresses, each as Atom and as JSON Feed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tracker.domain.events import Significance
from tracker.domain.trial_id import parse_trial_id
from tracker.views.latest import latest, ledger_mark
from tracker.views.timelines import require_trial
from tracker.web.change_filter import filter_of
from tracker.web.feeds.entries import FeedEntry, of_changes
from tracker.web.feeds.known import tracked_trial
from tracker.web.feeds.narrowing import admitting
from tracker.web.feeds.told import told_entries
from tracker.web.feeds.writing import ATOM, JSON_FEED, Feed, atom, json_feed
from tracker.web.gate import Need, needs
from tracker.web.parameters import HeldText
from tracker.web.site import Site

MOST = 200
USUAL = 50
_IDS = uuid.UUID("1d7a8c58-0f4e-4a55-8f0f-3a7b3f3c1b52")  # ours, made once


class Form(StrEnum):
    """How a feed is written."""

    ATOM = "atom"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a feed is about; ``page`` is the path of ours that shows the same, ``ledger`` the mark of the ledger."""

    title: str
    page: str
    ledger: str
    entries: Sequence[FeedEntry]


_OF_THE_READER = ("key", "limit")  # who asks, and how much at once: not what the feed is about
Limit = Annotated[int, Query(ge=1, le=MOST)]


def feed_routes(site: Site) -> APIRouter:
    """All of them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/changes.{form}", dependencies=[needs(Need.READING)])
    def changes(request: Request, form: Form, limit: Limit = USUAL) -> Response:
        with site.reading() as transaction:
            wanted = filter_of(request, site, transaction, usual=Significance.MAJOR)
            entries = list(of_changes(latest(transaction.connection, wanted, most=limit)))
            mark = ledger_mark(transaction.connection)
        told = _Told(title="Changes of clinical trials", page="/changes", ledger=mark, entries=entries)
        return _written(request, site, form, told)

    @router.get("/trials/{trial_id}.{form}", dependencies=[needs(Need.READING)])
    def trial(request: Request, trial_id: str, form: Form, limit: Limit = USUAL) -> Response:
        asked = parse_trial_id(trial_id)
        with site.reading() as transaction:
            require_trial(transaction.connection, asked)
            wanted = filter_of(request, site, transaction, usual=Significance.MAJOR, trials=(asked,))
            entries = list(of_changes(latest(transaction.connection, wanted, most=limit)))
            mark = ledger_mark(transaction.connection)
        told = _Told(title=f"Changes of {asked}", page=f"/trials/{asked}", ledger=mark, entries=entries)
        return _written(request, site, form, told)

    @router.get("/tracked/{name:path}.{form}", dependencies=[needs(Need.READING)])
    def tracked(request: Request, name: HeldText, form: Form, limit: Limit = USUAL) -> Response:
        with site.reading() as transaction:
            trial_id = tracked_trial(transaction, name)
            own = () if trial_id is None else (trial_id,)
            wanted = filter_of(request, site, transaction, usual=Significance.MAJOR, trials=own)
            found = latest(transaction.connection, wanted, most=limit, members_of=None if own else name)
            entries = list(of_changes(found))
            mark = ledger_mark(transaction.connection)
        title, path = f"Changes of what is tracked as {name}", f"/tracked?name={quote(name)}"
        return _written(request, site, form, _Told(title=title, page=path, ledger=mark, entries=entries))

    @router.get("/subscriptions/{name}.{form}", dependencies=[needs(Need.READ)])
    def subscription(request: Request, name: HeldText, form: Form, limit: Limit = USUAL) -> Response:
        with site.reading() as transaction:
            admits = admitting(filter_of(request, site, transaction))
            entries = told_entries(transaction, name, today=site.today, most=limit, admits=admits)
            mark = ledger_mark(transaction.connection)
        told = _Told(title=f"Subscription {name}", page=f"/subscriptions/{name}", ledger=mark, entries=entries)
        return _written(request, site, form, told)

    return router


def _written(request: Request, site: Site, form: Form, told: _Told) -> Response:
    """The feed in its form. Its own address is that of its path and filters, without its key."""
    path = request.scope["path"]
    filters = _filters(request)
    site_url = site.url_of(request)
    feed = Feed(
        id=feed_id(told.ledger, path.rpartition(".")[0], filters),
        title=f"trialog: {told.title}",
        self_url=f"{site_url}{quote(path)}{filters}",
        page_url=f"{site_url}{told.page}",
        site_url=site_url,
        entries=told.entries,
    )
    if form is Form.ATOM:
        return Response(atom(feed), media_type=f"{ATOM}; charset=utf-8")
    return Response(json_feed(feed), media_type=JSON_FEED)


def feed_id(ledger: str, path: str, filters: str) -> str:
    """The id of a feed, of both its forms; no two feeds of the world may share one (RFC 4287, 4.2.6), so the ledger's
    mark is in it.
    """
    return uuid.uuid5(_IDS, f"{ledger}{path}{filters}").urn


def _filters(request: Request) -> str:
    """What a feed is narrowed to, as a query that is the same in whatever order it was asked; empty for the usual."""
    asked = request.query_params.multi_items()
    said = sorted((name, value) for name, value in asked if name not in _OF_THE_READER and value.strip())
    return f"?{urlencode(said)}" if said else ""

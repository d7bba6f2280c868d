"""Addresses of feeds for readers that cannot sign in: each with a key of its own, made here and revoked here."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from tracker.access.callers import Caller, Scope
from tracker.domain.errors import InvalidInput, NotFound
from tracker.web.feeds.known import CHANGES, LAPSING, require_feed
from tracker.web.gate import Need, caller_of, needs
from tracker.web.pages.notices import Notice, back_to
from tracker.web.pages.rendering import Pages
from tracker.web.parameters import HeldText
from tracker.web.site import Site

Text = Annotated[HeldText, Query(max_length=500)]
Typed = Annotated[HeldText, Form(max_length=500)]
Csrf = Annotated[str, Form(max_length=300)]


def feed_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()

    def page(request: Request, feed: str, *, wrong: str = "", said: str = "", **made: Any) -> HTMLResponse:
        keys = site.services().access.feed_addresses.list(made_by=_own(_caller(request)))
        values = {"title": "Feeds", "keys": keys, "feed": feed, "wrong": wrong, "said": said, **made}
        response = pages.page(request, "feeds.html", values, same=None, status=422 if wrong else 200)
        response.headers["cache-control"] = "no-store"
        return response

    @router.get("/feeds", dependencies=[needs(Need.READ)])
    def feeds(request: Request, feed: Text = CHANGES, said: Notice = "") -> HTMLResponse:
        return page(request, feed, said=said)

    @router.post("/feeds", dependencies=[needs(Need.READ)])
    def make(request: Request, feed: Typed = "", csrf: Csrf = "") -> HTMLResponse:
        site.gate.check_form(request, csrf)
        try:
            with site.reading() as transaction:
                found = require_feed(transaction, feed)
        except (InvalidInput, NotFound) as err:
            return page(request, feed, wrong=str(err))
        made = site.services().access.feed_addresses.make(found, _caller(request))
        forms = {"Calendar": ".ics"} if found == LAPSING else {"Atom": ".atom", "JSON Feed": ".json"}
        url = f"{site.url_of(request)}{quote(found)}"
        addresses = {name: f"{url}{form}?key={made.secret}" for name, form in forms.items()}
        return page(request, found, made=addresses)

    @router.post("/feeds/{key_id}/revoke", dependencies=[needs(Need.READ)])
    def revoke(request: Request, key_id: HeldText, csrf: Csrf = "") -> Response:
        site.gate.check_form(request, csrf)
        site.services().access.feed_addresses.revoke(key_id, made_by=_own(_caller(request)))
        return back_to(request, "/feeds", "The address opens nothing any more")

    return router


def _caller(request: Request) -> Caller:
    caller = caller_of(request)
    assert caller is not None  # reading here needs somebody
    return caller


def _own(caller: Caller) -> str | None:
    """Whose addresses somebody sees and revokes: their own; an administrator everybody's."""
    return None if caller.reaches(Scope.ADMIN) else caller.name

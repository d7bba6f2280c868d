"""The address that mails carry, which ends a subscription by one click: RFC 8058.

It promises that looking at it changes nothing, so that whoever follows links in mails for safety ends nothing; that a
POST ends the subscription without cookie, form token or redirect, however often; and that it can be undone.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from store.unit_of_work import Transaction
from tracker.alerts.ended import end_with_id, name_of, take_up_again
from tracker.alerts.reasons import asked_for
from tracker.domain.errors import NotFound
from tracker.posting import subscription_id_of
from tracker.views.standing import standing_with_id
from tracker.web.gate import Need, needs
from tracker.web.pages.rendering import Pages, Same
from tracker.web.site import Site


def unsubscribing_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses; open to whoever has the token of a mail."""
    router = APIRouter(dependencies=[needs(Need.OPEN)])

    @router.get("/unsubscribe/{token}", dependencies=[needs(Need.OPEN)])
    def ask(request: Request, token: str) -> HTMLResponse:
        subscription_id = subscription_id_of(token, site.services().database)
        with site.reading() as transaction:
            values = _standing_values(transaction, subscription_id)
        return _page(request, token, values)

    @router.post("/unsubscribe/{token}", dependencies=[needs(Need.OPEN)])
    def end(request: Request, token: str) -> HTMLResponse:
        subscription_id = subscription_id_of(token, site.services().database)
        with site.writing() as transaction:
            ended = end_with_id(site.services().acting(transaction), subscription_id)
        values = {"title": "Unsubscribed", "state": "ended", "name": ended.name, "unsent": ended.unsent_count or 0}
        return _page(request, token, values)

    @router.post("/unsubscribe/{token}/undo", dependencies=[needs(Need.OPEN)])
    def undo(request: Request, token: str) -> HTMLResponse:
        subscription_id = subscription_id_of(token, site.services().database)
        with site.writing() as transaction:
            name = take_up_again(site.services().acting(transaction), subscription_id)
        return _page(request, token, {"title": "Subscribed again", "state": "undone", "name": name})

    def _page(request: Request, token: str, values: dict[str, Any]) -> HTMLResponse:
        name = "" if values["state"] == "ended" else str(values["name"])  # of one that is ended: it is in no list
        same = Same(command=f"subscriptions {name}".rstrip(), api=f"/api/v1/subscriptions/{name}".rstrip("/"))
        response = pages.page(request, "unsubscribe.html", values | {"token": token}, same=same)
        response.headers["cache-control"] = "no-store"
        return response

    return router


def _standing_values(transaction: Transaction, subscription_id: str) -> dict[str, Any]:
    standing = standing_with_id(transaction.connection, subscription_id)
    if standing is not None:
        asked = asked_for(standing.request)
        return {"title": "Unsubscribe", "state": "asked", "name": standing.name, "asked": asked}
    name = name_of(transaction, subscription_id)
    if name is None:
        raise NotFound("the token is of a subscription that this ledger never had")
    return {"title": "Unsubscribed", "state": "ended", "name": name, "unsent": 0}

"""What was sent, what waits, what died, with every attempt; who may has it sent again."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from store.deliveries import DeliveryFilter, DeliveryState
from tracker.access.callers import Scope
from tracker.alerts.redelivering import redeliver
from tracker.alerts.subscribing import require_told
from tracker.delivery.delivery_words import state_in_words
from tracker.domain.closed_sets import one_of
from tracker.domain.wording import count
from tracker.web.gate import Need, caller_of, needs
from tracker.web.pages.asked import same_of
from tracker.web.pages.notices import Notice, back_to
from tracker.web.pages.rendering import Pages
from tracker.web.parameters import HeldText
from tracker.web.site import Site

USUAL = 50
MOST = 400

Text = Annotated[HeldText, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Csrf = Annotated[str, Form(max_length=300)]


def delivery_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()

    @router.get("/deliveries", dependencies=[needs(Need.READ)])
    def deliveries(
        request: Request, state: Text = "", subscription: Text = "", said: Notice = "", limit: Limit = USUAL
    ) -> HTMLResponse:
        states = [DeliveryState(one_of("state", state, tuple(DeliveryState)))] if state else None
        wanted = DeliveryFilter(states=states, subscription=subscription or None)
        with site.reading() as transaction:
            require_told(transaction, subscription or None)
            found = transaction.outbox.newest(wanted, limit=limit + 1)[::-1]
            attempts = transaction.outbox.attempts_of([one.id for one in found])
        caller = caller_of(request)
        values = {
            "title": "Deliveries",
            "here": "subscriptions",
            "rows": [
                {
                    "one": one,
                    "said": state_in_words(one, attempts.get(one.id, [])),
                    "attempts": attempts.get(one.id, []),
                }
                for one in found[:limit]
            ],
            "is_more": len(found) > limit,
            "limit": limit,
            "state": state,
            "subscription": subscription,
            "states": tuple(DeliveryState),
            "said": said,
            "may_redeliver": caller is not None and caller.reaches(Scope.ADMIN),
        }
        asked = [("state", state), ("subscription", subscription), ("limit", limit)]
        same = same_of("deliveries", "/api/v1/deliveries", asked)
        return pages.page(request, "deliveries.html", values, same=same)

    @router.post("/deliveries/{delivery_id}/redeliver", dependencies=[needs(Need.ADMIN)])
    def again(request: Request, delivery_id: HeldText, csrf: Csrf = "") -> RedirectResponse:
        site.gate.check_form(request, csrf)
        caller = caller_of(request)
        with site.writing() as transaction:
            done = redeliver(
                transaction,
                DeliveryFilter(ids=[delivery_id]),
                now=site.services().now(),
                actor=None if caller is None else caller.name,
            )
        said = f"{count(len(done.deliveries), 'delivery', 'deliveries')} will be sent again"
        if done.left_out:
            said = f"not sent again: {done.left_out[0].reason}"
        return back_to(request, "/deliveries", said)

    return router

"""Sending deliveries again."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from tracker.alerts.redelivering import Choice, Redelivered, redeliver, redelivered_object
from tracker.views.rows import storable
from tracker.web.answering import answered
from tracker.web.api.bodies import MOST_VALUES, Body
from tracker.web.api.deliveries import DeliveryId
from tracker.web.api.delivery_answers import RedeliveredAnswer
from tracker.web.api.subscriptions import asking
from tracker.web.gate import Need, needs
from tracker.web.parameters import SpanText, span
from tracker.web.problems import Problem, declared
from tracker.web.site import Site


class ChoiceBody(Body):
    """Which deliveries are to be sent again: some `ids`; or those made from `since` to `until`; or `dead`: those
    that were given up. `subscription`: only of this one."""

    ids: list[Annotated[str, Field(max_length=100)]] | None = Field(default=None, max_length=MOST_VALUES)
    since: SpanText | None = None
    until: SpanText | None = None
    dead: bool = False
    subscription: str | None = None


def redelivering_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["deliveries"])

    @router.post(
        "/deliveries/redeliver",
        dependencies=[needs(Need.ADMIN)],
        summary="Send deliveries again",
        responses={200: {"model": RedeliveredAnswer}, **declared(404, 409, 413)},
    )
    def several(request: Request, body: ChoiceBody) -> Response:
        """Send deliveries again, under their own ids, also those that were taken. What cannot be sent again is told.
        As `trialog redeliver`."""
        choice = Choice(
            ids=[storable(one) or "" for one in body.ids or ()],
            since=span(body.since),
            until=span(body.until),
            is_dead=body.dead,
            subscription=storable(body.subscription),
        )
        return answered(redelivered_object(_redelivered(request, choice)))

    @router.post(
        "/deliveries/{delivery_id}/redeliver",
        dependencies=[needs(Need.ADMIN)],
        summary="Send one delivery again",
        responses={200: {"model": RedeliveredAnswer}, **declared(404, 409)},
    )
    def one(request: Request, delivery_id: DeliveryId) -> Response:
        """Send one delivery again, under its own id, also if it was taken. 409, with the reason, where it cannot be."""
        done = _redelivered(request, Choice(ids=[storable(delivery_id) or ""]))
        if done.left_out:
            raise Problem(409, f"it is not sent again: {done.left_out[0].reason}")
        return answered(redelivered_object(done))

    def _redelivered(request: Request, choice: Choice) -> Redelivered:
        choice.require_one()
        services = site.services()
        with site.writing() as transaction:
            wanted = choice.wanted(transaction)
            return redeliver(transaction, wanted, now=services.now(), actor=asking(request).actor)

    return router

"""Subscriptions: who asks for what. They are made and changed by the rules of ``trialog subscribe`` and ``edit``."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from tracker.alerts.ended import end_named
from tracker.alerts.subscribing import require_subscription
from tracker.alerts.subscription_objects import secrets_object, subscription_object
from tracker.alerts.targets import Addressed
from tracker.domain.errors import Conflict, Mismatch
from tracker.domain.parts import Asking
from tracker.domain.requesting import request_of
from tracker.posting import addressed_to
from tracker.standing_requests import Made, edit, subscribe
from tracker.views.rows import storable
from tracker.views.standing import standing
from tracker.web.answering import USUAL, Format, Limit, Written, answered, listed, lists, own_address
from tracker.web.api import bodies
from tracker.web.api.request_bodies import RequestBody, RequestChange, fitting, given_of, in_body, place_of
from tracker.web.api.subscription_answers import EndedAnswer, MadeAnswer, SubscriptionAnswer
from tracker.web.gate import Need, caller_of, needs
from tracker.web.problems import Problem, declared
from tracker.web.site import Site

MOST_ADDRESSES = 100
_STILL_THERE = "another program reads the ledger, whose log keeps the addresses until it is done: ask once more"

Name = Annotated[str, Path(description="The subscription's name.")]
After = Annotated[str | None, Query(description="Behind the subscription of this name.")]
Forget = Annotated[bool, Query(description="Erase its addresses and secrets, also if it has ended already.")]
Addresses = Annotated[
    list[bodies.AddressText],
    Field(
        min_length=1,
        max_length=MOST_ADDRESSES,
        description="Where messages go: mailto:me@example.org, the https address of a webhook, or apprise:... One that "
        "is written so and cannot be reached or may not be from here is a conflict (409).",
    ),
]


class NewSubscription(RequestBody):
    """A subscription to be made."""

    name: bodies.NameText
    to: Addresses


class SubscriptionChange(RequestChange):
    """What is to change of a subscription: `to` replaces all addresses; those that stay keep their secrets."""

    to: Addresses | None = None


def subscription_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["subscriptions"])
    _add_readers(router, site)
    _add_writers(router, site)
    return router


def asking(request: Request) -> Asking:
    """Who asks for something here."""
    caller = caller_of(request)
    return Asking(actor=None if caller is None else caller.name, spelled=place_of)


def _add_readers(router: APIRouter, site: Site) -> None:
    @router.get(
        "/subscriptions",
        dependencies=[needs(Need.READ)],
        summary="Who asks for what",
        responses={**lists(SubscriptionAnswer), **declared()},
    )
    def all_of_them(
        request: Request, after: After = None, limit: Limit = USUAL, written: Written = Format.JSON
    ) -> Response:
        """All subscriptions, by name; addresses are masked. As `trialog subscriptions`."""
        with site.reading() as transaction:
            behind = [one for one in standing(transaction.connection) if after is None or one.name > after]
        more = {"after": behind[limit - 1].name} if len(behind) > limit else None
        return listed(request, map(subscription_object, behind[:limit]), more=more, written=written)

    @router.get(
        "/subscriptions/{name}",
        dependencies=[needs(Need.READ)],
        summary="One subscription",
        responses={200: {"model": SubscriptionAnswer}, **declared(404)},
    )
    def one(name: Name) -> Response:
        """What a subscription asks for, and where it goes. As `trialog subscriptions NAME`."""
        with site.reading() as transaction:
            found = require_subscription(transaction, storable(name) or "")
        return answered(subscription_object(found))


def _add_writers(router: APIRouter, site: Site) -> None:
    def _addressed(texts: list[str]) -> Addressed:
        with fitting("to", texts, bodies.is_address):
            return addressed_to(texts, site.settings)

    @router.post(
        "/subscriptions",
        status_code=201,
        dependencies=[needs(Need.WRITE)],
        summary="Be told, from now on",
        responses={201: {"model": MadeAnswer}, **declared(409, 413)},
    )
    def make(request: Request, body: NewSubscription) -> Response:
        """Make a subscription. The secrets of its webhooks are told this once. As `trialog subscribe`."""
        services = site.services()
        with in_body():
            asked = request_of(body.name, given_of(body), spelled=place_of)
            to = _addressed(body.to)
            try:
                made = subscribe(services, asked, to, asking=asking(request))
            except Conflict as err:
                raise Problem(409, str(err), wrong=[("name", "a name that is not in use")]) from err
        place = own_address(request, f"{request.scope['path']}/{asked.name}")
        return answered(_told(made), status=201, headers={"location": place})

    @router.patch(
        "/subscriptions/{name}",
        dependencies=[needs(Need.WRITE)],
        summary="Ask for something else, or be told elsewhere",
        responses={200: {"model": MadeAnswer}, **declared(404, 409, 413)},
    )
    def change(request: Request, name: Name, body: SubscriptionChange) -> Response:
        """Change what a subscription asks for, or where it goes: what is given replaces what was, the rest stays; null,
        or an empty list, takes a part away. As `trialog edit`."""
        given, services = given_of(body), site.services()
        if not given and body.to is None:
            raise Mismatch("expected something that changes: scope, what, when or to")
        with in_body():
            to = None if body.to is None else _addressed(body.to)
            made = edit(services, storable(name) or "", given, to=to, asking=asking(request))
        return answered(_told(made))

    @router.delete(
        "/subscriptions/{name}",
        dependencies=[needs(Need.WRITE)],
        summary="Be told no more",
        responses={200: {"model": EndedAnswer}, **declared(404)},
    )
    def end(request: Request, name: Name, forget: Forget = False) -> Response:
        """End a subscription: what waits is not sent, and its name is free again. As `trialog unsubscribe`."""
        services = site.services()
        with site.writing() as transaction:
            acting = services.acting(transaction, actor=asking(request).actor)
            ended = end_named(acting, storable(name) or "", forget=forget)
        is_clean = not forget or services.database.scrub()
        told = {"name": ended.name, "unsent_count": ended.unsent_count, "is_forgotten": ended.is_forgotten}
        return answered({**told, "notes": [] if is_clean else [_STILL_THERE]})


def _told(made: Made) -> dict[str, object]:
    return {**secrets_object(made.asked.name, made.asked.addresses, made.secrets), "notes": list(made.notes)}

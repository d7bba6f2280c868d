"""What is done to a subscription that stands: pause, resume, a sample, new secrets."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from tracker.alerts.rotating import USUAL_OVERLAP, parse_overlap, rotate
from tracker.alerts.subscribing import require_subscription
from tracker.alerts.subscription_objects import secrets_object, subscription_object
from tracker.delivery.delivery_objects import delivery_object
from tracker.posting import deliverer, fresh_secret, longest_attempt_s
from tracker.standing_requests import send_sample
from tracker.views.rows import storable
from tracker.web.answering import answered
from tracker.web.api import bodies
from tracker.web.api.delivery_answers import DeliveryAnswer
from tracker.web.api.subscription_answers import ResumedAnswer, SecretsAnswer, SubscriptionAnswer
from tracker.web.api.subscriptions import Name, asking
from tracker.web.gate import Need, needs
from tracker.web.problems import declared
from tracker.web.site import Site

Skip = Annotated[bool, Query(description="What came in the meantime is not sent.")]


class Rotation(bodies.Body):
    """Which secrets are to be new, and how long the old ones sign beside them."""

    address: str | None = Field(default=None, description="Only this address: its number, or itself. Else all signed.")
    overlap: bodies.OverlapText = Field(default=USUAL_OVERLAP, description="Such as 90m or 7d; 90d at most.")


class TriedAnswer(BaseModel):
    """What became of the samples; `notes`: what keeps trialog itself from sending, where something does."""

    items: list[DeliveryAnswer]
    next: str | None
    notes: list[str]


def subscription_act_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["subscriptions"])
    _add_pauses(router, site)
    _add_others(router, site)
    return router


def _add_pauses(router: APIRouter, site: Site) -> None:
    @router.post(
        "/subscriptions/{name}/pause",
        dependencies=[needs(Need.WRITE)],
        summary="Let its messages wait",
        responses={200: {"model": SubscriptionAnswer}, **declared(404)},
    )
    def pause(request: Request, name: Name) -> Response:
        """Let messages wait, those that are there and those to come. As `trialog pause`."""
        known = storable(name) or ""
        with site.writing() as transaction:
            site.services().acting(transaction, actor=asking(request).actor).pause(known)
            found = require_subscription(transaction, known)
        return answered(subscription_object(found))

    @router.post(
        "/subscriptions/{name}/resume",
        dependencies=[needs(Need.WRITE)],
        summary="Send its messages again",
        responses={200: {"model": ResumedAnswer}, **declared(404)},
    )
    def resume(request: Request, name: Name, skip: Skip = False) -> Response:
        """Send messages again, also to addresses that were disabled. As `trialog resume`."""
        known = storable(name) or ""
        with site.writing() as transaction:
            count = site.services().acting(transaction, actor=asking(request).actor).resume(known, skip=skip)
            found = require_subscription(transaction, known)
        return answered({**subscription_object(found), "messages_count": count})


def _add_others(router: APIRouter, site: Site) -> None:
    @router.post(
        "/subscriptions/{name}/try",
        dependencies=[needs(Need.WRITE)],
        summary="Send a sample",
        responses={200: {"model": TriedAnswer}, **declared(404)},
    )
    def send(request: Request, name: Name) -> Response:
        """Send a sample to each address, and wait for what comes of it: as long as one attempt may take. As
        `trialog try`."""
        services = site.services()
        sender = deliverer(services.database, services.settings, now=services.now)
        most_s = longest_attempt_s(services.settings)
        tried = send_sample(services, storable(name) or "", sender, most_s=most_s, actor=asking(request).actor)
        wait_s = services.settings.delivery.retry_waits_s[0]
        items = [
            delivery_object(one, tried.attempts.get(one.id, ()), first_wait_s=wait_s) for one in tried.out.deliveries
        ]
        notes = [f"{channel}: {reason}" for channel, reason in tried.out.hindered.items()]
        return answered({"items": items, "next": None, "notes": notes})

    @router.post(
        "/subscriptions/{name}/rotate-secret",
        dependencies=[needs(Need.WRITE)],
        summary="Sign with other secrets",
        responses={200: {"model": SecretsAnswer}, **declared(404, 409, 413)},
    )
    def rotate_secret(request: Request, name: Name, body: Rotation | None = None) -> Response:
        """Sign what goes to webhooks with new secrets, which are told this once. As `trialog rotate-secret`."""
        given = body or Rotation()
        overlap = parse_overlap(given.overlap)
        with site.writing() as transaction:
            acting = site.services().acting(transaction, actor=asking(request).actor)
            done = rotate(acting, storable(name) or "", given.address, overlap=overlap, fresh_secret=fresh_secret)
        return answered(secrets_object(name, done.addresses, done.secrets))

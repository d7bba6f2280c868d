"""Deliveries: what was sent where, and what came of it."""

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from store.deliveries import Delivery, DeliveryFilter, DeliveryState
from store.unit_of_work import Transaction
from tracker.alerts.subscribing import require_told
from tracker.alerts.told_items import every_item
from tracker.delivery.delivery_objects import delivery_object
from tracker.domain.errors import NotFound
from tracker.views.rows import storable
from tracker.web.answering import USUAL, Format, Limit, Written, answered, listed, lists
from tracker.web.api.delivery_answers import DeliveryAnswer
from tracker.web.gate import Need, needs
from tracker.web.parameters import LARGEST_NUMBER
from tracker.web.problems import declared
from tracker.web.site import Site

_MOST_IDS = 400  # to a question for attempts

DeliveryId = Annotated[str, Path(description="A delivery's id: what a webhook gets as webhook-id.")]
States = Annotated[
    list[DeliveryState],
    Query(alias="state", default_factory=list, max_length=100, description="Only of this state; repeatable."),
]
Of = Annotated[str | None, Query(description="Only of this subscription, also of one that has ended.")]
Before = Annotated[str | None, Query(description="Only those that were made before the delivery of this id.")]
Behind = Annotated[int, Query(ge=0, le=LARGEST_NUMBER, description="Behind so many items.")]


def delivery_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["deliveries"])

    @router.get(
        "/deliveries",
        dependencies=[needs(Need.READ)],
        summary="What was sent where",
        responses={**lists(DeliveryAnswer), **declared(404)},
    )
    def deliveries(
        request: Request,
        states: States,
        subscription: Of = None,
        before: Before = None,
        limit: Limit = USUAL,
        written: Written = Format.JSON,
    ) -> Response:
        """What was sent where, and what came of it, the newest first. What the operator is told of trialog itself
        stands under the subscription `@operator`. As `trialog deliveries`."""
        named = storable(subscription)
        wanted = DeliveryFilter(states=states or None, subscription=named)
        with site.reading() as transaction:
            require_told(transaction, named)
            last = None if before is None else require_delivery(transaction, before).number
            found = transaction.outbox.newest(wanted, limit=limit + 1, before=last)[::-1]
            told = _told(site, transaction, found[:limit])
        more = {"before": found[limit - 1].id} if len(found) > limit else None
        return listed(request, told, more=more, written=written)

    _add_one(router, site)
    return router


def _add_one(router: APIRouter, site: Site) -> None:
    @router.get(
        "/deliveries/{delivery_id}",
        dependencies=[needs(Need.READ)],
        summary="One delivery, with its attempts",
        responses={200: {"model": DeliveryAnswer}, **declared(404)},
    )
    def one(delivery_id: DeliveryId) -> Response:
        """What was sent, where, and every attempt."""
        with site.reading() as transaction:
            (told,) = _told(site, transaction, [require_delivery(transaction, delivery_id)])
        return answered(told)

    @router.get(
        "/deliveries/{delivery_id}/items",
        dependencies=[needs(Need.READ)],
        summary="Every item of a delivery",
        responses={**lists(dict[str, Any]), **declared(404)},
    )
    def items(
        request: Request,
        delivery_id: DeliveryId,
        after: Behind = 0,
        limit: Limit = USUAL,
        written: Written = Format.JSON,
    ) -> Response:
        """Every item, also where the message tells the first and counts the rest. As `trialog deliveries --items`."""
        with site.reading() as transaction:
            found = list(islice(every_item(transaction, storable(delivery_id) or ""), after, after + limit + 1))
        more = {"after": after + limit} if len(found) > limit else None
        return listed(request, found[:limit], more=more, written=written)


def require_delivery(transaction: Transaction, delivery_id: str) -> Delivery:
    """The delivery of an id. Raises NotFound."""
    found = transaction.outbox.list(DeliveryFilter(ids=[storable(delivery_id) or ""]))
    if not found:
        raise NotFound(f"there is no delivery {delivery_id}; /deliveries lists those that there are")
    return found[0]


def _told(site: Site, transaction: Transaction, found: list[Delivery]) -> list[dict[str, Any]]:
    wait_s = site.settings.delivery.retry_waits_s[0]
    attempts: dict[str, Any] = {}
    for at in range(0, len(found), _MOST_IDS):
        attempts |= transaction.outbox.attempts_of([one.id for one in found[at : at + _MOST_IDS]])
    return [delivery_object(one, attempts.get(one.id, ()), first_wait_s=wait_s) for one in found]

"""What a subscription would have sent, one that stands or one that nobody made yet; nothing is stored."""

import time
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from store.unit_of_work import Transaction
from tracker.alerts.backtest_summary import message_object
from tracker.alerts.subscribing import require_subscription
from tracker.domain.requesting import request_of
from tracker.posting import imagined
from tracker.standing_requests import backtest, imagined_request
from tracker.views.rows import storable
from tracker.views.standing import StandingSubscription
from tracker.web.answering import answered
from tracker.web.api import bodies
from tracker.web.api.request_bodies import RequestBody, fitting, given_of, in_body, place_of
from tracker.web.api.subscriptions import MOST_ADDRESSES, Name
from tracker.web.gate import Need, needs
from tracker.web.parameters import DayText, contradiction, day
from tracker.web.problems import declared
from tracker.web.site import Site

USUAL_MESSAGES = 20
MOST_MESSAGES = 100
FIRST_DAY = date(1900, 1, 1)
"""Before every registry, and far enough from where calendars of time zones end."""

LAST_DAY = date(2999, 12, 31)
_NOBODYS = "backtest"  # the name of one that nobody made

Since = Annotated[DayText, Query(description="As if it had been made at the start of this day, UTC.")]
Until = Annotated[DayText | None, Query(description="Up to the end of this day. Default: today, UTC.")]
Most = Annotated[int, Query(ge=1, le=MOST_MESSAGES, description="How many messages are listed at most, the earliest.")]


class MessageTold(BaseModel):
    """A message that would have been sent on a day; `more_count`: items that it counts and does not list."""

    kind: str
    on: str
    items: list[dict[str, Any]]
    more_count: int


class BacktestAnswer(BaseModel):
    """How many messages about how many trials, and the first of them. `complete`: false where the time limit cut it,
    and the counts are of what was reached."""

    messages_count: int
    trials_count: int
    items: list[MessageTold]
    complete: bool


class ImaginedSubscription(RequestBody):
    """A subscription that is not made."""

    name: bodies.NameText | None = None
    to: list[bodies.AddressText] | None = Field(
        default=None,
        max_length=MOST_ADDRESSES,
        description="Where messages would go; nobody is asked whether they can.",
    )


def backtest_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["backtests"])

    @router.get(
        "/subscriptions/{name}/backtest",
        dependencies=[needs(Need.READ)],
        summary="What it would have sent",
        responses={200: {"model": BacktestAnswer}, **declared(404, 409)},
    )
    def of_one(name: Name, since: Since, until: Until = None, limit: Most = USUAL_MESSAGES) -> Response:
        """What a subscription would have sent, had it been made at the start of a day. As `trialog backtest NAME`."""
        with site.reading() as transaction:
            asked = require_subscription(transaction, storable(name) or "")
            return _answer(transaction, asked, _span(since, until), limit)

    @router.post(
        "/backtest",
        dependencies=[needs(Need.READ)],
        summary="What one that is not made would have sent",
        responses={200: {"model": BacktestAnswer}, **declared(409, 413)},
    )
    def of_none(
        body: ImaginedSubscription, since: Since, until: Until = None, limit: Most = USUAL_MESSAGES
    ) -> Response:
        """What a subscription would have sent that nobody made; nothing is stored. As `trialog backtest`."""
        services = site.services()
        with in_body(), site.reading() as transaction:
            request = request_of(_NOBODYS if body.name is None else body.name, given_of(body), spelled=place_of)
            with fitting("to", body.to or (), bodies.is_address):
                to = imagined(body.to or (), services.settings)
            asked = imagined_request(services, transaction, request, to=to)
            return _answer(transaction, asked, _span(since, until), limit)

    def _span(since: str, until: str | None) -> tuple[date, date]:
        first, last = day(since), day(until) or site.today
        assert first is not None
        if first > last:
            raise contradiction(f"since is after {last}", "since", expected="a day that is not after until")
        for name, one in (("since", first), ("until", last)):
            if not FIRST_DAY <= one <= LAST_DAY:
                raise contradiction(f"{name} is {one}", name, expected=f"a day from {FIRST_DAY} to {LAST_DAY}")
        return first, last

    return router


def _answer(transaction: Transaction, asked: StandingSubscription, span: tuple[date, date], limit: int) -> Response:
    found = backtest(transaction, asked, span, most=limit, elapsed_s=time.monotonic)
    return answered(
        {
            "messages_count": found.messages_count,
            "trials_count": found.trials_count,
            "items": [message_object(one) for one in found.messages],
            "complete": found.complete,
        }
    )

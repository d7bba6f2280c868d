"""The page of one subscription: what it asks for, what was sent, and what can be done with it."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from store.deliveries import DeliveryFilter
from store.unit_of_work import Transaction
from tracker.alerts.reasons import asked_for
from tracker.alerts.rotating import USUAL_OVERLAP, parse_overlap, rotate
from tracker.alerts.subscribing import Acting, require_subscription
from tracker.alerts.subscription_words import besides, when_in_words
from tracker.delivery.delivery_words import state_in_words
from tracker.posting import deliverer, fresh_secret
from tracker.standing_requests import send_sample
from tracker.web.feeds.discovery import feed_links
from tracker.web.gate import Need, caller_of, needs
from tracker.web.pages.foretaste import foretaste
from tracker.web.pages.notices import Notice, back_to
from tracker.web.pages.rendering import Pages, Same, address_maker
from tracker.web.parameters import HeldText
from tracker.web.site import Site

_DELIVERIES = 20
_MORE_S = 5.0  # than an attempt may take

Csrf = Annotated[str, Form(max_length=300)]
Switch = Annotated[bool, Form()]


def subscription_act_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()
    desk = _Desk(site, pages)

    @router.get("/subscriptions/{name}", dependencies=[needs(Need.READ)])
    def subscription(request: Request, name: HeldText, said: Notice = "", backtest: bool = False) -> Response:
        return desk.page(request, name, said=said, with_foretaste=backtest)

    @router.post("/subscriptions/{name}/pause", dependencies=[needs(Need.WRITE)])
    def pause(request: Request, name: HeldText, csrf: Csrf = "") -> Response:
        return desk.acted(request, name, csrf, lambda acting: _paused(acting, name))

    @router.post("/subscriptions/{name}/resume", dependencies=[needs(Need.WRITE)])
    def resume(request: Request, name: HeldText, csrf: Csrf = "", skip: Switch = False) -> Response:
        return desk.acted(request, name, csrf, lambda acting: _resumed(acting, name, skip=skip))

    @router.post("/subscriptions/{name}/end", dependencies=[needs(Need.WRITE)])
    def end(request: Request, name: HeldText, csrf: Csrf = "", forget: Switch = False) -> Response:
        return desk.end(request, name, csrf, forget=forget)

    @router.post("/subscriptions/{name}/try", dependencies=[needs(Need.WRITE)])
    def sample(request: Request, name: HeldText, csrf: Csrf = "") -> Response:
        site.gate.check_form(request, csrf)
        return desk.page(request, name, said=_tried(request, site, name))

    @router.post("/subscriptions/{name}/rotate-secret", dependencies=[needs(Need.WRITE)])
    def rotate(request: Request, name: HeldText, csrf: Csrf = "") -> Response:
        return desk.rotate(request, name, csrf)

    @router.post("/subscriptions/{name}/feed", dependencies=[needs(Need.READ)])
    def feed(request: Request, name: HeldText, csrf: Csrf = "") -> Response:
        return desk.feed(request, name, csrf)

    return router


class _Desk:
    """Shows one subscription, and does with it what its page offers."""

    def __init__(self, site: Site, pages: Pages) -> None:
        self._site = site
        self._pages = pages

    def page(
        self, request: Request, name: str, *, said: str = "", with_foretaste: bool = False, **secret: Any
    ) -> Response:
        """The page; ``secret``: what is shown this once."""
        with self._site.reading() as transaction:
            values = _values(transaction, name)
            request_of_it = values["asked"].request
            shown = foretaste(transaction, request_of_it, today=self._site.today) if with_foretaste else None
        values |= {"said": said, "shown": shown, "secrets": (), "feed_address": "", **secret}
        values["feeds"] = feed_links(f"/feeds/subscriptions/{quote(name, safe='')}", f"Subscription {name}")
        same = Same(command=f"subscriptions {name}", api=f"/api/v1/subscriptions/{quote(name, safe='')}")
        response: HTMLResponse = self._pages.page(request, "subscription.html", values, same=same)
        if secret:
            response.headers["cache-control"] = "no-store"
        return response

    def acted(self, request: Request, name: str, csrf: str, act: Callable[[Acting], str]) -> Response:
        """Do something in one transaction, and lead back to the page with what it came to."""
        self._site.gate.check_form(request, csrf)
        with self._site.writing() as transaction:
            said = act(self._acting(request, transaction))
        return back_to(request, f"/subscriptions/{quote(name, safe='')}", said)

    def end(self, request: Request, name: str, csrf: str, *, forget: bool) -> Response:
        """End the subscription, and with ``forget`` erase its addresses."""
        self._site.gate.check_form(request, csrf)
        with self._site.writing() as transaction:
            self._acting(request, transaction).unsubscribe(name, forget=forget)
        if forget:
            self._site.services().database.scrub()
        return RedirectResponse(address_maker(request)("/subscriptions"), 303)

    def rotate(self, request: Request, name: str, csrf: str) -> Response:
        """Sign with new secrets; the old ones hold for a day."""
        self._site.gate.check_form(request, csrf)
        with self._site.writing() as transaction:
            acting = self._acting(request, transaction)
            secrets = rotate(
                acting, name, None, overlap=parse_overlap(USUAL_OVERLAP), fresh_secret=fresh_secret
            ).secrets
        said = "New secrets; the old ones sign beside them for a day."
        return self.page(request, name, said=said, secrets=secrets)

    def feed(self, request: Request, name: str, csrf: str) -> Response:
        """Make an address of its feed for who asks; an earlier one of theirs ends."""
        self._site.gate.check_form(request, csrf)
        with self._site.reading() as transaction:
            require_subscription(transaction, name)
        caller = caller_of(request)
        assert caller is not None
        made = self._site.services().access.feed_addresses.make(f"/feeds/subscriptions/{name}", caller)
        path = f"/feeds/subscriptions/{quote(name, safe='')}.atom?key={made.secret}"
        said = "This address is shown this once; an earlier one of yours ends."
        return self.page(request, name, said=said, feed_address=f"{self._site.url_of(request)}{path}")

    def _acting(self, request: Request, transaction: Transaction) -> Acting:
        caller = caller_of(request)
        return self._site.services().acting(transaction, actor=None if caller is None else caller.name)


def _paused(acting: Acting, name: str) -> str:
    return "Paused: what comes waits." if acting.pause(name) else "It was paused already."


def _resumed(acting: Acting, name: str, *, skip: bool) -> str:
    going = acting.resume(name, skip=skip)
    return f"It goes on; {going} that waited are sent." if going else "It goes on."


def _values(transaction: Transaction, name: str) -> dict[str, Any]:
    asked = require_subscription(transaction, name)
    newest = transaction.outbox.newest(DeliveryFilter(subscription_id=asked.subscription_id), limit=_DELIVERIES)[::-1]
    attempts = transaction.outbox.attempts_of([one.id for one in newest])
    return {
        "title": f"Subscription {name}",
        "here": "subscriptions",
        "asked": asked,
        "words": asked_for(asked.request),
        "comes": when_in_words(asked.request),
        "besides": besides(asked.request),
        "deliveries": [
            {"one": one, "said": state_in_words(one, attempts.get(one.id, [])), "attempts": attempts.get(one.id, [])}
            for one in newest
        ],
        "has_disabled": any(one.is_disabled for one in asked.addresses),
    }


def _tried(request: Request, site: Site, name: str) -> str:
    """Send a sample, as ``trialog try`` does; answers what came of it."""
    services = site.services()
    sender = deliverer(services.database, services.settings, now=services.now)
    caller = caller_of(request)
    actor = None if caller is None else caller.name
    times_s = services.settings.webhook.timeout_s, services.settings.email.timeout_s
    sampled = send_sample(services, name, sender, most_s=max(times_s) + _MORE_S, actor=actor)
    tried, attempts = sampled.out, sampled.attempts
    said = [
        f"{one.address}: "
        + (
            tried.hindered[one.channel]
            if one.channel in tried.hindered
            else state_in_words(one, attempts.get(one.id, []))
        )
        for one in tried.deliveries
    ]
    return "A sample was tried. " + "; ".join(said)

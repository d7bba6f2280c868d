"""Subscriptions: who asks for what, and a form with what it would have sent beside it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from store.unit_of_work import Transaction
from tracker.alerts.reasons import asked_for
from tracker.alerts.subscribing import require_subscription
from tracker.alerts.subscription_words import when_in_words
from tracker.domain.errors import Conflict, InvalidInput
from tracker.domain.parts import Asking
from tracker.domain.requesting import request_of
from tracker.domain.subscription import Subscription
from tracker.posting import addressed_to
from tracker.standing_requests import edit, require_known, subscribe
from tracker.views.rows import storable
from tracker.views.standing import StandingSubscription, standing
from tracker.views.watch_list import watch_list
from tracker.web.gate import Need, caller_of, needs
from tracker.web.pages.foretaste import Foretaste, foretaste
from tracker.web.pages.rendering import Pages, Same, address_maker
from tracker.web.pages.request_form import SUGGESTED, Typed, choices, label_of, typed_in, typed_of
from tracker.web.parameters import HeldText
from tracker.web.site import Site

_LIVE = "x-preview"  # the header of our script
_PREVIEWED = "preview"  # the name of one that has none yet


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrong:
    """What is wrong with a form: the part, if it is one's, and the words."""

    part: str
    words: str


def subscription_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()
    desk = _Desk(site, pages)

    @router.get("/subscriptions", dependencies=[needs(Need.READ)])
    def subscriptions(request: Request) -> HTMLResponse:
        with site.reading() as transaction:
            found = [_row(one) for one in standing(transaction.connection)]
        values = {"title": "Subscriptions", "here": "subscriptions", "rows": found}
        same = Same(command="subscriptions", api="/api/v1/subscriptions")
        return pages.page(request, "subscriptions.html", values, same=same)

    @router.get("/subscriptions/new", dependencies=[needs(Need.WRITE)])
    def new(request: Request) -> HTMLResponse:
        return desk.form(request, typed_in(request.query_params))

    @router.post("/subscriptions/preview", dependencies=[needs(Need.WRITE)])
    async def preview(request: Request) -> Response:
        form = await request.form()
        return await run_in_threadpool(desk.preview, request, form)

    @router.post("/subscriptions", dependencies=[needs(Need.WRITE)])
    async def make(request: Request) -> Response:
        form = await request.form()
        return await run_in_threadpool(desk.make, request, form)

    @router.get("/subscriptions/{name}/edit", dependencies=[needs(Need.WRITE)])
    def change(request: Request, name: HeldText) -> HTMLResponse:
        with site.reading() as transaction:
            asked = require_subscription(transaction, name)
        return desk.form(request, typed_of(asked.request), editing=asked.name)

    @router.post("/subscriptions/{name}/edit", dependencies=[needs(Need.WRITE)])
    async def changed(request: Request, name: HeldText) -> Response:
        form = await request.form()
        return await run_in_threadpool(desk.edit, request, form, name)

    return router


class _Desk:
    """Takes forms in, and hands them back where something is wrong with them."""

    def __init__(self, site: Site, pages: Pages) -> None:
        self._site = site
        self._pages = pages

    def form(
        self,
        request: Request,
        typed: Typed,
        *,
        editing: str | None = None,
        wrong: _Wrong | None = None,
        shown: Foretaste | None = None,
        preview_wrong: str = "",
    ) -> HTMLResponse:
        """The form, as it was typed."""
        with self._site.reading() as transaction:
            queries = [query.name for query in watch_list(transaction.connection).queries]
        values = {
            "title": f"Edit {editing}" if editing else "New subscription",
            "here": "subscriptions",
            "typed": typed,
            "editing": editing,
            "wrong": wrong,
            "shown": shown,
            "preview_wrong": preview_wrong,
            "suggested": SUGGESTED,
            "choices": choices(queries),
            "label_of": label_of,
        }
        command = f"edit {editing}" if editing else "subscribe NAME --to ADDRESS"
        api = f"/api/v1/subscriptions/{quote(editing)}" if editing else "/api/v1/subscriptions"
        same = Same(command=command, api=api, method="PATCH" if editing else "POST")
        status = 422 if wrong else 200
        response = self._pages.page(request, "subscription_form.html", values, same=same, status=status)
        response.headers["cache-control"] = "no-store"
        return response

    def preview(self, request: Request, form: FormData) -> Response:
        """The form with what it would have sent; nothing is stored. A script that asks while somebody types is told
        what is wrong in place of it, and not by a status that browsers complain of."""
        typed, editing = typed_in(form), storable(str(form.get("editing") or "")) or None
        self._site.gate.check_form(request, str(form.get("csrf", "")))
        try:
            with self._site.reading() as transaction:
                asked = self._request(transaction, typed, editing, name=typed.name or _PREVIEWED)
                require_known(asked, self._site.services(), transaction, spelled=label_of)
                shown = foretaste(transaction, asked, today=self._site.today)
        except InvalidInput as err:
            wrong = _wrong(err)
            if _LIVE in request.headers:
                words = f"{label_of(wrong.part)}: {wrong.words}" if wrong.part else wrong.words
                return self.form(request, typed, editing=editing, preview_wrong=words)
            return self.form(request, typed, editing=editing, wrong=wrong)
        return self.form(request, typed, editing=editing, shown=shown)

    def make(self, request: Request, form: FormData) -> Response:
        """Make the subscription."""
        typed, services = typed_in(form), self._site.services()
        self._site.gate.check_form(request, str(form.get("csrf", "")))
        try:
            asked = request_of(typed.name, typed.parts(is_new=True), spelled=label_of)
            to = addressed_to(typed.addresses, services.settings)
            made = subscribe(services, asked, to, asking=_asking(request))
        except (InvalidInput, Conflict) as err:
            return self.form(request, typed, wrong=_wrong(err))
        return self._made(request, made.asked, made.secrets, made.notes)

    def edit(self, request: Request, form: FormData, name: str) -> Response:
        """Change the subscription; where no address is typed, they stay."""
        typed, services = typed_in(form), self._site.services()
        self._site.gate.check_form(request, str(form.get("csrf", "")))
        try:
            to = addressed_to(typed.addresses, services.settings) if typed.addresses else None
            made = edit(services, name, typed.parts(is_new=False), to=to, asking=_asking(request))
        except (InvalidInput, Conflict) as err:
            return self.form(request, typed, editing=name, wrong=_wrong(err))
        return self._made(request, made.asked, made.secrets, made.notes)

    def _request(self, transaction: Transaction, typed: Typed, editing: str | None, *, name: str) -> Subscription:
        if editing is None:
            return request_of(name, typed.parts(is_new=True), spelled=label_of)
        before = require_subscription(transaction, editing).request
        return request_of(editing, typed.parts(is_new=False), before=before, spelled=label_of)

    def _made(self, request: Request, asked: StandingSubscription, secrets: Any, notes: Any) -> Response:
        path = f"/subscriptions/{quote(asked.name, safe='')}"
        if not secrets and not notes:
            return RedirectResponse(address_maker(request)(path), 303)
        values = {
            "title": f"Subscription {asked.name}",
            "here": "subscriptions",
            "asked": asked,
            "words": asked_for(asked.request),
            "secrets": secrets,
            "notes": notes,
            "page_path": path,
        }
        same = Same(command=f"subscriptions {asked.name}", api=f"/api/v1{path}")
        response = self._pages.page(request, "subscription_made.html", values, same=same)
        response.headers["cache-control"] = "no-store"
        return response


def _asking(request: Request) -> Asking:
    caller = caller_of(request)
    return Asking(actor=None if caller is None else caller.name, spelled=label_of)


def _wrong(err: InvalidInput | Conflict) -> _Wrong:
    return _Wrong(part=(err.part or "") if isinstance(err, InvalidInput) else "name", words=str(err))


def _row(one: StandingSubscription) -> dict[str, Any]:
    return {
        "name": one.name,
        "state": one.state.value,
        "addresses": one.addresses,
        "comes": when_in_words(one.request),
        "words": asked_for(one.request),
    }

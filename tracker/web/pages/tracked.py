"""What is watched, members entering and leaving; and having something tracked, or no longer."""

import shlex
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from store.unit_of_work import Transaction
from tracker.access.callers import Scope
from tracker.domain.errors import InvalidInput, NotFound
from tracker.domain.watching import Watched
from tracker.domain.wording import count
from tracker.pipeline.deciding import TrackedNow, UntrackedNow
from tracker.pipeline.tracked import what_is_tracked
from tracker.pipeline.tracking_log import tracking_log
from tracker.views.answers import AnsweredTracking
from tracker.web.feeds.discovery import FeedLink, feed_links
from tracker.web.gate import Need, caller_of, needs
from tracker.web.pages.notices import Notice, back_to
from tracker.web.pages.rendering import Pages, Same
from tracker.web.parameters import HeldText
from tracker.web.problems import Problem
from tracker.web.site import Site
from tracker.web.tracking import EVERYTHING_NAME, Wish, track, untrack

LOG = 60
_LOG_MOST = 2000
_FEEDS_MOST = 20  # of queries

Text = Annotated[HeldText, Query(max_length=300)]
Typed = Annotated[HeldText, Form(max_length=5000)]
Csrf = Annotated[str, Form(max_length=300)]
Number = Annotated[int, Query(ge=1, le=_LOG_MOST)]
Switch = Annotated[bool, Form()]


def tracked_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()

    def page(request: Request, *, name: str = "", log: int = LOG, wrong: str = "", **more: Any) -> HTMLResponse:
        with site.reading() as transaction:
            values = _values(transaction, name, log)
        caller = caller_of(request)
        may_change = caller is not None and caller.reaches(Scope.WRITE)
        values |= {"typed": {}, "said": "", "wrong": wrong, "may_change": may_change} | more
        values["feeds"] = _feeds(values["rows"], name)
        same = Same(command="tracked", api="/api/v1/tracked")
        return pages.page(request, "tracked.html", values, same=same, status=422 if wrong else 200)

    @router.get("/tracked", dependencies=[needs(Need.READING)])
    def tracked(request: Request, name: Text = "", log: Number = LOG, said: Notice = "") -> HTMLResponse:
        return page(request, name=name.strip(), log=log, said=said)

    @router.post("/tracked", dependencies=[needs(Need.WRITE)])
    def add(
        request: Request, csrf: Csrf = "", trial: Typed = "", name: Typed = "", query: Typed = "", all: Switch = False
    ) -> Response:
        site.gate.check_form(request, csrf)
        typed = {"trial": trial, "name": name, "query": query}
        wish = Wish(trials=trial.replace(",", " ").split(), name=name.strip(), query=query.strip(), everything=all)
        try:
            return back_to(request, "/tracked", "; ".join(map(_told, track(site, wish))))
        except (InvalidInput, NotFound) as err:
            return page(request, typed=typed, wrong=str(err))
        except Problem as problem:  # the registry cannot be asked just now
            return page(request, typed=typed, wrong=problem.detail)

    @router.post("/tracked/untrack", dependencies=[needs(Need.WRITE)])
    def remove(request: Request, name: Typed = "", csrf: Csrf = "") -> Response:
        site.gate.check_form(request, csrf)
        return back_to(request, "/tracked", "; ".join(map(_untold, untrack(site, name))))

    return router


def _told(one: TrackedNow) -> str:
    matches = "" if one.matches is None else f", {count(one.matches, 'trial')} today"
    return f"{one.name or 'the whole registry'} is tracked{'' if one.is_new else ' already'}{matches}"


def _untold(one: UntrackedNow) -> str:
    return f"{one.name or 'the whole registry'} {'is tracked no more' if one.was_tracked else 'was not tracked'}"


def _feeds(rows: Sequence[AnsweredTracking], name: str) -> list[FeedLink]:
    """Those of what is looked at; of everything, those of the queries."""
    names = [one.name for one in rows if one.name and (one.name == name if name else one.kind == Watched.QUERY)]
    return [
        feed
        for one in names[:_FEEDS_MOST]
        for feed in feed_links(f"/feeds/tracked/{quote(one, safe='')}", f"Changes of what is tracked as {one}")
    ]


def _values(transaction: Transaction, name: str, log: int) -> dict[str, Any]:
    return {
        "title": f"Tracked: {name}" if name else "Tracked",
        "here": "tracked",
        "name": name,
        "rows": what_is_tracked(transaction),
        "events": list(tracking_log(transaction, name or None, limit=log))[::-1],
        "log": log,
        "log_command": shlex.join(["tracked", name, "--log"]),
        "everything_name": EVERYTHING_NAME,
    }

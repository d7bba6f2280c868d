"""Runs of polls, and what they held back; who may releases it."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from store.held import HeldCount
from store.unit_of_work import Transaction
from tracker.access.callers import Scope
from tracker.domain.wording import count
from tracker.pipeline.polling.lease import state_of
from tracker.pipeline.polling.legs import NOTHING_NEW
from tracker.web.gate import Need, caller_of, needs
from tracker.web.pages.notices import Notice, back_to
from tracker.web.pages.rendering import Pages, Same
from tracker.web.parameters import HeldText
from tracker.web.site import Site

USUAL = 50
MOST = 500

Limit = Annotated[int, Query(ge=1, le=MOST)]
Csrf = Annotated[str, Form()]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRun:
    """What one run holds, path by path."""

    run_id: str
    counts: list[HeldCount]

    @property
    def is_waiting(self) -> bool:
        """Whether anything of it can be released."""
        return any(one.waiting or one.gone_back or one.known for one in self.counts)


def run_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()

    @router.get("/runs", dependencies=[needs(Need.READING)])
    def runs(request: Request, limit: Limit = USUAL, every: bool = False, said: Notice = "") -> HTMLResponse:
        with site.reading() as transaction:
            values = _values(transaction, limit, without=None if every else NOTHING_NEW)
        caller = caller_of(request)
        values |= {
            "title": "Runs",
            "here": "runs",
            "limit": limit,
            "every": every,
            "said": said,
            "may_release": caller is not None and caller.reaches(Scope.ADMIN),
        }
        command = f"runs --all --limit {limit}" if every else f"runs --limit {limit}"
        same = Same(command=command, api=f"/api/v1/runs?limit={limit}")
        return pages.page(request, "runs.html", values, same=same)

    @router.post("/runs/{run_id}/release", dependencies=[needs(Need.ADMIN)])
    def release(
        request: Request, run_id: HeldText, csrf: Csrf = "", as_migration: Annotated[bool, Form()] = False
    ) -> RedirectResponse:
        site.gate.check_form(request, csrf)
        done = site.services().release(run_id, as_migration=as_migration, show=lambda _done, _total: None)
        way = "as a migration" if as_migration else "as changes"
        said = f"{count(done.released, 'observation')} of run {run_id} released {way}, {count(done.events, 'event')}"
        return back_to(request, "/runs", said)

    return router


def _values(transaction: Transaction, limit: int, *, without: str | None) -> dict[str, Any]:
    found = transaction.runs.list(limit + 1, without=without)
    open_runs = transaction.held.open_runs()
    shown = found[:limit]
    held = transaction.held.counts([*open_runs, *(run.run_id for run in shown if run.run_id not in open_runs)])
    by_run = {
        run_id: [one for one in held if one.run_id == run_id] for run_id in dict.fromkeys(one.run_id for one in held)
    }
    return {
        "runs": shown,
        "is_more": len(found) > limit,
        "states": {run.run_id: state for run in shown if (state := state_of(transaction, run)) is not None},
        "held": [HeldRun(run_id=run_id, counts=counts) for run_id, counts in by_run.items()],
    }

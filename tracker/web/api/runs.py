"""Runs of polls, and what they hold."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from store.errors import NotFound as NothingStored
from store.runs import Run
from store.unit_of_work import Transaction
from tracker.domain.errors import NotFound
from tracker.pipeline.polling.lease import state_of
from tracker.pipeline.run_objects import held_object, run_object
from tracker.views.rows import storable
from tracker.web.answering import USUAL, Format, Limit, Written, answered, listed, lists
from tracker.web.gate import Need, needs
from tracker.web.problems import declared
from tracker.web.site import Site

RunId = Annotated[str, Path(description="A run's id, as it is listed.")]
Before = Annotated[str | None, Query(description="Only those that began before the run of this id.")]


class RunAnswer(BaseModel):
    """What one leg of a poll did; the counts are those of `trialog poll --help`."""

    run: str
    leg: str
    release: str | None
    started_at: str
    finished_at: str | None
    expected: int | None
    fetched: int
    unchanged: int
    changed: int
    events: int
    rejected: int
    held: int
    requests: int
    bytes: int
    seconds: float
    complete: bool
    reason: str | None


class HeldAnswer(BaseModel):
    """How many observations a run holds for one reason, or on one path, and what became of them."""

    run: str
    reason: str
    path: str | None
    count: int
    waiting: int
    gone_back: int
    known: int
    released: int
    migrated: int


class WholeRun(RunAnswer):
    """A run with what it holds or held, by reason and path."""

    holds: list[HeldAnswer]


def run_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["runs"])

    @router.get(
        "/runs",
        dependencies=[needs(Need.READING)],
        summary="What each poll did",
        responses={**lists(RunAnswer), **declared(404)},
    )
    def runs(request: Request, before: Before = None, limit: Limit = USUAL, written: Written = Format.JSON) -> Response:
        """What each leg of every poll did, the newest first. A run without an end is under way, or was broken off; its
        reason says which. As `trialog runs`."""
        with site.reading() as transaction:
            if before is not None:
                before = _run(transaction, before).run_id
            found = transaction.runs.list(limit + 1, before=before)
            page = [run_object(run, state_of(transaction, run)) for run in found[:limit]]
        more = {"before": page[-1]["run"]} if len(found) > limit else None
        return listed(request, page, more=more, written=written)

    @router.get(
        "/runs/{run}",
        dependencies=[needs(Need.READING)],
        summary="One run, and what it holds",
        responses={200: {"model": WholeRun}, **declared(404)},
    )
    def one(run: RunId) -> Response:
        """What one leg of a poll did, with what it holds back, or held and was released."""
        with site.reading() as transaction:
            found = _run(transaction, run)
            told: dict[str, Any] = run_object(found, state_of(transaction, found))
            holds = [held_object(each) for each in transaction.held.counts([found.run_id])]
        return answered({**told, "holds": holds})

    return router


def _run(transaction: Transaction, run_id: str) -> Run:
    try:
        return transaction.runs.get(storable(run_id) or "")
    except NothingStored as err:
        raise NotFound(f"there is no run {run_id}; /runs lists them") from err

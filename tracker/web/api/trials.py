"""Trials: what is held of them, and their histories."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel

from tracker.domain.trial_id import parse_trial_id
from tracker.views.answers import AnsweredRevision
from tracker.views.timelines import require_trial, timeline
from tracker.web.answering import Format, Written, listed
from tracker.web.gate import Need, needs
from tracker.web.problems import declared
from tracker.web.site import Site

TrialId = Annotated[str, Path(description="A trial's id, such as NCT03460795.")]


class RevisionList(BaseModel):
    """Revisions in the registry's order."""

    items: list[AnsweredRevision]
    next: str | None


def trial_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["trials"])

    @router.get(
        "/trials/{trial_id}/revisions",
        dependencies=[needs(Need.READING)],
        responses={200: {"model": RevisionList}, **declared(404)},
    )
    def revisions(request: Request, trial_id: TrialId, written: Written = Format.JSON) -> Response:
        """The revisions of a trial, in the registry's order: all of them."""
        asked = parse_trial_id(trial_id)
        with site.reading() as transaction:
            require_trial(transaction.connection, asked)
            found = timeline(transaction.connection, asked)
        return listed(request, found, more=None, written=written)

    return router

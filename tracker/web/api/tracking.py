"""Having trials, queries or the whole registry tracked, and no longer. The registry is asked as the command asks it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import Field

from tracker.domain.errors import NotFound
from tracker.pipeline.deciding import TrackedNow, UntrackedNow
from tracker.views.rows import storable
from tracker.web import tracking
from tracker.web.answering import Listed, answered, as_object
from tracker.web.api import bodies
from tracker.web.api.request_bodies import fitting
from tracker.web.gate import Need, needs
from tracker.web.problems import Problem, declared
from tracker.web.site import Site
from tracker.web.tracking import Wish

MOST_TRIALS = 1000
Name = Annotated[str, Path(description="A trial's id, a tracked query's name, or `*` for the whole registry.")]


class TrackBody(bodies.Body):
    """One of: `trials`, by their ids; a `query` under a `name`; `all`, the whole registry."""

    trials: list[bodies.NctText] | None = Field(default=None, min_length=1, max_length=MOST_TRIALS)
    name: bodies.QueryNameText | None = None
    query: bodies.QueryText | None = None
    all: bool = False


def tracking_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["tracked"])

    @router.post(
        "/tracked",
        dependencies=[needs(Need.WRITE)],
        summary="Follow trials, a query or the whole registry",
        responses={200: {"model": Listed[TrackedNow]}, **declared(404, 409, 413)},
    )
    def track(body: TrackBody) -> Response:
        """The registry is asked at once; where it cannot be asked, or does not have a trial, nothing is recorded. What
        is tracked already stays so. As `trialog track`, without `--history`."""
        _require_one(body)
        wish = Wish(trials=body.trials or (), name=body.name or "", query=body.query or "", everything=body.all)
        with fitting("query", [body.query or ""], bodies.is_query):
            return _listed(tracking.track(site, wish))

    @router.delete(
        "/tracked/{name:path}",
        dependencies=[needs(Need.WRITE)],
        summary="Follow it no longer",
        responses={200: {"model": Listed[UntrackedNow]}, **declared(404)},
    )
    def untrack(name: Name) -> Response:
        """What was recorded stays. Trials that the registry merged go together. As `trialog untrack`."""
        found = tracking.untrack(site, storable(name) or "")
        if not any(one.was_tracked for one in found):
            raise NotFound(f"{name} is not tracked; /tracked lists what is")
        return _listed(found)

    return router


def _require_one(body: TrackBody) -> None:
    if sum((body.trials is not None, body.query is not None, body.all)) != 1:
        raise Problem(409, "expected one of: trials, query (with a name), all")
    if (body.query is None) != (body.name is None):
        raise Problem(409, "query and name go together", wrong=[("name", "a name where there is a query, else none")])


def _listed(found: Sequence[TrackedNow] | Sequence[UntrackedNow]) -> Response:
    return answered({"items": [as_object(one) for one in found], "next": None})

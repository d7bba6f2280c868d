"""Having trials, queries or the whole registry tracked, and no longer. The registry is asked as the command asks it."""

import threading
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import Field

from tracker.domain.errors import Blocked, Mismatch, NotFound, Refused, Stopped, Transient
from tracker.domain.parts import about
from tracker.domain.query import EVERYTHING
from tracker.domain.trial_id import parse_trial_id
from tracker.domain.watching import parse_query_name
from tracker.pipeline.deciding import Deciding, TrackedNow, UntrackedNow
from tracker.pipeline.resolving import count_matches, resolve_trials
from tracker.registry import Registry
from tracker.services import open_registry, query_of
from tracker.views.rows import storable
from tracker.web.answering import Listed, answered, as_object
from tracker.web.api import bodies
from tracker.web.api.request_bodies import fitting
from tracker.web.gate import Need, needs
from tracker.web.problems import Problem, declared
from tracker.web.site import Site

MOST_TRIALS = 1000
REGISTRY_MOST_S = 25.0
"""How long the registry is asked at most: longer than its usual answer, less than whoever waits for a page does."""

EVERYTHING_NAME = "*"
"""What the whole registry is called in an address; a query of this name is untracked from the command line."""

_RETRY_S = 60
_ASKING = threading.Lock()
_Answer = TypeVar("_Answer")

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
        with about("trials"):
            ids = [parse_trial_id(one) for one in body.trials or ()]
        with about("name"):
            name = None if body.name is None else parse_query_name(body.name)
        return _listed(_tracked(site, body, ids, name))

    @router.delete(
        "/tracked/{name:path}",
        dependencies=[needs(Need.WRITE)],
        summary="Follow it no longer",
        responses={200: {"model": Listed[UntrackedNow]}, **declared(404)},
    )
    def untrack(name: Name) -> Response:
        """What was recorded stays. Trials that the registry merged go together. As `trialog untrack`."""
        found = _untracked(Deciding(site.services()), storable(name) or "")
        if not any(one.was_tracked for one in found):
            raise NotFound(f"{name} is not tracked; /tracked lists what is")
        return _listed(found)

    return router


def _require_one(body: TrackBody) -> None:
    if sum((body.trials is not None, body.query is not None, body.all)) != 1:
        raise Problem(409, "expected one of: trials, query (with a name), all")
    if (body.query is None) != (body.name is None):
        raise Problem(409, "query and name go together", wrong=[("name", "a name where there is a query, else none")])


def _tracked(site: Site, body: TrackBody, ids: list[str], name: str | None) -> list[TrackedNow]:
    deciding = Deciding(site.services())
    if name is not None and body.query is not None:
        with fitting("query", [body.query], bodies.is_query):
            query = query_of(body.query, site.settings)
            matches = _asked(site, lambda registry: count_matches(registry, query))
        with about("name"):
            return [deciding.track_query(name, query, matches=matches)]
    if ids:
        return deciding.track_trials(_asked(site, lambda registry: resolve_trials(registry, ids)))
    return [deciding.track_registry(matches=_asked(site, lambda registry: count_matches(registry, EVERYTHING)))]


def _untracked(deciding: Deciding, name: str) -> list[UntrackedNow]:
    if name == EVERYTHING_NAME:
        return [deciding.untrack_registry()]
    found = deciding.untrack_query(name)
    return [found] if found.was_tracked else deciding.untrack_trials([name.strip().upper()])


def _asked(site: Site, ask: Callable[[Registry], _Answer]) -> _Answer:
    """What the registry says. One at a time asks it, and not for long."""
    stop = threading.Event()
    if not _ASKING.acquire(timeout=REGISTRY_MOST_S):
        raise _away("somebody else asks it")
    timer = threading.Timer(REGISTRY_MOST_S, stop.set)
    timer.daemon = True
    timer.start()
    try:
        with open_registry(site.settings, stop=stop) as registry:
            return ask(registry)
    except (Transient, Blocked) as err:
        raise _away(str(err)) from err
    except Refused as err:
        raise Mismatch(str(err)) from err
    except Stopped as err:
        raise _away(f"it did not answer within {REGISTRY_MOST_S:g} s") from err
    finally:
        timer.cancel()
        _ASKING.release()


def _away(reason: str) -> Problem:
    detail = f"the registry cannot be asked just now, and nothing was recorded: {reason}"
    return Problem(409, detail, headers={"retry-after": str(_RETRY_S)})


def _listed(found: Sequence[TrackedNow] | Sequence[UntrackedNow]) -> Response:
    return answered({"items": [as_object(one) for one in found], "next": None})

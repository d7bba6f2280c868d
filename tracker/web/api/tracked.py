"""What is tracked, and what became of it."""

from itertools import dropwhile, islice
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from tracker.pipeline.tracked import what_is_tracked
from tracker.pipeline.tracking_log import tracking_log
from tracker.views.answers import AnsweredTracking, AnsweredWatching
from tracker.views.rows import storable
from tracker.web.answering import USUAL, Format, Limit, Written, listed, lists
from tracker.web.gate import Need, needs
from tracker.web.parameters import After
from tracker.web.problems import declared
from tracker.web.site import Site

Name = Annotated[str, Path(description="A tracked query's name, or a trial's id.", examples=["NCT03460795"])]
Place = Annotated[
    str | None, Query(pattern="^(registry|query|trial):", description="Behind this place of the list; `next` has it.")
]
_PLACES = ("registry", "query", "trial")


def tracked_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["tracked"])

    @router.get(
        "/tracked",
        dependencies=[needs(Need.READING)],
        summary="What is followed",
        responses={**lists(AnsweredTracking), **declared()},
    )
    def tracked(
        request: Request, after: Place = None, limit: Limit = USUAL, written: Written = Format.JSON
    ) -> Response:
        """The whole registry, then queries with the number of their members, then trials. As `trialog tracked`."""
        with site.reading() as transaction:
            found = what_is_tracked(transaction)
        begin = None if after is None else _place(*after.split(":", 1))
        behind = [one for one in found if begin is None or _place(one.kind, one.name or "") > begin]
        page = behind[:limit]
        more = {"after": f"{page[-1].kind}:{page[-1].name or ''}"} if len(behind) > limit else None
        return listed(request, page, more=more, written=written)

    @router.get(
        "/tracked/log",
        dependencies=[needs(Need.READING)],
        summary="When anything was tracked, or no longer",
        responses={**lists(AnsweredWatching), **declared()},
    )
    def log(request: Request, after: After = None, limit: Limit = USUAL, written: Written = Format.JSON) -> Response:
        """What people had tracked and what followed from it, oldest first. As `trialog tracked --log`."""
        return _log(request, None, (after, limit, written))

    @router.get(
        "/tracked/{name:path}/log",
        dependencies=[needs(Need.READING)],
        summary="What became of one thing that is or was tracked",
        responses={**lists(AnsweredWatching), **declared(404)},
    )
    def log_of(
        request: Request, name: Name, after: After = None, limit: Limit = USUAL, written: Written = Format.JSON
    ) -> Response:
        """Of a query, when it was tracked, and who entered it, left it or came back; of a trial, when it was tracked.
        Oldest first. As `trialog tracked NAME --log`."""
        return _log(request, storable(name), (after, limit, written))

    def _log(request: Request, name: str | None, page: tuple[int | None, int, Format]) -> Response:
        after, limit, written = page
        with site.reading() as transaction:
            told = tracking_log(transaction, name, limit=None)
            found = list(islice(dropwhile(lambda one: one.position <= (after or 0), told), limit + 1))
        more = {"after": found[limit - 1].position} if len(found) > limit else None
        return listed(request, found[:limit], more=more, written=written)

    return router


def _place(kind: str, name: str) -> tuple[int, str]:
    return _PLACES.index(kind), name

"""What is tracked, and what became of it."""

from itertools import dropwhile, islice
from typing import Annotated

from fastapi import APIRouter, Query, Request
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

Name = Annotated[
    str | None,
    Query(
        description="Only of this query, by its name, or trial, by its id: that is or was.", examples=["NCT03460795"]
    ),
]
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
        summary="What was tracked, and what became of it",
        responses={**lists(AnsweredWatching), **declared(404)},
    )
    def log(
        request: Request,
        name: Name = None,
        after: After = None,
        limit: Limit = USUAL,
        written: Written = Format.JSON,
    ) -> Response:
        """What people had tracked and what followed from it; or, of one query, when it was tracked, and who entered it,
        left it or came back; of one trial, when it was tracked. Oldest first. As `trialog tracked [NAME] --log`."""
        with site.reading() as transaction:
            told = tracking_log(transaction, storable(name), limit=None)
            found = list(islice(dropwhile(lambda one: one.position <= (after or 0), told), limit + 1))
        more = {"after": found[limit - 1].position} if len(found) > limit else None
        return listed(request, found[:limit], more=more, written=written)

    return router


def _place(kind: str, name: str) -> tuple[int, str]:
    return _PLACES.index(kind), name

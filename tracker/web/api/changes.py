"""Changes of all trials."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from tracker.domain.errors import NotFound
from tracker.domain.parts import about
from tracker.pipeline.field_names import require_fields
from tracker.views.answers import AnsweredChange
from tracker.views.trails import changes_at, feed
from tracker.web.answering import USUAL, Format, Limit, Written, answered, listed, lists
from tracker.web.change_parameters import ChangeFilter
from tracker.web.gate import Need, needs
from tracker.web.parameters import FARTHEST
from tracker.web.problems import declared
from tracker.web.site import Site

After = Annotated[
    int | None,
    Query(
        ge=0, le=FARTHEST, description="Behind this position of the ledger, oldest first: for who reads on from there."
    ),
]
Before = Annotated[int | None, Query(ge=0, le=FARTHEST, description="Only those before this position of the ledger.")]
Position = Annotated[int, Path(ge=1, le=FARTHEST, description="A position of the ledger.", examples=[1])]


def change_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["changes"])

    @router.get(
        "/changes",
        dependencies=[needs(Need.READING)],
        summary="Every change of all trials",
        responses={**lists(AnsweredChange), **declared(409)},
    )
    def changes(
        request: Request,
        wanted: ChangeFilter,
        after: After = None,
        before: Before = None,
        limit: Limit = USUAL,
        written: Written = Format.JSON,
    ) -> Response:
        """In the order of recording, newest first; `next` leads to older ones. With `after`, oldest first: a program
        keeps the position of the last one and asks for what is behind it. As `trialog changes`.

        Who would rather be told than ask: `/api/v1/changes/stream` takes the same filters and sends changes as they are
        recorded, as Server-Sent Events whose id is the position; `Last-Event-ID`, or `after`, says where to go on."""
        with site.reading() as transaction:
            with about("field"):
                require_fields(transaction, wanted.fields, site.services().catalogue)
            ordered = replace(wanted, after=after, before=before)
            found = list(feed(transaction.connection, ordered, limit=limit + 1))
        page = found[:limit] if after is not None else found[::-1][:limit]
        follows = "before" if after is None else "after"
        more = {follows: page[-1].position} if len(found) > limit else None
        return listed(request, page, more=more, written=written)

    @router.get(
        "/changes/{position}",
        dependencies=[needs(Need.READING)],
        summary="One change",
        responses={200: {"model": AnsweredChange}, **declared(404)},
    )
    def change(position: Position) -> Response:
        """The change that is recorded at a position of the ledger, for good."""
        with site.reading() as transaction:
            found = changes_at(transaction.connection, [position])
            last = transaction.events.head().position
        if position not in found:
            where = f"the ledger ends at {last}" if position > last else "what happened there is no change of a trial"
            raise NotFound(f"there is no change at the position {position}: {where}")
        return answered(found[position])

    return router

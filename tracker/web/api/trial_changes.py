"""What happened to one trial."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tracker.domain.parts import about
from tracker.domain.trial_id import parse_trial_id
from tracker.pipeline.field_names import require_fields
from tracker.views.answers import AnsweredChange
from tracker.views.timelines import require_known
from tracker.views.trails import TrailFilter, trail_after
from tracker.web.answering import USUAL, Format, Limit, Written, listed, lists
from tracker.web.gate import Need, needs
from tracker.web.parameters import (
    FARTHEST,
    Categories,
    DayText,
    Fields,
    KnownAt,
    TrialId,
    Types,
    contradiction,
    day,
    instant,
)
from tracker.web.problems import declared
from tracker.web.site import Site

_SINCE = "From this day on, by the registry's timeline: posted, else data date."
_UNTIL = "Up to and with this day of the registry's timeline."

Since = Annotated[DayText | None, Query(description=_SINCE, examples=["2025-01-01"])]
Until = Annotated[DayText | None, Query(description=_UNTIL, examples=["2026-02-15"])]
After = Annotated[
    int | None, Query(ge=1, le=FARTHEST, description="Behind the change at this position, along the timeline.")
]


def trial_change_routes(site: Site) -> APIRouter:
    """The address."""
    router = APIRouter(tags=["trials"])

    @router.get(
        "/trials/{trial_id}/changes",
        dependencies=[needs(Need.READING)],
        summary="What happened to one trial",
        responses={**lists(AnsweredChange), **declared(404, 409)},
    )
    def changes(
        request: Request,
        trial_id: TrialId,
        fields: Fields,
        types: Types,
        categories: Categories,
        since: Since = None,
        until: Until = None,
        known_at: KnownAt = None,
        after: After = None,
        limit: Limit = USUAL,
        written: Written = Format.JSON,
    ) -> Response:
        """In the registry's order, earliest first, the finest way that is known. As `trialog history`; the newest
        first are at `/changes?trial=`."""
        asked = parse_trial_id(trial_id)
        wanted = TrailFilter(
            fields=fields,
            types=types,
            categories=categories,
            since=day(since),
            until=day(until),
            known_at=instant(known_at),
        )
        if wanted.since and wanted.until and wanted.since > wanted.until:
            told = f"since {since} is later than until {until}"
            raise contradiction(told, "since", "until", expected="since not after until")
        with site.reading() as transaction:
            with about("field"):
                require_fields(transaction, wanted.fields, site.services().catalogue)
            require_known(transaction.connection, asked, known_at=wanted.known_at)
            found = trail_after(transaction.connection, asked, wanted, after=after, limit=limit + 1)
        page = found[:limit]
        more = {"after": page[-1].position} if len(found) > limit else None
        return listed(request, page, more=more, written=written)

    return router

"""Trials as they are, or as they were."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from store.unit_of_work import Transaction
from tracker.domain.trial_id import parse_trial_id
from tracker.pipeline.shown import ONE_CHOICE, Moment, shown, staleness_on
from tracker.views.answers import StaleTrial
from tracker.views.held import survivor_of
from tracker.web.answering import answered, own_address
from tracker.web.gate import Need, needs
from tracker.web.parameters import (
    DayText,
    KnownAt,
    RevisionNumber,
    TrialId,
    contradiction,
    day,
    instant,
)
from tracker.web.problems import declared
from tracker.web.site import Site

AsOf = Annotated[
    DayText | None,
    Query(description="What the registry said on that day, as far as is known today.", examples=["2026-02-15"]),
]
_MERGED: dict[int | str, dict[str, Any]] = {
    301: {
        "description": "The registry has merged the trial into another, whose address this is.",
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
}


class TrialAnswer(BaseModel):
    """A trial's record; ``staleness``: what the UNKNOWN rule says of it on the day asked for, null where it never
    holds or the registry did not show the record on that day."""

    trial_id: str
    revision: int
    posted_on: str | None
    observed_at: str
    origin: str
    staleness: StaleTrial | None
    record: dict[str, Any]


def trial_routes(site: Site) -> APIRouter:
    """The address."""
    router = APIRouter(tags=["trials"])

    @router.get(
        "/trials/{trial_id}",
        dependencies=[needs(Need.READING)],
        summary="A trial's record, as it is or as it was",
        responses={200: {"model": TrialAnswer}, **_MERGED, **declared(404, 409)},
    )
    def trial(
        request: Request,
        trial_id: TrialId,
        as_of: AsOf = None,
        known_at: KnownAt = None,
        revision: RevisionNumber = None,
    ) -> Response:
        """The newest record, or that of a day, of an instant or of a number: one of the three at most. As
        `trialog show`."""
        moment = Moment(as_of=day(as_of), known_at=instant(known_at), number=revision)
        if not moment.is_one:
            names = ("as_of", "known_at", "revision")
            raise contradiction(f"as_of, known_at and revision {ONE_CHOICE}", *names, expected="one of the three")
        asked = parse_trial_id(trial_id)
        with site.reading() as transaction:
            survivor = survivor_of(transaction.connection, asked)
            if survivor is None:
                return answered(_trial(transaction, asked, moment, site))
        return _moved(request, survivor)

    return router


def _trial(transaction: Transaction, trial_id: str, moment: Moment, site: Site) -> dict[str, Any]:
    found = shown(transaction, trial_id, moment)
    revision = found.revision
    return {
        "trial_id": revision.trial_id,
        "revision": revision.revision,
        "posted_on": revision.posted_on,
        "observed_at": revision.observed_at,
        "origin": revision.origin,
        "staleness": staleness_on(transaction, found, moment.day(site.today)),
        "record": found.record,
    }


def _moved(request: Request, survivor: str) -> Response:
    query = request.scope["query_string"].decode("ascii", "replace")
    address = own_address(request, f"/api/v1/trials/{survivor}")
    return Response(status_code=301, headers={"location": f"{address}?{query}" if query else address})

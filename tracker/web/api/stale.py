"""Trials that are UNKNOWN by the rule, or will be."""

from datetime import date
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tracker.views.answers import StaleTrial
from tracker.views.stale import StaleFilter, place_of, stale_after
from tracker.web.answering import USUAL, Format, Limit, Written, listed, lists
from tracker.web.gate import Need, needs
from tracker.web.parameters import DayText, contradiction, day
from tracker.web.problems import declared
from tracker.web.site import Site

MOST_DAYS = 36_525
_PLACE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2},NCT[0-9]{8}$"

On = Annotated[
    DayText | None, Query(description="By the records as of this day. Default: today, UTC.", examples=["2026-01-01"])
]
Within = Annotated[
    int | None, Query(ge=0, le=MOST_DAYS, description="Also those that will be UNKNOWN in so many days.")
]
MinDays = Annotated[
    int | None, Query(ge=0, le=MOST_DAYS, description="Of those that are, only those for at least so many days.")
]
Condition = Annotated[str | None, Query(description="With this text in a condition, in any case.")]
Sponsor = Annotated[str | None, Query(description="With this text in the lead sponsor's name.")]
Country = Annotated[str | None, Query(description="With this text in the country of a site.")]
After = Annotated[str | None, Query(pattern=_PLACE, description="Behind this place of the list; `next` has it.")]


def stale_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["stale"])

    @router.get(
        "/stale",
        dependencies=[needs(Need.READING)],
        summary="Trials that are or will be UNKNOWN",
        responses={**lists(StaleTrial), **declared(409)},
    )
    def stale(
        request: Request,
        on: On = None,
        within: Within = None,
        min_days: MinDays = None,
        condition: Condition = None,
        sponsor: Sponsor = None,
        country: Country = None,
        after: After = None,
        limit: Limit = USUAL,
        written: Written = Format.JSON,
    ) -> Response:
        """The longest UNKNOWN first. The rule: the trial was active, its completion date has passed, and nobody has
        verified its status for two years. As `trialog stale`."""
        wanted = StaleFilter(
            on=day(on) or site.today,
            within_days=within,
            least_days=min_days,
            condition=condition,
            sponsor=sponsor,
            country=country,
        )
        if wanted.on.toordinal() + (within or 0) > date.max.toordinal():
            told = f"within: the calendar ends at {date.max}"
            raise contradiction(told, "on", "within", expected=f"no day after {date.max}")
        with site.reading() as transaction:
            found = list(islice(stale_after(transaction.connection, wanted, _place(after)), limit + 1))
        page = found[:limit]
        more = {"on": wanted.on.isoformat(), "after": ",".join(place_of(page[-1]))} if len(found) > limit else None
        return listed(request, page, more=more, written=written)

    return router


def _place(after: str | None) -> tuple[str, str] | None:
    if after is None:
        return None
    first_day, _, trial_id = after.partition(",")
    return first_day, trial_id

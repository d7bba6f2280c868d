"""Trials that are UNKNOWN or lapsing: which, how long, by whom, and when others will be."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from tracker.domain.errors import InvalidInput
from tracker.views.stale import StaleFilter, StaleRow, stale_rows, stale_trials
from tracker.web.answering import next_address
from tracker.web.gate import Need, needs
from tracker.web.pages.lapse_calendar import calendar_file, months
from tracker.web.pages.rendering import Pages, Same
from tracker.web.site import Site

PAGE = 100
USUAL_WITHIN = 90
_FACET_MOST = 12
_YEAR = 365
_MOST_DAYS = 36_525
_TEXTS = ("condition", "sponsor", "country")

Begin = Annotated[int, Query(ge=0, alias="from", le=10_000_000)]


def stale_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()

    @router.get("/stale", dependencies=[needs(Need.READING)])
    def stale(request: Request, begin: Begin = 0) -> HTMLResponse:
        wanted = _wanted(request, site.today, usual=USUAL_WITHIN)
        with site.reading() as transaction:
            found = stale_rows(transaction.connection, wanted)
        values = _values(request, wanted, found, begin)
        query = request.url.query
        same = Same(command=f"stale --within {wanted.within_days}", api=f"/api/v1/stale?{_asked_of_api(wanted)}")
        return pages.page(request, "stale.html", values | {"query": query}, same=same)

    @router.get("/stale.ics", dependencies=[needs(Need.READING)])
    def calendar(request: Request) -> Response:
        wanted = _wanted(request, site.today, usual=_YEAR, only_lapsing=True)
        with site.reading() as transaction:
            found = stale_trials(transaction.connection, wanted)
        made = calendar_file(found, site_url=site.url_of(request), now=site.services().now())
        return Response(made, media_type="text/calendar; charset=utf-8")

    return router


def _wanted(request: Request, today: date, *, usual: int, only_lapsing: bool = False) -> StaleFilter:
    """What the query asks for; empty fields of a form say nothing. Raises InvalidInput."""
    asked = {name: value for name, value in request.query_params.items() if value}
    on = _day(asked["on"]) if "on" in asked else today
    within = _days("within", asked.get("within"), usual)
    if on.toordinal() + within > date.max.toordinal():
        raise InvalidInput(f"within: the calendar ends at {date.max}")
    return StaleFilter(
        on=on,
        within_days=within,
        least_days=_days("min_days", asked.get("min_days"), 0) or None,
        only_lapsing=only_lapsing,
        **{name: asked.get(name) for name in _TEXTS},
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise InvalidInput(f"on is {text!r}; expected a day, such as 2026-05-01") from err


def _days(name: str, text: str | None, usual: int) -> int:
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= _MOST_DAYS):
        raise InvalidInput(f"{name} is {text!r}; expected a number of days, up to {_MOST_DAYS}")
    return int(text)


def _values(request: Request, wanted: StaleFilter, found: Sequence[StaleRow], begin: int) -> dict[str, Any]:
    shown = found[begin : begin + PAGE]
    more = next_address(request, {"from": begin + PAGE}) if len(found) > begin + PAGE else None
    unknown = sum(row.trial.state == "unknown" for row in found)
    return {
        "title": f"Stale on {wanted.on}",
        "here": "stale",
        "wanted": wanted,
        "asked": request.query_params,
        "unknown": unknown,
        "lapsing": len(found) - unknown,
        "rows": [row.trial for row in shown],
        "begin": begin,
        "total": len(found),
        "more": more,
        "facets": _facets(wanted, found),
        "months": months([row.trial for row in found if row.trial.lapses_on], wanted.on, wanted.within_days or 0),
    }


def _facets(wanted: StaleFilter, found: Sequence[StaleRow]) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """By sponsor, condition and country: name, how many trials, and the query that shows these alone."""
    counted = {
        "sponsor": Counter(row.trial.lead_sponsor for row in found if row.trial.lead_sponsor),
        "condition": Counter(_each(row.conditions for row in found)),
        "country": Counter(_each(row.countries for row in found)),
    }
    return [
        (
            name,
            [
                (value, total, _asked_of_api(wanted, **{name: value}))
                for value, total in counts.most_common(_FACET_MOST)
            ],
        )
        for name, counts in counted.items()
        if counts
    ]


def _each(lists: Iterable[Sequence[str]]) -> Iterable[str]:
    return (value for values in lists for value in dict.fromkeys(values))


def _asked_of_api(wanted: StaleFilter, **other: str) -> str:
    told: dict[str, Any] = {
        "on": wanted.on,
        "within": wanted.within_days,
        "min_days": wanted.least_days,
        "condition": wanted.condition,
        "sponsor": wanted.sponsor,
        "country": wanted.country,
        **other,
    }
    return urlencode({name: value for name, value in told.items() if value is not None})

"""Trials that are UNKNOWN or lapsing: which, how long, by whom, and when others will be."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from tracker.domain.errors import InvalidInput
from tracker.domain.trial_id import is_trial_id
from tracker.views.answers import StaleTrial
from tracker.views.stale import StaleFilter, place_of, stale_after
from tracker.views.stale_summary import StaleSummary, stale_summary
from tracker.web.answering import next_address
from tracker.web.gate import Need, needs
from tracker.web.kept import Kept
from tracker.web.pages.asked import same_of
from tracker.web.pages.lapse_calendar import calendar_file, months
from tracker.web.pages.rendering import Pages
from tracker.web.site import Site

PAGE = 100
USUAL_WITHIN = 90
_FACET_MOST = 12
_YEAR = 365
_MOST_DAYS = 36_525
_EVENTS_MOST = 2_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TEXTS = ("condition", "sponsor", "country")

After = Annotated[str, Query(max_length=40)]


def stale_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()
    kept = Kept()

    @router.get("/stale", dependencies=[needs(Need.READING)])
    def stale(request: Request, after: After = "") -> HTMLResponse:
        wanted = _wanted(request, site.today, usual=USUAL_WITHIN)
        with site.reading() as transaction:
            found = list(stale_after(transaction.connection, wanted, _place(after), most=PAGE + 1))
            summary: StaleSummary = kept.get(
                (wanted, transaction.events.head().position),
                lambda: stale_summary(transaction.connection, wanted, most=_FACET_MOST),
            )
        values = _values(request, wanted, found, summary)
        same = same_of("stale", "/api/v1/stale", _told(wanted).items())
        return pages.page(request, "stale.html", values | {"query": request.url.query}, same=same)

    @router.get("/stale.ics", dependencies=[needs(Need.READING)])
    @router.get("/feeds/stale.ics", dependencies=[needs(Need.READING)])  # by which it can have a key
    def calendar(request: Request) -> Response:
        wanted = _wanted(request, site.today, usual=_YEAR, only_lapsing=True)
        with site.reading() as transaction:
            found = list(stale_after(transaction.connection, wanted, None, most=_EVENTS_MOST))
        stamped_at = datetime.combine(site.today, time(), UTC)  # so that it is the same all day, and not sent again
        made = calendar_file(found, site_url=site.url_of(request), stamped_at=stamped_at)
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


def _values(
    request: Request, wanted: StaleFilter, found: Sequence[StaleTrial], summary: StaleSummary
) -> dict[str, Any]:
    more = None
    if len(found) > PAGE:
        more = next_address(request, {"after": "_".join(place_of(found[PAGE - 1]))})
    return {
        "title": f"Stale on {wanted.on}",
        "here": "stale",
        "wanted": wanted,
        "asked": request.query_params,
        "summary": summary,
        "rows": found[:PAGE],
        "more": more,
        "facets": _facets(wanted, summary),
        "months": months(summary.lapses, wanted.on, wanted.within_days or 0),
    }


def _facets(wanted: StaleFilter, summary: StaleSummary) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """By sponsor, condition and country: name, how many trials, and the query that shows these alone."""
    counted = {"sponsor": summary.by_sponsor, "condition": summary.by_condition, "country": summary.by_country}
    return [
        (name, [(value, total, _query(_told(wanted) | {name: value})) for value, total in values])
        for name, values in counted.items()
        if values
    ]


def _place(after: str) -> tuple[str, str] | None:
    """Where a page begins; raises InvalidInput for what no page gave."""
    if not after:
        return None
    day, _, trial_id = after.partition("_")
    if not (_DAY.fullmatch(day) and is_trial_id(trial_id)):
        raise InvalidInput("after is not where a page ended; begin again without it")
    return day, trial_id


def _told(wanted: StaleFilter) -> dict[str, Any]:
    """What is asked for, by the names of the command's options."""
    return {
        "on": wanted.on,
        "within": wanted.within_days,
        "min_days": wanted.least_days,
        "condition": wanted.condition,
        "sponsor": wanted.sponsor,
        "country": wanted.country,
    }


def _query(told: Mapping[str, Any]) -> str:
    return urlencode({name: value for name, value in told.items() if value is not None})

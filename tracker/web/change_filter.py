"""Which changes are asked for, by the filters that API, stream and feeds share with ``trialog changes``."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import Request
from starlette.datastructures import QueryParams

from store.unit_of_work import Transaction
from tracker.domain.closed_sets import one_of
from tracker.domain.events import Category, EventType, Origin, Significance
from tracker.pipeline.field_names import require_fields
from tracker.views.trails import FeedFilter
from tracker.web.change_parameters import change_filter
from tracker.web.site import Site


def filter_of(
    request: Request,
    site: Site,
    transaction: Transaction,
    *,
    usual: Significance | None = None,
    trials: Sequence[str] = (),
) -> FeedFilter:
    """The filter that the query of a request says; of significance ``usual`` where it says none, and of ``trials``
    where these are given. A field that a form sends empty says nothing."""
    asked = QueryParams([(name, value) for name, value in request.query_params.multi_items() if value.strip()])
    level, since, until = asked.get("significance"), asked.get("since"), asked.get("until")
    wanted = change_filter(
        fields=asked.getlist("field"),
        types=[one_of("type", one, tuple(EventType)) for one in asked.getlist("type")],
        categories=[one_of("category", one, tuple(Category)) for one in asked.getlist("category")],
        origins=[one_of("origin", one, tuple(Origin)) for one in asked.getlist("origin")],
        trials=[] if trials else asked.getlist("trial"),
        significance=None if level is None else one_of("significance", level, tuple(Significance)),
        since=since,
        until=until,
    )
    require_fields(transaction, wanted.fields, site.services().catalogue)
    return replace(wanted, trials=trials or wanted.trials, significance=wanted.significance or usual)

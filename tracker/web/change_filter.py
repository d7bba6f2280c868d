"""Which changes are asked for, by the filters that API, stream and feeds share with ``trialog changes``."""

from collections.abc import Sequence

from fastapi import Request
from starlette.datastructures import QueryParams

from store.unit_of_work import Transaction
from tracker.domain.closed_sets import one_of
from tracker.domain.events import Category, EventType, Origin, Significance
from tracker.domain.trial_id import parse_trial_id
from tracker.pipeline.field_names import require_fields
from tracker.views.trails import FeedFilter
from tracker.web.change_parameters import stored_names
from tracker.web.parameters import span
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
    least = asked.get("significance")
    start, end = span(asked.get("since")), span(asked.get("until"))
    fields = stored_names(asked.getlist("field"))
    require_fields(transaction, fields, site.services().catalogue)
    return FeedFilter(
        fields=fields,
        types=[one_of("type", one, tuple(EventType)) for one in asked.getlist("type")],
        categories=[one_of("category", one, tuple(Category)) for one in asked.getlist("category")],
        origins=[one_of("origin", one, tuple(Origin)) for one in asked.getlist("origin")],
        trials=trials or [parse_trial_id(one) for one in asked.getlist("trial")],
        significance=usual if least is None else Significance(one_of("significance", least, tuple(Significance))),
        since=None if start is None else start.start,
        until=None if end is None else end.end,
    )

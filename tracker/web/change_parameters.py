"""The filters of changes as parameters: those of ``trialog changes``, declared for the OpenAPI."""

from typing import Annotated

from fastapi import Depends, Query

from tracker.domain.events import Significance
from tracker.domain.trial_id import parse_trial_id
from tracker.views.trails import FeedFilter
from tracker.web.parameters import (
    Categories,
    Fields,
    Level,
    Origins,
    SpanText,
    Trials,
    Types,
    contradiction,
    span,
)

_SINCE = "Observed from this instant on; a date means from 00:00 UTC."
_UNTIL = "Observed before this instant; a date means up to the end of that day, UTC."


def change_filter(
    fields: Fields,
    types: Types,
    categories: Categories,
    origins: Origins,
    trials: Trials,
    significance: Level = None,
    since: Annotated[SpanText | None, Query(description=_SINCE, examples=["2026-02-01"])] = None,
    until: Annotated[SpanText | None, Query(description=_UNTIL, examples=["2026-02-15T09:30:00Z"])] = None,
) -> FeedFilter:
    """What the parameters ask for; the names of fields are still to be looked up, which needs the ledger."""
    start, end = span(since), span(until)
    if start and end and start.start >= end.end:
        raise contradiction("since is not before until", "since", "until", expected="since before until")
    return FeedFilter(
        fields=fields,
        types=types,
        categories=categories,
        origins=origins,
        trials=[parse_trial_id(one) for one in trials],
        significance=None if significance is None else Significance(significance),
        since=None if start is None else start.start,
        until=None if end is None else end.end,
    )


ChangeFilter = Annotated[FeedFilter, Depends(change_filter)]

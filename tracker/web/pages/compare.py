"""Two revisions of a trial side by side, words marked, unchanged parts folded."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from tracker.alerts.items import registry_url
from tracker.diffing.compare import changes_between
from tracker.domain.trial_id import parse_trial_id
from tracker.pipeline.comparing_revisions import Pair, comparable_records, pair_of
from tracker.views.answers import AnsweredRevision
from tracker.views.timelines import timeline
from tracker.web.comparison.comparing import Comparison, compared
from tracker.web.gate import Need, needs
from tracker.web.pages.rendering import Pages, Same
from tracker.web.site import Site

_LARGEST = 2**31 - 1

From = Annotated[int | None, Query(alias="from", ge=1, le=_LARGEST)]
To = Annotated[int | None, Query(alias="to", ge=1, le=_LARGEST)]
All = Annotated[bool, Query(alias="all")]


def compare_pages(site: Site, pages: Pages) -> APIRouter:
    """The address."""
    router = APIRouter()

    @router.get("/trials/{trial_id}/compare", dependencies=[needs(Need.READING)])
    def compare(request: Request, trial_id: str, old: From = None, new: To = None, whole: All = False) -> HTMLResponse:
        asked = parse_trial_id(trial_id)
        with site.reading() as transaction:
            pair = pair_of(transaction, asked, old=old, new=new)
            revisions = timeline(transaction.connection, asked)
            records = None if pair.old is None else comparable_records(transaction, asked, (pair.old, pair.new))
        made = None
        if records is not None:
            changes = changes_between(*records, catalogue=site.services().catalogue)
            made = compared(*records, changes, is_whole=whole)
        old = pair.old or pair.new
        api = f"/api/v1/trials/{asked}/diff?from={old}&to={pair.new}"
        same = Same(command=f"diff {asked} {old} {pair.new}", api=api)
        return pages.page(request, "compare.html", _values(asked, pair, revisions, made), same=same)

    return router


def _values(trial_id: str, pair: Pair, revisions: list[AnsweredRevision], made: Comparison | None) -> dict[str, Any]:
    known = {one.revision: one for one in revisions}
    order = [one.revision for one in revisions]
    new = known.get(pair.new)
    return {
        "title": f"{trial_id}: revisions {pair.old} and {pair.new}" if pair.old else f"{trial_id}: one revision",
        "trial_id": trial_id,
        "trial_title": (new.title if new else None) or "",
        "pair": pair,
        "old": known.get(pair.old or 0),
        "new": new,
        "numbers": order,
        "comparison": made,
        "previous": _step(order, pair.old),
        "following": _step(order[::-1], pair.new, is_back=True),
        "registry": _at_registry(trial_id, known.get(pair.old or 0), new),
    }


def _step(order: list[int], number: int | None, *, is_back: bool = False) -> tuple[int, int] | None:
    """The neighbour in front of a revision with it, or with ``is_back`` it with the one behind it."""
    if number not in order or order.index(number) == 0:
        return None
    other = order[order.index(number) - 1]
    return (number, other) if is_back else (other, number)


def _at_registry(trial_id: str, old: AnsweredRevision | None, new: AnsweredRevision | None) -> str:
    """The registry's own comparison of these versions, or its history where their numbers there are not known."""
    asked: dict[str, Any] = {"tab": "history"}
    if old is not None and new is not None and None not in (old.registry_version, new.registry_version):
        asked |= {"a": (old.registry_version or 0) + 1, "b": (new.registry_version or 0) + 1}
    return f"{registry_url(trial_id)}?{urlencode(asked)}#version-content-panel"

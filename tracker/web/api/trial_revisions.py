"""The contents that a trial's record had, and what lies between two of them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from tracker.domain.trial_id import parse_trial_id
from tracker.pipeline.comparing_revisions import changes_between_revisions, pair_of
from tracker.views.answers import AnsweredChange, AnsweredRevision
from tracker.views.timelines import require_trial, timeline
from tracker.web.answering import USUAL, Format, Limit, Written, answered, listed, lists
from tracker.web.gate import Need, needs
from tracker.web.parameters import LARGEST_NUMBER, KnownAt, TrialId, instant
from tracker.web.problems import declared
from tracker.web.site import Site

From = Annotated[
    int | None,
    Query(alias="from", ge=1, le=LARGEST_NUMBER, description="A revision's number. Default: that before `to`."),
]
To = Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER, description="A revision's number. Default: the newest.")]
After = Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER, description="Behind the revision of this number.")]


class Difference(BaseModel):
    """The changes from one revision to another; ``from`` is null where the trial has only one."""

    from_: int | None = Field(alias="from")
    to: int
    changes: list[AnsweredChange]


def trial_revision_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["trials"])

    @router.get(
        "/trials/{trial_id}/revisions",
        dependencies=[needs(Need.READING)],
        summary="The contents that a trial's record had",
        responses={**lists(AnsweredRevision), **declared(404)},
    )
    def revisions(
        request: Request,
        trial_id: TrialId,
        known_at: KnownAt = None,
        after: After = None,
        limit: Limit = USUAL,
        written: Written = Format.JSON,
    ) -> Response:
        """In the registry's order, earliest first. Numbers count in the order of recording. As `trialog revisions`."""
        asked = parse_trial_id(trial_id)
        with site.reading() as transaction:
            require_trial(transaction.connection, asked)
            found = timeline(transaction.connection, asked, known_at=instant(known_at))
        numbers = [one.revision for one in found]
        start = numbers.index(after) + 1 if after in numbers else 0 if after is None else len(numbers)
        page = found[start : start + limit]
        more = {"after": page[-1].revision} if start + limit < len(found) else None
        return listed(request, page, more=more, written=written)

    @router.get(
        "/trials/{trial_id}/diff",
        dependencies=[needs(Need.READING)],
        summary="What changed between two revisions",
        responses={200: {"model": Difference}, **declared(404)},
    )
    def diff(trial_id: TrialId, old: From = None, to: To = None) -> Response:
        """Whatever lies between them; compared is what both show of the record. As `trialog diff`."""
        asked = parse_trial_id(trial_id)
        with site.reading() as transaction:
            pair = pair_of(transaction, asked, old=old, new=to)
            catalogue = site.services().catalogue
            changes = changes_between_revisions(transaction, asked, pair, catalogue=catalogue)
        return answered({"from": pair.old, "to": pair.new, "changes": changes})

    return router

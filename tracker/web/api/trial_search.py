"""The search for trials: by words, by what they are about, and where they stand."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tracker.domain.closed_sets import PHASES, STATUSES
from tracker.views.answers import FoundTrial
from tracker.views.finding import find_trials
from tracker.views.rows import storable
from tracker.views.wanted_trials import TrialFilter
from tracker.web.answering import USUAL, Format, Limit, Written, listed, lists
from tracker.web.gate import Need, needs
from tracker.web.parameters import MOST_REPEATED
from tracker.web.problems import declared
from tracker.web.site import Site

MOST_CHARACTERS = 500

_TEXT = "With this text in {}, in any case and without regard to accents; several are alternatives."
_Q = "Words of ids, titles, conditions, interventions or the lead sponsor; all must occur, the last may be begun only."

Words = Annotated[str | None, Query(max_length=MOST_CHARACTERS, description=_Q, examples=["lung cancer"])]
Texts = Annotated[list[Annotated[str, Query(max_length=MOST_CHARACTERS)]], Query(max_length=MOST_REPEATED)]
After = Annotated[
    str | None, Query(pattern="^[0-4]-[0-9]{1,17}$", description="Where the page before ended; `next` has it.")
]


def trial_search_routes(site: Site) -> APIRouter:
    """The address."""
    router = APIRouter(tags=["trials"])

    @router.get(
        "/trials",
        dependencies=[needs(Need.READING)],
        summary="Search the trials",
        responses={**lists(FoundTrial), **declared()},
    )
    def trials(
        request: Request,
        condition: Annotated[Texts, Query(description=_TEXT.format("a condition"))] = [],  # noqa: B006 - never changed
        intervention: Annotated[Texts, Query(description=_TEXT.format("an intervention"))] = [],  # noqa: B006
        sponsor: Annotated[Texts, Query(description=_TEXT.format("the lead sponsor's name"))] = [],  # noqa: B006
        country: Annotated[Texts, Query(description=_TEXT.format("the country of a site"))] = [],  # noqa: B006
        status: Annotated[Texts, Query(description=f"Of this published status: {', '.join(STATUSES)}.")] = [],  # noqa: B006
        phase: Annotated[Texts, Query(description=f"Of this phase: {', '.join(PHASES)}.")] = [],  # noqa: B006
        q: Words = None,
        after: After = None,
        limit: Limit = USUAL,
        written: Written = Format.JSON,
    ) -> Response:
        """A trial whose id is asked for comes first, then those with all words in titles, then those with them
        elsewhere; each time the last changed first. As `trialog trials`."""
        wanted = TrialFilter(
            text=None if q is None else _stored(q),
            conditions=_given(condition),
            interventions=_given(intervention),
            sponsors=_given(sponsor),
            countries=_given(country),
            statuses=_given(status),
            phases=_given(phase),
        )
        with site.reading() as transaction:
            found = find_trials(transaction.connection, wanted, limit=limit, after=after)
        more = None if found.next is None else {"after": found.next}
        return listed(request, found.items, more=more, written=written)

    return router


def _given(texts: list[str]) -> tuple[str, ...]:
    """The texts that say something, as the views hold them."""
    return tuple(_stored(text) for text in texts if text.strip())


def _stored(text: str) -> str:
    return storable(text) or ""

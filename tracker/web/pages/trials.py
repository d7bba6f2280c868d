"""A trial: its record as a person reads it, its whole life, its history, as it is or as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from store.unit_of_work import Transaction
from tracker.alerts.items import registry_url
from tracker.domain.asked_times import parse_day, parse_instant
from tracker.domain.closed_sets import one_of
from tracker.domain.errors import InvalidInput
from tracker.domain.events import Category, Significance
from tracker.domain.life.model import Life
from tracker.domain.life.rows import Lane, LifeRow, life_rows
from tracker.domain.trial_id import parse_trial_id
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.shown import Moment, Shown, shown
from tracker.views.answers import AnsweredRevision
from tracker.views.last_changes import last_changes
from tracker.views.latest import Together, latest
from tracker.views.lives import trial_life
from tracker.views.timelines import timeline
from tracker.views.trails import FeedFilter
from tracker.views.watch_list import watch_list
from tracker.web.feeds.discovery import feed_links
from tracker.web.gate import Need, needs
from tracker.web.pages.rendering import Pages, Same
from tracker.web.pages.shown_changes import shown_groups
from tracker.web.record.lately import last_by_section
from tracker.web.record.sections import record_sections
from tracker.web.site import Site
from tracker.web.timeline.drawing import Width, timeline_svg

HISTORY = 30
HISTORY_MOST = 1000
ROWS = 100  # of each lane of the life as a table, the newest; all of them likewise
_VALUE_CHARS = 300
_DIGITS = 10  # fewer make no number that a database cannot count to
REVISIONS = 60  # the newest; all of them where all of the history is asked for

Text = Annotated[str, Query(max_length=100)]
Number = Annotated[int, Query(ge=1, le=HISTORY_MOST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one look at the ledger came to."""

    shown: Shown
    life: Life
    timeline: Sequence[AnsweredRevision]
    history: list[Together]
    lately: dict[str, Any]
    is_tracked: bool


def trial_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()

    @router.get("/trials/{trial_id}", dependencies=[needs(Need.READING)])
    def trial(
        request: Request,
        trial_id: str,
        as_of: Text = "",
        known_at: Text = "",
        revision: Text = "",
        history: Number = HISTORY,
    ) -> HTMLResponse:
        asked = parse_trial_id(trial_id)
        moment = _moment(as_of, known_at, revision)
        wanted = _wanted(request, asked)
        with site.reading() as transaction:
            seen = _look(transaction, asked, moment, wanted, today=site.today, history=history)
        values = _values(seen, moment, today=site.today)
        values |= {"query": request.query_params, "history_most": history}
        if history == HISTORY:
            values["revisions"] = values["revisions"][:REVISIONS]
            values["lanes"] = [(lane, _newest(rows)) for lane, rows in values["lanes"]]
        same = Same(command=_command(asked, moment), api=f"/api/v1/trials/{asked}{_as_query(moment)}")
        return pages.page(request, "trial.html", values, same=same)

    return router


def _look(
    transaction: Transaction, trial_id: str, moment: Moment, wanted: FeedFilter, *, today: date, history: int
) -> _Seen:
    found = shown(transaction, trial_id, moment)
    revisions = timeline(transaction.connection, trial_id) if moment.known_at else found.timeline
    is_newest = found.revision.revision == revisions[-1].revision
    return _Seen(
        shown=found,
        life=trial_life(transaction, trial_id, today=today, record=found.record if is_newest else None),
        timeline=revisions,
        history=latest(transaction.connection, wanted, most=history + 1),
        lately=last_by_section(last_changes(transaction.connection, trial_id)) if is_newest else {},
        is_tracked=_is_tracked(transaction, trial_id),
    )


def _is_tracked(transaction: Transaction, trial_id: str) -> bool:
    watched = watch_list(transaction.connection)
    return watched.everything is not None or trial_id in watched.trials


def _values(seen: _Seen, moment: Moment, *, today: date) -> dict[str, Any]:
    revision = seen.shown.revision
    trial_id = revision.trial_id
    title = revision.title or trial_id
    newest = seen.timeline[-1]
    return {
        "title": f"{trial_id}: {title}",
        "trial_id": trial_id,
        "trial_title": title,
        "revision": revision,
        "newest": newest,
        "is_newest": revision.revision == newest.revision,
        "moment": moment,
        "move": _away(seen.shown),
        "life": seen.life,
        "wide": timeline_svg(seen.life, Width.WIDE),
        "narrow": timeline_svg(seen.life, Width.NARROW),
        "lanes": (lanes := _by_lane(seen.life)),
        "rows_count": sum(len(rows) for _, rows in lanes),
        "sections": record_sections(seen.shown.record, seen.lately),
        "groups": list(shown_groups(seen.history, most_chars=_VALUE_CHARS)),
        "revisions": seen.timeline[::-1],
        "revisions_count": len(seen.timeline),
        "categories": tuple(Category),
        "levels": tuple(Significance),
        "first_day": seen.timeline[0].holds_from,
        "today": today.isoformat(),
        "is_tracked": seen.is_tracked,
        "registry_url": registry_url(trial_id),
        "feeds": feed_links(f"/feeds/trials/{trial_id}", f"Changes of {trial_id}"),
    }


def _away(found: Shown) -> Any:
    """The move by which the record is where the registry does not show it; None for one that is shown."""
    return None if found.move is None or found.move.whereabouts == Whereabouts.VISIBLE else found.move


def _by_lane(life: Life) -> list[tuple[Lane, list[LifeRow]]]:
    rows = life_rows(life)
    return [(lane, found) for lane in Lane if (found := [row for row in rows if row.lane is lane])]


def _newest(rows: list[LifeRow]) -> list[LifeRow]:
    """The newest of a lane, in their order."""
    if len(rows) <= ROWS:
        return rows
    kept = sorted(range(len(rows)), key=lambda at: rows[at].since)[-ROWS:]
    return [rows[at] for at in sorted(kept)]


def _wanted(request: Request, trial_id: str) -> FeedFilter:
    """Which changes of the history; empty fields of the form say nothing."""
    asked = request.query_params
    category, level = asked.get("category"), asked.get("significance")
    return FeedFilter(
        trials=(trial_id,),
        categories=[one_of("category", category, tuple(Category))] if category else (),
        significance=Significance(one_of("significance", level, tuple(Significance))) if level else None,
    )


def _moment(as_of: str, known_at: str, revision: str) -> Moment:
    """Which revision is asked for. Raises InvalidInput."""
    if sum(map(bool, (as_of, known_at, revision))) > 1:
        raise InvalidInput("as_of, known_at and revision each choose a revision; give one of them")
    if as_of:
        return Moment(as_of=parse_day(as_of))
    if known_at:
        return Moment(known_at=parse_instant(known_at))
    return Moment(number=_number(revision) if revision else None)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS and int(text)):
        raise InvalidInput(f"revision is {text!r}; expected the number of one, such as 3")
    return int(text)


def _command(trial_id: str, moment: Moment) -> str:
    if moment.as_of:
        return f"show {trial_id} --as-of {moment.as_of}"
    if moment.known_at:
        return f"show {trial_id} --known-at {moment.known_at.isoformat()}"
    return f"show {trial_id}" + (f" --revision {moment.number}" if moment.number else "")


def _as_query(moment: Moment) -> str:
    if moment.as_of:
        return f"?as_of={moment.as_of}"
    if moment.known_at:
        return f"?known_at={moment.known_at.isoformat().replace('+00:00', 'Z')}"
    return f"?revision={moment.number}" if moment.number else ""

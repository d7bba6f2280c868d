"""Which trials are UNKNOWN by the registry's rule on a day, or will be soon.

The rule itself is ``tracker.domain.staleness``; each revision's first UNKNOWN day is kept with it, so that the
question is one look-up in an index however many trials there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, select, tuple_

from tracker.domain.staleness import ALWAYS, UNKNOWN
from tracker.domain.text_search import occurs_in
from tracker.views.answers import StaleTrial
from tracker.views.moves import is_away
from tracker.views.tables import REVISIONS

_LATER = REVISIONS.alias()  # made once: it takes longer than the question itself


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleFilter:
    """Which trials are asked for; texts are looked for anywhere in the value, without regard to case and accents."""

    on: date
    within_days: int | None = None
    least_days: int | None = None
    condition: str | None = None
    sponsor: str | None = None
    country: str | None = None
    only_lapsing: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether rows are looked through that an index finds and that are not wanted."""
        return any(one is not None for one in (self.least_days, self.condition, self.sponsor, self.country))


def stale_trials(connection: Connection, wanted: StaleFilter) -> list[StaleTrial]:
    """The trials, those longest UNKNOWN first, those that will lapse last; each as of its record on that day.

    A trial whose record the registry did not show on that day is none of them.
    """
    return list(stale_after(connection, wanted, None))


def stale_after(
    connection: Connection, wanted: StaleFilter, after: tuple[str, str] | None, *, most: int | None = None
) -> Iterator[StaleTrial]:
    """Those behind a place, the first UNKNOWN day and the id of a trial (``place_of``), ``most`` of them; read as they
    come.
    """
    rows = _rows(connection, wanted, after, most=None if wanted.is_narrow else most)
    return (stale_trial(row, wanted.on) for row in islice(rows, most))


def place_of(trial: StaleTrial) -> tuple[str, str]:
    """Where a trial stands among those that are stale."""
    return trial.unknown_since or trial.lapses_on or ALWAYS.isoformat(), trial.trial_id


def staleness_of_revision(connection: Connection, trial_id: str, number: int, *, on: date) -> StaleTrial | None:
    """What the rule says of a revision on a day; None where it can never hold."""
    wanted = (REVISIONS.c.trial_id == trial_id, REVISIONS.c.revision == number, REVISIONS.c.lapses_on.is_not(None))
    row = connection.execute(select(REVISIONS).where(*wanted)).one_or_none()
    return None if row is None else stale_trial(row, on)


def _rows(
    connection: Connection, wanted: StaleFilter, after: tuple[str, str] | None, *, most: int | None
) -> Iterator[Row[Any]]:
    question = select(REVISIONS).where(*lapsing_until(wanted)).order_by(REVISIONS.c.lapses_on, REVISIONS.c.trial_id)
    if after is not None:
        question = question.where(tuple_(REVISIONS.c.lapses_on, REVISIONS.c.trial_id) > after)
    return (row for row in connection.execute(question.limit(most)) if is_wanted(row, wanted))


def lapsing_until(wanted: StaleFilter) -> list[ColumnElement[bool]]:
    """That a row of ``view_revisions`` is UNKNOWN on the day, or will be in time, texts aside."""
    last = wanted.on + timedelta(days=wanted.within_days or 0)
    conditions = [REVISIONS.c.lapses_on <= last.isoformat(), *shown_on(wanted.on)]
    if wanted.only_lapsing:
        conditions.append(REVISIONS.c.lapses_on > wanted.on.isoformat())
    return conditions


def is_wanted(row: Row[Any], wanted: StaleFilter) -> bool:
    """Whether the texts occur in a row, and it is UNKNOWN for long enough."""
    return not wanted.is_narrow or (_has_texts(row, wanted) and _is_long_enough(row, wanted))


def _is_long_enough(row: Row[Any], wanted: StaleFilter) -> bool:
    """Whether it is UNKNOWN for as long as is asked for, or from a day that nobody knows, or not yet."""
    lapses_on = date.fromisoformat(row.lapses_on)
    if wanted.least_days is None or lapses_on == ALWAYS or lapses_on > wanted.on:
        return True
    return (wanted.on - lapses_on).days >= wanted.least_days


def shown_on(day: date) -> list[ColumnElement[bool]]:
    """That a row of ``view_revisions`` is what the registry showed of its trial on a day."""
    on = day.isoformat()
    is_followed = exists().where(
        _LATER.c.trial_id == REVISIONS.c.trial_id,
        _LATER.c.rank > REVISIONS.c.rank,
        _LATER.c.holds_from <= on,
        _LATER.c.replaced_at.is_(None),
    )
    return [REVISIONS.c.holds_from <= on, REVISIONS.c.replaced_at.is_(None), ~is_away(REVISIONS, on), ~is_followed]


def _has_texts(row: Row[Any], wanted: StaleFilter) -> bool:
    pairs = (
        (wanted.condition, row.conditions),
        (wanted.sponsor, row.lead_sponsor),
        (wanted.country, row.countries),
    )
    return all(text is None or occurs_in(text, (value,)) for text, value in pairs)


def stale_trial(row: Row[Any], on: date) -> StaleTrial:
    """What is said of the trial in a row of ``view_revisions`` that has a first UNKNOWN day."""
    lapses_on = date.fromisoformat(row.lapses_on)
    is_unknown = lapses_on <= on
    since = None if lapses_on == ALWAYS else lapses_on
    return StaleTrial(
        trial_id=row.trial_id,
        title=row.title,
        lead_sponsor=row.lead_sponsor,
        state="unknown" if is_unknown else "lapsing",
        unknown_since=since.isoformat() if is_unknown and since else None,
        days_unknown=(on - since).days if is_unknown and since else None,
        lapses_on=None if is_unknown else lapses_on.isoformat(),
        days_left=None if is_unknown else (lapses_on - on).days,
        last_known_status=row.last_known_status,
        published_status=row.published_status,
        verified_on=row.verified_on,
        completion_on=row.completion_on,
        disagrees=(row.published_status == UNKNOWN) is not is_unknown,
    )

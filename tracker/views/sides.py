"""What decides whether somebody asks for a trial: its facts before and after a change, and the queries that find it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, select, tuple_

from tracker.domain.facts import Facts
from tracker.domain.staleness import Staleness
from tracker.views.tables import MEMBERS, REVISIONS, TRIALS

_PAGE = 200
RevisionKey = tuple[str, int]  # a trial and the number of one of its revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """That a tracked query finds a trial, or has found it until the release of ``data_on``."""

    name: str
    is_present: bool
    data_on: str
    position: int


def facts_from(row: Row[Any]) -> Facts:
    """The facts that a row of ``view_revisions`` holds."""
    staleness = Staleness(
        published_status=row.published_status,
        last_known_status=row.last_known_status,
        completion_on=row.completion_on,
        verified_on=row.verified_on,
        lapses_on=_day(row.lapses_on),
    )
    return Facts(
        title=row.title,
        lead_sponsor=row.lead_sponsor,
        conditions=_lines(row.conditions),
        interventions=_lines(row.interventions),
        countries=_lines(row.countries),
        phases=_lines(row.phases),
        posted_on=_day(row.posted_on),
        submitted_on=row.submitted_on,
        staleness=staleness,
        results_due_on=_day(row.results_due_on),
        short_row=row.short_row,
    )


def facts_of_revisions(connection: Connection, keys: Collection[RevisionKey]) -> dict[RevisionKey, Facts]:
    """The facts of each revision in ``keys``."""
    wanted = sorted(set(keys))
    found: dict[RevisionKey, Facts] = {}
    for at in range(0, len(wanted), _PAGE):
        is_one = tuple_(REVISIONS.c.trial_id, REVISIONS.c.revision).in_(wanted[at : at + _PAGE])
        for row in connection.execute(select(REVISIONS).where(is_one)):
            found[row.trial_id, row.revision] = facts_from(row)
    return found


def newest_facts(connection: Connection, trial_ids: Collection[str]) -> dict[str, Facts]:
    """The facts of the newest revision of each of ``trial_ids`` that is held."""
    wanted = sorted(set(trial_ids))
    is_newest = and_(REVISIONS.c.trial_id == TRIALS.c.trial_id, REVISIONS.c.revision == TRIALS.c.revision)
    found: dict[str, Facts] = {}
    for at in range(0, len(wanted), _PAGE):
        question = select(REVISIONS).join(TRIALS, is_newest).where(TRIALS.c.trial_id.in_(wanted[at : at + _PAGE]))
        found |= {row.trial_id: facts_from(row) for row in connection.execute(question)}
    return found


def memberships(connection: Connection, trial_ids: Collection[str]) -> Mapping[str, list[Membership]]:
    """Which tracked queries find, or found, each of ``trial_ids``."""
    wanted = sorted(set(trial_ids))
    found: dict[str, list[Membership]] = {}
    for at in range(0, len(wanted), _PAGE):
        is_one = MEMBERS.c.trial_id.in_(wanted[at : at + _PAGE])
        for row in connection.execute(select(MEMBERS).where(is_one).order_by(MEMBERS.c.name)):
            found.setdefault(row.trial_id, []).append(
                Membership(name=row.name, is_present=bool(row.is_present), data_on=row.data_on, position=row.position)
            )
    return found


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

"""What changed lately: the newest changes, those of one revision of a trial together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, exists, select

from store.tables import EVENTS
from tracker.domain.events import BESIDE_REVISIONS
from tracker.views.answers import AnsweredChange
from tracker.views.tables import CHANGES, MEMBERS, REVISIONS
from tracker.views.trails import FeedFilter, asked_for, changes_at
from tracker.views.watch_list import titles

_PAGE = 500
_FEW_MEMBERS = 500  # up to which they are looked up one by one

# Made once: making a question costs more than asking it.
_FIRST = select(REVISIONS.c.revision, REVISIONS.c.position).where(
    REVISIONS.c.trial_id == bindparam("trial"), REVISIONS.c.revision.in_(bindparam("numbers", expanding=True))
)
_HASHES = select(EVENTS.c.position, EVENTS.c.hash).where(EVENTS.c.position.in_(bindparam("positions", expanding=True)))

Key = tuple[str, int]
"""A trial and the number of a revision, or the negative position of what leads to no revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Changes of one revision of a trial, or one change that leads to none, in the order of recording.

    ``title`` is the trial's as of now; ``mark`` is the hash of the first event of the revision, which never changes.
    """

    trial_id: str
    title: str | None
    mark: str
    changes: Sequence[AnsweredChange]


def latest(
    connection: Connection,
    wanted: FeedFilter,
    *,
    most: int,
    members_of: str | None = None,
    before: int | None = None,
) -> list[Together]:
    """The newest ``most`` groups, newest first.

    ``members_of``: only trials that this tracked query found; ``before``: only changes in front of this position.

    Of a way that was told anew, only the finest that is known counts.
    """
    conditions = [*asked_for(wanted), CHANGES.c.superseded_at.is_(None)]
    if members_of is not None:
        conditions.append(_is_member(connection, members_of))
    found = _newest(connection, conditions, most, before=before)
    changes = changes_at(connection, [position for group in found.values() for position in group])
    marks, named = marks_of(connection, found), titles(connection, {trial_id for trial_id, _ in found})
    return [
        Together(
            trial_id=key[0],
            title=named.get(key[0]),
            mark=marks[key],
            changes=[changes[position] for position in sorted(positions)],
        )
        for key, positions in found.items()
    ]


def _newest(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], most: int, *, before: int | None
) -> dict[Key, list[int]]:
    """The positions of the groups, those with the newest change first; each group as far as it was read."""
    columns = (CHANGES.c.position, CHANGES.c.trial_id, CHANGES.c.revision, CHANGES.c.type)
    found: dict[Key, list[int]] = {}
    while True:
        question = select(*columns).where(*conditions).order_by(CHANGES.c.position.desc()).limit(_PAGE)
        rows = connection.execute(question if before is None else question.where(CHANGES.c.position < before)).all()
        for row in rows:
            beside = row.type in BESIDE_REVISIONS
            key = (row.trial_id, -row.position if beside else row.revision)
            if key not in found and len(found) == most:
                return found
            found.setdefault(key, []).append(row.position)
        if len(rows) < _PAGE:
            return found
        before = rows[-1].position


def _is_member(connection: Connection, name: str) -> ColumnElement[bool]:
    few = select(MEMBERS.c.trial_id).where(MEMBERS.c.name == name).limit(_FEW_MEMBERS + 1)
    ids = list(connection.scalars(few))
    if len(ids) <= _FEW_MEMBERS:
        return CHANGES.c.trial_id.in_(ids)
    return exists().where(MEMBERS.c.name == name, MEMBERS.c.trial_id == CHANGES.c.trial_id)


def ledger_mark(connection: Connection) -> str:
    """The hash of the first event of all, which no other ledger shares; empty before there is one."""
    return next((row.hash for row in connection.execute(_HASHES, {"positions": [1]})), "")


def marks_of(connection: Connection, found: Collection[Key]) -> dict[Key, str]:
    """The mark of each key."""
    keys = {key: -key[1] for key in found if key[1] < 0}
    for trial_id in {trial_id for trial_id, number in found if number >= 0}:
        numbers = [number for other, number in found if other == trial_id and number >= 0]
        rows = connection.execute(_FIRST, {"trial": trial_id, "numbers": numbers})
        keys |= {(trial_id, row.revision): row.position for row in rows}
    rows = connection.execute(_HASHES, {"positions": list(keys.values())})
    hashes = {row.position: row.hash for row in rows}
    return {key: hashes[position] for key, position in keys.items()}

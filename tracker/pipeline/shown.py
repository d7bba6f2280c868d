"""A trial's record as it is asked for: the newest, as the registry said it on a day, or as was known at an instant.

It promises one look: the revision, its record and where the trial was are of one transaction. It shows nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from store.json_text import decode
from store.unit_of_work import Transaction
from tracker.domain.record import Json, seen_in
from tracker.domain.whereabouts import Whereabouts
from tracker.views.answers import AnsweredMove, AnsweredRevision, StaleTrial
from tracker.views.moves import last_move
from tracker.views.stale import staleness_of_revision
from tracker.views.timelines import revision_among, timeline

ONE_CHOICE = "each choose a revision; give one of them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Which revision is asked for: that of a day, the newest known at an instant, or that of a number; else the newest.

    One of them at most is given.
    """

    as_of: date | None = None
    known_at: datetime | None = None
    number: int | None = None

    @property
    def is_one(self) -> bool:
        """Whether no two of them are given."""
        return sum(choice is not None for choice in (self.as_of, self.known_at, self.number)) <= 1

    def day(self, today: date) -> date:
        """The day that is asked for."""
        return self.as_of or (self.known_at.date() if self.known_at else today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A revision and its record. ``move``: the last of the record up to then; None where it never moved.

    ``timeline``: the revisions that it is one of, as known now, or at the instant that was asked for.
    """

    revision: AnsweredRevision
    timeline: Sequence[AnsweredRevision]
    record: Json
    move: AnsweredMove | None


def shown(transaction: Transaction, trial_id: str, moment: Moment) -> Shown:
    """What is asked for; raises NotFound that says from when on there is one.

    A content that comes back is kept once: what the registry itself derives is that of its first sight, but for the
    data date, which is the revision's own.
    """
    as_of, known_at = moment.as_of, moment.known_at
    revisions = timeline(transaction.connection, trial_id, known_at=known_at)
    revision = revision_among(transaction.connection, trial_id, revisions, as_of=as_of, number=moment.number)
    release_on = date.fromisoformat(revision.data_on) if revision.data_on else None
    return Shown(
        revision=revision,
        timeline=revisions,
        record=seen_in(decode(transaction.snapshots.get(revision.snapshot)), release_on),
        move=last_move(transaction.connection, trial_id, as_of=as_of, known_at=known_at),
    )


def staleness_on(transaction: Transaction, found: Shown, day: date) -> StaleTrial | None:
    """What the UNKNOWN rule says on ``day``; None where it can never hold, or the registry did not show the record."""
    if found.move is not None and found.move.whereabouts != Whereabouts.VISIBLE:
        return None
    revision = found.revision
    return staleness_of_revision(transaction.connection, revision.trial_id, revision.revision, on=day)

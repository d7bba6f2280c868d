"""From what a ledger tells of a trial to its life. Pure; the front of this package."""

from datetime import date

from tracker.domain.foretelling import foretold
from tracker.domain.life.bands import bands
from tracker.domain.life.model import Life, Update
from tracker.domain.life.plans import enrollment_steps, planned_dates
from tracker.domain.life.results import results_steps
from tracker.domain.life.told import LifeTold
from tracker.domain.whereabouts import Whereabouts


def life_of(told: LifeTold, *, today: date) -> Life:
    """The life of a trial with at least one revision, as known on ``today``."""
    whereabouts = told.moves[-1].whereabouts if told.moves else Whereabouts.VISIBLE
    return Life(
        trial_id=told.trial_id,
        today=today,
        bands=tuple(bands(told.revisions, told.moves, record=told.record, today=today)),
        dates=tuple(planned_dates(told)),
        enrollment=tuple(enrollment_steps(told)),
        results=tuple(results_steps(told)),
        updates=tuple(
            Update(
                on=revision.holds_from,
                revision=revision.revision,
                origin=revision.origin,
                changes_count=revision.changes_count,
            )
            for revision in told.revisions
        ),
        foretold=foretold(told.revisions[-1].staleness, today=today, whereabouts=whereabouts),
    )

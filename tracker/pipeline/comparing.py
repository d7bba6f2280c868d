"""Compares two observations without a ledger: the changes that importing one after the other would record."""

from tracker.diffing.catalogue import Catalogue
from tracker.diffing.compare import changes_between
from tracker.domain.change import Change
from tracker.domain.events import Origin
from tracker.domain.record import Json, data_on, posted_on, submitted_on
from tracker.ledger.codec import shortened
from tracker.pipeline.preparing import address_of
from tracker.source import Observation
from tracker.views.answers import AnsweredChange


def compare(old: Observation, new: Observation, *, catalogue: Catalogue) -> list[AnsweredChange]:
    """The changes from ``old`` to ``new`` inside what both cover; large values point into their snapshots."""
    scope = old.coverage & new.coverage
    return compare_records(
        scope.project(old.record), scope.project(new.record), trial_id=new.trial_id, catalogue=catalogue
    )


def compare_records(old: Json, new: Json, *, trial_id: str, catalogue: Catalogue) -> list[AnsweredChange]:
    """The changes from one record to another, with the origin and dates that the records imply."""
    changes = changes_between(old, new, catalogue=catalogue)
    if not changes:
        return []
    moved = posted_on(old) != posted_on(new) or submitted_on(old) != submitted_on(new)
    posted = posted_on(new) if moved else None
    shown = data_on(new)
    before, after = address_of(old), address_of(new)
    return [
        AnsweredChange(
            position=None,
            trial_id=trial_id,
            revision=None,
            stream_version=None,
            type=change.type.value,
            field=change.field,
            label=change.label,
            path=change.path,
            old=shortened(change.old, snapshot=before, pointer=_old_pointer(change)),
            new=shortened(change.new, snapshot=after, pointer=change.path),
            category=change.category.value,
            significance=change.significance.value,
            origin=(Origin.SPONSOR if moved else Origin.REGISTRY).value,
            posted_on=posted.isoformat() if posted else None,
            data_on=shown.isoformat() if shown else None,
            observed_at=None,
            recorded_at=None,
            detail=change.detail,
            predecessor=None,
            superseded_at=None,
        )
        for change in changes
    ]


def _old_pointer(change: Change) -> str:
    return change.old_path or change.path

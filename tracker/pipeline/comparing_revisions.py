"""Compares two revisions of a trial, whatever lies between them, inside what both show of the record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from store.json_text import decode
from store.unit_of_work import Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.record import Json
from tracker.pipeline.comparing import compare_records
from tracker.views.answers import AnsweredChange
from tracker.views.held import held_content
from tracker.views.timelines import require_trial, revision_at, timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The numbers of two revisions; ``old`` is None where a trial has only one and none was asked for."""

    old: int | None
    new: int


def pair_of(transaction: Transaction, trial_id: str, *, old: int | None, new: int | None) -> Pair:
    """What is compared: without ``new`` the newest, without ``old`` the one before ``new``. Raises NotFound."""
    require_trial(transaction.connection, trial_id)
    numbers = [revision.revision for revision in timeline(transaction.connection, trial_id)]
    last = numbers[-1] if new is None else new
    if old is not None:
        return Pair(old=old, new=last)
    before = revision_at(transaction.connection, trial_id, number=last).predecessor
    return Pair(old=before, new=last)


def changes_between_revisions(
    transaction: Transaction, trial_id: str, pair: Pair, *, catalogue: Catalogue
) -> Sequence[AnsweredChange]:
    """The changes from one to the other; raises NotFound that says which revisions there are."""
    if pair.old is None:
        return []
    old, new = comparable_records(transaction, trial_id, (pair.old, pair.new))
    changes = compare_records(old, new, trial_id=trial_id, catalogue=catalogue)
    return [replace(change, predecessor=pair.old, revision=pair.new) for change in changes]


def comparable_records(transaction: Transaction, trial_id: str, numbers: tuple[int, int]) -> tuple[Json, Json]:
    """The records of two revisions, each as far as both show it; raises NotFound that says which there are."""
    for number in numbers:
        revision_at(transaction.connection, trial_id, number=number)
    (old, old_scope), (new, new_scope) = (held_content(transaction.connection, trial_id, number) for number in numbers)
    scope = old_scope & new_scope
    return (
        scope.project(decode(transaction.snapshots.get(old))),
        scope.project(decode(transaction.snapshots.get(new))),
    )

"""The changes between two records: differences, classified. The front of this package."""

from tracker.diffing.catalogue import Catalogue
from tracker.diffing.classify import classify
from tracker.diffing.differ import differences
from tracker.domain.change import Change
from tracker.domain.record import Json


def changes_between(old: Json, new: Json, *, catalogue: Catalogue) -> list[Change]:
    """The changes that turn ``old`` into ``new``, in the order of the record; neither is changed."""
    return [classify(difference, catalogue=catalogue) for difference in differences(old, new, catalogue=catalogue)]

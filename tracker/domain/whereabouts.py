"""Where a trial's record is, apart from what it says: shown, withheld, merged into another, or gone."""

from enum import StrEnum

from tracker.domain.events import EventType


class Whereabouts(StrEnum):
    """What the registry shows under a trial's id."""

    VISIBLE = "visible"  # the record
    WITHHELD = "withheld"  # a stub that says WITHHELD
    MERGED = "merged"  # the record of another trial, of which the id is an alias
    DISAPPEARED = "disappeared"  # nothing: the registry has no such trial


ARRIVED_BY = {
    Whereabouts.VISIBLE: EventType.RECORD_REAPPEARED,
    Whereabouts.WITHHELD: EventType.RECORD_WITHHELD,
    Whereabouts.MERGED: EventType.RECORD_MERGED,
    Whereabouts.DISAPPEARED: EventType.RECORD_DISAPPEARED,
}
"""The event that leads there."""

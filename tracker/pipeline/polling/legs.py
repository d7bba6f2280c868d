"""The legs of a poll, in the order in which they run."""

from enum import StrEnum

NOTHING_NEW = "nothing new"
"""The reason of a complete run of a leg that had seen all that is tracked as of the registry's release."""


class Leg(StrEnum):
    """A way by which a change can be seen."""

    DELTA = "delta"  # what was posted of late, in full
    SWEEP = "sweep"  # a short row of everything; what differs is read in full
    DUE = "due"  # what is foretold to turn UNKNOWN
    MISSING = "missing"  # what did not come
    REFRESH = "refresh"  # everything in full, a thirtieth a day

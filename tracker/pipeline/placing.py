"""Where an observation belongs in the registry's timeline. Pure.

Order: by the data date where both have one, else by the post date; of two that cannot be told apart, the later seen is
the later.
"""

from collections.abc import Sequence

from tracker.pipeline.transitions import Observed
from tracker.views.held import HeldRevision


def place_of(observed: Observed, timeline: Sequence[HeldRevision]) -> int:
    """Behind the last revision that is not later than the observation."""
    place = len(timeline)
    while place and _is_older(observed, timeline[place - 1]):
        place -= 1
    return place


def _is_older(observed: Observed, held: HeldRevision) -> bool:
    if observed.data_on and held.data_on:
        return observed.data_on < held.data_on
    if observed.posted_on and held.posted_on:
        return observed.posted_on < held.posted_on
    return False


def is_tied(observed: Observed, held: HeldRevision) -> bool:
    """Whether both have the same data date, or neither has one and their post dates are the same."""
    if observed.data_on or held.data_on:
        return observed.data_on == held.data_on
    return observed.posted_on == held.posted_on

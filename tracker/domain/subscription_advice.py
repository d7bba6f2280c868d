"""What a standing request asks for that can never come, so that a person is told at once and not by silence. Pure.

It promises no more than that what it says is so; what it does not say may match nothing all the same.
"""

from collections.abc import Iterator

from tracker.domain.events import ARRIVALS, LAPSES, Category, EventType, Origin
from tracker.domain.subscription import Subscription, Wanted

_EARLIER = frozenset({Origin.BASELINE.value, Origin.BACKFILL.value})


def advice(subscription: Subscription) -> list[str]:
    """A sentence for each option that matches nothing, with what to do."""
    return [*_about_origins(subscription.wanted), *_about_people(subscription.wanted), *_about_conditions(subscription)]


def _about_origins(wanted: Wanted) -> Iterator[str]:
    for origin in wanted.origins:
        if origin in _EARLIER and not wanted.include_backfill:
            yield f"--origin {origin} matches nothing without --include-backfill"
    for one in wanted.types:
        if one in LAPSES and Origin.CLOCK.value not in wanted.origins:
            yield f"--type {one} matches nothing without --origin clock; --when tells of it as a condition"
        if one in ARRIVALS and not wanted.include_backfill:
            yield f"--type {one} matches nothing without --include-backfill"


def _about_people(wanted: Wanted) -> Iterator[str]:
    if wanted.include_contacts:
        return
    if Category.CONTACTS.value in wanted.categories:
        yield f"--category {Category.CONTACTS} matches nothing without --include-contacts"
    if EventType.CONTACT_CHANGED.value in wanted.types:
        yield f"--type {EventType.CONTACT_CHANGED} matches nothing without --include-contacts"


def _about_conditions(subscription: Subscription) -> Iterator[str]:
    wanted = subscription.wanted
    if wanted.when:
        return
    if wanted.from_now:
        yield "--from-now says nothing without --when"
    if wanted.remind_days is not None:
        yield "--remind says nothing without --when"

"""What a standing request asks for that can never come, so that a person is told at once and not by silence. Pure.

It promises no more than that what it says is so; what it does not say may match nothing all the same.
"""

from collections.abc import Iterator

from tracker.domain.events import ARRIVALS, LAPSES, Category, EventType, Origin
from tracker.domain.parts import Spelling, plainly
from tracker.domain.subscription import Subscription, Wanted

_EARLIER = frozenset({Origin.BASELINE.value, Origin.BACKFILL.value})


def advice(subscription: Subscription, *, spelled: Spelling = plainly) -> list[str]:
    """A sentence for each part that matches nothing, with what to do; ``spelled``: how parts are called."""
    wanted = subscription.wanted
    return [*_about_origins(wanted, spelled), *_about_people(wanted, spelled), *_about_conditions(wanted, spelled)]


def _about_origins(wanted: Wanted, spelled: Spelling) -> Iterator[str]:
    for origin in wanted.origins:
        if origin in _EARLIER and not wanted.include_backfill:
            yield f"{spelled('origins')} {origin} matches nothing without {spelled('include_backfill')}"
    for one in wanted.types:
        if one in LAPSES and Origin.CLOCK.value not in wanted.origins:
            without = f"{spelled('origins')} {Origin.CLOCK}"
            yield (
                f"{spelled('types')} {one} matches nothing without {without}; "
                f"{spelled('when')} tells of it as a condition"
            )
        if one in ARRIVALS and not wanted.include_backfill:
            yield f"{spelled('types')} {one} matches nothing without {spelled('include_backfill')}"


def _about_people(wanted: Wanted, spelled: Spelling) -> Iterator[str]:
    if wanted.include_contacts:
        return
    if Category.CONTACTS.value in wanted.categories:
        yield f"{spelled('categories')} {Category.CONTACTS} matches nothing without {spelled('include_contacts')}"
    if EventType.CONTACT_CHANGED.value in wanted.types:
        yield f"{spelled('types')} {EventType.CONTACT_CHANGED} matches nothing without {spelled('include_contacts')}"


def _about_conditions(wanted: Wanted, spelled: Spelling) -> Iterator[str]:
    if wanted.when:
        return
    if wanted.from_now:
        yield f"{spelled('from_now')} says nothing without {spelled('when')}"
    if wanted.remind_days is not None:
        yield f"{spelled('remind')} says nothing without {spelled('when')}"

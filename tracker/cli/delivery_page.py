"""Deliveries as people read them: what was sent where, and what came of it."""

from collections.abc import Sequence

from store.deliveries import Attempt, Delivery
from store.instants import instant_text
from tracker.cli.page import Page
from tracker.delivery.delivery_words import state_in_words
from tracker.domain.safe_text import one_line
from tracker.domain.wording import minute


def show_deliveries(page: Page, found: Sequence[Delivery], attempts: dict[str, list[Attempt]]) -> None:
    """A table of deliveries."""
    page.table(
        ("Delivery", "Made", "Subscription", "Address", "Kind", "State"),
        [_row(one, attempts.get(one.id, [])) for one in found],
    )


def _row(one: Delivery, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    about = ", ".join(one.trial_ids[:3]) + (f" and {len(one.trial_ids) - 3} more" if len(one.trial_ids) > 3 else "")
    return (
        one.id,
        minute(instant_text(one.created_at)),
        one.subscription,
        one_line(one.address),
        one.kind,
        one_line(f"{state_in_words(one, attempts)}{f'; {about}' if about else ''}"),
    )

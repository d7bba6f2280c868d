"""Subscriptions as people read them: who asks for what, when, and where it goes.

It promises masks only, unless it is handed addresses in clear.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tracker.alerts.reasons import asked_for
from tracker.alerts.subscription_words import besides, when_in_words
from tracker.cli.page import Page
from tracker.domain.safe_text import one_line
from tracker.domain.wording import minute

if TYPE_CHECKING:
    from tracker.alerts.targets import NewSecret
    from tracker.views.standing import StandingAddress, StandingSubscription

ONCE = "The secrets are shown this once; keep them where messages are verified."


def show_secrets(page: Page, addresses: Sequence["StandingAddress"], new: Sequence["NewSecret"]) -> None:
    """A line for each address, with its secret where that is new."""
    secrets = {one.address_number: one.secret for one in new}
    for one in addresses:
        secret = secrets.get(one.address_number)
        page.line(f"{one.address_number}  {one_line(one.address)}{f'  secret {secret}' if secret else ''}", indent=2)
    if new:
        page.line(ONCE, style="dim")


def show_one(page: Page, asked: "StandingSubscription", clear: Mapping[str, str] | None = None) -> None:
    """All of one subscription."""
    page.line(f"{asked.name}  {asked.state}", style="bold")
    page.fields(
        [
            ("asks for", one_line(asked_for(asked.request))),
            ("besides", one_line(", ".join(besides(asked.request)))),
            ("comes", when_in_words(asked.request)),
            ("made", minute(asked.created_at)),
        ],
        indent=2,
    )
    for one in asked.addresses:
        page.line(f"{one.address_number}  {one_line((clear or {}).get(one.address_id, one.address))}", indent=2, hang=3)
        if one.is_disabled:
            page.line(
                f"disabled since {minute(one.disabled_at or '')}: {one_line(one.disabled_reason or '')}; mend it, "
                f"then: trialog resume {asked.name}",
                indent=5,
                style="bold",
            )


def row_of(asked: "StandingSubscription") -> tuple[str, ...]:
    """A row of the list of all."""
    addresses = ", ".join(one.address for one in asked.addresses[:2])
    more = f" and {len(asked.addresses) - 2} more" if len(asked.addresses) > 2 else ""
    disabled_count = sum(one.is_disabled for one in asked.addresses)
    state = f"{asked.state}, {disabled_count} disabled" if disabled_count else str(asked.state)
    return (
        asked.name,
        state,
        one_line(addresses + more),
        when_in_words(asked.request),
        one_line(asked_for(asked.request)),
    )

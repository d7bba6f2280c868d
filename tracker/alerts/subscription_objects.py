"""Subscriptions as programs read them, whatever the door: who asks for what, when, and where it goes.

It promises masks only, unless it is handed addresses in clear, and secrets only where they are new.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.alerts.targets import NewSecret
from tracker.views.standing import StandingAddress, StandingSubscription


def subscription_object(asked: StandingSubscription, clear: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A subscription for programs; ``clear``: addresses in clear, by their ids."""
    told = asked.request.to_json()
    return {
        "name": asked.name,
        "state": asked.state.value,
        "scope": told["scope"],
        "what": told["wanted"],
        "when": told["when"],
        "created_at": asked.created_at,
        "addresses": [
            {
                "address": (clear or {}).get(one.address_id, one.address),
                "address_number": one.address_number,
                "channel": one.channel,
                "state": one.state,
                "disabled_at": one.disabled_at,
                "disabled_reason": one.disabled_reason,
            }
            for one in asked.addresses
        ],
    }


def secrets_object(name: str, addresses: Sequence[StandingAddress], new: Sequence[NewSecret]) -> dict[str, Any]:
    """Addresses with the secrets that are new, null for those without one."""
    secrets = {one.address_number: one.secret for one in new}
    return {
        "subscription": name,
        "addresses": [
            {"address": one.address, "channel": one.channel, "secret": secrets.get(one.address_number)}
            for one in addresses
        ],
    }

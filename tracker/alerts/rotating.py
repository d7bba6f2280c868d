"""New secrets for addresses of a subscription that are named by their number, by themselves, or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from store.addresses import Address
from tracker.alerts.subscribing import Acting, require_subscription
from tracker.alerts.targets import NewSecret
from tracker.domain.errors import InvalidInput, Mismatch, NotFound
from tracker.domain.lengths import SHORT, SHORT_EXAMPLE, parse_length
from tracker.domain.parts import about
from tracker.views.standing import StandingAddress

USUAL_OVERLAP = "24h"
MOST_OVERLAP = timedelta(days=90)


class NoSuchAddress(NotFound):
    """None of the addresses is the one that is meant, or more than one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """The addresses whose secrets are new, and these, to be shown this once."""

    addresses: Sequence[StandingAddress]
    secrets: Sequence[NewSecret]


def parse_overlap(text: str) -> timedelta:
    """How long an old secret signs beside the new one; raises InvalidInput that says what was expected."""
    with about("overlap"):
        overlap = parse_length(text, SHORT, example=SHORT_EXAMPLE)
        if overlap > MOST_OVERLAP:
            raise InvalidInput(f"expected {MOST_OVERLAP.days}d at most")
        return overlap


def rotate(
    acting: Acting, name: str, which: str | None, *, overlap: timedelta, fresh_secret: Callable[[], str]
) -> Rotated:
    """Sign what goes to one address, or to every signed one, with secrets that were never used before."""
    asked = require_subscription(acting.transaction, name)
    with about("address"):
        numbers = _numbers(acting.transaction.addresses.of(asked.subscription_id), which)
        if not numbers:
            raise Mismatch(f"no address of {name} is signed: only webhooks are")
        fresh = {number: fresh_secret() for number in numbers}
        secrets = acting.rotate_secret(name, fresh, overlap_s=overlap.total_seconds())
    return Rotated(addresses=[one for one in asked.addresses if one.address_number in numbers], secrets=secrets)


def _numbers(addresses: Sequence[Address], which: str | None) -> list[int]:
    """The numbers of the addresses that are meant; a number that is none is refused where the secret is changed."""
    if which is None:
        return [one.number for one in addresses if one.secrets and one.number]
    if which.isascii() and which.isdigit() and len(which) < 6:
        return [int(which)]
    found = [one.number for one in addresses if one.number and which in (one.clear, one.mask)]
    if len(found) != 1:
        raise NoSuchAddress("none of the addresses, or more than one, is that; give its number")
    return found

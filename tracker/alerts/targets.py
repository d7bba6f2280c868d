"""The addresses of a subscription: those that are added, stay or go, and the secrets that sign what is sent there.

Promises that an address which stays keeps its secret and its progress whatever its place in the list, and that nothing
waits for one that was removed. Clear addresses and secrets are kept out of every repr.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store.addresses import Address, NewAddress, Secret
from store.unit_of_work import Transaction
from tracker.domain.errors import InvalidInput, Mismatch
from tracker.ledger.subscription_events import ToldAddress

_REMOVED = "address removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where messages are to go: an address as its channel's parser took it.

    ``secret`` signs what is sent there, None where the channel signs nothing; one that stays keeps its own.
    """

    channel: str
    clear: str = field(repr=False)
    mask: str
    endpoint: str
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """Addresses as their channels took them, and what a person should know of them."""

    targets: list[Target]
    notes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """A secret that is shown once."""

    address_number: int
    address: str
    channel: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The addresses of one subscription in one write transaction."""

    transaction: Transaction
    subscription_id: str
    now: datetime
    new_id: Callable[[], str]

    def told(self) -> list[ToldAddress]:
        """The addresses as they are, as events tell them."""
        return [told_of(address) for address in self.transaction.addresses.of(self.subscription_id)]

    def exchange(self, targets: Sequence[Target]) -> tuple[list[ToldAddress], list[NewSecret]]:
        """Let ``targets`` be the addresses, in their order; answers them, and the secrets of those that are new."""
        present = {(one.channel, one.clear): one for one in self.transaction.addresses.of(self.subscription_id)}
        wanted = {(one.channel, one.clear) for one in targets}
        for key, address in present.items():
            if key not in wanted:
                self.transaction.outbox.kill_address(address.address_id, _REMOVED, self.now)
                self.transaction.addresses.remove(address.address_id, self.now)
        told, secrets = [], []
        for number, target in enumerate(targets, 1):
            staying = present.get((target.channel, target.clear))
            if staying is not None:
                self.transaction.addresses.place(staying.address_id, number)
            address_id = staying.address_id if staying else self._add(number, target)
            one = ToldAddress(address_id=address_id, address_number=number, channel=target.channel, address=target.mask)
            told.append(one)
            if staying is None and target.secret is not None:
                secrets.append(
                    NewSecret(address_number=number, address=target.mask, channel=target.channel, secret=target.secret)
                )
        return told, secrets

    def _add(self, number: int, target: Target) -> str:
        address_id = self.new_id()
        new = NewAddress(
            address_id=address_id,
            subscription_id=self.subscription_id,
            number=number,
            channel=target.channel,
            mask=target.mask,
            clear=target.clear,
            endpoint=target.endpoint,
            secrets=() if target.secret is None else (Secret(secret=target.secret),),
        )
        self.transaction.addresses.add_many([new], self.now)
        return address_id


def require_targets(targets: Sequence[Target]) -> Sequence[Target]:
    """``targets``; raises InvalidInput where there are none, or one comes twice."""
    if not targets:
        raise InvalidInput("a subscription needs an address, such as mailto:someone@example.org")
    if len({(one.channel, one.clear) for one in targets}) < len(targets):
        raise Mismatch("an address is given twice; give each once")
    return targets


def told_of(address: Address) -> ToldAddress:
    """An address as events tell it."""
    return ToldAddress(
        address_id=address.address_id,
        address_number=address.number or 0,
        channel=address.channel,
        address=address.mask,
    )


def new_secret(address: Address, secret: str) -> NewSecret:
    """A secret of an address that there is."""
    return NewSecret(address_number=address.number or 0, address=address.mask, channel=address.channel, secret=secret)


def ending(secret: Secret, at: datetime) -> Secret:
    """The secret, holding until ``at`` or its own end, whichever is earlier."""
    until = at if secret.valid_until is None else min(at, secret.valid_until)
    return Secret(secret=secret.secret, valid_until=until)


def is_valid(secret: Secret, now: datetime) -> bool:
    """Whether a secret still signs."""
    return secret.valid_until is None or secret.valid_until > now

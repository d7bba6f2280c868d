"""The address of whoever runs trialog: a row among the addresses, of a subscription that nobody made.

Promises that it is what the settings say: another setting makes another row, what waited for the old one dies, and the
old one's address is erased. No event tells of it, since nobody decided it here.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from store.addresses import Address, Secret
from store.deliveries import DeliveryFilter, DeliveryState, delivery_id
from store.unit_of_work import Transaction
from tracker.alerts.targets import Listed, Target
from tracker.domain.running import OPERATOR

_NOT_SENT = tuple(state for state in DeliveryState if state is not DeliveryState.SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The address as it stands now, None where there is none, and what the one before it missed, by ``dedup``."""

    address: Address | None
    missed: frozenset[str] = frozenset()


def operator_address(transaction: Transaction) -> Address | None:
    """The operator's address, also where nothing is sent there any more."""
    return next(iter(transaction.addresses.of(OPERATOR)), None)


def is_settled(address: Address | None, target: Target | None) -> bool:
    """Whether the address is what is wanted; of one that is not signed any secret will do."""
    if address is None or target is None:
        return address is None and target is None
    return _is_at(address, target) and (target.secret is None or _holds(address, target.secret))


def settle_address(
    transaction: Transaction, target: Target | None, *, now: datetime, new_id: Callable[[], str]
) -> Settled:
    """Let ``target`` be the operator's address, or let there be none."""
    present = operator_address(transaction)
    if is_settled(present, target):
        return Settled(address=present)
    if present is not None and target is not None and _is_at(present, target):
        transaction.addresses.put_secrets(present.address_id, [Secret(secret=target.secret or "")])
        return Settled(address=operator_address(transaction))
    missed: frozenset[str] = frozenset()
    listed = Listed(transaction=transaction, subscription_id=OPERATOR, now=now, new_id=new_id)
    if present is not None:
        unsent = DeliveryFilter(address_id=present.address_id, states=_NOT_SENT)
        missed = frozenset(one.dedup for one in transaction.outbox.list(unsent))
        listed.exchange([])
        transaction.addresses.forget(OPERATOR)
    if target is not None:
        listed.exchange([target])
    return Settled(address=operator_address(transaction), missed=missed)


def try_again(transaction: Transaction, address: Address, dedups: Collection[str], *, now: datetime) -> Address:
    """Send to it again, as if nothing had failed, and of what died on the way what is still so."""
    if not address.is_active:
        transaction.addresses.enable(address.address_id)
    ids = [delivery_id(address.address_id, dedup) for dedup in dedups]
    transaction.outbox.redeliver(DeliveryFilter(ids=ids, states=[DeliveryState.DEAD]), now)
    return transaction.addresses.get(address.address_id)


def _is_at(address: Address, target: Target) -> bool:
    return (address.channel, address.clear) == (target.channel, target.clear)


def _holds(address: Address, secret: str) -> bool:
    return any(one.secret == secret for one in address.secrets or ())

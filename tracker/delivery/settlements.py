"""Verdicts are settled, many in one transaction, and counted.

It promises that an address is disabled in the transaction that settles the attempt which showed it, and that of a lost
lease nothing is settled or counted. Only a batch that disables an address takes the ledger's lock.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from store.deliveries import DeliveryState
from store.settling import Ending, Settled
from store.unit_of_work import Database
from tracker.delivery.disabling import DisabledAddress, disable_addresses
from tracker.delivery.verdicts import Verdict

_LOG = structlog.get_logger()


@dataclass(slots=True)
class Tally:
    """What became of the attempts so far. Dead are also those that died with their address."""

    sent_count: int = 0
    failed_count: int = 0
    dead_count: int = 0
    disabled: list[DisabledAddress] = field(default_factory=list)


def settle(database: Database, verdicts: Sequence[Verdict], *, now: datetime, tally: Tally) -> None:
    """Settle ``verdicts``, at most one of each delivery, and add them to ``tally``."""
    settlements = [verdict.settlement for verdict in verdicts]
    disabled: list[DisabledAddress] = []
    if any(verdict.disables is not None for verdict in verdicts):
        with database.writing() as transaction:
            settled = transaction.outbox.settle(settlements, now)
            showing = [one for one in verdicts if one.disables is not None and _id(one) in settled.states]
            disabled = disable_addresses(transaction, showing, now=now)
    else:
        with database.working() as transaction:
            settled = transaction.outbox.settle(settlements, now)
    for delivery_id in settled.lost:
        _LOG.warning("lease_lost", delivery=delivery_id, advice="set TRIALOG_DELIVERY__LEASE_S higher")
    for one in disabled:
        _log_disabled(one)
    _count(tally, verdicts, settled=settled, disabled=disabled)


def _count(tally: Tally, verdicts: Sequence[Verdict], *, settled: Settled, disabled: Sequence[DisabledAddress]) -> None:
    died_with_address = {one.address_id for one in disabled}
    kept = [one for one in verdicts if one.settlement.ending is not Ending.RETURNED and _id(one) in settled.states]
    states = Counter(
        settled.states[_id(one)]
        for one in kept
        if settled.states[_id(one)] in (DeliveryState.SENT, DeliveryState.DEAD)
        or one.claimed.delivery.address_id not in died_with_address
    )
    sent_count, dead_count = states[DeliveryState.SENT], states[DeliveryState.DEAD]
    tally.sent_count += sent_count
    tally.dead_count += dead_count + sum(one.died_count for one in disabled)
    tally.failed_count += states.total() - sent_count - dead_count
    tally.disabled += disabled


def _id(verdict: Verdict) -> str:
    return verdict.claimed.delivery.id


def _log_disabled(one: DisabledAddress) -> None:
    log = _LOG.warning if one.told_count else _LOG.error  # where nobody is told, the operator must see it
    log(
        "address_disabled",
        subscription=one.subscription,
        address_number=one.address_number,
        channel=one.channel,
        address=one.address,
        reason=one.reason,
        died=one.died_count,
        told=one.told_count,
    )

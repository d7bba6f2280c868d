"""What a ledger says that happened and who was told of it, so that two ledgers of one world can be compared.

It promises that what differs from run to run (positions, ids, instants, the order of recording) is no part of an
account, and finds what may never be: an item that one address was told under two ids, a message that was not sent, one
that its endpoint never got, a run of a poll that others had taken over.
"""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store.deliveries import Delivery, DeliveryState
from store.json_text import decode
from store.runs import Run
from store.unit_of_work import Database, Transaction
from tests.endpoints import Received
from tests.records import Json
from tracker.domain.change import is_pointer
from tracker.domain.pointer import resolve
from tracker.ledger.events import RecordedTrialEvent
from tracker.ledger.ledger import Ledger
from tracker.ledger.watch_events import Membership
from tracker.ledger.watch_ledger import WatchLedger

EVENT_KEY = "event:"
Said = tuple[str, ...]
Sent = tuple[str, str]  # a delivery's id and an item's key


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """``events``: what happened; ``told``: subscription, address and what it was told."""

    events: Counter[Said]
    told: Counter[Said]

    def differences(self, other: "Account") -> Iterator[str]:
        """What this says and ``other`` does not, and the other way round."""
        for name, here, there in (("event", self.events, other.events), ("told", self.told, other.told)):
            yield from (f"{name} only here: {one}" for one in sorted((here - there).elements()))
            yield from (f"{name} only there: {one}" for one in sorted((there - here).elements()))


def account_of(database: Database) -> Account:
    """The account of a ledger."""
    with database.reading() as transaction:
        happened = dict(events_by_key(transaction))
        told = Counter(
            (one.subscription, str(one.address_number), *happened.get(key, (key,)))
            for one in transaction.outbox.list()
            for key in one.items
        )
    return Account(events=Counter(happened.values()), told=told)


def events_by_key(transaction: Transaction) -> Iterator[tuple[str, Said]]:
    """What each event says, by the key that it has as an item of a message."""
    for recorded in Ledger(transaction).read():
        yield f"{EVENT_KEY}{recorded.position}", _said(transaction, recorded)
    for member in WatchLedger(transaction).read():
        event = member.event
        if isinstance(event, Membership):
            yield f"{EVENT_KEY}{member.position}", (event.trial_id, event.type.value, event.name, str(event.data_on))


def _said(transaction: Transaction, recorded: RecordedTrialEvent) -> Said:
    event, change = recorded.event, recorded.event.change

    def value(of: Json) -> str:
        if is_pointer(of):
            of = resolve(decode(transaction.snapshots.get(of["snapshot"])), of["pointer"])
        return json.dumps(of, sort_keys=True)

    revision = event.revision
    days = (str(revision.posted_on), str(revision.data_on))
    places = (change.path, change.old_path or "", json.dumps(change.detail, sort_keys=True))
    return (
        *(revision.trial_id, change.type.value, event.origin.value),
        *(*places, value(change.old), value(change.new), *days),
    )


def faults_of(deliveries: Sequence[Delivery], received: Iterable[Received]) -> Iterator[str]:
    """What may not be in an outbox that is done, and in what its endpoints got."""
    by_item: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for one in deliveries:
        if one.state is not DeliveryState.SENT:
            yield f"{one.subscription} {one.dedup}: {one.state}, {one.reason}"
        for key in one.items:
            by_item[one.subscription, one.address_number, key].add(one.id)
    yield from (f"{item}: under {len(ids)} ids" for item, ids in by_item.items() if len(ids) > 1)
    yield from _faults_of_arrivals({one.id: one for one in deliveries if one.channel == "webhook"}, received)


def _faults_of_arrivals(by_id: Mapping[str, Delivery], received: Iterable[Received]) -> Iterator[str]:
    arrived: set[str] = set()
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in received:
        delivery_id, keys = one.headers["webhook-id"], set(keys_in(one))
        arrived.add(delivery_id)
        if delivery_id not in by_id:
            yield f"{one.path}: {delivery_id} is no delivery"
        elif not keys <= set(by_id[delivery_id].items):
            yield f"{one.path}: {delivery_id} told what it does not hold"
        for key in keys:
            ids[one.path, key].add(delivery_id)
    yield from (f"{by_id[lost].subscription}: {lost} never arrived" for lost in by_id.keys() - arrived)
    yield from (f"{path}: {key} came under {len(each)} ids" for (path, key), each in ids.items() if len(each) > 1)


def faults_of_runs(runs: Sequence[Run]) -> Iterator[str]:
    """What may not be among the runs of polls, given in the order of recording, once nobody polls any more."""
    yield from (f"the run {one.run_id} has no end" for one in runs if one.finished_at is None)
    for before, one in itertools.pairwise(runs):
        if (before.term or 0) > (one.term or 0):
            yield f"the run {one.run_id} of term {one.term} was recorded in term {before.term}"


def keys_in(received: Received) -> Iterator[str]:
    """The keys of the items of a request."""
    body: Any = json.loads(received.body)
    yield from (str(item["key"]) for item in body["data"]["items"])


def repeated_count(received: Iterable[Received]) -> int:
    """How many requests came once more, under the id that they had before."""
    return sum(count - 1 for count in Counter(one.headers["webhook-id"] for one in received).values())

"""Samples: a message that a person asks for, to see what will come and whether it arrives.

Promises that a sample is marked as one, says what a message of that subscription would say (of the newest change or
the first condition that it asks for, else of a made trial), and moves nothing: no condition counts as told for it. A
sample that still waits is given up for the next one, which says what is asked for now.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from store.deliveries import DeliveryFilter, delivery_id
from store.unit_of_work import Transaction
from tracker.alerts.changes import items_of
from tracker.alerts.conditions import held_by
from tracker.alerts.content import Kind
from tracker.alerts.groups import read_groups
from tracker.alerts.items import Item, Told, change_item, condition_item
from tracker.alerts.matching import Matcher
from tracker.alerts.messages import NewMessage, enqueue
from tracker.alerts.recording import act
from tracker.alerts.subscribing import require_subscription
from tracker.domain.conditions import Condition, ConditionKind
from tracker.domain.errors import Conflict
from tracker.domain.events import Category, EventType, Origin, Significance
from tracker.domain.subscribing import SubscriptionEventType, SubscriptionState
from tracker.ledger.subscription_events import SubscriptionEvent
from tracker.views.answers import AnsweredChange, StaleTrial
from tracker.views.standing import StandingSubscription
from tracker.views.trails import FeedFilter, feed

_LOOKED_AT = 2_000  # changes, the newest
MADE_TRIAL = "NCT00000000"
_SUPERSEDED = "a newer sample was asked for"
_MADE_TITLE = "A made trial, which is in no registry"


def put_sample(transaction: Transaction, name: str, *, now: datetime, actor: str | None = None) -> list[str]:
    """Put a sample for each active address into the outbox, due at once; answers their ids, in the addresses' order.

    ``actor``: who asks, where known. One of a paused subscription is sent all the same. Raises Conflict where no
    address is active.
    """
    asked = require_subscription(transaction, name)
    active = tuple(one for one in asked.addresses if not one.is_disabled)
    if not active:
        raise Conflict(f"every address of {name} is disabled; mend one, then: trialog resume {name}")
    event = SubscriptionEvent(
        type=SubscriptionEventType.SAMPLE_REQUESTED,
        name=name,
        subscription_id=asked.subscription_id,
        actor=actor,
    )
    dedup = f"{Kind.SAMPLE}:{act(transaction, event)}"
    earlier = DeliveryFilter(subscription_id=asked.subscription_id, kind=Kind.SAMPLE.value)
    transaction.outbox.kill_these(earlier, _SUPERSEDED, now)
    message = NewMessage(
        subscription=replace(asked, state=SubscriptionState.ACTIVE, addresses=active),
        kind=Kind.SAMPLE,
        items=_items(transaction, asked, now.date()),
        dedup=dedup,
        is_sample=True,
    )
    enqueue(transaction, [message], now=now)
    ids = [delivery_id(one.address_id, dedup) for one in active]
    transaction.outbox.redeliver(DeliveryFilter(ids=ids), now)
    return ids


def _items(transaction: Transaction, asked: StandingSubscription, today: date) -> Sequence[Item]:
    found = _newest_change(transaction, asked)
    if not found and asked.request.wanted.when:
        held = held_by(transaction, [asked], on=today)[asked.subscription_id]
        found = [condition_item(one.told) for one in held[:1]] or [made_condition(asked.request.wanted.when[0], today)]
    return found or [made_change(today)]


def _newest_change(transaction: Transaction, asked: StandingSubscription) -> Sequence[Item]:
    """The items of the newest revision that the subscription asks for, whenever it was recorded."""
    newest = next(iter(feed(transaction.connection, FeedFilter(), limit=_LOOKED_AT)), None)
    if newest is None or newest.position is None:
        return []
    head = transaction.events.head().position
    groups = read_groups(transaction, after=newest.position - 1, until=head, about=_LOOKED_AT).groups
    always = replace(asked, since=0)
    matcher = Matcher([always])
    for group in reversed(groups):
        for matched in matcher.matched(group.sides, group.changes):
            items = items_of(always, group, matched.changes)
            if items:
                return items
    return []


def made_change(today: date) -> Item:
    """A change of no trial that there is."""
    change = AnsweredChange(
        position=0,
        trial_id=MADE_TRIAL,
        revision=2,
        stream_version=1,
        type=EventType.RECRUITMENT_STATUS_CHANGED.value,
        field="overall_status",
        label="Recruitment status",
        path="/protocolSection/statusModule/overallStatus",
        old="RECRUITING",
        new="COMPLETED",
        category=Category.STATUS.value,
        significance=Significance.MAJOR.value,
        origin=Origin.SPONSOR.value,
        posted_on=today.isoformat(),
        data_on=today.isoformat(),
        observed_at=f"{today}T00:00:00Z",
        recorded_at=f"{today}T00:00:00Z",
        detail={},
        predecessor=1,
        superseded_at=None,
    )
    item = change_item(change, title=_MADE_TITLE, includes_people=False)
    assert item is not None  # it names nobody
    return item


def made_condition(condition: Condition, today: date) -> Item:
    """A condition that holds of no trial that there is."""
    is_unknown, is_lapsing = condition.kind is ConditionKind.UNKNOWN, condition.kind is ConditionKind.LAPSING
    since, from_day = today - timedelta(days=condition.days or 0), today + timedelta(days=condition.days or 0)
    row = StaleTrial(
        trial_id=MADE_TRIAL,
        title=_MADE_TITLE,
        lead_sponsor="A made university",
        state="unknown" if is_unknown else "lapsing",
        unknown_since=since.isoformat() if is_unknown else None,
        days_unknown=(today - since).days if is_unknown else None,
        lapses_on=from_day.isoformat() if is_lapsing else None,
        days_left=(from_day - today).days if is_lapsing else None,
        last_known_status="RECRUITING" if is_unknown else None,
        published_status="UNKNOWN" if is_unknown else "RECRUITING",
        verified_on="2000-01",
        completion_on="2001-01",
        disagrees=False,
    )
    causes = {
        ConditionKind.UNKNOWN: since,
        ConditionKind.LAPSING: from_day,
        ConditionKind.RESULTS_DUE: from_day,
        ConditionKind.RESULTS_OVERDUE: date(2002, 1, 1),
    }
    cause = str(causes.get(condition.kind, "2000-01"))
    dates = {"results_due_on": None, "posted_on": "2000-01-15", "observed_at": f"{today}T00:00:00Z"}
    told = Told(
        trial_id=MADE_TRIAL,
        title=_MADE_TITLE,
        condition=str(condition),
        cause=cause,
        row={**asdict(row), **dates},
    )
    return condition_item(told)

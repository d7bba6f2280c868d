"""What people do to their subscriptions: each act in one transaction with its event, its view and its effect.

Promises: what is not allowed is refused before anything is written, with what to do; an act holds for what is recorded
behind it. Addresses and secrets go to a table of their own, from which they can be erased; events hold masks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from store.addresses import Secret
from store.deliveries import DeliveryFilter, DeliveryState
from store.unit_of_work import Transaction
from tracker.alerts.changes import tell_changes
from tracker.alerts.clock import record_what_lapsed
from tracker.alerts.conditions import know, tell_conditions
from tracker.alerts.digests import put_slot, tell_digest_early
from tracker.alerts.messages import ADDRESS_DISABLED
from tracker.alerts.pauses import end_what_came_true_in_pause, put_pause
from tracker.alerts.recording import act
from tracker.alerts.targets import (
    Listed,
    NewSecret,
    Target,
    ending,
    is_valid,
    new_secret,
    require_targets,
    told_of,
)
from tracker.domain.digest_times import latest_due
from tracker.domain.errors import Conflict, Mismatch, NotFound
from tracker.domain.running import OPERATOR
from tracker.domain.subscribing import SubscriptionEventType as Did
from tracker.domain.subscription import Subscription
from tracker.ledger.subscription_events import SubscriptionEvent, ToldAddress
from tracker.views.standing import StandingSubscription, near_names, standing_named

ENDED = "unsubscribed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Acts inside one write transaction. ``new_id``: an id unlike all before it; ``actor``: who acts, where known."""

    transaction: Transaction
    now: datetime
    new_id: Callable[[], str]
    actor: str | None = None

    def subscribe(
        self, request: Subscription, targets: Sequence[Target], *, goes_on: str | None = None
    ) -> list[NewSecret]:
        """Make a subscription; answers the secrets of its addresses. Raises Conflict where the name is in use.

        ``goes_on``: the id of an ended one that is taken up again, so that what it was told is not told anew.
        """
        if standing_named(self.transaction.connection, request.name) is not None:
            raise Conflict(
                f"there is a subscription {request.name} already; choose another name, or change it: "
                f"trialog edit {request.name}"
            )
        require_targets(targets)
        self._record_what_lapsed()
        tell_changes(self.transaction, now=self.now)
        subscription_id = goes_on or self.new_id()
        told, secrets = self._listed(subscription_id).exchange(targets)
        event = SubscriptionEvent(
            type=Did.SUBSCRIBED,
            name=request.name,
            subscription_id=subscription_id,
            request=request.to_json(),
            addresses=tuple(told),
        )
        self._act(event)
        self._begin(request.name)
        return secrets

    def edit(self, name: str, *, request: Subscription, targets: Sequence[Target] | None = None) -> list[NewSecret]:
        """Change what is asked for, and with ``targets`` where it goes; answers the secrets of addresses that are new.

        What was recorded until now is told by the request that held until now.
        """
        asked = require_subscription(self.transaction, name)
        self._catch_up(asked)
        listed = self._listed(asked.subscription_id)
        told, secrets = (listed.told(), []) if targets is None else listed.exchange(require_targets(targets))
        event = SubscriptionEvent(
            type=Did.SUBSCRIPTION_EDITED,
            name=name,
            subscription_id=asked.subscription_id,
            request=request.to_json(),
            addresses=tuple(told),
        )
        self._act(event)
        self._begin(name)
        return secrets

    def pause(self, name: str) -> bool:
        """Let messages wait; answers False where they do already.

        What came until now is told first, so that it is told apart from what comes in the pause.
        """
        asked = require_subscription(self.transaction, name)
        if asked.is_paused:
            return False
        self._catch_up(asked)
        put_pause(self.transaction, asked, now=self.now)
        self.transaction.outbox.hold(asked.subscription_id)
        self._act(_event(Did.SUBSCRIPTION_PAUSED, asked))
        return True

    def resume(self, name: str, *, skip: bool = False) -> int:
        """Send again, also to disabled addresses; what waited is sent, or skipped. Answers how many go on."""
        asked = require_subscription(self.transaction, name)
        disabled = [one for one in self.transaction.addresses.of(asked.subscription_id) if not one.is_active]
        if not asked.is_paused and not disabled:
            return 0
        if skip:
            self._skip(asked)
        outbox, count = self.transaction.outbox, 0
        for address in disabled:
            self.transaction.addresses.enable(address.address_id)
            self._act(_event(Did.ADDRESS_ENABLED, asked, address=told_of(address)))
            if not skip:
                lost = DeliveryFilter(
                    address_id=address.address_id, states=[DeliveryState.DEAD], reason=ADDRESS_DISABLED
                )
                count += len(outbox.redeliver(lost, self.now))
        if asked.is_paused:
            count += outbox.let_go(asked.subscription_id, self.now, skip=skip)
            self._act(_event(Did.SUBSCRIPTION_RESUMED, asked, detail={"skip": skip}))
        return count

    def unsubscribe(self, name: str, *, forget: bool = False) -> int:
        """End a subscription; answers how many messages that waited are not sent. ``forget``: erase its addresses."""
        asked = require_subscription(self.transaction, name)
        count = self.transaction.outbox.kill(asked.subscription_id, ENDED, self.now)
        for address in self.transaction.addresses.of(asked.subscription_id):
            self.transaction.addresses.remove(address.address_id, self.now)
        self._act(_event(Did.UNSUBSCRIBED, asked))
        if forget:
            self.transaction.addresses.forget(asked.subscription_id)
            self._act(_event(Did.SUBSCRIPTION_FORGOTTEN, asked))
        return count

    def rotate_secret(self, name: str, secrets: dict[int, str], *, overlap_s: float) -> list[NewSecret]:
        """Give addresses (by number) new secrets; the old ones go on signing beside them for ``overlap_s``."""
        asked = require_subscription(self.transaction, name)
        present = {one.number: one for one in self.transaction.addresses.of(asked.subscription_id) if one.secrets}
        unknown = sorted(set(secrets) - present.keys())
        if unknown:
            signed = ", ".join(map(str, sorted(number for number in present if number))) or "none"
            raise Mismatch(f"address {unknown[0]} of {name} is not signed; those that are: {signed}")
        ends_at = self.now + timedelta(seconds=overlap_s)
        for number, secret in secrets.items():
            address = present[number]
            old = [ending(one, ends_at) for one in address.secrets or () if is_valid(one, self.now)]
            self.transaction.addresses.put_secrets(address.address_id, [Secret(secret=secret), *old])
            told = told_of(address)
            self._act(_event(Did.SECRET_ROTATED, asked, address=told, detail={"overlap_s": overlap_s}))
        return [new_secret(present[number], secret) for number, secret in secrets.items()]

    def _act(self, event: SubscriptionEvent) -> None:
        act(self.transaction, replace(event, actor=self.actor))

    def _listed(self, subscription_id: str) -> Listed:
        return Listed(transaction=self.transaction, subscription_id=subscription_id, now=self.now, new_id=self.new_id)

    def _catch_up(self, asked: StandingSubscription) -> None:
        """Tell what came until now by the request and the state that held until now."""
        self._record_what_lapsed()
        while not tell_changes(self.transaction, now=self.now).is_done:
            pass
        tell_conditions(self.transaction, today=self.now.date(), now=self.now, only=asked.subscription_id)
        tell_digest_early(self.transaction, asked, now=self.now)

    def _record_what_lapsed(self) -> None:
        """Let lapses of days that nobody looked at yet stand in front of the act, as other changes do."""
        record_what_lapsed(self.transaction, today=self.now.date(), now=self.now, run_id=self.new_id())

    def _skip(self, asked: StandingSubscription) -> None:
        """Evaluate what came in a pause, so that it can be left out; it is known from now on."""
        if asked.is_paused or asked.request.when.digest is None:
            self._catch_up(asked)
        if asked.is_paused:
            end_what_came_true_in_pause(self.transaction, asked, now=self.now)

    def _begin(self, name: str) -> None:
        """Keep what a request is told on the ground of, from now on."""
        asked = require_subscription(self.transaction, name)
        know(self.transaction, asked, now=self.now)
        times = asked.request.when.digest
        if times is not None:
            put_slot(self.transaction, asked, slot=latest_due(times, self.now), position=asked.since)


def require_subscription(transaction: Transaction, name: str) -> StandingSubscription:
    """The subscription of that name; raises NotFound, with near misses."""
    asked = standing_named(transaction.connection, name)
    if asked is None:
        near = near_names(transaction.connection, name)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; trialog subscriptions lists those that there are"
        raise NotFound(f"there is no subscription {name}{hint}")
    return asked


def require_told(transaction: Transaction, name: str | None) -> None:
    """Whether deliveries of that name can be asked for: one that has ended is known by them; raises NotFound."""
    if name not in (None, OPERATOR) and not transaction.outbox.list(DeliveryFilter(subscription=name), limit=1):
        require_subscription(transaction, name or "")


def _event(
    did: Did,
    asked: StandingSubscription,
    *,
    address: ToldAddress | None = None,
    detail: dict[str, object] | None = None,
) -> SubscriptionEvent:
    return SubscriptionEvent(
        type=did,
        name=asked.name,
        subscription_id=asked.subscription_id,
        address=address,
        detail=detail or {},
    )

"""Tells subscriptions of conditions of time that came true or are over: by the day, and by what changed.

Promises that a condition is judged by the state, whatever brought it: on a new day, and for a request that is new, all
trials are looked at; in between, those of which something was recorded. All that comes true in one evaluation is one
message. Where it stands is kept for each subscription, in the transaction of its messages.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from store.unit_of_work import Transaction
from tracker.alerts.content import Kind
from tracker.alerts.first_sights import held_at_first_sight
from tracker.alerts.matching import Matcher
from tracker.alerts.messages import NewMessage, enqueue
from tracker.alerts.tellings import Held, Look, News, keep_known, news_of
from tracker.domain.conditions import Condition
from tracker.domain.subscription_matching import TrialSide
from tracker.views.holdings import holdings
from tracker.views.sides import memberships
from tracker.views.standing import StandingSubscription, standing
from tracker.views.touched import first_seen_since, touched_since

_PAGE_TRIALS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """The day by which conditions are judged, and the present instant."""

    today: date
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stand:
    """How far the conditions of a subscription were looked at; None of one that never was."""

    subscription: StandingSubscription
    on: date | None
    since: int
    position: int

    @property
    def is_new(self) -> bool:
        """Whether its present request was never looked at."""
        return self.on is None or self.since != self.subscription.since

    def day(self, today: date) -> date:
        """The day by which it is judged: one that was looked at never comes back."""
        return today if self.on is None else max(self.on, today)

    def is_whole(self, today: date) -> bool:
        """Whether all trials have to be looked at."""
        return self.is_new or self.on != self.day(today)


def tell_conditions(transaction: Transaction, *, today: date, now: datetime, only: str | None = None) -> int:
    """Tell by the state of ``today`` those who are told at once, or one alone by its id; how many deliveries are new.

    Who was looked at by a later day already is judged by that.
    """
    found = [one for one in standing(transaction.connection) if only in (None, one.subscription_id)]
    asking = [one for one in found if one.request.wanted.when and one.request.when.digest is None]
    stands = [_stand(transaction, one) for one in asking]
    count = 0
    for day in sorted({stand.day(today) for stand in stands}):
        moment = _Moment(today=day, now=now)
        count += _tell_of_day(transaction, [stand for stand in stands if stand.day(today) == day], moment)
    return count


def _tell_of_day(transaction: Transaction, stands: Sequence[_Stand], moment: _Moment) -> int:
    today, head = moment.today, transaction.events.head().position
    whole = [stand for stand in stands if stand.is_whole(today)]
    partly = [stand for stand in stands if not stand.is_whole(today) and stand.position < head]
    count = _tell(transaction, whole, None, moment)
    for position in sorted({stand.position for stand in partly}):
        some = [stand for stand in partly if stand.position == position]
        for trial_ids in _pages(touched_since(transaction.connection, position)):
            count += _tell(transaction, some, trial_ids, moment)
    for stand in (*whole, *partly):
        _put_stand(transaction, stand.subscription, on=today, position=head)
    return count


def _put_stand(transaction: Transaction, subscription: StandingSubscription, *, on: date, position: int) -> None:
    """Keep that the conditions of a subscription were looked at."""
    value = {"on": on.isoformat(), "since": subscription.since, "position": position}
    transaction.cursors.put(_cursor(subscription), value)


def look_at(
    transaction: Transaction, subscriptions: Sequence[StandingSubscription], *, now: datetime
) -> dict[str, News]:
    """What is new for each of ``subscriptions`` (by its id), with all trials looked at; it is kept as told."""
    stands, head = [_stand(transaction, one) for one in subscriptions], transaction.events.head().position
    moment = _Moment(today=now.date(), now=now)
    found = {stand.subscription.subscription_id: news for stand, news in _looked(transaction, stands, None, moment)}
    for one in subscriptions:
        _put_stand(transaction, one, on=now.date(), position=head)
    return found


def know(transaction: Transaction, subscription: StandingSubscription, *, now: datetime) -> None:
    """With ``--from-now``: keep as known what holds now, then what held of trials as they were seen first.

    Where nothing is looked at for a while, as between two digests, this is what is asked for to be known in time.
    """
    if not (subscription.request.wanted.from_now and subscription.request.wanted.when):
        return
    stand, head = _stand(transaction, subscription), transaction.events.head().position
    seen = None if stand.is_new else sorted(first_seen_since(transaction.connection, stand.position))
    for trial_ids in (None,) if seen is None else _pages(seen):
        held = held_by(transaction, [subscription], on=now.date(), trial_ids=trial_ids)[subscription.subscription_id]
        known = None if seen is None else held_at_first_sight(transaction, held, seen, looked_on=stand.on)
        keep_known(transaction, subscription, [one for one in held if known is None or one.key in known], now)
    _put_stand(transaction, subscription, on=now.date(), position=head)


def held_by(
    transaction: Transaction,
    subscriptions: Sequence[StandingSubscription],
    *,
    on: date,
    trial_ids: Collection[str] | None = None,
) -> dict[str, list[Held]]:
    """All that holds for each of ``subscriptions`` (by its id) on a day; each condition is looked up once."""
    found: dict[str, list[Held]] = {one.subscription_id: [] for one in subscriptions}
    for condition in dict.fromkeys(each for one in subscriptions for each in one.request.wanted.when):
        matcher = Matcher([one for one in subscriptions if condition in one.request.wanted.when])
        for side, held in _with_sides(transaction, condition, on, trial_ids):
            for one in matcher.in_scope([side]):
                found[one.subscription_id].append(held)
    return found


def _tell(
    transaction: Transaction, stands: Sequence[_Stand], trial_ids: Collection[str] | None, moment: _Moment
) -> int:
    messages = []
    for stand, news in _looked(transaction, stands, trial_ids, moment):
        asked = stand.subscription
        for kind, items in ((Kind.CONDITION, news.holding), (Kind.OVER, news.over)):
            if items:
                messages.append(
                    NewMessage(
                        subscription=asked,
                        kind=kind,
                        items=items,
                        dedup=f"{kind}:{moment.now.isoformat()}:{items[0]['key']}",
                    )
                )
    return enqueue(transaction, messages, now=moment.now)


def _looked(
    transaction: Transaction, stands: Sequence[_Stand], trial_ids: Collection[str] | None, moment: _Moment
) -> Iterator[tuple[_Stand, News]]:
    subscriptions = [stand.subscription for stand in stands]
    held = held_by(transaction, subscriptions, on=moment.today, trial_ids=trial_ids)
    for stand in stands:
        look = Look(
            subscription=stand.subscription,
            held=held[stand.subscription.subscription_id],
            on=moment.today,
            now=moment.now,
            trial_ids=trial_ids,
            silent_keys=_silent_keys(transaction, stand, held[stand.subscription.subscription_id]),
        )
        yield stand, news_of(transaction, look)


def _silent_keys(transaction: Transaction, stand: _Stand, held: Sequence[Held]) -> Collection[str] | None:
    """What is known: with ``--from-now`` what held at the first sight of a trial seen since; None: everything."""
    if not stand.subscription.request.wanted.from_now:
        return ()
    if stand.is_new:
        return None
    seen = first_seen_since(transaction.connection, stand.position)
    return held_at_first_sight(transaction, held, seen, looked_on=stand.on)


def _with_sides(
    transaction: Transaction, condition: Condition, on: date, trial_ids: Collection[str] | None
) -> Iterator[tuple[TrialSide, Held]]:
    held = [
        Held(condition=condition, holding=one)
        for one in holdings(transaction.connection, condition, on=on, trial_ids=trial_ids)
    ]
    queries: Mapping[str, frozenset[str]] = {
        trial_id: frozenset(one.name for one in found if one.is_present)
        for trial_id, found in memberships(transaction.connection, [one.holding.trial_id for one in held]).items()
    }
    for one in held:
        trial_id = one.holding.trial_id
        yield (
            TrialSide(trial_id=trial_id, facts=one.holding.facts, queries=queries.get(trial_id, frozenset())),
            one,
        )


def _stand(transaction: Transaction, subscription: StandingSubscription) -> _Stand:
    kept = transaction.cursors.get(_cursor(subscription))
    return _Stand(
        subscription=subscription,
        on=date.fromisoformat(kept["on"]) if kept else None,
        since=kept["since"] if kept else 0,
        position=kept["position"] if kept else 0,
    )


def _cursor(subscription: StandingSubscription) -> str:
    return f"conditions:{subscription.subscription_id}"


def _pages(trial_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(trial_ids), _PAGE_TRIALS):
        yield trial_ids[at : at + _PAGE_TRIALS]

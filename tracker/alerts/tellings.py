"""Which conditions of time have come true for a subscription, and which are over, since it was last told.

Promises that each is told once per trial and cause, again only where a reminder is asked for, and its end once; what
leads on to what the alert was about ends without a word, and so does what was never told. It writes the store's
tellings and no message.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from store.json_text import decode
from store.tellings import NewTelling, Telling
from store.unit_of_work import Transaction
from tracker.alerts.items import Item, Told, condition_item, over_item
from tracker.domain.conditions import Condition, TrialState, holds, parse_condition
from tracker.domain.conditions_over import over_reason
from tracker.domain.results_duty import results_duty_of
from tracker.domain.staleness import staleness_of
from tracker.domain.whereabouts import Whereabouts
from tracker.views.answers import AnsweredRevision
from tracker.views.held import held_content, held_whereabouts
from tracker.views.holdings import Holding, holdings
from tracker.views.standing import StandingSubscription
from tracker.views.timelines import revision_at

_PAGE_TRIALS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A condition and a trial of which it holds."""

    condition: Condition
    holding: Holding

    @property
    def told(self) -> Told:
        """What is told of it."""
        one = self.holding
        return Told(
            trial_id=one.trial_id,
            title=one.facts.title,
            condition=str(self.condition),
            cause=one.cause,
            row=one.row,
        )

    @property
    def key(self) -> str:
        """What it is told once under."""
        return str(condition_item(self.told)["key"])


@dataclass(slots=True, kw_only=True)
class News:
    """What a subscription is to be told: conditions that hold, and those that are over."""

    holding: list[Item] = field(default_factory=list)
    over: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look at the conditions of one subscription on day ``on``.

    ``held``: all that hold, of all trials or of ``trial_ids``; ``silent_keys``: what of it is known and not told; None:
    everything, also what is over.
    """

    subscription: StandingSubscription
    held: Iterable[Held]
    on: date
    now: datetime
    trial_ids: Collection[str] | None = None
    silent_keys: Collection[str] | None = ()

    def is_silent(self, key: str) -> bool:
        """Whether what is kept under the key is not told."""
        return self.silent_keys is None or key in self.silent_keys


def news_of(transaction: Transaction, look: Look) -> News:
    """What is new in a look; it is kept as told."""
    tellings, subscription_id = transaction.tellings, look.subscription.subscription_id
    held = {one.key: one for one in look.held}
    known = _known(transaction, look, held)
    news = News()
    new = [one for key, one in held.items() if key not in known]
    loud = [one for one in new if not look.is_silent(one.key)]
    news.holding += [condition_item(one.told) for one in loud]
    tellings.tell(subscription_id, [_new_telling(one) for one in loud], look.now)
    keep_known(transaction, look.subscription, [one for one in new if look.is_silent(one.key)], look.now)
    again = [key for key in held if key in known and _is_due_again(look, known[key])]
    news.holding += [condition_item(held[key].told) for key in again]
    tellings.tell_again(subscription_id, again, look.now)
    open_ones = tellings.open(subscription_id, look.trial_ids)
    ended, left = _replaced(look, [one for one in open_ones if one.key not in held], held.values())
    ended += _over(transaction, look, left, news)
    tellings.end(subscription_id, ended, look.now)
    return news


def keep_known(
    transaction: Transaction, subscription: StandingSubscription, held: Iterable[Held], now: datetime
) -> None:
    """Keep what holds as known, which nobody is told: neither now nor again nor its end. What was told stays told."""
    transaction.tellings.know(subscription.subscription_id, [_new_telling(one) for one in held], now)


def _known(transaction: Transaction, look: Look, held: Mapping[str, Held]) -> dict[str, Telling]:
    return transaction.tellings.known(look.subscription.subscription_id, held) if held else {}


def _new_telling(one: Held) -> NewTelling:
    return NewTelling(
        key=one.key,
        condition=str(one.condition),
        subject=one.holding.trial_id,
        cause=one.holding.cause,
        judged_by=one.holding.revision,
    )


def _is_due_again(look: Look, telling: Telling) -> bool:
    days = look.subscription.request.wanted.remind_days
    if days is None or telling.over_at is not None:
        return False
    return (look.on - telling.last_told_at.date()).days >= days


def _replaced(look: Look, told: Iterable[Telling], held: Iterable[Held]) -> tuple[list[str], list[Telling]]:
    """The keys of what ends without a word, not asked for any more or replaced by another cause; and the rest."""
    wanted = set(map(str, look.subscription.request.wanted.when))
    present = {(str(one.condition), one.holding.trial_id) for one in held}
    ended, left = list[str](), list[Telling]()
    for one in told:
        if one.condition not in wanted or (one.condition, one.subject) in present:
            ended.append(one.key)
        else:
            left.append(one)
    return ended, left


def _over(transaction: Transaction, look: Look, told: Sequence[Telling], news: News) -> list[str]:
    """The keys of what held and holds no more, wherever the trial is now; what is said of it is added to ``news``.

    Of a trial that left the scope nothing is said while it holds, nor of a record that is away until it is back.
    """
    ended = []
    outside = _holding_outside(transaction, told, look.on)
    for telling in told:
        if (telling.condition, telling.subject) in outside:
            continue
        now, condition = _state_now(transaction, telling.subject), parse_condition(telling.condition)
        if not now.is_judged or holds(condition, now, on=look.on) is not None:
            continue
        ended.append(telling.key)
        before = state_of_revision(transaction, telling.subject, telling.judged_by)
        reason = over_reason(condition, before, now=now, on=look.on)
        if reason is not None and not look.is_silent(telling.key):
            newest = revision_at(transaction.connection, telling.subject)
            item = told_of(newest, condition=telling.condition, cause=telling.cause)
            news.over.append(over_item(item, reason=reason))
    return ended


def _holding_outside(transaction: Transaction, told: Sequence[Telling], on: date) -> set[tuple[str, str]]:
    """The conditions and trials of what was told that hold still, whoever asks for them: looked up, not worked out."""
    found: set[tuple[str, str]] = set()
    for condition in dict.fromkeys(one.condition for one in told):
        subjects = sorted({one.subject for one in told if one.condition == condition})
        for at in range(0, len(subjects), _PAGE_TRIALS):
            page = subjects[at : at + _PAGE_TRIALS]
            holding = holdings(transaction.connection, parse_condition(condition), on=on, trial_ids=page)
            found.update((condition, one.trial_id) for one in holding)
    return found


def told_of(revision: AnsweredRevision, *, condition: str, cause: str) -> Told:
    """What is told of the end of a condition that held for ``cause``; ``revision`` ended it."""
    return Told(
        trial_id=revision.trial_id,
        title=revision.title,
        condition=condition,
        cause=cause,
        row={name: getattr(revision, name) for name in ("published_status", "posted_on", "observed_at")},
    )


def _state_now(transaction: Transaction, trial_id: str) -> TrialState:
    found = held_whereabouts(transaction.connection, trial_id)
    newest = revision_at(transaction.connection, trial_id)
    return state_of(transaction, newest.snapshot, found[0] if found else Whereabouts.DISAPPEARED)


def state_of_revision(transaction: Transaction, trial_id: str, number: int) -> TrialState:
    """The state that a revision shows."""
    return state_of(transaction, held_content(transaction.connection, trial_id, number)[0])


def state_of(transaction: Transaction, snapshot: str, whereabouts: Whereabouts = Whereabouts.VISIBLE) -> TrialState:
    """What the rules say of a content that is held."""
    record = decode(transaction.snapshots.get(snapshot))
    return TrialState(staleness=staleness_of(record), duty=results_duty_of(record), whereabouts=whereabouts)

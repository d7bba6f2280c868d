"""Making and changing subscriptions, whatever the door: what is asked for, where it goes, and what to know of it.

It promises one rule for the command line, the API and the pages: what is refused there is refused here, before anything
is written, with the part that it is about; what can never come is told in ``notes``. It decides nothing itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from store.deliveries import Attempt
from store.unit_of_work import Database, Transaction
from tracker.alerts.backtest_summary import BacktestSummary, summary_of, timed
from tracker.alerts.backtesting import Backtest, imagined
from tracker.alerts.samples import put_sample
from tracker.alerts.subscribing import Acting, require_subscription
from tracker.alerts.targets import Addressed, NewSecret, Target
from tracker.delivery.deliverer import Deliverer
from tracker.delivery.trying import Patience, TriedOut, try_out
from tracker.diffing.catalogue import Catalogue
from tracker.domain.errors import Mismatch
from tracker.domain.parts import Asking, Spelling, about, plainly
from tracker.domain.requesting import request_of
from tracker.domain.subscription import Subscription
from tracker.domain.subscription_advice import advice
from tracker.pipeline.field_names import require_fields
from tracker.views.standing import StandingSubscription
from tracker.views.watch_list import watch_list


class Ground(Protocol):
    """What is needed of a door's services: a ledger, the catalogue of fields, the present instant, and acts."""

    @property
    def database(self) -> Database: ...

    @property
    def catalogue(self) -> Catalogue: ...

    @property
    def now(self) -> Callable[[], datetime]: ...

    def acting(self, transaction: Transaction, *, actor: str | None = None) -> Acting: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A subscription as it stands now. ``secrets``: those that are new, to be shown this once."""

    asked: StandingSubscription
    secrets: Sequence[NewSecret]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What became of the samples, and the attempts of each by its id."""

    out: TriedOut
    attempts: Mapping[str, Sequence[Attempt]]


def subscribe(services: Ground, request: Subscription, to: Addressed, *, asking: Asking) -> Made:
    """Make a subscription. Raises Conflict where the name is in use, InvalidInput for what there is not."""
    with services.database.writing() as transaction:
        known = require_known(request, services, transaction, spelled=asking.spelled)
        notes = [*to.notes, *known, *untracked(request, transaction)]
        secrets = services.acting(transaction, actor=asking.actor).subscribe(request, to.targets)
        asked = require_subscription(transaction, request.name)
    return Made(asked=asked, secrets=secrets, notes=notes)


def edit(services: Ground, name: str, given: Mapping[str, Any], *, to: Addressed | None = None, asking: Asking) -> Made:
    """Change what a subscription asks for by the parts of ``given``, and with ``to`` where it goes."""
    with services.database.writing() as transaction:
        before = require_subscription(transaction, name).request
        request = request_of(name, given, before=before, spelled=asking.spelled)
        notes = [*(to.notes if to else ()), *require_known(request, services, transaction, spelled=asking.spelled)]
        acting = services.acting(transaction, actor=asking.actor)
        secrets = acting.edit(name, request=request, targets=to.targets if to else None)
        asked = require_subscription(transaction, name)
    return Made(asked=asked, secrets=secrets, notes=notes)


def imagined_request(
    services: Ground, transaction: Transaction, request: Subscription, *, to: Sequence[Target] = ()
) -> StandingSubscription:
    """A subscription that nobody made, checked as one that is."""
    require_known(request, services, transaction)
    return imagined(request, [(one.channel, one.mask) for one in to])


def backtest(
    transaction: Transaction,
    asked: StandingSubscription,
    span: tuple[date, date],
    *,
    most: int,
    elapsed_s: Callable[[], float],
) -> BacktestSummary:
    """What ``asked`` would have sent from the first day to the last, as far as the time reaches (``LIMIT_S``).

    ``most``: how many messages are kept; ``elapsed_s``: seconds by a clock that never goes back.
    """
    tested = Backtest(transaction=transaction, subscription=asked, since=span[0], until=span[1])
    return summary_of(timed(tested, elapsed_s=elapsed_s), most=most)


def send_sample(services: Ground, name: str, sender: Deliverer, *, most_s: float, actor: str | None = None) -> Sampled:
    """Send a sample to each address of a subscription, and wait ``most_s`` for what comes of those that others have.

    ``actor``: who asks, where known.
    """
    with services.database.writing() as transaction:
        ids = put_sample(transaction, name, now=services.now(), actor=actor)
    out = try_out(sender, ids, Patience(most_s=most_s))
    with services.database.reading() as transaction:
        return Sampled(out=out, attempts=transaction.outbox.attempts_of(ids))


def require_known(
    request: Subscription, services: Ground, transaction: Transaction, *, spelled: Spelling = plainly
) -> list[str]:
    """Refuse fields and queries that there are not; answers what of the rest can match nothing."""
    with about("fields"):
        if request.wanted.fields:
            require_fields(transaction, request.wanted.fields, services.catalogue)
    tracked = [query.name for query in watch_list(transaction.connection).queries]
    for name in request.scope.queries:
        if name not in tracked:
            there_are = f"those that are: {', '.join(tracked)}" if tracked else "none is: trialog track --name NAME ..."
            raise Mismatch(f"no query {name} is tracked; {there_are}", part="queries")
    return advice(request, spelled=spelled)


def untracked(request: Subscription, transaction: Transaction) -> list[str]:
    """What of a request nothing new will come of, as nobody tracks it."""
    watched = watch_list(transaction.connection)
    if watched.is_empty:
        return ["nothing is tracked yet, so nothing new will come: trialog track ID..."]
    if watched.everything is not None or watched.queries:
        return []
    missing = [one for one in request.scope.trials if one not in watched.trials]
    return [f"{one} is not tracked: trialog track {one}" for one in missing]

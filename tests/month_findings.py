"""What came of a month: a table of what should be, what is, and what differs (see `tests.month`)."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from store.deliveries import Delivery
from tests.accounts import faults_of
from tests.contract.pipeline.lab import Lab, silent
from tests.followed import Followed
from tests.following import Follower, Told, asking
from tests.mailbox import Mailbox
from tests.month_requests import WATCHES_UNKNOWN
from tests.month_truth import Watch, asked_for
from tracker.alerts.content import MOST_ITEMS
from tracker.domain.events import EventType, Origin
from tracker.ledger.events import RecordedTrialEvent
from tracker.pipeline.verifying import verify

_SHOWN = 6
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table: how much there should be, how much there is, and what differs."""

    name: str
    wanted: int
    found: int
    differences: Sequence[str] = ()

    def __str__(self) -> str:
        """The line, and below it the first differences."""
        line = f"{self.name:<46} {self.wanted:>9,} {self.found:>9,} {len(self.differences):>7,}"
        return "\n".join([line, *(f"    {one}" for one in self.differences[:_SHOWN])])


HEAD = f"{'':<46} {'wanted':>9} {'found':>9} {'differ':>7}"


def rows_of(place: Followed, mailbox: Mailbox, watch: Watch, *, wanted: Counter[Told]) -> Iterator[Row]:
    """The table; ``wanted``: what the ledger must say."""
    events = _events(place)
    with place.database.reading() as transaction:
        deliveries, asked = transaction.outbox.list(), asked_for(transaction)
        unnamed = {
            one.id: int(transaction.outbox.content(one.id)["more_count"])
            for one in deliveries
            if len(one.items) == MOST_ITEMS
        }
    told = Counter(said for recorded, said in events if recorded.event.origin is not Origin.CLOCK)
    yield _row("changes of the registry in the ledger", wanted, told)
    yield _row("days on which trials turned UNKNOWN", watch.lapses, _lapses(events))
    yield _row("alerts of UNKNOWN, by day", watch.alerts, _alerts(deliveries))
    yield _row("changes told, by subscription", asked, _told(deliveries) + _left_out(asked, deliveries, unnamed))
    faults = list(faults_of(deliveries, place.received))
    yield Row(
        name="deliveries: sent, no item under two ids",
        wanted=len(deliveries),
        found=len(deliveries),
        differences=faults,
    )
    mails = Counter(one.headers["message-id"].partition("@")[0].lstrip("<") for one in mailbox.mails)
    ids = Counter(one.id for one in deliveries if one.channel == "email")
    yield _row("mails that arrived", ids, Counter(mails.keys()))
    report = verify(place.database, show=silent)
    why = [] if report.ok else [str(report.reason)]
    yield Row(name="the ledger verifies", wanted=1, found=int(report.ok), differences=why)


def _row(name: str, wanted: Counter[T], found: Counter[T]) -> Row:
    missed, invented = (wanted - found).elements(), (found - wanted).elements()
    differences = [*(f"missed {one}" for one in missed), *(f"invented {one}" for one in invented)]
    return Row(name=name, wanted=wanted.total(), found=found.total(), differences=differences)


def _events(place: Followed) -> list[tuple[RecordedTrialEvent, Told]]:
    with asking(place.server.url) as registry:
        lab = Lab(place.database, place.now)
        return Follower(lab=lab, world=place.world, server=place.server, registry=registry).events()


def _lapses(events: Sequence[tuple[RecordedTrialEvent, Told]]) -> Counter[tuple[str, str]]:
    return Counter(
        (f"{one.event.revision.trial_id} {one.event.revision.data_on}", f"{one.recorded_at:%Y-%m-%d}")
        for one, _ in events
        if one.event.change.type is EventType.STATUS_LAPSED
    )


def _alerts(deliveries: Sequence[Delivery]) -> Counter[tuple[str, str]]:
    return Counter(
        (key, f"{one.created_at:%Y-%m-%d}")
        for one in deliveries
        if one.subscription == WATCHES_UNKNOWN and one.kind == "condition"
        for key in one.items
    )


def _told(deliveries: Sequence[Delivery]) -> Counter[tuple[str, str]]:
    return Counter((one.subscription, key) for one in deliveries for key in one.items if key.startswith("event:"))


def _left_out(
    asked: Counter[tuple[str, str]], deliveries: Sequence[Delivery], unnamed: Mapping[str, int]
) -> Counter[tuple[str, str]]:
    """Of what was not named, as much as messages say that they left out: ``unnamed``, by delivery."""
    left: Counter[str] = Counter()
    for one in deliveries:
        left[one.subscription] += unnamed.get(one.id, 0)
    missed: Counter[tuple[str, str]] = Counter()
    for name, key in sorted((asked - _told(deliveries)).elements()):
        if left[name] > 0:
            left[name] -= 1
            missed[name, key] += 1
    return missed

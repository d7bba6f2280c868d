"""Made lives of some trials, day by day, and requests that ask for them: to hold backtests to evaluation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from tests.contract.alerts.alert_lab import MAIL, AlertLab, request
from tests.contract.pipeline.lab import Lab
from tests.copies import copied
from tests.records import Json, record
from tracker.alerts.backtesting import Backtest, PastMessage
from tracker.alerts.subscribing import require_subscription
from tracker.domain.subscription import Subscription
from tracker.domain.whereabouts import Whereabouts

FIRST_ON = date(2026, 6, 1)
TRIALS = ("NCT00000001", "NCT00000002", "NCT00000003")
CONDITIONS = ("unknown", "unknown:10d", "lapsing:30d", "results-due:30d", "results-overdue", "unverified:12mo")
STATUSES = ("RECRUITING", "RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED", "SUSPENDED", "UNKNOWN", "WITHHELD")
VERIFIED = ("2024-05", "2024-06", "2024-07", "2025-05", "2025-06", "2026-06", None)
ENDS = ("2025-05-25", "2025-06-10", "2025-05", "2026-06-20", "2026-07", None)

Seen = tuple[int, int, str, str | None, str | None, bool]  # day, trial, status, verified, completed, has results
Moved = tuple[int, int, Whereabouts]

SEEN = st.tuples(
    st.integers(0, 59),
    st.integers(0, len(TRIALS) - 1),
    st.sampled_from(STATUSES),
    st.sampled_from(VERIFIED),
    st.sampled_from(ENDS),
    st.booleans(),
)
MOVED = st.tuples(
    st.integers(1, 59),
    st.integers(0, len(TRIALS) - 1),
    st.sampled_from((Whereabouts.VISIBLE, Whereabouts.WITHHELD, Whereabouts.DISAPPEARED)),
)
_SOME_SCOPE: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    (
        *({}, {}, {"trials": TRIALS[:2]}, {"statuses": ("RECRUITING",)}),
        {"statuses": ("UNKNOWN", "ACTIVE_NOT_RECRUITING")},
        *({"conditions": ("odd",)}, {"conditions": ("odd",), "statuses": ("RECRUITING",)}),
    )
)
_SOME_EVENTS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    (
        *({}, {}, {"significance": "administrative"}, {"significance": "minor"}),
        {"types": ("recruitment_status_changed", "record_withheld", "record_reappeared")},
        {"significance": "administrative", "include_backfill": True},
        {"categories": ("timeline",)},
    )
)
_SOME_DIGEST: st.SearchStrategy[dict[str, str] | None] = st.sampled_from(
    (None, None, {"every": "daily"}, {"every": "weekly", "on": "wed", "zone": "Europe/Berlin", "at": "00:30"})
)


@st.composite
def requests(draw: st.DrawFn) -> Subscription:
    """Any request that is told at once, or in digests."""
    return request(
        "made",
        when=tuple(draw(st.lists(st.sampled_from(CONDITIONS), max_size=3, unique=True))),
        digest=draw(_SOME_DIGEST),
        even_empty=draw(st.booleans()),
        from_now=draw(st.booleans()),
        remind_days=draw(st.none() | st.sampled_from((1, 7, 20))),
        **draw(_SOME_SCOPE),
        **draw(_SOME_EVENTS),
    )


def made_record(seen: Seen) -> dict[str, Json]:
    """The record of a data release of the day, of an applicable trial."""
    day, number, status, verified, completed, has_results = seen
    told: dict[str, Json] = {"statusVerifiedDate": verified, "startDateStruct": {"date": "2018-01"}}
    told["completionDateStruct"] = completed and {"date": completed}
    on = (FIRST_ON + timedelta(days=day)).isoformat()
    made = record(
        TRIALS[number],
        posted_on=on,
        data_on=on,
        status=status,
        statusModule={key: value for key, value in told.items() if value is not None},
        designModule={"studyType": "INTERVENTIONAL"},
        oversightModule={"isFdaRegulatedDrug": True},
        conditionsModule={"conditions": ["Odd disease" if number % 2 else "Even disease"]},
    )
    return made | {"hasResults": has_results}


@dataclass(slots=True)
class PastLab:
    """A ledger whose records come on their days, with one subscription."""

    alerts: AlertLab
    told: list[list[str]] = field(default_factory=list)

    @classmethod
    def open(cls, url: str) -> "PastLab":
        """A lab on an empty store."""
        return cls(AlertLab(Lab.open(url)))

    def close(self) -> None:
        """Let the database go."""
        self.alerts.lab.close()

    def live(self, days: int, seen: list[Seen], moved: list[Moved], *, asked: Subscription, since: int) -> None:
        """Each day's records, then its moves, then an evaluation; somebody subscribes at the start of ``since``."""
        for day in range(days):
            on = FIRST_ON + timedelta(days=day)
            if day == since:
                self._set(on, hour=0)
                self.alerts.subscribe(asked, MAIL)
            self._set(on, hour=12)
            for one in seen:
                if one[0] == day:
                    self.alerts.lab.see(made_record(one), observed_at=self.alerts.now)
            held = {trial for at, trial, *_ in seen if at <= day}
            for at, trial, now in moved:
                if at == day and trial in held:
                    self.alerts.lab.move(now, on=on, trial_id=TRIALS[trial], observed_at=self.alerts.now)
            if day >= since:
                self._set(on, hour=23)
                self.alerts.evaluate()

    def sent(self) -> list[tuple[str, list[Json]]]:
        """Kind and items of what is in the outbox."""
        return [(one["kind"], one["items"]) for one in self.alerts.contents()]

    def backtest(self, *, since: int, until: int, name: str = "made") -> list[PastMessage]:
        """The messages from the start of a day to the end of another."""
        with self.alerts.lab.database.reading() as transaction:
            tested = Backtest(
                transaction=transaction,
                subscription=require_subscription(transaction, name),
                since=FIRST_ON + timedelta(days=since),
                until=FIRST_ON + timedelta(days=until),
            )
            messages = list(tested.messages())
            assert tested.is_complete
            return messages

    def _set(self, on: date, *, hour: int) -> None:
        self.alerts.now = datetime(on.year, on.month, on.day, hour, tzinfo=UTC)


def plain(messages: list[PastMessage]) -> list[tuple[str, list[Json]]]:
    """Kind and items of the messages of a backtest."""
    return [(one.kind.value, list(one.items)) for one in messages]


@contextmanager
def lab_of(empty: str) -> Iterator[PastLab]:
    """A lab on a ledger of its own: a copy of the empty store at that place."""
    with TemporaryDirectory() as folder, copied(empty, Path(folder)) as url:
        lab = PastLab.open(url)
        yield lab
        lab.close()

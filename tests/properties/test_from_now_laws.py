"""Nothing that comes true after somebody asked is lost, whoever looks how late; from now on nothing else is told."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.alerts.alert_lab import MAIL, request
from tests.contract.alerts.past_lab import CONDITIONS, ENDS, FIRST_ON, TRIALS, VERIFIED, PastLab, lab_of, made_record
from tests.laws import tries
from tests.properties.records import LAWFUL
from tracker.domain.conditions import TrialState, holds, parse_condition
from tracker.domain.results_duty import results_duty_of
from tracker.domain.staleness import staleness_of
from tracker.domain.subscription import Subscription

DAYS = 60
ENDLESS = ("unknown", "unknown:10d", "results-overdue", "unverified:12mo")
DIGESTS = st.sampled_from((None, {"every": "daily", "at": "00:30"}))
SOME = st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3, unique=True).map(tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for conditions."""

    when: tuple[str, ...]
    digest: dict[str, str] | None
    from_now: bool

    def request(self) -> Subscription:
        """As it is made."""
        return request("made", when=self.when, digest=self.digest, from_now=self.from_now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A trial that stays as it is from the day on which it is first seen."""

    day: int
    number: int
    verified: str | None
    completed: str | None

    @property
    def record(self) -> dict[str, object]:
        """What the registry shows of it."""
        return made_record((self.day, self.number, "RECRUITING", self.verified, self.completed, False))

    def keys(self, asked: Asked, day: int) -> set[str]:
        """What holds of it on a day."""
        state = TrialState(staleness=staleness_of(self.record), duty=results_duty_of(self.record))
        told = {name: holds(parse_condition(name), state, on=on_day(day)) for name in asked.when}
        return {f"{name}:{TRIALS[self.number]}:{cause}" for name, cause in told.items() if cause is not None}


@dataclass(slots=True)
class Paper:
    """What is known, and what is told, kept by hand."""

    asked: Asked
    present: list[Seen] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)

    def know(self, day: int) -> None:
        """With --from-now what holds is known."""
        if self.asked.from_now:
            self.known |= self._held(day)

    def see(self, seen: Seen) -> None:
        """A trial is seen for the first time."""
        self.present.append(seen)
        if self.asked.from_now:
            self.known |= seen.keys(self.asked, seen.day)

    def look(self, day: int) -> None:
        """Somebody looks."""
        self.told += sorted(self._held(day) - self.known - set(self.told))

    def _held(self, day: int) -> set[str]:
        return {key for seen in self.present for key in seen.keys(self.asked, day)}


ASKED = st.builds(Asked, when=SOME, digest=DIGESTS, from_now=st.booleans())
SEEN = st.builds(
    Seen,
    day=st.integers(0, DAYS - 1),
    number=st.integers(0, len(TRIALS) - 1),
    verified=st.sampled_from(VERIFIED),
    completed=st.sampled_from(ENDS),
)
LIVES = st.lists(SEEN, min_size=1, max_size=3, unique_by=lambda seen: seen.number)
LOOKS = st.dictionaries(st.integers(1, DAYS - 1), st.none() | ASKED, max_size=5)  # a look, or an edit


def on_day(day: int) -> date:
    """The date of a day."""
    return FIRST_ON + timedelta(days=day)


def live(lab: PastLab, seen: list[Seen], asked: Asked, *, since: int, looks: dict[int, Asked | None]) -> Paper:
    """Trials come at six, somebody subscribes, looks or edits at eight; the last day is looked at in any case."""
    alerts, paper = lab.alerts, Paper(asked)
    for day in range(DAYS + 1):
        for one in (one for one in seen if one.day == day):
            alerts.now = datetime.combine(on_day(day), datetime.min.time(), UTC) + timedelta(hours=6)
            alerts.lab.see(one.record, observed_at=alerts.now)
            paper.see(one) if day > since else paper.present.append(one)
        alerts.now = datetime.combine(on_day(day), datetime.min.time(), UTC) + timedelta(hours=8)
        if day == since:
            alerts.subscribe(asked.request(), MAIL)
            paper.know(day)
        elif day > since and (day in looks or day == DAYS):
            paper.look(day)
            new = looks.get(day)
            if new is None:
                alerts.evaluate()
                continue
            with alerts.acting() as acting:
                acting.edit("made", request=new.request())
            paper.asked = new
            paper.know(day)
    return paper


def told(lab: PastLab) -> list[str]:
    """The keys of all items that were told, in any order."""
    return sorted(item["key"] for _, items in lab.sent() for item in items)


@settings(LAWFUL, max_examples=tries(8))
@given(seen=LIVES, asked=ASKED, since=st.integers(0, DAYS - 1), looks=LOOKS)
def test_what_comes_true_is_told_at_the_next_look(
    made: str, seen: list[Seen], asked: Asked, since: int, looks: dict[int, Asked | None]
) -> None:
    """Once, by the request that held then, at once and in digests, however late the first look and after any edits."""
    with lab_of(made) as lab:
        assert sorted(live(lab, seen, asked, since=since, looks=looks).told) == told(lab)


@settings(LAWFUL, max_examples=tries(8))
@given(seen=LIVES, asked=ASKED, since=st.integers(0, DAYS - 1), looks=LOOKS)
def test_a_late_look_tells_what_a_backtest_tells(
    made: str, seen: list[Seen], asked: Asked, since: int, looks: dict[int, Asked | None]
) -> None:
    """Of what does not end by itself everything; of what does, nothing that the backtest does not tell."""
    before = [one for one in seen if one.day != since]
    with lab_of(made) as lab:
        live(lab, before, asked, since=since, looks=dict.fromkeys(looks))
        tested = {item["key"] for one in lab.backtest(since=since, until=DAYS) for item in one.items}
        late = set(told(lab))
        assert late <= tested
        assert {key for key in tested - late if key.rsplit(":", 2)[0] in ENDLESS} == set()

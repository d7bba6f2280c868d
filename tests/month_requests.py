"""Many subscriptions, drawn from a seed: scopes, events, conditions of time and digests in plausible shares."""

from collections.abc import Iterator, Sequence
from random import Random

from tracker.domain.conditions import parse_condition
from tracker.domain.digest_times import parse_digest_times
from tracker.domain.events import Significance
from tracker.domain.subscription import Scope, Subscription, Wanted, When
from tracker.simulator.made_trials import CONDITIONS, SITES

WATCHES_UNKNOWN = "unknown-all"
"""Who is told of every trial that turns UNKNOWN from now on."""

_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
_SPONSORS = ("Fjordby", "Helm Pharma", "Tarn Valley", "otter", "SUND")
_STATUSES = ("RECRUITING", "COMPLETED", "UNKNOWN", "TERMINATED")
_TYPES = ("recruitment_status_changed", "enrollment_changed", "primary_outcome_reworded", "location_added")
_CONDITIONS = ("unknown", "unknown:180d", "lapsing:60d", "results-due:30d", "results-overdue", "unverified:12mo")


def requests(count: int, *, trials: Sequence[str], seed: int) -> Iterator[Subscription]:
    """So many requests, the first of which watches for UNKNOWN; ``trials``: of which some are asked for by name."""
    random = Random(seed)
    yield Subscription(name=WATCHES_UNKNOWN, wanted=Wanted(when=(parse_condition("unknown"),), from_now=True))
    for number in range(1, count):
        yield Subscription(
            name=f"s{number:03}", scope=_scope(random, trials), wanted=_wanted(random), when=_when(random)
        )


def _scope(random: Random, trials: Sequence[str]) -> Scope:
    match random.randrange(10):
        case 0:
            return Scope()
        case 1 | 2:
            return Scope(trials=tuple(random.sample(trials, min(20, len(trials)))))
        case 3 | 4:
            return Scope(conditions=(random.choice(CONDITIONS).lower(),))
        case 5 | 6:
            return Scope(countries=tuple(random.choice(SITES)[2] for _ in range(2)), phases=("PHASE2", "PHASE3"))
        case 7:
            return Scope(sponsors=(random.choice(_SPONSORS),))
        case 8:
            return Scope(statuses=(random.choice(_STATUSES),))
        case _:
            return Scope(phases=(random.choice(("PHASE1", "PHASE4")),), conditions=(random.choice(CONDITIONS),))


def _wanted(random: Random) -> Wanted:
    match random.randrange(8):
        case 0 | 1:
            return Wanted()
        case 2:
            return Wanted(significance=random.choice(list(Significance)))
        case 3:
            return Wanted(types=tuple(random.sample(_TYPES, 2)))
        case 4:
            return Wanted(origins=(random.choice(("sponsor", "registry", "clock")),), include_contacts=True)
        case 5:
            return Wanted(significance=Significance.MINOR, include_backfill=random.random() < 0.2)
        case _:
            conditions = tuple(map(parse_condition, random.sample(_CONDITIONS, random.randrange(1, 3))))
            minor = Significance.MINOR if random.random() < 0.3 else None
            return Wanted(when=conditions, significance=minor, from_now=True)


def _when(random: Random) -> When:
    at, zone = f"{random.randrange(24):02}:{random.choice((0, 30)):02}", random.choice(_ZONES)
    match random.randrange(6):
        case 0:
            return When(digest=parse_digest_times("daily", at=at, zone=zone))
        case 1:
            return When(digest=parse_digest_times("weekly", at=at, zone=zone, on=random.choice(("mon", "thu"))))
        case _:
            return When()

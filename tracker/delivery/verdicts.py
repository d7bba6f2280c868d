"""What an outcome means for a delivery, its endpoint and its address: pure rules.

It promises that nothing is counted where the fault is ours, and that every other attempt is settled. It does not know
how anything is sent or stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifiers.notifier import Outcome, OutcomeKind
from notifiers.retry import next_wait_s
from store.deliveries import Attempt, AttemptOutcome, Claimed
from store.settling import Settlement

FAILING_DAYS = 5
_FAILING = timedelta(days=FAILING_DAYS)

_OUTCOMES = {
    OutcomeKind.MESSAGE_FAILED: AttemptOutcome.REFUSED,
    OutcomeKind.ENDPOINT_FAILED: AttemptOutcome.FAILED,
    OutcomeKind.MESSAGE_DEAD: AttemptOutcome.DEAD,
    OutcomeKind.ADDRESS_GONE: AttemptOutcome.DEAD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Seconds to wait before each attempt, the first included; ``jitter`` gives random numbers of [0, 1)."""

    waits_s: Sequence[float]
    jitter: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One attempt: when it began and ended, what came of it, and since when its address had failed before it."""

    claimed: Claimed
    outcome: Outcome
    at: datetime
    ended_at: datetime
    failing_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What follows. ``disables``: why nothing more goes to the address; ``hinders``: why nothing does over its channel.

    ``is_lasting``: the address is disabled for having failed for days, and not if it was enabled anew meanwhile.
    """

    settlement: Settlement
    disables: str | None = None
    is_lasting: bool = False
    hinders: str | None = None

    @property
    def claimed(self) -> Claimed:
        """The delivery that it is about."""
        return self.settlement.claimed

    @property
    def rests(self) -> bool:
        """Whether nothing more goes to the endpoint for now."""
        return self.settlement.rests or self.hinders is not None


def untried(claimed: Claimed) -> Verdict:
    """It was not attempted."""
    return Verdict(settlement=Settlement.returned(claimed))


def given_up(claimed: Claimed, reason: str) -> Verdict:
    """It cannot be attempted at all, for a reason of its own."""
    return Verdict(settlement=Settlement.given_up(claimed, reason))


def judge(tried: Tried, schedule: Schedule) -> Verdict:
    """What follows from an attempt."""
    outcome = tried.outcome
    if outcome.kind is OutcomeKind.OURS:
        return Verdict(settlement=Settlement.returned(tried.claimed), hinders=outcome.reason)
    if outcome.kind is OutcomeKind.SENT:
        return Verdict(settlement=Settlement.sent(tried.claimed, _attempt(tried, AttemptOutcome.SENT)))
    is_lasting = tried.failing_since is not None and tried.ended_at - tried.failing_since >= _FAILING
    if outcome.kind is OutcomeKind.ADDRESS_GONE:
        disables: str | None = outcome.reason
    else:
        disables = f"nothing was taken for {FAILING_DAYS} days: {outcome.reason}" if is_lasting else None
    return Verdict(
        settlement=_not_sent(tried, schedule, dies_anyway=disables is not None),
        disables=disables,
        is_lasting=is_lasting and outcome.kind is not OutcomeKind.ADDRESS_GONE,
    )


def _not_sent(tried: Tried, schedule: Schedule, *, dies_anyway: bool) -> Settlement:
    """Tried again, or dead; what ``dies_anyway``, with its address, is left to that, so as to be replayed with it."""
    attempt = _attempt(tried, _OUTCOMES[tried.outcome.kind])
    if tried.outcome.kind is OutcomeKind.MESSAGE_DEAD:
        return Settlement.dead(tried.claimed, attempt)
    wait_s = next_wait_s(
        schedule.waits_s,
        tried.claimed.delivery.attempts_count + 2,  # the attempt after this one, from 1
        jitter=schedule.jitter(),
        retry_after_s=tried.outcome.retry_after_s,
    )
    if wait_s is None and not dies_anyway:
        return Settlement.dead(tried.claimed, attempt)
    return _again(
        tried, attempt, tried.ended_at + timedelta(seconds=schedule.waits_s[-1] if wait_s is None else wait_s)
    )


def _again(tried: Tried, attempt: Attempt, next_attempt_at: datetime) -> Settlement:
    rests = tried.outcome.kind is OutcomeKind.ENDPOINT_FAILED
    return Settlement.failed(tried.claimed, attempt, next_attempt_at=next_attempt_at, rests=rests)


def _attempt(tried: Tried, outcome: AttemptOutcome) -> Attempt:
    return Attempt(
        at=tried.at,
        outcome=outcome,
        ms=tried.outcome.took_ms,
        status=tried.outcome.status,
        reason=tried.outcome.reason or None,
    )

"""A lane: what was claimed of one endpoint, sent in order by one thread, with one request under way.

It promises a verdict for each delivery that it was given, whatever happens; that nothing is sent after the endpoint
failed, after its channel was found to be hindered by us, to an address that is gone, when it was told to stop, or when
its leases have ended; and that no transaction is open meanwhile. It does not settle.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from notifiers.notifier import Notifier, OutcomeKind
from store.deliveries import Claimed
from tracker.delivery.connections import Connections
from tracker.delivery.sending import Sender
from tracker.delivery.verdicts import Schedule, Tried, Verdict, given_up, judge, untried

_LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """Sends lanes, each in a thread of the caller's. ``may_send``: whether that delivery may be sent just now."""

    sender: Sender
    connections: Connections
    schedule: Schedule
    now: Callable[[], datetime]
    may_send: Callable[[Claimed], bool]

    def send(self, lane: Sequence[Claimed], tell: Callable[[Verdict, bool], None]) -> None:
        """Send ``lane``; ``tell`` is told each verdict, and whether it is the last one."""
        left = list(reversed(lane))
        first = lane[0].delivery
        try:
            with self.connections.to(first.endpoint, first.channel) as notifier:
                for verdict in self._verdicts(lane, notifier):
                    left.pop()
                    tell(verdict, not left)
        finally:
            while left:  # only after an error of our own
                tell(untried(left.pop()), not left)

    def _verdicts(self, lane: Sequence[Claimed], notifier: Notifier) -> Iterator[Verdict]:
        failing = {claimed.delivery.address_id: claimed.address.failing_since for claimed in lane}
        gone: set[str] = set()
        is_over = False
        for claimed in lane:
            address_id = claimed.delivery.address_id
            if is_over or address_id in gone or not self.may_send(claimed):
                yield untried(claimed)
                continue
            if claimed.damage is not None:
                _LOG.error("delivery_damaged", delivery=claimed.delivery.id, reason=claimed.damage)
                yield given_up(claimed, claimed.damage)
                continue
            verdict, failing[address_id] = self._tried(claimed, notifier, failing[address_id])
            is_over = verdict.rests
            if verdict.disables is not None:
                gone.add(address_id)
            yield verdict

    def _tried(
        self, claimed: Claimed, notifier: Notifier, failing_since: datetime | None
    ) -> tuple[Verdict, datetime | None]:
        """What came of an attempt, and since when its address fails now."""
        at = self.now()
        with structlog.contextvars.bound_contextvars(delivery=claimed.delivery.id):
            outcome = self.sender.attempt(claimed, notifier, sent_at=at)
            tried = Tried(claimed=claimed, outcome=outcome, at=at, ended_at=self.now(), failing_since=failing_since)
            verdict = judge(tried, self.schedule)
            _log(tried)
        if outcome.kind is OutcomeKind.OURS:
            return verdict, failing_since
        return verdict, None if outcome.kind is OutcomeKind.SENT else failing_since or at


def _log(tried: Tried) -> None:
    delivery, outcome = tried.claimed.delivery, tried.outcome
    told = {
        "subscription": delivery.subscription,
        "channel": delivery.channel,
        "address": delivery.address,
        "attempt": delivery.attempts_count + 1,
        "status": outcome.status,
        "ms": outcome.took_ms,
    }
    if outcome.kind is OutcomeKind.SENT:
        _LOG.info("delivery_sent", **told)
    else:
        _LOG.warning("delivery_not_sent", outcome=outcome.kind.value, reason=outcome.reason, **told)

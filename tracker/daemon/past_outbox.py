"""Alarms past the outbox, for as long as the database lets nothing into it: told directly, and remembered here.

Promises each once and once when it is over, whatever the attempts; nothing before it has lasted for about a minute, so
that a restart of the database is no alarm; and that what the outbox takes over is not told again. A process that ends
forgets.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import structlog

from notifiers.notifier import Outcome, OutcomeKind
from store.alarms import Alarm
from store.deliveries import delivery_id
from tracker import posting
from tracker.alerts.alarm_content import alarm_content, dedup_of
from tracker.alerts.alarms import Operator
from tracker.alerts.targets import Target
from tracker.domain.alarms import Key, absent_looks, are_over, key_of
from tracker.domain.fitness import Reason
from tracker.domain.running import OPERATOR
from tracker.services import Services
from tracker.setting_groups import Settings

_LOG = structlog.get_logger()
_GIVEN_UP = (OutcomeKind.MESSAGE_DEAD, OutcomeKind.ADDRESS_GONE)


class Tell(Protocol):
    """Sends a notice once; ``tracker.posting.tell_operator``, or a test's own."""

    def __call__(
        self, settings: Settings, target: Target, content: dict[str, Any], *, told: posting.Telling
    ) -> Outcome: ...


@dataclass(slots=True, kw_only=True)
class PastOutbox:
    """What one daemon told directly. ``patience_s``: how long nothing was to be written before that."""

    patience_s: float
    tell: Tell = posting.tell_operator
    monotonic: Callable[[], float] = time.monotonic
    _since: tuple[float, datetime] | None = None
    _told: dict[Key, Alarm] = field(default_factory=dict)
    _absent: Mapping[Key, int] = field(default_factory=dict)

    @property
    def told(self) -> frozenset[Key]:
        """What was told, and not yet that it is over."""
        return frozenset(self._told)

    def hindered(self, reasons: Sequence[Reason], services: Services, operator: Operator) -> None:
        """Nothing can be written: once that has lasted, tell ``reasons``."""
        now = services.now()
        self._since = self._since or (self.monotonic(), now)
        began_s, began_at = self._since
        if self.monotonic() - began_s < self.patience_s:
            return
        for reason in reasons:
            key = key_of(reason)
            if key not in self._told:
                alarm = Alarm(
                    code=key[0],
                    subject=key[1],
                    message=reason.message,
                    raised_at=began_at,
                    told_at=None,
                    over_at=None,
                )
                if self._is_told(alarm, reason.advice, services, operator):
                    self._told[key] = alarm

    def goes_on(self) -> None:
        """The database can be written to."""
        self._since = None

    def kept(self, keys: Collection[Key]) -> None:
        """These the outbox has taken over."""
        self._told = {key: alarm for key, alarm in self._told.items() if key not in keys}

    def tell_over(
        self, present: Sequence[Reason], services: Services, operator: Operator, *, unclear: Collection[str]
    ) -> None:
        """Tell of what was told here and is over."""
        keys = {key_of(reason) for reason in present}
        self._absent = absent_looks(self._absent, self._told, present=keys, unclear=unclear)
        for key in are_over(self._absent):
            alarm = replace(self._told[key], over_at=services.now())
            if self._is_told(alarm, "", services, operator):
                del self._told[key]

    def _is_told(self, alarm: Alarm, advice: str, services: Services, operator: Operator) -> bool:
        """Whether it is, or will never be, after one attempt; the next look makes the next one."""
        said = {"code": alarm.code, "subject": alarm.subject, "over": alarm.over_at is not None}
        if operator.target is None:
            _LOG.error("alarm_told_nobody", message=alarm.message, **said)
            return True
        telling = posting.Telling(
            delivery_id=delivery_id(OPERATOR, dedup_of(alarm)),
            created_at=alarm.over_at or alarm.raised_at,
            sent_at=services.now(),
        )
        content = alarm_content(alarm, advice=advice, host=operator.host)
        outcome = self.tell(services.settings, operator.target, content, told=telling)
        if outcome.kind is OutcomeKind.SENT:
            _LOG.warning("alarm_told_directly", message=alarm.message, **said)
        else:
            _LOG.error("alarm_not_told", reason=outcome.reason, message=alarm.message, **said)
        return outcome.kind is OutcomeKind.SENT or outcome.kind in _GIVEN_UP

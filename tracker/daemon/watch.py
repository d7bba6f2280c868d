"""The operator's alarms: looks how trialog is doing, keeps what is amiss, and has it told.

Promises: each is told once, and once when it is over; the poller alone keeps and tells, through the outbox, in one
transaction under its lease; where the database cannot be written to for about a minute, the daemon that was the poller
last tells past the outbox, and remembers it. It raises nothing. What is amiss, ``tracker.domain.fitness`` says.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from store.errors import StoreError
from store.leases import LeaseLost
from store.unit_of_work import Database
from tracker import posting
from tracker.alerts.alarms import Kept, Operator, Seen, going_on, is_anything_new, keep
from tracker.alerts.targets import Target
from tracker.daemon.past_outbox import PastOutbox
from tracker.daemon.presence import Presence
from tracker.domain.alarms import Key, absent_looks, alarming, are_over, key_of, unclear
from tracker.domain.errors import InvalidInput
from tracker.domain.fitness import Code, Reason
from tracker.domain.running import DatabaseFault, Facts
from tracker.seeing import Seeing
from tracker.services import Services
from tracker.setting_groups import Settings

_LOG = structlog.get_logger()
_SQLITE = "sqlite"


@dataclass(slots=True, kw_only=True)
class Watch:
    """One daemon's watch. ``services`` are those of the settings that hold now."""

    services: Callable[[], Services]
    presence: Presence
    past_outbox: PastOutbox
    _absent: dict[Key, int] = field(default_factory=dict)
    _target: tuple[Settings, Target | None] | None = None
    _known_last: frozenset[Key] = frozenset()
    _kept_by: Settings | None = None  # the settings by which anything was kept last

    def look(self, *, is_last: bool = False) -> None:
        """Look once; ``is_last`` where nobody looks again soon. Raises nothing."""
        try:
            self._look(is_last=is_last)
        except Exception as err:  # noqa: BLE001 # the top of the loop: whatever it is, the next look comes
            _LOG.error("alarms_cannot_be_looked_at", reason=str(err) or type(err).__name__)
            _LOG.debug("alarms_failure", exc_info=err)

    def _look(self, *, is_last: bool) -> None:
        services = self.services()
        seeing = Seeing(database=services.database, settings=lambda: services.settings, now=services.now)
        facts = seeing.survey().facts
        operator = Operator(target=self._target_of(services.settings), host=self.presence.holder.host)
        present = alarming(facts)
        hindrance = self._kept(services, facts, operator, is_last=is_last)
        if hindrance is None:
            self.past_outbox.goes_on()
        elif self.presence.was_poller or services.database.dialect_name == _SQLITE:
            if facts.database_fault in _USABLE:
                present = [_unwritable(hindrance), *present]
            known = self._known(services.database)
            self.past_outbox.hindered([one for one in present if key_of(one) not in known], services, operator)
        self.past_outbox.tell_over(present, services, operator, unclear=unclear(facts))
        _LOG.debug("alarms_looked_at", reasons=len(present), hindrance=hindrance)

    def _kept(self, services: Services, facts: Facts, operator: Operator, *, is_last: bool) -> str | None:
        """Keep what there is to keep; answers what hinders that, None where nothing does or another is the poller."""
        if facts.database_fault not in _USABLE:
            return facts.database_said or "the ledger cannot be used"
        database = self.presence.poller_database
        if database is None:
            if self.presence.failure is None:
                self._absent.clear()
            return self.presence.failure
        try:
            self._keep(database, facts, operator, is_last=is_last)
        except LeaseLost:
            return None
        except StoreError as err:
            return str(err)
        return None

    def _keep(self, database: Database, facts: Facts, operator: Operator, *, is_last: bool) -> None:
        services, present = self.services(), alarming(facts)
        with database.reading() as transaction:
            known = [(alarm.code, alarm.subject) for alarm in going_on(transaction)]
            keys = {key_of(reason) for reason in present}
            absent = absent_looks(self._absent, known, present=keys, unclear=unclear(facts))
            seen = Seen(
                reasons=present,
                over=are_over(absent, is_last_look=is_last),
                told=self.past_outbox.told,
                tries_again=self._kept_by is not services.settings,
            )
            is_new = is_anything_new(transaction, seen, operator)
        if is_new:
            with database.writing() as transaction:
                kept = keep(transaction, seen, operator, now=services.now(), new_id=services.new_id)
            _log(kept)
        self._kept_by = services.settings
        self._absent = absent
        self._known_last = frozenset(keys)
        self.past_outbox.kept(keys)

    def _known(self, database: Database) -> frozenset[Key]:
        """What the operator was told of through the outbox, as far as that can be read, or was known last."""
        try:
            with database.reading() as transaction:
                told = [one for one in going_on(transaction) if one.told_at is not None]
        except StoreError:
            return self._known_last
        return frozenset((one.code, one.subject) for one in told)

    def _target_of(self, settings: Settings) -> Target | None:
        if self._target is None or self._target[0] is not settings:
            self._target = (settings, _target(settings))
        return self._target[1]


_USABLE = (None, DatabaseFault.VIEWS_OUTDATED)


def _target(settings: Settings) -> Target | None:
    try:
        return posting.operator_target(settings)
    except InvalidInput as err:
        _LOG.error("operator_cannot_be_told", reason=str(err))
        return None


def _unwritable(hindrance: str) -> Reason:
    return Reason(
        code=Code.DATABASE_UNREACHABLE,
        message=f"the database cannot be written to: {hindrance}",
        advice="see that it runs, that its disk is not full, and that it may be written to; what was missed is made up",
    )


def _log(kept: Kept) -> None:
    for alarm in kept.raised:
        _LOG.warning("alarm_raised", code=alarm.code, subject=alarm.subject, message=alarm.message)
    for alarm in kept.over:
        _LOG.info("alarm_over", code=alarm.code, subject=alarm.subject, message=alarm.message)

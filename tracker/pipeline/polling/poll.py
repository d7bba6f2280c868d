"""A poll: legs one after the other, each against the registry's release, each kept as a run.

Promises: a leg that has seen the release already asks nothing more; one in which the release moved, or which did not
get all that it was told to expect, is read again, three times at most, and is told as incomplete if that did not help;
a cursor moves in the transaction after everything before it is stored. If the process dies on any line, the next poll
finds what was stored, reads the rest again, and records nothing twice. One poll at a time is under way on a ledger
(``lease``); every leg of it leaves a run.

What a run counts: ``expected`` and ``fetched`` are of its last attempt, distinct records that were to come and that
came; ``unchanged`` are those of the fetched that said what the ledger held before the run. ``changed`` (trials with new
content), ``events``, ``rejected`` and ``held`` are what the run put into the ledger, the quarantine and on hold, each
once, in whatever attempt. ``requests``, ``bytes`` and ``seconds`` are what all attempts took.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from structlog.contextvars import bound_contextvars

from store.errors import StoreError
from store.holders import Holder, this_process
from store.kept_lease import KeptLease
from store.runs import Run
from store.unit_of_work import Database, Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.errors import Blocked, InvalidInput, Stopped, TrackerError
from tracker.pipeline.collector import resting_collector
from tracker.pipeline.polling import delta, due, missing, refresh, sweep
from tracker.pipeline.polling.intake import Intake
from tracker.pipeline.polling.lease import LASTS_S, polling
from tracker.pipeline.polling.legs import NOTHING_NEW, Leg
from tracker.pipeline.polling.news import CURSORS, is_news
from tracker.pipeline.polling.scope import Cursor, Scope
from tracker.pipeline.polling.work import Progress, Work
from tracker.registry import Registry, Release
from tracker.views.watch_list import watch_list

_LOG = structlog.get_logger()

ATTEMPTS = 3

_READ: Mapping[Leg, Callable[[Work], str | None]] = {
    Leg.DELTA: delta.read,
    Leg.SWEEP: sweep.read,
    Leg.DUE: due.read,
    Leg.MISSING: missing.read,
    Leg.REFRESH: refresh.read,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """Polls one registry into one database.

    ``new_id`` gives each run an id unlike all before it; ``holder`` is who polls, until ``lease_s`` seconds after
    its last sign of life.
    """

    database: Database
    registry: Registry
    catalogue: Catalogue
    now: Callable[[], datetime]
    new_id: Callable[[], str] = field(default=lambda: str(uuid.uuid4()))
    holder: Holder = field(default_factory=this_process)
    lease_s: float = LASTS_S

    def poll(
        self,
        legs: Sequence[Leg] = tuple(Leg),
        *,
        force: bool = False,
        show: Callable[[Progress], None] = lambda _: None,
        done: Callable[[Run], None] = lambda _: None,
    ) -> list[Run]:
        """Run ``legs`` in their order, telling ``done`` of each; answers a run for each, whether or not it is complete.

        The run of a leg without anything to ask is complete, with the reason ``NOTHING_NEW``. ``force`` reads what was
        read before, and the whole scope in a refresh. A registry that blocks, and a person who asks to stop, end the
        poll. Raises InvalidInput where nothing is tracked, Conflict where another poll is under way or took over, and
        what the database raises; that the next poll makes up for.
        """
        runs: list[Run] = []
        with polling(self.database, self.holder, lasts_s=self.lease_s, now=self.now) as lease:
            under_lease = replace(self, database=lease.database)
            for leg in legs:
                with resting_collector():
                    running = _LegRun(poller=under_lease, lease=lease, leg=leg, is_forced=force, show=show)
                    run = running.go()
                runs.append(run)
                done(run)
                if running.ends_poll:
                    break
        return runs

    def has_news(self) -> bool:
        """Whether any leg would read anything now: one request at most, and nothing is kept.

        Raises what the registry raises.
        """
        with self.database.reading() as transaction:
            scope = Scope(watched=watch_list(transaction.connection))
        if scope.watched.is_empty:
            return False
        release = self.registry.release()
        with self.database.reading() as transaction:
            return any(is_news(transaction, leg, scope, release) for leg in Leg)


@dataclass(slots=True, kw_only=True)
class _LegRun:
    """One leg under way."""

    poller: Poller
    lease: KeptLease
    leg: Leg
    is_forced: bool
    show: Callable[[Progress], None]
    ends_poll: bool = False
    done: set[str] = field(default_factory=set)
    requests_before: int = 0
    bytes_before: int = 0
    work: Work | None = None  # of the present attempt

    def go(self) -> Run:
        """Run the leg to its end."""
        self.requests_before, self.bytes_before = self.poller.registry.requests, self.poller.registry.bytes
        scope = self._scope()
        run = Run(
            run_id=self.poller.new_id(),
            leg=self.leg.value,
            scope=str(scope),
            started_at=self.poller.now(),
            term=self.lease.lease.term,
        )
        with bound_contextvars(run=run.run_id, leg=run.leg):
            return self._go(run, scope)

    def _go(self, run: Run, scope: Scope) -> Run:
        with closing(self._intake(run)) as intake:
            try:
                release = self.poller.registry.release()
            except TrackerError as err:
                self._note(err)
                return self._begin_and_finish(run, intake, reason=str(err))
            run = replace(run, release=release.stamp, data_on=release.data_on)
            if not self._has_news(self._work(intake, scope, release)):
                return self._begin_and_finish(run, intake, reason=NOTHING_NEW, complete=True)
            with self.poller.database.writing() as transaction:
                transaction.runs.begin(run)
            return self._read_to_the_end(run, intake, scope, release)

    def _read_to_the_end(self, run: Run, intake: Intake, scope: Scope, release: Release) -> Run:
        """Read, and close the run also where that is broken off, if the database still lets us."""
        try:
            return self._read(run, intake, scope, release)
        except KeyboardInterrupt:
            self._finish(run, intake, reason="interrupted")
            raise
        except StoreError as err:
            with suppress(StoreError):
                self._finish(run, intake, reason=f"broken off: {err}")
            raise

    def _read(self, run: Run, intake: Intake, scope: Scope, release: Release) -> Run:
        reason: str | None = None
        for attempt in range(1, ATTEMPTS + 1):
            self.work = work = self._work(intake, scope, release)
            run = replace(run, release=release.stamp, data_on=release.data_on)
            reason, shown = self._attempt(work)
            if reason is None:
                return self._finish(run, intake, work=work)
            _LOG.warning("leg_incomplete", attempt=attempt, reason=reason)
            if shown is None:
                break
            if shown == release:
                self._keep(work)
            release = shown
        return self._finish(run, intake, reason=reason)

    def _attempt(self, work: Work) -> tuple[str | None, Release | None]:
        """Read the release once: why that is not complete, and the release shown then, None where that is not known."""
        work.intake.read_anew()
        try:
            reason = _READ[self.leg](work)
            shown = self.poller.registry.release()
        except TrackerError as err:
            self._note(err)
            work.intake.forget()
            return str(err), None
        if shown != work.release:
            work.intake.forget()
            return f"the release moved from {work.release.stamp} to {shown.stamp} while it was read", shown
        if reason is not None and not work.moved:
            work.intake.forget()
        work.intake.settle()
        return reason, shown

    def _note(self, err: TrackerError) -> None:
        """Whether to go on with other legs."""
        self.ends_poll = isinstance(err, (Blocked, Stopped))
        _LOG.error("leg_broken_off", reason=str(err))

    def _begin_and_finish(self, run: Run, intake: Intake, *, reason: str, complete: bool = False) -> Run:
        """Put a run on record that is over already."""
        run = replace(self._counted(run, intake), complete=complete, reason=reason)
        with self.poller.database.writing() as transaction:
            transaction.runs.begin(run)
        return run

    def _keep(self, work: Work) -> None:
        """Keep what was read completely, though the leg as a whole was not."""
        with self.poller.database.writing() as transaction:
            _move(transaction, work)

    def _finish(self, run: Run, intake: Intake, *, work: Work | None = None, reason: str | None = None) -> Run:
        """Close the run; with the ``work`` that completes it, its cursors move in the same transaction."""
        with self.poller.database.writing() as transaction:
            if work is not None:
                _move(transaction, work)
            run = replace(self._counted(run, intake), complete=work is not None, reason=reason or _what_is_held(intake))
            transaction.runs.finish(run)
        return run

    def _counted(self, run: Run, intake: Intake) -> Run:
        tally, registry, now = intake.tally, self.poller.registry, self.poller.now()
        return replace(
            run,
            finished_at=now,
            expected=self.work.expected if self.work else None,
            fetched=self.work.fetched if self.work else 0,
            unchanged=tally.unchanged,
            changed=len(tally.changed),
            events=tally.events,
            rejected=len(tally.rejected),
            held=intake.aside.held,
            requests=registry.requests - self.requests_before,
            bytes=registry.bytes - self.bytes_before,
            seconds=round((now - run.started_at).total_seconds(), 3),
        )

    def _has_news(self, work: Work) -> bool:
        name = CURSORS.get(self.leg)
        return bool(work.parts_with_news()) if name is None else work.has_news(name)

    def _scope(self) -> Scope:
        with self.poller.database.reading() as transaction:
            watched = watch_list(transaction.connection)
        if watched.is_empty:
            raise InvalidInput("nothing is tracked; track something first, such as: trialog track NCT03460795")
        return Scope(watched=watched)

    def _intake(self, run: Run) -> Intake:
        poller = self.poller
        return Intake(poller.database, poller.catalogue, run_id=run.run_id, source=self.leg.value, now=poller.now)

    def _work(self, intake: Intake, scope: Scope, release: Release) -> Work:
        return Work(
            leg=self.leg,
            registry=self.poller.registry,
            database=self.poller.database,
            release=release,
            scope=scope,
            intake=intake,
            cursor=self._cursor,
            is_forced=self.is_forced,
            done=self.done,
            show=self._shown,
        )

    def _shown(self, progress: Progress) -> None:
        """Show how far the leg is; a poll that was taken over goes no further."""
        self.lease.require()
        self.show(progress)

    def _cursor(self, name: str) -> Cursor | None:
        with self.poller.database.reading() as transaction:
            return transaction.cursors.get(name)


def _move(transaction: Transaction, work: Work) -> None:
    for act in work.at_end:
        act(transaction)
    for name, cursor in work.moved.items():
        transaction.cursors.put(name, cursor)


def _what_is_held(intake: Intake) -> str | None:
    if not intake.aside.held:
        return None
    return f"{intake.aside.held:,} observations are held: too many records moved or changed alike; see trialog runs"

"""What a leg works with while it reads one release, and the ways of asking that all legs share.

It promises that a trial which a faulty page left out is asked for again, and that nothing is said to be gone here:
what does not come is handed to the leg that looks for it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from structlog.contextvars import bound_contextvars

from store.unit_of_work import Database, Transaction
from tracker.domain.errors import Refused
from tracker.domain.record import Json, nct_id
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.collector import collect_young
from tracker.pipeline.polling.intake import Intake
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.polling.scope import Cursor, Part, Scope, cursor_name, is_behind
from tracker.registry import Crawl, Found, Gone, Merged, Page, Registry, Release
from tracker.sources.ctgov.seen_ids import SeenIds
from tracker.views.polled import held_ids, known_trials
from tracker.views.watch_list import followed_members

ASK_ROWS = 500  # ids that are asked for together: about what one address has room for
_FEW = 20  # asked for one by one where two lists lacked them


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a leg is: ``pages`` of lists and ``rows`` of them, of ``expected`` where that is known."""

    leg: Leg
    pages: int
    rows: int
    expected: int | None


@dataclass(slots=True, kw_only=True)
class Work:
    """One reading of one release by one leg.

    ``cursor`` looks up what was left behind; ``moved`` is to be kept, together with ``at_end`` and in one transaction,
    unless the release moved meanwhile. ``is_forced``: read what was read before; ``done`` are the parts of which that
    has happened. ``expected`` and ``fetched`` count distinct trials; one that several parts have to list, in each.
    """

    leg: Leg
    registry: Registry
    database: Database
    release: Release
    scope: Scope
    intake: Intake
    cursor: Callable[[str], Cursor | None]
    is_forced: bool
    done: set[str]
    show: Callable[[Progress], None]
    moved: dict[str, Cursor] = field(default_factory=dict)
    at_end: list[Callable[[Transaction], None]] = field(default_factory=list)
    expected: int | None = None
    pages: int = 0
    rows: int = 0
    _came: SeenIds = field(default_factory=SeenIds)
    _came_before: int = 0

    @property
    def fetched(self) -> int:
        """How many trials came."""
        return self._came_before + len(self._came)

    def cursor_of(self, part: Part) -> Cursor | None:
        """What this leg left behind of a part."""
        return part.standing(self.cursor(cursor_name(self.leg, part.name)))

    def parts_with_news(self) -> list[Part]:
        """The parts that have to be read."""
        return [
            part
            for part in self.scope.parts(self.leg)
            if self._is_forced(part) or part.has_news(self.cursor(cursor_name(self.leg, part.name)), self.release)
        ]

    def each_part(self, read: "Callable[[Work, Part], str | None]") -> str | None:
        """Read each part with news; answers why any is not complete. One that is refused does not stop the others.

        What a part that is not complete shows to have changed silently is forgotten: it is read again.
        """
        reasons = []
        for part in self.parts_with_news():
            before = self.intake.place()
            self._came_before, self._came = self.fetched, SeenIds()
            try:
                reason = read(self, part)
            except Refused as err:
                reason = str(err)
            if reason is not None:
                self.intake.forget(after=before)
                reasons.append(f"{part.name}: {reason}")
        return "; ".join(reasons) or None

    def has_news(self, name: str) -> bool:
        """Whether the cursor of that name has not seen this release, or something was tracked since."""
        return self.is_forced or is_behind(self.cursor(name), self.release, since=self.scope.since)

    def move_all(self, name: str, **told: Json) -> None:
        """The whole scope was read completely: it is known as of this release."""
        self.moved[name] = {"release": self.release.stamp, "since": self.scope.since, **told}

    def move(self, part: Part, **told: Json) -> None:
        """The part was read completely: it is known as of this release."""
        self.done.add(part.name)
        self.moved[cursor_name(self.leg, part.name)] = {"release": self.release.stamp, "since": part.since, **told}

    def expect(self, count: int) -> None:
        """So many records more are expected."""
        self.expected = (self.expected or 0) + count

    def pages_of(self, crawl: Crawl) -> Iterator[Page]:
        """The pages of a crawl, counted and shown."""
        for page in crawl:
            if page.number == 1:
                self.expect(crawl.total or 0)
            for row in page.rows:
                self._came.add(str(nct_id(row)))
            self.saw(len(page.rows))
            yield page
            collect_young()

    def saw(self, rows: int) -> None:
        """Count a page."""
        self.pages += 1
        self.rows += rows
        self.show(Progress(leg=self.leg, pages=self.pages, rows=self.rows, expected=self.expected))

    def listed(self, ids: Iterable[str], fields: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
        """Short rows of ``ids``, those of aliases too; known trials that did not come are asked for once more."""
        lacking: list[str] = []
        for batch in batches(ids, ASK_ROWS):
            came = set()
            for trial_id, row in self.rows_of(batch, fields):
                came.add(trial_id)
                yield trial_id, row
            waiting = [trial_id for trial_id in batch if trial_id not in came]
            with self.database.reading() as transaction:
                known = known_trials(transaction.connection, waiting)
            lacking += [one for one in waiting if one in known and known[one].whereabouts is Whereabouts.VISIBLE]
            self.saw(len(batch))
        for batch in batches(lacking, ASK_ROWS):
            yield from self.rows_of(batch, fields)

    def rows_of(self, batch: list[str], fields: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
        """Short rows of ``batch``, as the registry lists them now."""
        for trial_id, row in self.registry.studies_by_id(batch, fields=fields):
            self._came.add(trial_id)
            yield trial_id, row

    def take_whole(self, ids: Iterable[str], *, singly: bool = False) -> set[str]:
        """Take the whole records of ``ids``; answers which of them the registry does not show under their own id.

        ``singly``: a few that two lists lacked are asked for alone, for who knows that they are, or were, there.
        """
        absent: set[str] = set()
        for batch in batches(ids, ASK_ROWS):
            waiting = self._take_listed(batch)
            if singly and len(waiting) <= _FEW:
                waiting = {one for one in sorted(waiting) if self.take_alone(one) is not None}
            absent |= waiting
            collect_young()
        return absent

    def take_alone(self, trial_id: str) -> Merged | Gone | None:
        """Ask for one trial in a request of its own, and take it; answers what became of one that is not found."""
        with bound_contextvars(trial=trial_id):
            answer = self.registry.study(trial_id)
        if not isinstance(answer, Found):
            return answer
        self._came.add(trial_id)
        self.intake.take(answer.record, self.release)
        return None

    def _take_listed(self, batch: list[str]) -> set[str]:
        waiting = set(batch)
        for _ in range(2):  # a page may lack a row
            for trial_id, record in self.registry.studies_by_id(sorted(waiting)):
                if nct_id(record) == trial_id:
                    waiting.discard(trial_id)
                    self._came.add(trial_id)
                    self.intake.take(record, self.release)
            if not waiting:
                break
        return waiting

    def followed_ids(self) -> Iterator[str]:
        """The trials of the scope that are held, or tracked by id, and not known to be hidden; each once."""
        if self.scope.is_everything:
            yield from _apart(self.database, is_visible=True)
            return
        ids = self._followed()
        for batch in batches(sorted(ids), ASK_ROWS):
            with self.database.reading() as transaction:
                known = known_trials(transaction.connection, batch)
            yield from (one for one in batch if one not in known or known[one].whereabouts is Whereabouts.VISIBLE)

    def hidden_ids(self) -> Iterator[str]:
        """The trials of the scope that are known to be withheld, merged or gone."""
        followed: Collection[str] | None = None if self.scope.is_everything else self._followed()
        for trial_id in _apart(self.database, is_visible=False):
            if followed is None or trial_id in followed:
                yield trial_id

    def in_scope(self, ids: Iterable[str]) -> list[str]:
        """Those of ``ids`` that belong to the scope."""
        if self.scope.is_everything:
            return list(ids)
        followed = self._followed()
        return [one for one in ids if one in followed]

    def _is_forced(self, part: Part) -> bool:
        return self.is_forced and part.name not in self.done

    def _followed(self) -> frozenset[str]:
        with self.database.reading() as transaction:
            return followed_members(transaction.connection) | self.scope.watched.trials.keys()


def missing_name(part: Part) -> str:
    """The cursor in which a sweep leaves who did not come of a part."""
    return f"missing of {part.name}"


def _apart(database: Database, *, is_visible: bool) -> Iterator[str]:
    """Held ids; each page is read in a transaction of its own, so that none is open while the registry is asked."""
    after = ""
    while True:
        with database.reading() as transaction:
            page = held_ids(transaction.connection, is_visible=is_visible, after=after)
        yield from page
        if not page:
            return
        after = page[-1]


def batches(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    """``ids``, so many at a time."""
    batch: list[str] = []
    for one in ids:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch

"""The missing leg: what became of trials in scope that did not come, and of those known to be hidden.

They are listed by id once more. The list tells who was merged (the row that comes names the id among its aliases), who
is withheld, and who is where the ledger has it; those who are back, or were never seen before, are read together. Only
who is seen to be absent for the first time costs a request of its own: that it is gone, the registry has to say of it
alone. Where too many are gone at once, nothing is said of them: they are held; a row that names a merger is an answer
of the registry, so it makes nobody missing, and is told at once. What a tracked trial was merged into is
tracked in its place from then on, and read in full here and now. An answer that a trial is gone or merged bears no
date: that the release stood meanwhile is asked before anything is said.
"""

from collections.abc import Iterable, Iterator, Mapping

from tracker.domain.query import EVERYTHING
from tracker.domain.record import is_withheld, nct_id
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.holding import held_away
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.polling.work import ASK_ROWS, Work, batches, missing_name
from tracker.registry import Merged
from tracker.sources.ctgov.seen_ids import SeenIds
from tracker.views.polled import KnownTrial, known_trials, visible_count
from tracker.views.watch_list import watch_list

CURSOR = "missing"
_FIELDS = ("NCTIdAlias", "OverallStatus")
_Place = tuple[Whereabouts, str | None]
_THERE: _Place = (Whereabouts.VISIBLE, None)
_GONE: _Place = (Whereabouts.DISAPPEARED, None)
_MOVED = "the release moved while it was asked who is gone"
_AWAY = (Whereabouts.DISAPPEARED, Whereabouts.MERGED)


def read(work: Work) -> str | None:
    """Look for all that is missing; complete, unless the whole registry had to be listed and was not."""
    left = _left_by_sweep(work)
    incomplete = None
    if left is None:
        left, incomplete = _not_listed(work)
    if incomplete is not None:
        return incomplete
    gone: set[str] = set()
    there: list[str] = []
    elsewhere: dict[str, _Place] = {}
    for trial_id, was, now in _moved(work, left):
        if now[0] not in _AWAY:
            there.append(trial_id)  # a stub is read as well, since it bears its date
        elif was is Whereabouts.VISIBLE and now == _GONE:
            gone.add(trial_id)
        else:
            elsewhere[trial_id] = now
    work.intake.aside.accidents.missing(_expected(work), len(gone))
    held = gone if work.intake.aside.accidents.is_mass_vanishing() else _held_before(work, sorted(gone))
    if held and work.registry.release() != work.release:
        return _MOVED
    work.intake.hold_moves(dict.fromkeys(sorted(held), _GONE), work.release)
    away = dict.fromkeys(sorted({*work.take_whole(there), *gone} - held), _GONE) | elsewhere
    if not _say(work, away):
        return _MOVED
    if not _read_survivors(work):
        return _MOVED
    work.move_all(CURSOR)
    return None


def _held_before(work: Work, lost: Iterable[str]) -> set[str]:
    """Those who are held as missing already: they wait on, though fewer are missing now."""
    held: set[str] = set()
    for batch in batches(lost, ASK_ROWS):
        with work.database.reading() as transaction:
            held |= held_away(transaction, batch)
    return held


def _left_by_sweep(work: Work) -> set[str] | None:
    """Who did not come in the sweep of this release; None where there was none, or not of all that is tracked."""
    left: set[str] = set()
    for part in work.scope.parts(Leg.SWEEP):
        cursor = work.cursor(missing_name(part))
        if cursor is None or cursor["release"] != work.release.stamp:
            return None
        left.update(cursor["ids"])
    return left


def _not_listed(work: Work) -> tuple[set[str], str | None]:
    """Who is not shown on the registry's list now, and why that is not complete; ids are listed later anyway."""
    if not work.scope.is_everything:
        return set(), None
    seen = SeenIds()
    crawl = work.registry.crawl(EVERYTHING, fields=("OverallStatus",))
    for page in work.pages_of(crawl):
        for row in page.rows:
            if not is_withheld(row):
                seen.add(str(nct_id(row)))
    if crawl.incomplete is not None:
        return set(), crawl.incomplete
    return {trial_id for trial_id in work.followed_ids() if trial_id not in seen}, None


def _moved(work: Work, left: set[str]) -> Iterator[tuple[str, Whereabouts | None, _Place]]:
    """Who is not where the ledger has it, or should have come and did not: where it was, and where the list has it.

    Who was visible and did not come is listed once more, since a page may lack a row.
    """
    lacking: list[str] = []
    for batch in batches(_sought(work, left), ASK_ROWS):
        work.expect(len(batch))
        for trial_id, known, place in _listed(work, batch):
            if place == _GONE and known is not None and known.whereabouts is Whereabouts.VISIBLE:
                lacking.append(trial_id)
            elif _is_news(work, trial_id, known, place) or (trial_id in left and place == _THERE):
                yield trial_id, known.whereabouts if known else None, place
        work.saw(len(batch))
    for batch in batches(lacking, ASK_ROWS):
        for trial_id, known, place in _listed(work, batch):
            if _is_news(work, trial_id, known, place) or (trial_id in left and place == _THERE):
                yield trial_id, Whereabouts.VISIBLE, place


def _listed(work: Work, batch: list[str]) -> list[tuple[str, KnownTrial | None, _Place]]:
    """Each of ``batch``, what is known of it, and where the list has it."""
    places: dict[str, _Place] = dict.fromkeys(batch, _GONE)
    for trial_id, row in work.rows_of(batch, _FIELDS):
        if nct_id(row) != trial_id:
            places[trial_id] = (Whereabouts.MERGED, nct_id(row))
        else:
            places[trial_id] = (Whereabouts.WITHHELD if is_withheld(row) else Whereabouts.VISIBLE, None)
    with work.database.reading() as transaction:
        known = known_trials(transaction.connection, batch)
    return [(trial_id, known.get(trial_id), place) for trial_id, place in places.items()]


def _is_news(work: Work, trial_id: str, known: KnownTrial | None, place: _Place) -> bool:
    """Whether a trial is not where it is known to be; of one that is not held only little can be told."""
    if known is None:
        return place[0] is Whereabouts.VISIBLE or _is_unfollowed(work, trial_id, place)
    return (known.whereabouts, known.merged_into) != place


def _is_unfollowed(work: Work, trial_id: str, place: _Place) -> bool:
    """Whether a tracked trial that was never read was merged into one that is not tracked."""
    trials = work.scope.watched.trials
    return place[0] is Whereabouts.MERGED and trial_id in trials and place[1] not in trials


def _sought(work: Work, left: set[str]) -> Iterator[str]:
    yield from sorted(left)
    yield from work.hidden_ids()
    if not work.scope.is_everything and _left_by_sweep(work) is None:
        yield from work.followed_ids()


def _expected(work: Work) -> int:
    if not work.scope.is_everything:
        return sum(1 for _ in work.followed_ids())
    with work.database.reading() as transaction:
        return visible_count(transaction.connection)


def _say(work: Work, away: Mapping[str, _Place]) -> bool:
    """Say where each of ``away`` is; False where the release moved while they were asked for: then nothing is said."""
    places = {trial_id: place for trial_id, now in away.items() if (place := _asked(work, trial_id, now)) is not None}
    if places and work.registry.release() != work.release:
        return False
    for trial_id, (where, into) in places.items():
        work.intake.note(trial_id, where, work.release, into=into)
    return True


def _asked(work: Work, trial_id: str, place: _Place) -> _Place | None:
    """Where a trial is: one that no list shows is asked for alone, and what is said then counts; None if it came."""
    if place != _GONE:
        return place
    answer = work.take_alone(trial_id)
    if answer is None:
        return None
    return (Whereabouts.MERGED, answer.into) if isinstance(answer, Merged) else place


def _read_survivors(work: Work) -> bool:
    """Read in full what is tracked since this leg began; what was itself merged leads on. False as ``_say``."""
    passed = set(work.scope.watched.trials)
    while True:
        work.intake.flush()
        with work.database.reading() as transaction:
            new = sorted(watch_list(transaction.connection).trials.keys() - passed)
        if not new:
            return True
        passed.update(new)
        work.expect(len(new))
        absent = work.take_whole(new)
        work.saw(len(new) - len(absent))
        if not _say(work, dict.fromkeys(sorted(absent), _GONE)):
            return False

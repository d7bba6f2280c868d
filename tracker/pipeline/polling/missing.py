"""The missing leg: what became of trials in scope that did not come, and of those known to be hidden.

They are listed by id once more, and whoever is elsewhere than the ledger has it is asked for alone: merged, withheld,
gone, or back; those never seen before are read together. Where too many are gone at once, nothing is said of them: they
are held. What a tracked trial was merged into is tracked in its place from then on, and read in full here and now.
"""

from collections.abc import Iterable, Iterator, Set

from tracker.domain.query import EVERYTHING
from tracker.domain.record import is_withheld, nct_id
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.holding import held_away
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.polling.work import ASK_ROWS, Work, batches, missing_name
from tracker.registry import Found, Merged
from tracker.sources.ctgov.seen_ids import SeenIds
from tracker.views.polled import known_trials, visible_count
from tracker.views.watch_list import watch_list

CURSOR = "missing"
_FIELDS = ("NCTIdAlias", "OverallStatus")
_Place = tuple[Whereabouts, str | None]
_AWAY = (Whereabouts.DISAPPEARED, Whereabouts.MERGED)


def read(work: Work) -> str | None:
    """Look for all that is missing; complete, unless the whole registry had to be listed and was not."""
    left = _left_by_sweep(work)
    incomplete = None
    if left is None:
        left, incomplete = _not_listed(work)
    if incomplete is not None:
        return incomplete
    lost: dict[str, _Place] = {}
    asked: list[str] = []
    fresh: list[str] = []
    for trial_id, was, now in _moved(work, left):
        if was is None and now[0] is Whereabouts.VISIBLE:
            fresh.append(trial_id)
        elif was is Whereabouts.VISIBLE and now[0] in _AWAY:
            lost[trial_id] = now
        else:
            asked.append(trial_id)
    work.intake.aside.accidents.missing(_expected(work), len(lost))
    held: Set[str] = lost.keys() if work.intake.aside.accidents.is_mass_vanishing() else _held_before(work, lost)
    work.intake.hold_moves({trial_id: lost[trial_id] for trial_id in held}, work.release)
    asked += sorted(work.take_whole(fresh))
    for trial_id in (*lost, *asked):
        if trial_id not in held:
            _ask(work, trial_id)
    _read_survivors(work)
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
    """Who is not on the registry's list now, and why that list is not complete; ids are listed later anyway."""
    if not work.scope.is_everything:
        return set(), None
    seen = SeenIds()
    crawl = work.registry.crawl(EVERYTHING, fields=("NCTId",))
    for page in work.pages_of(crawl):
        for row in page.rows:
            seen.add(str(nct_id(row)))
    if crawl.incomplete is not None:
        return set(), crawl.incomplete
    return {trial_id for trial_id in work.followed_ids() if trial_id not in seen}, None


def _moved(work: Work, left: set[str]) -> Iterator[tuple[str, Whereabouts | None, _Place]]:
    """Who is not where the ledger has it, or should have come and did not: where it was, and where the list has it."""
    for batch in batches(_sought(work, left), ASK_ROWS):
        work.expect(len(batch))
        places: dict[str, _Place] = dict.fromkeys(batch, (Whereabouts.DISAPPEARED, None))
        for trial_id, row in work.listed(batch, _FIELDS):
            places[trial_id] = (Whereabouts.WITHHELD if is_withheld(row) else Whereabouts.VISIBLE, None)
            if nct_id(row) != trial_id:
                places[trial_id] = (Whereabouts.MERGED, nct_id(row))
        with work.database.reading() as transaction:
            known = known_trials(transaction.connection, batch)
        for trial_id, place in places.items():
            held = known.get(trial_id)
            if held is None:
                is_news = place[0] is Whereabouts.VISIBLE or _is_unfollowed(work, trial_id, place)
            else:
                is_news = (held.whereabouts, held.merged_into) != place
            if is_news or (trial_id in left and place[0] is Whereabouts.VISIBLE):
                yield trial_id, held.whereabouts if held else None, place


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


def _ask(work: Work, trial_id: str) -> None:
    """Ask for one trial; what is recorded is what the registry says of it alone."""
    answer = work.registry.study(trial_id)
    if isinstance(answer, Found):
        work.intake.take(answer.record, work.release)
    elif isinstance(answer, Merged):
        work.intake.note(trial_id, Whereabouts.MERGED, work.release, into=answer.into)
    else:
        work.intake.note(trial_id, Whereabouts.DISAPPEARED, work.release)


def _read_survivors(work: Work) -> None:
    """Read in full what is tracked since this leg began; what was itself merged meanwhile leads on."""
    passed = set(work.scope.watched.trials)
    while True:
        work.intake.flush()
        with work.database.reading() as transaction:
            new = sorted(watch_list(transaction.connection).trials.keys() - passed)
        if not new:
            return
        passed.update(new)
        work.expect(len(new))
        absent = work.take_whole(new)
        work.saw(len(new) - len(absent))
        for trial_id in sorted(absent):
            _ask(work, trial_id)

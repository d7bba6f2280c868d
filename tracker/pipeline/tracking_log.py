"""When something was tracked, or no longer, and who entered or left a tracked query: the events of watching, as told.

Promises: events come in the order of their positions, whether what they speak of is still tracked or not; memory is
bounded, however many members a query has. It records nothing.
"""

import difflib
import heapq
import unicodedata
from collections import deque
from collections.abc import Iterator
from itertools import islice
from operator import attrgetter

from store.unit_of_work import Transaction
from tracker.domain.errors import NotFound
from tracker.domain.watching import Watched
from tracker.ledger.watch_events import Membership, RecordedWatchEvent, Tracking
from tracker.ledger.watch_ledger import WatchLedger
from tracker.views.answers import AnsweredWatching
from tracker.views.rows import instant_text
from tracker.views.watch_list import titles

_PAGE = 500


def tracking_log(transaction: Transaction, name: str | None, *, limit: int | None) -> Iterator[AnsweredWatching]:
    """The newest ``limit`` events, newest last, of the query or the trial called ``name``; without a name, of all.

    Of a query they say who entered and left as well; of everything, only what people had tracked and what followed
    from it. Raises NotFound, with near misses, for a name that nothing was ever tracked as; at once, not while reading.
    """
    told = (
        _decisions(transaction) if name is None else _told_of(transaction, unicodedata.normalize("NFC", name.strip()))
    )
    return _answered(transaction, told if limit is None else iter(deque(told, maxlen=limit)))


def _told_of(transaction: Transaction, name: str) -> Iterator[RecordedWatchEvent]:
    ids = {name, name.upper()}  # an id of a trial is one, however it is written
    decisions, names = [], set()
    for told in _decisions(transaction):
        assert isinstance(told.event, Tracking)
        named = {told.event.name, told.event.alias or ""} - {""}
        names |= named
        if named & (ids if told.event.watched is Watched.TRIAL else {name}):
            decisions.append(told)
    if not decisions:
        raise NotFound(_never_tracked(name, names))
    return heapq.merge(decisions, WatchLedger(transaction).of_members(name), key=attrgetter("position"))


def _decisions(transaction: Transaction) -> Iterator[RecordedWatchEvent]:
    return WatchLedger(transaction).of_tracking()


def _never_tracked(name: str, names: set[str]) -> str:
    folded = {one.casefold(): one for one in sorted(names)}
    near = [folded[one] for one in difflib.get_close_matches(name.casefold(), folded, 3)]
    hint = f"did you mean {' or '.join(near)}?" if near else "trialog tracked --log tells what was"
    return f"nothing was ever tracked as {name}; {hint}"


def _answered(transaction: Transaction, told: Iterator[RecordedWatchEvent]) -> Iterator[AnsweredWatching]:
    while page := list(islice(told, _PAGE)):
        ids = {trial_id for one in page if (trial_id := _trial_id(one)) is not None}
        known = titles(transaction.connection, ids)
        for one in page:
            yield _answer(one, known.get(_trial_id(one) or ""))


def _trial_id(told: RecordedWatchEvent) -> str | None:
    if isinstance(told.event, Membership):
        return told.event.trial_id
    return told.event.name if told.event.watched is Watched.TRIAL else None


def _answer(told: RecordedWatchEvent, title: str | None) -> AnsweredWatching:
    event = told.event
    member = event if isinstance(event, Membership) else None
    tracking = event if isinstance(event, Tracking) else None
    query = None if tracking is None else tracking.query
    return AnsweredWatching(
        position=told.position,
        type=event.type.value,
        name=event.name or None,
        trial_id=_trial_id(told),
        title=title,
        data_on=None if member is None else member.data_on.isoformat(),
        observed_at=None if member is None else instant_text(member.observed_at),
        recorded_at=instant_text(told.recorded_at),
        alias=None if tracking is None else tracking.alias,
        query=None if query is None else str(query),
    )

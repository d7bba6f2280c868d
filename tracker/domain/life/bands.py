"""Status bands: what was known of a trial's status on each day, from its first post to today. Pure.

Law: the bands follow each other day on day, none overlaps and none is missing, and neighbours differ. Days on which
the registry's rule said UNKNOWN while the content did not are bands of their own: no version of the registry's history
ever shows UNKNOWN, and a flip may not have been observed yet. The other way round, a content that was posted
long before it was seen as UNKNOWN showed the submitted status until the rule's first day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from tracker.domain.life.model import Band, BandKind
from tracker.domain.life.told import MoveTold, RevisionTold
from tracker.domain.record import Json, status_date
from tracker.domain.staleness import UNKNOWN
from tracker.domain.whereabouts import Whereabouts

_DAY = timedelta(days=1)
_AWAY = {
    Whereabouts.WITHHELD: BandKind.WITHHELD,
    Whereabouts.MERGED: BandKind.MERGED,
    Whereabouts.DISAPPEARED: BandKind.DISAPPEARED,
}


def bands(revisions: Sequence[RevisionTold], moves: Sequence[MoveTold], *, record: Json, today: date) -> list[Band]:
    """The bands in their order; the last ends today, or with the newest day of the ledger where that is later."""
    newest = [revisions[-1].holds_from, *(move.on for move in moves)]
    last = max(today, *newest)
    spans = _spans(revisions, last)
    found = [band for told, first, end in spans for band in _of_span(told, first, end, moves)]
    return list(_joined([*_unseen(record, revisions[0].holds_from), *found]))


def _spans(revisions: Sequence[RevisionTold], last: date) -> Iterator[tuple[RevisionTold, date, date]]:
    """The days of each revision; of one day the last holds, so that others have none."""
    ends = [*(following.holds_from - _DAY for following in revisions[1:]), last]
    for told, end in zip(revisions, ends, strict=True):
        if told.holds_from <= end:
            yield told, told.holds_from, end


def _of_span(told: RevisionTold, first: date, last: date, moves: Sequence[MoveTold]) -> Iterator[Band]:
    """One revision's days, parted where the record went or came and where the rule begins to hold."""
    lapses_on = told.staleness.lapses_on
    begins = {first, *(move.on for move in moves)} | ({lapses_on} if lapses_on else set())
    days = sorted(day for day in begins if first <= day <= last)
    for begin, following in zip(days, [*days[1:], None], strict=True):
        end = last if following is None else following - _DAY
        yield _band(told, begin, end, _where(moves, begin))


def _where(moves: Sequence[MoveTold], day: date) -> MoveTold | None:
    before = [move for move in moves if move.on <= day]
    return before[-1] if before else None


def _band(told: RevisionTold, first: date, last: date, move: MoveTold | None) -> Band:
    if move is not None and move.whereabouts in _AWAY:
        kind = _AWAY[move.whereabouts]
        return Band(kind=kind, first=first, last=last, merged_into=move.merged_into, revision=told.revision)
    published = told.staleness.published_status
    kind, last_known = _kind(told, first), told.staleness.last_known_status
    return Band(
        kind=kind,
        first=first,
        last=last,
        status=last_known if kind is BandKind.SUBMITTED else published,
        last_known=None if kind is BandKind.SUBMITTED else last_known,
        revision=told.revision,
    )


def _kind(told: RevisionTold, first: date) -> BandKind:
    """Whether what the content says of the status and what the rule says are the same from ``first`` on."""
    is_unknown = told.staleness.is_unknown(first)
    if told.staleness.published_status != UNKNOWN:
        return BandKind.LAPSED if is_unknown else BandKind.SHOWN
    is_later = told.staleness.lapses_on is not None and not is_unknown
    is_before_seen = told.data_on is None or first < told.data_on
    return BandKind.SUBMITTED if is_later and is_before_seen else BandKind.SHOWN


def _unseen(record: Json, first: date) -> Iterator[Band]:
    posted = status_date(record, "studyFirstPostDateStruct")
    if posted is not None and posted.last_day < first:
        yield Band(kind=BandKind.UNSEEN, first=posted.last_day, last=first - _DAY)


def _joined(found: Iterable[Band]) -> Iterator[Band]:
    """Neighbours that say the same as one."""
    before: Band | None = None
    for band in found:
        if before is not None and _said(before) == _said(band):
            before = replace(before, last=band.last)
            continue
        if before is not None:
            yield before
        before = band
    if before is not None:
        yield before


def _said(band: Band) -> tuple[object, ...]:
    return band.kind, band.status, band.last_known, band.merged_into

"""The sweep: a short row of every trial in scope; who differs from what is held is read in full.

What did not come is left for the leg that looks for the missing. A complete listing of a query says who its members
are: one that came no more is read once more in full, and has left if the registry still shows it, or shows it again.
"""

from collections.abc import Collection, Iterable

from store.unit_of_work import Transaction
from tracker.domain.errors import Conflict, NotFound
from tracker.domain.record import is_withheld, nct_id
from tracker.domain.short_row import FIELDS
from tracker.pipeline.polling.rows import RowReader
from tracker.pipeline.polling.scope import Part
from tracker.pipeline.polling.work import Work, missing_name
from tracker.pipeline.tracking import record_members
from tracker.sources.ctgov.seen_ids import SeenIds
from tracker.views.watch_list import present_members


def read(work: Work) -> str | None:
    """Read a row of everything; answers why it is not complete, None where it is."""
    return work.each_part(_read)


def _read(work: Work, part: Part) -> str | None:
    if part.query is None:
        _list_ids(work, part)
        return None
    return _crawl_registry(work, part) if part.query_name is None else _crawl_query(work, part)


def _crawl_registry(work: Work, part: Part) -> str | None:
    assert part.query is not None
    reader, seen = RowReader(work), SeenIds()
    crawl = work.registry.crawl(part.query, fields=FIELDS)
    for page in work.pages_of(crawl):
        for row in page.rows:
            seen.add(str(nct_id(row)))
        reader.take(page.rows)
    reader.finish()
    if crawl.incomplete is None:
        _leave(work, part, (trial_id for trial_id in work.followed_ids() if trial_id not in seen))
    return crawl.incomplete


def _list_ids(work: Work, part: Part) -> None:
    reader = RowReader(work)
    work.expect(len(part.ids))
    present = set(reader.listed(sorted(part.ids)))
    reader.finish()
    _leave(work, part, part.ids.keys() - present - set(work.hidden_ids()))


def _crawl_query(work: Work, part: Part) -> str | None:
    assert part.query is not None
    assert part.query_name is not None
    reader = RowReader(work)
    crawl = work.registry.crawl(part.query, fields=FIELDS)
    present: set[str] = set()
    for page in work.pages_of(crawl):
        present.update(str(nct_id(row)) for row in page.rows)
        reader.take(page.rows)
    reader.finish()
    if crawl.incomplete is not None:
        return crawl.incomplete
    with work.database.reading() as transaction:
        members = present_members(transaction.connection, part.query_name)
    hidden = (members - present).intersection(work.hidden_ids())
    unlisted = sorted(members - present - (hidden - _shown(work, hidden)))
    work.expect(len(unlisted))
    vanished = work.take_whole(unlisted)
    work.intake.flush()  # that a member is withheld is known only now
    hidden = members & set(work.hidden_ids())
    _keep_members(work, part, present | vanished | hidden)
    _leave(work, part, vanished)
    return None


def _shown(work: Work, ids: Collection[str]) -> set[str]:
    """Those of ``ids`` whose record the registry shows."""
    work.expect(len(ids))
    rows = work.listed(sorted(ids), ("OverallStatus",))
    return {trial_id for trial_id, row in rows if nct_id(row) == trial_id and not is_withheld(row)}


def _leave(work: Work, part: Part, missing: Iterable[str]) -> None:
    work.moved[missing_name(part)] = {"release": work.release.stamp, "ids": sorted(missing)}
    work.move(part)


def _keep_members(work: Work, part: Part, present: set[str]) -> None:
    """Who is gone or withheld has not left the query: only one that the registry still shows elsewhere has."""
    release, intake, name = work.release, work.intake, part.query_name
    assert name is not None

    def keep(transaction: Transaction) -> None:
        try:
            told = record_members(
                transaction,
                name=name,
                present=present,
                data_on=release.data_on,
                observed_at=intake.now(),
                run_id=intake.run_id,
                since=part.since,
                is_first_listing=work.cursor_of(part) is None,
            )
        except (NotFound, Conflict):  # untracked, or tracked anew, while it was listed
            return
        intake.tally.moves += told.events

    work.at_end.append(keep)

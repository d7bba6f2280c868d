"""The delta leg: what was posted of late, in full.

A crawl in the order of the post dates, from seven days before the latest one that a complete delta has seen; the whole
part where there was none. Tracked ids are told apart by their short rows, and read in full where these differ, or
where the post date lies in the seven days before the release that a complete delta has seen: a second version of a day
has the row of the first.
"""

from datetime import date, timedelta

from tracker.domain.record import posted_on
from tracker.pipeline.polling.rows import RowReader
from tracker.pipeline.polling.scope import Part
from tracker.pipeline.polling.work import Work

REREAD_DAYS = 7
_ORDER = "LastUpdatePostDate:asc"


def read(work: Work) -> str | None:
    """Read what is new; answers why it is not complete, None where it is."""
    return work.each_part(_read)


def _read(work: Work, part: Part) -> str | None:
    if part.query is None:
        _read_ids(work, part)
        return None
    return _crawl(work, part)


def _crawl(work: Work, part: Part) -> str | None:
    assert part.query is not None
    watermark = _watermark(work, part)
    query = part.query
    if watermark is not None:
        query = query.joined(f"AREA[LastUpdatePostDate]RANGE[{_reread_from(watermark)},MAX]")
    crawl = work.registry.crawl(query, sort=_ORDER)
    for page in work.pages_of(crawl):
        for record in page.rows:
            watermark = _later(watermark, posted_on(record), work)
            work.intake.take(record, work.release)
    if crawl.incomplete is None:
        work.move(part, watermark=watermark and watermark.isoformat())
    return crawl.incomplete


def _read_ids(work: Work, part: Part) -> None:
    cursor = work.cursor_of(part)
    reader = RowReader(work)
    was_read = {one for one, position in part.ids.items() if cursor is not None and position <= cursor["since"]}
    is_new = part.ids.keys() - was_read
    work.expect(len(is_new))
    if cursor is None or cursor["release"] != work.release.stamp or work.is_forced:
        work.expect(len(was_read))
        since = _reread_from(_watermark(work, part) or work.release.data_on)
        for _ in reader.listed(sorted(was_read), whole=lambda row: (posted_on(row) or date.min) >= since):
            pass
    for trial_id in sorted(is_new):
        reader.want(trial_id)
    reader.finish()
    work.saw(len(is_new - reader.absent))
    work.move(part, watermark=work.release.data_on.isoformat())


def _watermark(work: Work, part: Part) -> date | None:
    """The latest post date that a complete delta of this part has seen; of ids, the day of the release that it read."""
    cursor = work.cursor_of(part)
    return date.fromisoformat(cursor["watermark"]) if cursor and cursor.get("watermark") else None


def _reread_from(watermark: date) -> date:
    return watermark - timedelta(days=REREAD_DAYS)


def _later(watermark: date | None, posted: date | None, work: Work) -> date | None:
    """The later of the two; a date after the release's own is a slip, which must not hide what comes after it."""
    if posted is None or posted > work.release.data_on:
        return watermark
    return posted if watermark is None or posted > watermark else watermark

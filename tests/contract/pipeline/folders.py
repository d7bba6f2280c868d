"""Folders of made records, and what an import made of them, told so that two imports can be compared."""

import json
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import select

from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab, ticking_clock
from tests.records import enrollment, record, trial_ids
from tracker.diffing.catalogue import default_catalogue
from tracker.pipeline.importing import Importer, Progress
from tracker.sources.files import FileSource
from tracker.sources.reading import read_record
from tracker.views.tables import REVISIONS


def write_folder(folder: Path, trials_count: int) -> None:
    """The newest records of so many trials in two JSON Lines files, older versions in a third, and two bad ones."""
    ids = trial_ids()
    lines: dict[str, list[str]] = {name: [] for name in ("a.jsonl", "b.jsonl", "versions.jsonl")}
    for n in range(trials_count):
        trial_id = next(ids)
        newest = record(trial_id, data_on="2026-04-09", posted_on="2026-04-01", designModule=enrollment(n))
        lines["a.jsonl" if n % 2 else "b.jsonl"].append(json.dumps(newest))
        for month in range(1, 1 + n % 4):  # posted in silence now and then
            posted_on = f"2026-0{month}-01" if n % 3 else "2026-01-01"
            older = record(trial_id, data_on=f"2026-0{month}-09", posted_on=posted_on, designModule=enrollment(month))
            lines["versions.jsonl"].append(json.dumps(older))
    lines["versions.jsonl"].reverse()
    lines["a.jsonl"].insert(7, '{"protocolSection": ')
    lines["b.jsonl"].append("[]")
    folder.mkdir()
    for name, texts in lines.items():
        (folder / name).write_text("\n".join(texts) + "\n", "utf-8")


def frequent_importer(database: Database) -> Importer:
    """An importer that commits often."""
    return Importer(
        database=database, catalogue=default_catalogue(), read=read_record, now=ticking_clock(), commit_records=16
    )


def import_paths(url: str, *paths: str, show: Callable[[Progress], None] = lambda _: None) -> None:
    """Import into the database at ``url``; a process of its own can be made of this."""
    database = Database.open(url, clock=ticking_clock())
    with FileSource(paths) as source:
        frequent_importer(database).run(source, show=show)
    database.close()


def import_and_report(url: str, path: str, reports: Connection) -> None:
    """The same, with a word to another process after each transaction."""
    import_paths(url, path, show=lambda progress: reports.send(progress.records_done))


def told(lab: Lab) -> list[dict[str, Any]]:
    """Every event, without what depends on when and in which run it was recorded."""
    with lab.database.reading() as transaction:
        return [
            {
                "position": event.position,
                "stream": (event.stream, event.stream_version),
                "event": (event.event_id, event.type, event.schema_version),
                "data": {key: value for key, value in event.data.items() if key != "observed_at"},
                "cause": event.metadata["causation_id"],
            }
            for event in transaction.events.read_all()
        ]


def rejects(lab: Lab) -> list[tuple[str, str | None, int | None, str, str]]:
    """What was refused: place, reason and hash."""
    with lab.database.reading() as transaction:
        found = transaction.quarantine.list()
    return [(Path(one.file).name, one.member, one.line, one.reason, one.sha256) for one in found]


def contents(lab: Lab) -> dict[str, list[tuple[Any, ...]]]:
    """The timeline of each trial: which content held since when."""
    line = select(REVISIONS).where(REVISIONS.c.replaced_at.is_(None)).order_by(REVISIONS.c.trial_id, REVISIONS.c.rank)
    timelines: dict[str, list[tuple[Any, ...]]] = {}
    with lab.database.reading() as transaction:
        for row in transaction.connection.execute(line):
            held = (row.snapshot, row.event_posted_on, row.data_on, row.holds_from)
            timelines.setdefault(row.trial_id, []).append(held)
    return timelines

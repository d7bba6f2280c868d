"""Restores a backup into an empty database of either kind, which is also the way from SQLite to PostgreSQL.

It promises positions and hashes as they were, in one transaction: either all of it is there and was found to be whole,
or the database is as empty as before. A backup that is not whole is refused before anything is written. Whatever was
delivered since the backup is delivered again, under the same ids.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.copying import calm, copy_rows, require_empty
from store.errors import Outdated
from store.unit_of_work import Database
from tracker.domain.errors import Permanent
from tracker.pipeline.backing_up import Stage
from tracker.pipeline.replaying import make_anew
from tracker.pipeline.verifying import VerifyReport, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored; ``position`` and ``hash`` are those of the ledger's head."""

    position: int
    hash: str
    events: int
    revisions: int
    snapshots: int


@contextmanager
def open_backup(file: Path, *, now: Callable[[], datetime]) -> Iterator[Database]:
    """Open a backup, to be read; the store's NotFound, or Permanent for one of an older or a newer trialog."""
    path = file.expanduser().absolute()
    try:
        backup = Database.open_present(path, clock=now)
    except Outdated as err:
        raise Permanent(f"{err}; bring it up to date: trialog migrate --database {path}") from err
    try:
        yield backup
    finally:
        backup.close()


def check_backup(backup: Database, *, stage: Stage) -> None:
    """Look through all of a backup; Permanent where it is not whole."""
    with stage("Verifying the backup") as show:
        report = verify(backup, show=show)
    if not report.ok:
        place = "" if report.position is None else f" at position {report.position}"
        raise Permanent(f"{backup!r} is not whole{place}, so nothing was restored: {report.reason}")


def restore(backup: Database, target: Database, *, now: datetime, stage: Stage) -> Restored:
    """Restore a backup that was checked. Raises the store's Permanent where the target is not empty."""
    with backup.reading() as read, target.writing() as written:
        require_empty(written)
        with stage("Copying") as show:
            copy_rows(read, written, show=show)
        calm(written, now)
        with stage("Making the views") as show:
            make_anew(written, show=show)
        head = written.events.head()
    with stage("Verifying") as show:
        report = verify(target, show=show)
    _require_whole(report)
    return Restored(
        position=head.position,
        hash=head.hash,
        events=report.events,
        revisions=report.revisions,
        snapshots=report.snapshots,
    )


def _require_whole(report: VerifyReport) -> None:
    if not report.ok:
        raise Permanent(f"what was restored is not whole: {report.reason}; drop this database and restore into another")

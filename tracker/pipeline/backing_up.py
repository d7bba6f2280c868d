"""Backs a ledger up into one file, which is itself a ledger: a SQLite file, whatever the ledger lies in.

It promises a file of one moment, made while others write and read, that was verified in full before it is there under
its name; and that otherwise, whatever ends the work, nothing is there. The file holds addresses and secrets, so it is
its owner's alone to read.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from store.copying import copy_to_file
from store.ledger_files import others_beside, partial, put_in_place, remove, seal
from store.unit_of_work import Database
from tracker.domain.errors import InvalidInput, Permanent
from tracker.pipeline.replaying import Show, rebuild
from tracker.pipeline.verifying import verify

Stage = Callable[[str], AbstractContextManager[Show]]
"""Shows how far a named part of the work is, as long as the block lasts."""

_SCHEDULED = re.compile(r"trialog-\d{8}T\d{6}Z\.db", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made and found to be whole; ``position`` and ``hash`` are those of its ledger's head."""

    file: str
    size_bytes: int
    position: int
    hash: str
    events: int
    revisions: int
    snapshots: int


def back_up(database: Database, file: Path, *, now: datetime, stage: Stage, replaces: bool = False) -> Backup:
    """Make ``file`` a verified backup. One that is there stays, or is replaced if it ``replaces`` files.

    Raises InvalidInput where the file cannot be one, Permanent where the copy is not whole, the store's Permanent where
    the disk is full or fails.
    """
    file = file.expanduser().absolute()
    _check_place(file, database, replaces=replaces)
    with partial(file) as made:
        with stage("Copying") as show:
            has_views = copy_to_file(database, made, now=now, show=show)
        backup = _finished(made, file, now=now, stage=stage, has_views=has_views)
        _check_place(file, database, replaces=replaces)  # another may have made one meanwhile
        put_in_place(made, file)
    return backup


def scheduled_name(now: datetime) -> str:
    """The name of a scheduled backup that is made at ``now``; names in order are backups in order."""
    return f"trialog-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"


def keep_newest(folder: Path, keep: int, *, now: datetime) -> list[Path]:
    """Remove the scheduled backups in ``folder`` but the newest so many, and answer which; no other file is touched.

    One that says to be of a time to come was made by a clock that was wrong, and counts as older than all others: else
    each new one would be removed as soon as it was made.
    """
    last = scheduled_name(now)
    found = [each for each in folder.iterdir() if _SCHEDULED.fullmatch(each.name)]
    found.sort(key=lambda each: (each.name <= last, each.name))
    old = found[: max(len(found) - keep, 0)]
    for each in old:
        remove(each)
    return old


def _check_place(file: Path, database: Database, *, replaces: bool) -> None:
    ledger = Path(database.url.removeprefix("sqlite:///"))
    if file.is_dir():
        raise InvalidInput(f"{file} is a folder; name a file in it")
    if not file.parent.is_dir():
        raise InvalidInput(f"there is no folder {file.parent}; make it, or name another")
    if database.dialect_name == "sqlite" and file.exists() and file.samefile(ledger):
        raise InvalidInput(f"{file} is the ledger itself; name another file")
    if beside := others_beside(file):
        raise InvalidInput(f"{beside[0]} is beside it: a ledger of that name is in use, or was; name another file")
    if file.exists() and not replaces:
        raise InvalidInput(f"{file} is there already; name another file, or replace it with --force")


def _finished(made: Path, file: Path, *, now: datetime, stage: Stage, has_views: bool) -> Backup:
    """Complete what was copied, close it for keeping, and look through all of it."""
    copy = Database.open_present(made, clock=lambda: now)
    try:
        if not has_views:
            with stage("Making the views") as show:
                rebuild(copy, show=show)
        copy.close()
        seal(made)
        with stage("Verifying") as show:
            report = verify(copy, show=show)
        if not report.ok:
            raise Permanent(f"the copy is not whole, so no backup was made: {report.reason}; see trialog verify")
        with copy.reading() as transaction:
            head = transaction.events.head()
    finally:
        copy.close()
    return Backup(
        file=str(file),
        size_bytes=made.stat().st_size,
        position=head.position,
        hash=head.hash,
        events=report.events,
        revisions=report.revisions,
        snapshots=report.snapshots,
    )

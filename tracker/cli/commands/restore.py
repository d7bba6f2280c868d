"""``trialog restore``: a backup, into an empty database of either kind."""

from pathlib import Path

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session


@click.command("restore", short_help="Restore a backup into an empty database.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@json_option
@global_options
@click.pass_obj
def command(session: Session, file: Path, as_json: bool) -> None:
    """Restore a backup into the database that --database or the settings name, a SQLite file or PostgreSQL.

    The database must be new or empty; FILE is verified first and the result afterwards, and positions and hashes
    stay as they were. What was delivered since the backup is delivered again, under the same ids.

    \b
    Examples:
      trialog restore trialog-2026-02-15.db --database restored.db
      trialog restore trialog-2026-02-15.db --database postgresql://user@host/name
    """
    from tracker.cli.progress import position_shown
    from tracker.cli.streams import write_lines
    from tracker.pipeline.restoring import check_backup, open_backup, restore
    from tracker.services import open_clock

    with open_clock(session.settings()) as clock, open_backup(file, now=clock.now) as backup:
        check_backup(backup, stage=position_shown)
        with session.services("restore") as services:
            done = restore(backup, services.database, now=services.now(), stage=position_shown)
            where = repr(services.database).removeprefix("Database(").removesuffix(")").strip("'")
    if as_json:
        write_lines([{"database": where, **{name: getattr(done, name) for name in done.__dataclass_fields__}}])
        return
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line
    from tracker.domain.wording import count

    page = Page()
    page.line(f"Restored and verified: {one_line(where)}.", style="bold green")
    held = f"{count(done.events, 'event')}, {count(done.revisions, 'revision')}, {count(done.snapshots, 'snapshot')}"
    page.line(f"It holds {held}; the last event has the hash {done.hash}.")

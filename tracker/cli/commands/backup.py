"""``trialog backup``: all of the ledger in one file."""

from pathlib import Path

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session


@click.command("backup", short_help="Back up the ledger into one file.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", "replaces", is_flag=True, help="Replace FILE if it is there, once the new one is verified.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, file: Path, replaces: bool, as_json: bool) -> None:
    """Back up the whole ledger, deliveries and addresses included, while everything goes on.

    FILE is of one moment, verified, and there only once it is whole. It is a ledger of its own, a SQLite file
    whatever the ledger lies in: trialog verify --database FILE. It holds addresses and secrets, and is yours
    alone to read.

    \b
    Examples:
      trialog backup trialog-2026-02-15.db
      trialog restore trialog-2026-02-15.db --database postgresql://user@host/name
    """
    from tracker.cli.progress import position_shown
    from tracker.cli.streams import write_lines
    from tracker.pipeline.backing_up import back_up

    with session.services() as services:
        made = back_up(services.database, file, now=services.now(), stage=position_shown, replaces=replaces)
    if as_json:
        write_lines([made])
        return
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line
    from tracker.domain.wording import count, size

    page = Page()
    page.line(f"Backed up and verified: {one_line(made.file)}, {size(made.size_bytes)}.", style="bold green")
    held = f"{count(made.events, 'event')}, {count(made.revisions, 'revision')}, {count(made.snapshots, 'snapshot')}"
    page.line(f"It holds {held}; the last event has the hash {made.hash}.")

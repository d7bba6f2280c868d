"""``trialog migrate``: bring a ledger of an older trialog up to date."""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from store.migrate import Upgrade


@click.command("migrate", short_help="Bring a ledger of an older trialog up to date.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """Bring the schema of the ledger, and its views, to those of this trialog.

    On SQLite what needs the new schema does this by itself. A PostgreSQL database, which others may share, changes
    only by this command: trialog of an older version stops writing then, so update it everywhere. A SQLite file is
    copied beside itself before; back a PostgreSQL database up first. All of it is done, or nothing.

    \b
    Example:
      trialog migrate --database postgresql://user@host/name
    """
    from store.migrate import REVISION
    from tracker.cli.streams import write_lines

    done: list[Upgrade] = []
    with session.services("migrate", told=done.append):
        pass
    found = done[0].found if done else REVISION
    copy = str(done[0].copy) if done and done[0].copy else None
    if as_json:
        write_lines([{"found": found, "schema_version": REVISION, "copy": copy}])
        return
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line

    page = Page()
    if not done:
        page.line(f"The ledger is up to date, its schema is {REVISION}.")
        return
    page.line(f"The ledger is up to date: its schema was {found} and is {REVISION}.", style="bold green")
    if copy is not None:
        page.line(f"As it was before it lies in {one_line(copy)}; remove that once all is well.")

"""``trialog runs``: what each leg of every poll did, and what it holds."""

from dataclasses import asdict

import click

from tracker.cli.options import global_options, json_option, limit_option
from tracker.cli.session import Session

USUAL_LIMIT = 20


@click.command("runs", short_help="What each poll did, and what it holds.")
@click.option("--held", "is_held", is_flag=True, help="Only what runs hold and nobody has released, by path.")
@limit_option(USUAL_LIMIT, what="runs, the newest")
@json_option
@global_options
@click.pass_obj
def command(session: Session, is_held: bool, limit: int | None, as_json: bool) -> None:
    """What each leg of every poll did, the newest first, and what it holds back.

    Where many records differ on one path, or are missing, in one run, the registry may have had an accident
    or be migrating: these differences are held, whole, until trialog release. A run without an end is under
    way, or was broken off; the next one makes up for it.

    \b
    Examples:
      trialog runs
      trialog runs --held --json
    """
    from tracker.cli.run_page import run_object, show_held, show_runs
    from tracker.cli.streams import write_lines

    with session.services() as services, services.database.reading() as transaction:
        open_runs = transaction.held.open_runs()
        if is_held and as_json:
            write_lines(asdict(one) for one in transaction.held.counts(open_runs))
            return
        runs = [] if is_held else transaction.runs.list(limit if as_json else limit or USUAL_LIMIT)
        if as_json:
            write_lines(map(run_object, runs))
            return
        from tracker.cli.page import Page

        page = Page()
        shown = [*open_runs, *(run.run_id for run in runs if run.run_id not in open_runs)]
        counts = transaction.held.counts(shown)
        if runs:
            show_runs(page, runs)
            if counts:
                page.line()
        if counts:
            show_held(page, counts)
        elif not runs:
            page.line("Nothing is held." if is_held else "No poll has run yet.")

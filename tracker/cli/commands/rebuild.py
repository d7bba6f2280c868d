"""``trialog rebuild``: make the views anew."""

import time

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session


@click.command("rebuild", short_help="Make the views anew.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """Make the views anew from the ledger; readers go on reading the old ones until it is done.

    Needed only where trialog verify says that the views differ. Nothing recorded is touched.

    \b
    Example:
      trialog rebuild
    """
    from tracker.cli.progress import position_shown
    from tracker.cli.streams import write_lines
    from tracker.pipeline.replaying import rebuild

    with session.services("rebuild") as services:
        started_s = time.monotonic()
        with position_shown("Rebuilding the views") as show:
            events = rebuild(services.database, show=show)
        seconds = time.monotonic() - started_s
        if as_json:
            write_lines([{"events": events, "seconds": round(seconds, 3)}])
            return
        from tracker.cli.page import Page
        from tracker.domain.wording import count

        Page().line(f"The views are made anew from {count(events, 'event')} in {seconds:.1f} s.")

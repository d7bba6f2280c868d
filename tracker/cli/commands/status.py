"""``trialog status``: whether trialog itself is well, and why not."""

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session


@click.command("status", short_help="Whether trialog itself is well, and why not.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """Whether trialog itself is well, and why not: polls, jobs, deliveries, daemons, disk, verification.

    The answer comes from the database, so it is the same on every host, with a daemon or without one. Where
    anything needs somebody, it is named with what to do, and the exit status is 1. Of a ledger that is not there
    or cannot be read, that is the answer.

    \b
    Examples:
      trialog status
      trialog status --json | jq .reasons
    """
    from tracker.cli.streams import write_lines
    from tracker.pipeline.status import status_object
    from tracker.seeing import status_at

    settings = session.settings()
    with session.clock(settings) as clock:
        found = status_at(settings, now=clock.now)
    if not found.ok:
        session.answer_is_bad()
    if as_json:
        write_lines([status_object(found)])
        return
    from tracker.cli.page import Page
    from tracker.cli.status_page import show_status

    show_status(Page(), found)

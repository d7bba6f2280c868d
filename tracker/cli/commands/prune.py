"""``trialog prune``: delete what is kept of old deliveries and sessions."""

from dataclasses import asdict
from datetime import timedelta

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.parameters import DAYS
from tracker.cli.session import Session


@click.command("prune", short_help="Delete what is kept of old deliveries and sessions.")
@click.option(
    "--older-than",
    type=DAYS,
    help="Deliveries that were settled so many days ago. Default: prune.older_than of the settings, 180d.",
)
@click.option("--dry-run", is_flag=True, help="Say how much that is, and delete nothing.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, older_than: timedelta | None, dry_run: bool, as_json: bool) -> None:
    """Delete the attempts and the messages of deliveries that were sent or given up long ago.

    The deliveries stay, with their ids, so that nothing is told twice; they cannot be sent again. What still
    waits stays whole, also what an address has missed that is disabled and may be mended. Events, snapshots and
    runs are never deleted. Sessions of the web pages, and one-time links, go when they were over that long ago.

    \b
    Examples:
      trialog prune --dry-run
      trialog prune --older-than 365d
    """
    from tracker.access.tidying import tidiable, tidy
    from tracker.cli.streams import write_lines
    from tracker.delivery.pruning import prunable, prune
    from tracker.domain.wording import count, size

    with session.services() as services:
        usual = timedelta(days=services.settings.prune_older_than_days)
        age = usual if older_than is None else older_than
        work = prunable if dry_run else prune
        done = work(services.database, older_than=age, now=services.now())
        sessions = (tidiable if dry_run else tidy)(services.database, before=services.now() - age)
    if as_json:
        write_lines([{"older_than_days": age.days, "dry_run": dry_run, **asdict(done), "sessions": sessions}])
        return
    from tracker.cli.page import Page

    what = f"{count(done.attempts, 'attempt')} and {size(done.bytes)} of messages"
    whose = f"{count(done.deliveries, 'delivery', 'deliveries')} settled more than {count(age.days, 'day')} ago"
    if not done.deliveries:
        Page().line(f"There is nothing to delete of deliveries settled more than {count(age.days, 'day')} ago.")
    elif dry_run:
        Page().line(f"Would delete {what}, of {whose}.")
    else:
        Page().line(f"Deleted {what}, of {whose}.")
    if sessions:
        said = "Would delete" if dry_run else "Deleted"
        Page().line(f"{said} {count(sessions, 'session')} that ended more than {count(age.days, 'day')} ago.")

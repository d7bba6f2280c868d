"""``trialog rotate-secret``: sign with another secret."""

from datetime import timedelta

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.parameters import OVERLAP
from tracker.cli.session import Session

USUAL_OVERLAP = "24h"


@click.command("rotate-secret", short_help="Sign with another secret.")
@click.argument("name", metavar="NAME")
@click.option(
    "--address", "which", metavar="A", help="Only this address: its number, or itself. Default: all signed ones."
)
@click.option(
    "--overlap",
    type=OVERLAP,
    default=USUAL_OVERLAP,
    metavar="DURATION",
    help=f"How long the old secret signs beside the new one, such as 90m or 7d. Default: {USUAL_OVERLAP}.",
)
@json_option
@global_options
@click.pass_obj
def command(session: Session, name: str, which: str | None, overlap: timedelta, as_json: bool) -> None:
    """Sign what goes to webhooks with new secrets, which are shown this once.

    During the overlap each message carries both signatures, so a receiver can change over at its own time.

    \b
    Examples:
      trialog rotate-secret stale
      trialog rotate-secret stale --address 2 --overlap 7d --json
    """
    from tracker.alerts.rotating import MOST_OVERLAP, NoSuchAddress, rotate
    from tracker.alerts.subscription_objects import secrets_object
    from tracker.cli.streams import write_lines
    from tracker.domain.errors import NotFound
    from tracker.posting import fresh_secret

    if overlap > MOST_OVERLAP:
        raise click.UsageError(f"--overlap: expected {MOST_OVERLAP.days}d at most", click.get_current_context())
    with session.services() as services, services.database.writing() as transaction:
        try:
            done = rotate(services.acting(transaction), name, which, overlap=overlap, fresh_secret=fresh_secret)
        except NoSuchAddress as err:
            raise NotFound(f"--address: {err}") from err
    from tracker.cli.page import Page
    from tracker.cli.subscription_page import show_secrets

    if as_json:
        write_lines([secrets_object(name, done.addresses, done.secrets)])
        return
    show_secrets(Page(), done.addresses, done.secrets)

"""``trialog pause``: let messages wait."""

import click

from tracker.cli.options import global_options
from tracker.cli.session import Session


@click.command("pause", short_help="Let a subscription's messages wait.")
@click.argument("name", metavar="NAME")
@global_options
@click.pass_obj
def command(session: Session, name: str) -> None:
    """Let a subscription's messages wait, those that are there and those to come, until trialog resume.

    What came until now is a message of its own, also of a digest, so that what comes in the pause can be skipped.

    \b
    Example:
      trialog pause stale
    """
    from tracker.cli.page import Page

    with session.services() as services, services.database.writing() as transaction:
        is_new = services.acting(transaction).pause(name)
    Page().line(f"{name} is paused{'' if is_new else ' already'}; trialog resume {name} goes on.")

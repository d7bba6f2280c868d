"""``trialog unsubscribe``: be told no more, and be forgotten."""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options
from tracker.cli.session import Session

if TYPE_CHECKING:
    pass


@click.command("unsubscribe", short_help="Be told no more.")
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--token", metavar="TOKEN", help="The token of a message, in place of the name.")
@click.option("--forget", is_flag=True, help="Erase its addresses and secrets, also if it has ended already.")
@global_options
@click.pass_obj
def command(session: Session, name: str | None, token: str | None, forget: bool) -> None:
    """End a subscription: what waits is not sent, and its name is free again.

    Its addresses stay masked in the ledger, and in clear in a table of their own; --forget erases the latter,
    those of earlier subscriptions of that name as well, and leaves the ledger whole. No file of a SQLite ledger
    keeps a byte of them; what a PostgreSQL server and backups keep is told in docs/operations.md.

    \b
    Examples:
      trialog unsubscribe stale --forget
      trialog unsubscribe --token TOKEN
    """
    from tracker.alerts.ended import end_named, end_with_id
    from tracker.cli.page import Page
    from tracker.cli.streams import say
    from tracker.domain.wording import count
    from tracker.posting import subscription_id_of

    if (name is None) == (token is None):
        raise click.UsageError("expected a NAME, or --token with the token of a message", click.get_current_context())
    with session.services() as services:
        subscription_id = None if token is None else subscription_id_of(token, services.database)
        with services.database.writing() as transaction:
            if subscription_id is None:
                ended = end_named(services.acting(transaction), name or "", forget=forget)
            else:
                ended = end_with_id(services.acting(transaction), subscription_id, forget=forget)
        is_clean = not forget or services.database.scrub()
    unsent = f"; {count(ended.unsent_count, 'message')} that waited will not be sent" if ended.unsent_count else ""
    had = " had ended already" if ended.unsent_count is None else " is ended"
    forgotten = "; its addresses are forgotten" if ended.is_forgotten else ""
    Page().line(f"{ended.name}{had}{unsent}{forgotten}.")
    if not is_clean:
        say("note: another program reads the ledger, whose log keeps them until it is done: give the command once more")

"""``trialog resume``: send again."""

import click

from tracker.cli.options import global_options
from tracker.cli.session import Session


@click.command("resume", short_help="Send a subscription's messages again.")
@click.argument("name", metavar="NAME")
@click.option("--skip", is_flag=True, help="What came in the meantime is not sent.")
@global_options
@click.pass_obj
def command(session: Session, name: str, skip: bool) -> None:
    """Send a subscription's messages again, after a pause or where addresses were disabled.

    What came in the meantime is sent by the next trialog deliver, in order, or left out with --skip, also
    where nobody has looked at it yet: a condition that came true in a pause is known then, and not told any more.

    \b
    Examples:
      trialog resume stale
      trialog resume stale --skip
    """
    from tracker.alerts.subscribing import require_subscription
    from tracker.cli.page import Page
    from tracker.domain.wording import count

    with session.services() as services, services.database.writing() as transaction:
        asked = require_subscription(transaction, name)
        was_held = asked.is_paused or any(one.is_disabled for one in asked.addresses)
        going_count = services.acting(transaction).resume(name, skip=skip)
    if not was_held:
        Page().line(f"{name} is active already.")
        return
    sends = f"; trialog deliver sends {count(going_count, 'message')} that waited" if going_count else ""
    Page().line(f"{name} is active{sends}.")

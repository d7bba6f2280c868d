"""``trialog edit``: ask for something else, or be told elsewhere."""

from typing import Any

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.request_options import address_option, is_nothing, request_of, request_options, require_known
from tracker.cli.session import Session


@click.command("edit", short_help="Change what a subscription asks for.")
@click.argument("name", metavar="NAME")
@address_option
@request_options
@json_option
@global_options
@click.pass_obj
def command(session: Session, /, name: str, addresses: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """Change what a subscription asks for, or where it goes.

    An option that is given replaces all values of that option, and --to all addresses; the rest stays. An empty
    value takes an option away: --sponsor '' asks for all sponsors again, --digest '' for messages at once.
    Addresses that stay keep their secret and their progress. What was recorded until now is told by what was
    asked for until now.

    \b
    Examples:
      trialog edit stale --when unknown --when lapsing:90d
      trialog edit stale --sponsor '' --no-include-contacts
      trialog edit stale --to mailto:me@example.org --to https://hooks.example.org/x
    """
    from tracker.alerts.subscribing import require_subscription
    from tracker.cli.streams import say, write_lines
    from tracker.posting import addressed

    if not addresses and is_nothing(given):
        raise click.UsageError("expected an option that changes something", click.get_current_context())
    found = addressed(addresses, session.settings()) if addresses else None
    with session.services() as services, services.database.writing() as transaction:
        request = request_of(name, given, before=require_subscription(transaction, name).request)
        notes = [*(found.notes if found else ()), *require_known(request, services, transaction)]
        new = services.acting(transaction).edit(name, request=request, targets=found.targets if found else None)
        asked = require_subscription(transaction, name)
    for note in notes:
        say(f"note: {note}")
    from tracker.cli.page import Page
    from tracker.cli.subscription_page import ONCE, secrets_object, show_one

    if as_json:
        write_lines([secrets_object(name, asked.addresses, new)])
        return
    page = Page()
    show_one(page, asked)
    for one in new:
        page.line(f"address {one.address_number} is new, secret {one.secret}", indent=2)
    if new:
        page.line(ONCE, style="dim")

"""``trialog edit``: ask for something else, or be told elsewhere."""

from typing import Any

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.request_options import ASKING, address_option, known_options, request_options
from tracker.cli.session import Session
from tracker.domain.requesting import is_nothing


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
    from tracker.cli.streams import say, write_lines
    from tracker.posting import addressed

    if not addresses and is_nothing(given):
        raise click.UsageError("expected an option that changes something", click.get_current_context())
    found = addressed(addresses, session.settings()) if addresses else None
    with session.services() as services:
        from tracker.standing_requests import edit

        with known_options():
            made = edit(services, name, given, to=found, asking=ASKING)
    for note in made.notes:
        say(f"note: {note}")
    from tracker.alerts.subscription_objects import secrets_object
    from tracker.cli.page import Page
    from tracker.cli.subscription_page import ONCE, show_one

    if as_json:
        write_lines([secrets_object(name, made.asked.addresses, made.secrets)])
        return
    page = Page()
    show_one(page, made.asked)
    for one in made.secrets:
        page.line(f"address {one.address_number} is new, secret {one.secret}", indent=2)
    if made.secrets:
        page.line(ONCE, style="dim")

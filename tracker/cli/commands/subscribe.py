"""``trialog subscribe``: be told, from now on."""

from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.request_options import (
    ASKING,
    address_option,
    known_options,
    request_of,
    request_options,
    require_known_early,
)
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.services import Purpose


@click.command("subscribe", short_help="Be told of changes and conditions.")
@click.argument("name", metavar="NAME")
@address_option
@request_options
@json_option
@global_options
@click.pass_obj
def command(session: Session, /, name: str, addresses: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """Be told, from now on, by mail, webhook or any service of Apprise, under a NAME of your own.

    Which trials: values of one option are alternatives, different options must all hold; without any, all
    trials. What: changes of significance major, or those that the options say; with --when, conditions of time
    instead, or both where both are given. A condition is told once for each trial and cause, and once more when
    it is over; what holds already is told too.

    trialog run works out what is new and sends it, by itself; without it, run trialog deliver behind every poll.

    \b
    Examples:
      trialog subscribe stale --to mailto:me@example.org --when unknown --when lapsing:60d
      trialog subscribe asthma --to https://hooks.example.org/x --query asthma --significance minor
      trialog subscribe results --to mailto:me@example.org --type results_posted --digest weekly --on mon
    """
    from tracker.alerts.targets import require_targets
    from tracker.cli.streams import say, write_lines
    from tracker.posting import addressed

    request = request_of(name, given)
    if not addresses:
        raise click.UsageError(
            "expected an address: --to mailto:someone@example.org, or https://...", click.get_current_context()
        )
    found = addressed(addresses, session.settings())
    require_targets(found.targets)
    require_known_early(request, session)
    purpose: Purpose = "ask" if request.scope.queries else "track"  # a query that is tracked has a ledger
    with session.services(purpose) as services:
        from tracker.standing_requests import subscribe

        with known_options():
            made = subscribe(services, request, found, asking=ASKING)
    for note in made.notes:
        say(f"note: {note}")
    from tracker.alerts.subscription_objects import secrets_object
    from tracker.alerts.subscription_words import when_in_words
    from tracker.cli.subscription_page import show_secrets

    if as_json:
        write_lines([secrets_object(name, made.asked.addresses, made.secrets)])
        return
    from tracker.alerts.reasons import asked_for
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line

    page = Page()
    page.line(
        f"Subscribed {name}: {one_line(asked_for(made.asked.request))}; {when_in_words(made.asked.request)}.", hang=2
    )
    show_secrets(page, made.asked.addresses, made.secrets)
    page.line(
        f"trialog try {name} sends a sample; trialog run sends what is new, or trialog deliver behind every poll."
    )

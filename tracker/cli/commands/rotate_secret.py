"""``trialog rotate-secret``: sign with another secret."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.parameters import OVERLAP
from tracker.cli.session import Session

if TYPE_CHECKING:
    from store.addresses import Address

USUAL_OVERLAP = "24h"
_MOST = timedelta(days=90)


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
    from tracker.alerts.subscribing import require_subscription
    from tracker.cli.streams import write_lines
    from tracker.domain.errors import InvalidInput
    from tracker.posting import fresh_secret

    if overlap > _MOST:
        raise click.UsageError(f"--overlap: expected {_MOST.days}d at most", click.get_current_context())
    with session.services() as services, services.database.writing() as transaction:
        asked = require_subscription(transaction, name)
        numbers = _numbers(transaction.addresses.of(asked.subscription_id), which)
        if not numbers:
            raise InvalidInput(f"no address of {name} is signed: only webhooks are")
        new = services.acting(transaction).rotate_secret(
            name, {number: fresh_secret() for number in numbers}, overlap_s=overlap.total_seconds()
        )
    from tracker.alerts.subscription_objects import secrets_object
    from tracker.cli.page import Page
    from tracker.cli.subscription_page import show_secrets

    rotated = [one for one in asked.addresses if one.address_number in numbers]
    if as_json:
        write_lines([secrets_object(name, rotated, new)])
        return
    show_secrets(Page(), rotated, new)


def _numbers(addresses: "Sequence[Address]", which: str | None) -> list[int]:
    """The numbers of the addresses that are meant; a number that is none is refused where the secret is changed."""
    from tracker.domain.errors import NotFound

    if which is None:
        return [one.number for one in addresses if one.secrets and one.number]
    if which.isascii() and which.isdigit() and len(which) < 6:
        return [int(which)]
    found = [one.number for one in addresses if one.number and which in (one.clear, one.mask)]
    if len(found) != 1:
        raise NotFound("--address: none of the addresses, or more than one, is that; give its number")
    return found

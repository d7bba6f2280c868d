"""``trialog deliveries``: what was sent where, and what came of it."""

import click

from store.deliveries import DeliveryState
from tracker.cli.options import global_options, json_option, limit_option
from tracker.cli.parameters import NameType
from tracker.cli.session import Session

USUAL_LIMIT = 20


@click.command("deliveries", short_help="What was sent where, and what came of it.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=NameType("state", DeliveryState),
    metavar="STATE",
    help="Only of this state: pending, leased, sent, failed (will be tried again) or dead; repeatable.",
)
@click.option("--subscription", metavar="NAME", help="Only of this subscription, also of one that has ended.")
@limit_option(USUAL_LIMIT, what="deliveries, the newest")
@json_option
@global_options
@click.pass_obj
def command(
    session: Session, states: tuple[str, ...], subscription: str | None, limit: int | None, as_json: bool
) -> None:
    """What was sent where, and what came of it, in the order of making, newest last.

    A delivery is one message to one address. Its id is what a webhook gets as webhook-id and a mail as
    Message-ID, whatever happens to it; with --json every attempt is told.

    \b
    Examples:
      trialog deliveries --state dead
      trialog deliveries --subscription stale --json
    """
    from store.deliveries import DeliveryFilter
    from tracker.cli.delivery_page import delivery_objects, show_deliveries
    from tracker.cli.page import Page
    from tracker.cli.streams import write_lines

    wanted = DeliveryFilter(states=[DeliveryState(one) for one in states] or None, subscription=subscription)
    with session.services() as services, services.database.reading() as transaction:
        if subscription is not None and not transaction.outbox.list(DeliveryFilter(subscription=subscription), limit=1):
            from tracker.alerts.subscribing import require_subscription

            require_subscription(transaction, subscription)
        if as_json:
            first_wait_s = services.settings.delivery.retry_waits_s[0]
            write_lines(delivery_objects(transaction, wanted, limit, first_wait_s=first_wait_s))
            return
        most = limit or USUAL_LIMIT
        found = transaction.outbox.newest(wanted, limit=most + 1)
        attempts = transaction.outbox.attempts_of([one.id for one in found])
    page = Page()
    if len(found) > most:
        page.line(f"The newest {most}; --limit {2 * most} shows more.", style="dim")
    if found:
        show_deliveries(page, found[-most:], attempts)
    else:
        page.line("There is no such delivery.")

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
@click.option(
    "--items",
    "delivery_id",
    metavar="ID",
    help="Every item of this delivery, also where its message tells the first and counts the rest.",
)
@click.option("--subscription", metavar="NAME", help="Only of this subscription, also of one that has ended.")
@limit_option(USUAL_LIMIT, what="deliveries, the newest")
@json_option
@global_options
@click.pass_obj
def command(
    session: Session,
    states: tuple[str, ...],
    delivery_id: str | None,
    subscription: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """What was sent where, and what came of it, in the order of making, newest last.

    A delivery is one message to one address. Its id is what a webhook gets as webhook-id and a mail as
    Message-ID, whatever happens to it; with --json every attempt is told. What the operator is told of trialog
    itself stands under the subscription @operator.

    \b
    Examples:
      trialog deliveries --state dead
      trialog deliveries --subscription stale --json
      trialog deliveries --items 8ySAdJDW2_jTDsoFy1r0bUoVSZ3kQ2aP
    """
    if delivery_id is not None:
        if states or subscription or limit:
            raise click.UsageError("--items goes with --json alone", click.get_current_context())
        _items(session, delivery_id, as_json=as_json)
        return
    from store.deliveries import DeliveryFilter
    from tracker.alerts.subscribing import require_told
    from tracker.cli.delivery_page import show_deliveries
    from tracker.cli.page import Page
    from tracker.cli.streams import write_lines
    from tracker.delivery.delivery_objects import delivery_objects

    wanted = DeliveryFilter(states=[DeliveryState(one) for one in states] or None, subscription=subscription)
    with session.services() as services, services.database.reading() as transaction:
        require_told(transaction, subscription)
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


def _items(session: Session, delivery_id: str, *, as_json: bool) -> None:
    from tracker.alerts.told_items import every_item
    from tracker.cli.item_page import show_items
    from tracker.cli.streams import write_lines

    with session.services() as services, services.database.reading() as transaction:
        items = every_item(transaction, delivery_id)
        if as_json:
            write_lines(items)
        else:
            show_items(items)

"""``trialog redeliver``: send again."""

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.parameters import SPAN
from tracker.cli.session import Session
from tracker.domain.asked_times import Span
from tracker.domain.errors import Mismatch


@click.command("redeliver", short_help="Send deliveries again.")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--since", type=SPAN, help="Those that were made from this instant on; a date means from 00:00 UTC.")
@click.option("--until", type=SPAN, help="... and before this instant; a date means up to the end of that day, UTC.")
@click.option("--dead", "is_dead", is_flag=True, help="Those that were given up.")
@click.option("--subscription", metavar="NAME", help="Only of this subscription.")
@json_option
@global_options
@click.pass_obj
def command(
    session: Session,
    ids: tuple[str, ...],
    since: Span | None,
    until: Span | None,
    is_dead: bool,
    subscription: str | None,
    as_json: bool,
) -> None:
    """Send deliveries again, under their own ids, also those that were taken: a receiver that lost some gets them.

    Their attempts begin anew, and an endpoint that rests is tried at once; trialog deliver sends them. With
    --dead an address that was disabled is tried again, as trialog resume does. What cannot be sent again, since
    its address is gone or, by ids or a time, disabled, is told, with exit status 1.

    \b
    Examples:
      trialog redeliver --dead --subscription stale
      trialog redeliver --since 2026-02-15 --until 2026-02-16
    """
    from tracker.alerts.redelivering import Choice, redeliver, redelivered_object
    from tracker.cli.streams import say, write_lines
    from tracker.domain.wording import count

    choice = Choice(ids=ids, since=since, until=until, is_dead=is_dead, subscription=subscription)
    try:
        choice.require_one(spelled=lambda part: f"--{part}")
    except Mismatch as err:
        raise click.UsageError(str(err), click.get_current_context()) from err
    with session.services() as services, services.database.writing() as transaction:
        done = redeliver(transaction, choice.wanted(transaction), now=services.now())
    if done.left_out:
        session.answer_is_bad()
    if as_json:
        write_lines([redelivered_object(done)])
        return
    from tracker.cli.page import Page

    begun = count(len(done.deliveries), "delivery", "deliveries")
    Page().line(f"{begun} will be sent again by trialog deliver." if done.deliveries else "Nothing to send again.")
    for name, number in done.enabled:
        Page().line(f"Address {number} of {name} was disabled and is tried again.")
    reasons = dict.fromkeys(one.reason for one in done.left_out)
    for reason in reasons:
        left = [one.id for one in done.left_out if one.reason == reason]
        which = left[0] if len(left) == 1 else count(len(left), "delivery", "deliveries")
        say(f"not {which}: {reason}")

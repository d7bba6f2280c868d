"""``trialog deliver``: work out what is new, and send what is due."""

from dataclasses import dataclass

import click

from tracker.cli.failures import Interrupted, note_interruption
from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredNow:
    """What one run did: changes evaluated, and deliveries."""

    evaluated: int
    enqueued: int
    sent: int
    failed: int
    dead: int
    waiting: int


@click.command("deliver", short_help="Work out what is new, and send what is due.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """Work out what every subscription is to be told, and send what is due.

    Evaluated are the changes that were recorded since the last time, and the conditions of today. It ends when
    nothing is due; what failed is tried again by a later run, after a while that grows. Several runs at once
    share the work. The exit status is 1 where an attempt failed, or a setting keeps a channel from sending.

    \b
    Example, every quarter of an hour and behind the poll (crontab):
      */15 * * * *  trialog deliver
      0 15 * * 1-5  trialog poll; trialog deliver
    """
    from tracker.cli.streams import say, write_lines
    from tracker.posting import deliverer

    pressed = note_interruption()
    with session.services() as services:
        sender = deliverer(services.database, services.settings, now=services.now)
        try:
            evaluated = services.evaluator.evaluate()
            delivered = sender.deliver(pressed)
        except (KeyboardInterrupt, Exception) as err:
            if not pressed.is_set():
                raise
            raise Interrupted("interrupted; what was sent is kept as sent, trialog deliver goes on") from err
    if not delivered.is_well:
        session.answer_is_bad()
    for one in delivered.hindrances:
        say(f"{one.channel}: {one.reason}; nothing of it is counted, and it waits")
    for gone in delivered.disabled:
        say(f"address {gone.address_number} of {gone.subscription}, {gone.address}, is disabled: {gone.reason}")
    now = DeliveredNow(
        evaluated=evaluated.changes_count,
        enqueued=evaluated.enqueued_count,
        sent=delivered.sent,
        failed=delivered.failed,
        dead=delivered.dead,
        waiting=delivered.waiting,
    )
    if as_json:
        write_lines([now])
    else:
        _show(now)


def _show(now: DeliveredNow) -> None:
    from tracker.cli.page import Page
    from tracker.domain.wording import count

    lost = "".join(
        f", {number:,} {word}" for number, word in ((now.failed, "failed"), (now.dead, "given up")) if number
    )
    Page().line(
        f"{count(now.evaluated, 'change')} evaluated, {count(now.enqueued, 'message')} enqueued; "
        f"{now.sent:,} sent{lost}, {now.waiting:,} waiting"
    )
    if now.failed or now.dead:
        Page().line("trialog deliveries --state failed, or --state dead, says why.", style="dim")

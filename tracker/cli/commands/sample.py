"""``trialog try``: does it arrive?"""

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session


@click.command("try", short_help="Send a sample of a subscription's messages.")
@click.argument("name", metavar="NAME")
@json_option
@global_options
@click.pass_obj
def command(session: Session, name: str, as_json: bool) -> None:
    """Send a sample of a subscription's messages to each of its addresses, and say whether it was taken.

    It is marked as a sample, and made of the newest change or the first condition that the subscription asks
    for, else of a made trial. It counts for nothing else. Where it was not taken the exit status is 1, and
    trialog deliver tries it again, unless another sample is asked for before. Where another process has it,
    its outcome is waited for.

    \b
    Example:
      trialog try stale
    """
    from store.deliveries import DeliveryState
    from tracker.cli.streams import say, write_lines
    from tracker.delivery.delivery_objects import delivery_object
    from tracker.delivery.delivery_words import state_in_words
    from tracker.posting import deliverer, longest_attempt_s
    from tracker.standing_requests import send_sample

    with session.services() as services:
        sender = deliverer(services.database, services.settings, now=services.now)
        sampled = send_sample(services, name, sender, most_s=longest_attempt_s(services.settings))
    attempts, hindered, found = sampled.attempts, sampled.out.hindered, sampled.out.deliveries
    if any(one.state is not DeliveryState.SENT for one in found):
        session.answer_is_bad()
    for channel, reason in hindered.items():
        say(f"{channel}: {reason}")
    if as_json:
        first_wait_s = services.settings.delivery.retry_waits_s[0]
        write_lines(delivery_object(one, attempts.get(one.id, ()), first_wait_s=first_wait_s) for one in found)
        return
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line

    page = Page()
    for one in found:
        said = state_in_words(one, attempts.get(one.id, []))
        if one.channel in hindered:
            said = f"not sent: {hindered[one.channel]}"
        elif one.state is DeliveryState.PENDING:
            said = "not tried yet: something else is being sent there just now; trialog deliver sends it"
        page.line(f"{one.address_number}  {one_line(one.address)}  {one_line(said)}", hang=3)

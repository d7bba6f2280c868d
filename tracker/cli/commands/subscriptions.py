"""``trialog subscriptions``: who asks for what, and where it goes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from store.unit_of_work import Transaction
    from tracker.ledger.subscription_events import RecordedSubscriptionEvent
    from tracker.views.standing import StandingSubscription


@click.command("subscriptions", short_help="Who asks for what, and where it goes.")
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--log", "is_log", is_flag=True, help="Every act of theirs, also of those that have ended.")
@click.option(
    "--addresses", "in_clear", is_flag=True, help="The addresses of NAME in clear; they are masked elsewhere."
)
@json_option
@global_options
@click.pass_obj
def command(session: Session, name: str | None, is_log: bool, in_clear: bool, as_json: bool) -> None:
    """Who asks for what, and where it goes; or all of one subscription; or what was done to them.

    \b
    Examples:
      trialog subscriptions
      trialog subscriptions stale --addresses
      trialog subscriptions --log --json
    """
    if in_clear and (name is None or is_log):
        raise click.UsageError("--addresses goes with a NAME alone", click.get_current_context())
    from tracker.alerts.subscribing import require_subscription
    from tracker.alerts.subscription_objects import subscription_object
    from tracker.cli.streams import write_lines
    from tracker.views.standing import standing

    with session.services() as services, services.database.reading() as transaction:
        if is_log:
            _log(_acts(transaction, name), as_json=as_json)
            return
        found = standing(transaction.connection) if name is None else [require_subscription(transaction, name)]
        clear = _clear(transaction, found[0]) if in_clear else {}
    if as_json:
        write_lines(subscription_object(one, clear) for one in found)
    else:
        _show(found, clear, is_one=name is not None)


def _show(found: "Sequence[StandingSubscription]", clear: Mapping[str, str], *, is_one: bool) -> None:
    from tracker.cli.page import Page
    from tracker.cli.subscription_page import row_of, show_one

    page = Page()
    if is_one:
        show_one(page, found[0], clear)
    elif found:
        page.table(("Name", "State", "To", "Comes", "Asks for"), [row_of(one) for one in found])
    else:
        page.line("There are no subscriptions: trialog subscribe NAME --to mailto:someone@example.org")


def _clear(transaction: "Transaction", asked: "StandingSubscription") -> dict[str, str]:
    found = transaction.addresses.of(asked.subscription_id)
    return {one.address_id: one.clear for one in found if one.clear is not None}


def _acts(transaction: "Transaction", name: str | None) -> "list[RecordedSubscriptionEvent]":
    from tracker.domain.errors import NotFound
    from tracker.ledger.subscription_ledger import SubscriptionLedger

    acts = [one for one in SubscriptionLedger(transaction).read() if name in (None, one.event.name)]
    if name is not None and not acts:
        raise NotFound(f"there never was a subscription {name}; trialog subscriptions --log tells of all")
    return acts


def _log(acts: "Sequence[RecordedSubscriptionEvent]", *, as_json: bool) -> None:
    from tracker.cli.page import Page
    from tracker.cli.streams import write_lines
    from tracker.domain.wording import minute
    from tracker.views.rows import instant_text

    if as_json:
        write_lines(map(_act_object, acts))
        return
    page = Page()
    if not acts:
        page.line("Nobody has subscribed yet.")
        return
    rows = [
        (
            minute(instant_text(one.recorded_at)),
            one.event.name,
            one.event.type.replace("_", " "),
            ", ".join(_about(one)),
        )
        for one in acts
    ]
    page.table(("When", "Subscription", "What", "About"), rows)


def _act_object(one: "RecordedSubscriptionEvent") -> dict[str, Any]:
    """An act for programs: every key of it that says something."""
    from tracker.views.rows import instant_text

    event = one.event
    told: dict[str, Any] = {
        "position": one.position,
        "recorded_at": instant_text(one.recorded_at),
        "type": event.type.value,
        "subscription": event.name,
        "subscription_id": event.subscription_id,
    }
    if event.request is not None:
        told |= {"scope": event.request["scope"], "what": event.request["wanted"], "when": event.request["when"]}
        told["addresses"] = [_address_object(address) for address in event.addresses]
    if event.address is not None:
        told |= _address_object(event.address)
    return told | dict(event.detail)


def _address_object(address: Any) -> dict[str, Any]:
    return {"address_number": address.address_number, "channel": address.channel, "address": address.address}


def _about(one: "RecordedSubscriptionEvent") -> Iterator[str]:
    from tracker.alerts.reasons import asked_for
    from tracker.alerts.subscription_words import when_in_words
    from tracker.domain.safe_text import one_line
    from tracker.domain.subscription_json import from_json
    from tracker.domain.wording import count

    event = one.event
    for address in (*event.addresses, *((event.address,) if event.address else ())):
        yield one_line(address.address)
    if event.request is not None:
        yield one_line(f"{asked_for(from_json(event.request))}; {when_in_words(from_json(event.request))}")
    detail = event.detail
    if detail.get("skip"):
        yield "what came in the meantime is not sent"
    if "reason" in detail:
        yield one_line(str(detail["reason"]))
    if "overlap_s" in detail:
        yield f"the old one for {_in_words(int(detail['overlap_s']))} beside it"
    if "deliveries_count" in detail:
        yield count(detail["deliveries_count"], "delivery", "deliveries")


def _in_words(seconds: int) -> str:
    """A length of time in the largest unit that tells it exactly, up to hours."""
    from tracker.domain.wording import count

    size, unit = next(
        (size, unit) for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")) if not seconds % size
    )
    return count(seconds // size, unit)

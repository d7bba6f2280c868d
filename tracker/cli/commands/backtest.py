"""``trialog backtest``: what a subscription would have sent, had it been made earlier."""

import dataclasses
import shlex
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import global_options, json_option, limit_option
from tracker.cli.parameters import DAY, DAY_OR_TODAY, TODAY
from tracker.cli.request_options import address_option, known_options, option_of, request_of, request_options
from tracker.cli.session import Session
from tracker.domain.requesting import is_nothing

if TYPE_CHECKING:
    from store.unit_of_work import Transaction
    from tracker.alerts.backtesting import Backtest, PastMessage
    from tracker.services import Services
    from tracker.views.standing import StandingSubscription

USUAL_LIMIT = 20
_NOBODYS = "backtest"  # the name of one that nobody made
_WORDS = "tracker.cli.commands.backtest.words"


class _Remembering(click.Command):
    """Keeps the words that it was given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_WORDS] = list(args)
        return super().parse_args(ctx, args)


@click.command("backtest", cls=_Remembering, short_help="What a subscription would have sent.")
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--since", type=DAY_OR_TODAY, required=True, help="As if it had been made at the start of this day, UTC.")
@click.option("--until", type=DAY_OR_TODAY, default=TODAY, help="Up to the end of this day. Default: today, UTC.")
@click.option("--in-full", "in_full_on", type=DAY, help="The messages of this day alone, with every item.")
@address_option
@request_options
@limit_option(USUAL_LIMIT, what="messages, the earliest")
@json_option
@global_options
@click.pass_obj
def command(
    session: Session,
    /,
    name: str | None,
    since: date | str,
    until: date | str,
    in_full_on: date | None,
    limit: int | None,
    as_json: bool,
    **given: Any,
) -> None:
    """What a subscription would have sent, had it been made at the start of a day.

    That of a NAME, or one that the options describe as for trialog subscribe; with both, the one of that name as
    trialog edit would leave it. Changes count on the day on which the registry had them, whenever they were learnt
    of here. Nothing is sent.

    \b
    Examples:
      trialog backtest stale --since 2026-01-01
      trialog backtest stale --since today --json
      trialog backtest stale --since 2026-01-01 --in-full 2026-03-01
      trialog backtest --to mailto:me@example.org --when lapsing:60d --sponsor university --since 2026-01-01
    """
    if name is None and is_nothing(given):
        raise click.UsageError(
            "expected the NAME of a subscription, or what one would ask for: --to ADDRESS [options]",
            click.get_current_context(),
        )
    with session.services() as services, services.database.reading() as transaction:
        from tracker.alerts.backtesting import Backtest
        from tracker.cli.commands.asking import today

        day = today(services.now)
        tested = Backtest(
            transaction=transaction,
            subscription=_asked(services, transaction, name, given),
            since=day if isinstance(since, str) else since,
            until=day if isinstance(until, str) else until,
            in_full_on=in_full_on,
        )
        if tested.since > tested.until:
            raise click.UsageError(f"--since is after {tested.until}", click.get_current_context())
        _answer(tested, limit=limit, as_json=as_json)


def _asked(
    services: "Services", transaction: "Transaction", name: str | None, given: dict[str, Any]
) -> "StandingSubscription":
    """The subscription of that name, one that nobody made, or the one as the options would leave it."""
    from tracker.alerts.backtesting import imagined
    from tracker.alerts.subscribing import require_subscription
    from tracker.posting import imagined as addressed
    from tracker.standing_requests import require_known

    options = {key: value for key, value in given.items() if key != "addresses"}
    if name is None:
        asked = imagined(request_of(_NOBODYS, options))
    else:
        asked = require_subscription(transaction, name)
        asked = dataclasses.replace(asked, request=request_of(name, options, before=asked.request))
    if not is_nothing(options):
        with known_options():
            require_known(asked.request, services, transaction, spelled=option_of)
    if not given["addresses"]:
        return asked
    targets = addressed(given["addresses"], services.settings)
    return imagined(asked.request, [(one.channel, one.mask) for one in targets])


def _answer(tested: "Backtest", *, limit: int | None, as_json: bool) -> None:
    if as_json:
        from itertools import islice

        from tracker.cli.streams import write_lines

        write_lines(islice(_lines(tested), limit))
        return
    from tracker.cli.backtest_page import BacktestPage

    page = BacktestPage(limit=limit or USUAL_LIMIT, in_full=in_full_command())
    for message in _messages(tested):
        page.take(message)
    page.show(tested)


def _messages(tested: "Backtest") -> "Iterator[PastMessage]":
    return (one for one in tested.messages() if tested.in_full_on in (None, one.on))


def _lines(tested: "Backtest") -> Iterator[dict[str, Any]]:
    """A line per message and address; of a subscription without any, one per message."""
    addresses: list[tuple[str | None, str | None]]
    addresses = [(one.address, one.channel) for one in tested.subscription.addresses] or [(None, None)]
    for message in _messages(tested):
        more_count = message.items_count - len(message.items)
        more = {"more_count": more_count, "more": f"{in_full_command()} {message.on}"} if more_count else {}
        for address, channel in addresses:
            yield {
                "subscription": tested.subscription.name,
                "address": address,
                "channel": channel,
                "kind": message.kind.value,
                "on": message.on.isoformat(),
                "items": message.items,
                **more,
            }


def in_full_command() -> str:
    """The command that was given, so that with a day it lists every item of that."""
    words = list[str](click.get_current_context().meta[_WORDS])
    return shlex.join(["trialog", "backtest", *words, "--in-full"])

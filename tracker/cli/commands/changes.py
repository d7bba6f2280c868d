"""``trialog changes``: every change that was recorded, of all trials."""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import change_filters, global_options, json_option, limit_option
from tracker.cli.parameters import SPAN, TRIAL_ID, NameType
from tracker.cli.session import Session
from tracker.domain.asked_times import Span
from tracker.domain.events import Origin, Significance

if TYPE_CHECKING:
    from store.unit_of_work import Transaction
    from tracker.services import Services
    from tracker.views.trails import FeedFilter

USUAL_LIMIT = 50


@click.command("changes", short_help="Every change of all trials.")
@click.option("--since", type=SPAN, help="Observed from this instant on; a date means from 00:00 UTC.")
@click.option("--until", type=SPAN, help="Observed before this instant; a date means up to the end of that day, UTC.")
@click.option(
    "--after", type=click.IntRange(min=0), metavar="POSITION", help="Behind this position of the ledger, oldest first."
)
@change_filters
@click.option(
    "--significance",
    type=NameType("significance", Significance),
    metavar="LEVEL",
    help="Of this significance or above: major, minor or administrative.",
)
@click.option(
    "--origin",
    "origins",
    multiple=True,
    type=NameType("origin", Origin),
    metavar="ORIGIN",
    help="Brought about by: sponsor, registry, clock, backfill or baseline; repeatable.",
)
@click.option("--trial", "trials", multiple=True, type=TRIAL_ID, help="Only this trial; repeatable.")
@limit_option(USUAL_LIMIT, what="changes, the newest (with --after the first)")
@json_option
@global_options
@click.pass_obj
def command(
    session: Session,
    since: Span | None,
    until: Span | None,
    after: int | None,
    fields: tuple[str, ...],
    types: tuple[str, ...],
    categories: tuple[str, ...],
    significance: str | None,
    origins: tuple[str, ...],
    trials: tuple[str, ...],
    limit: int | None,
    as_json: bool,
) -> None:
    """Every change of all trials that was recorded, in the order of recording, newest last.

    Where a record is (withheld, merged, gone, back) is among them; what was tracked, and who entered or left a
    tracked query, is told by trialog tracked --log.

    A program reads on from where it was: it keeps the position of the last line and asks --after that.

    \b
    Examples:
      trialog changes --significance major --since 2026-02-01
      trialog changes --type results_posted --type results_submitted
      trialog changes --after 1200 --json
    """
    from tracker.views.trails import FeedFilter

    if since and until and since.start >= until.end:
        raise click.UsageError("--since is not before --until", click.get_current_context())
    wanted = FeedFilter(
        fields=fields,
        types=types,
        categories=categories,
        origins=origins,
        trials=trials,
        significance=Significance(significance) if significance else None,
        since=since.start if since else None,
        until=until.end if until else None,
        after=after,
    )
    with session.services() as services, services.database.reading() as transaction:
        _answer(services, transaction, wanted, limit=limit, as_json=as_json)


def _answer(
    services: "Services", transaction: "Transaction", wanted: "FeedFilter", *, limit: int | None, as_json: bool
) -> None:
    from tracker.cli.commands.asking import require_fields
    from tracker.cli.streams import write_lines
    from tracker.views.trails import feed

    require_fields(tuple(wanted.fields), services, transaction)
    if as_json:
        write_lines(feed(transaction.connection, wanted, limit=limit))
    else:
        _show(services, transaction, wanted, limit or USUAL_LIMIT)


def _show(services: "Services", transaction: "Transaction", wanted: "FeedFilter", limit: int) -> None:
    from tracker.cli.change_page import ChangePage
    from tracker.cli.commands.asking import fetching, holding, today
    from tracker.cli.page import Page
    from tracker.domain.wording import count
    from tracker.views.trails import feed

    page = Page()
    found = list(feed(transaction.connection, wanted, limit=limit + 1))
    is_more = len(found) > limit
    reads_on = wanted.after is not None
    shown = (found[:limit] if reads_on else found[-limit:]) if is_more else found
    if is_more and not reads_on:
        page.line(f"The newest {count(limit, 'change')}; --limit {2 * limit} shows more.", style="dim")
    listing = ChangePage(
        page=page,
        fetch=fetching(transaction),
        today=today(services.now),
        held_from=holding(transaction),
        shows_trial=True,
    )
    if not listing.show(shown):
        page.line("No such change is recorded.")
    if is_more and reads_on:
        page.line(f"More follow: --after {shown[-1].position}", style="dim")

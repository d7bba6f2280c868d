"""``trialog info``: how much the ledger holds."""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.views.answers import DisabledAddress, Overview


@click.command("info", short_help="How much the ledger holds.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """How much the ledger holds: trials, revisions, events, size, newest data date, statuses.

    The newest data date is that of the newest record, or of the newest release that a complete poll has seen.
    Addresses to which nothing is sent any more are listed, and whether their owner was told of it through
    another address of the subscription (owner_told); where not, only this command and the log say it.

    \b
    Example:
      trialog info --json
    """
    from tracker.cli.streams import write_lines
    from tracker.seeing import overview_of

    with session.services() as services:
        found = overview_of(services.database)
        if as_json:
            write_lines([found])
            return
        name = repr(services.database).removeprefix("Database(").removesuffix(")").strip("'")
    _show(name, found)


def _show(name: str, found: "Overview") -> None:
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line
    from tracker.domain.wording import size, words

    page = Page()
    page.line(name, style="bold")
    page.fields(
        [
            ("trials", f"{found.trials:,}"),
            ("revisions", f"{found.revisions:,}"),
            ("events", f"{found.events:,}"),
            ("refused", f"{found.rejects:,}"),
            ("size", size(found.size_bytes)),
            ("newest data date", found.newest_data_on or "-"),
            ("not shown", ", ".join(f"{number:,} {where}" for where, number in found.away.items())),
        ],
        indent=2,
    )
    if found.by_status:
        page.line("by status", style="bold")
        page.fields([(words(one_line(status)), f"{number:,}") for status, number in found.by_status.items()], indent=2)
    if found.disabled_addresses:
        page.line("nothing is sent any more to", style="bold")
        page.fields(
            [
                (f"{one.subscription}, address {one.address_number}", one_line(_why_disabled(one)))
                for one in found.disabled_addresses
            ],
            indent=2,
        )


def _why_disabled(one: "DisabledAddress") -> str:
    from tracker.domain.running import OPERATOR

    told = "its owner was told through another address" if one.owner_told else "its owner could not be told yet"
    is_operators = one.subscription == OPERATOR
    way_on = "mend it, then " + ("start trialog run anew" if is_operators else f"trialog resume {one.subscription}")
    return f"{one.address} since {one.disabled_at}: {one.disabled_reason}; {told}; {way_on}"

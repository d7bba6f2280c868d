"""``trialog tracked``: what polls follow, and what became of it."""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option, limit_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from store.unit_of_work import Transaction
    from tracker.services import Services
    from tracker.views.answers import AnsweredTracking

USUAL_LIMIT = 50


@click.command("tracked", short_help="What is followed.")
@click.argument("name", required=False, metavar="[NAME|ID]")
@click.option("--log", "is_log", is_flag=True, help="Instead, what was told of it until now, newest last.")
@limit_option(USUAL_LIMIT, what="events of the log, the newest")
@json_option
@global_options
@click.pass_obj
def command(session: Session, name: str | None, is_log: bool, limit: int | None, as_json: bool) -> None:
    """What is followed: the whole registry, queries with the number of their members, trials.

    A query has no members until a poll has listed it. A trial whose record is withheld or gone is shown as that, and
    so is one that was merged into another: the survivor is followed in its place, in a line of its own.

    With --log, the events of what is or was tracked: of a query, by its NAME, when it was tracked, and who entered
    it, left it or came back; of a trial, by its ID, when it was tracked, or followed in place of another; without
    either, when anything was tracked or no longer. What happened to the trials themselves: trialog changes.

    \b
    Examples:
      trialog tracked --json
      trialog tracked asthma --log
      trialog tracked asthma --log --json | jq 'select(.type == "member_left")'
    """
    if not is_log and (name is not None or limit is not None):
        raise click.UsageError("NAME, ID and --limit go with --log", click.get_current_context())
    from tracker.cli.streams import write_lines
    from tracker.pipeline.tracked import what_is_tracked

    with session.services() as services, services.database.reading() as transaction:
        if is_log:
            _tell_log(services, transaction, name, limit=limit, as_json=as_json)
            return
        found = what_is_tracked(transaction)
    if as_json:
        write_lines(found)
        return
    from tracker.cli.page import Page

    page = Page()
    if not found:
        page.line("Nothing is tracked: trialog track ID...")
        return
    page.table(("Tracked", "Since", "What"), [(_name(one), one.tracked_at[:10], _about(one)) for one in found])


def _tell_log(
    services: "Services", transaction: "Transaction", name: str | None, *, limit: int | None, as_json: bool
) -> None:
    from tracker.cli.streams import write_lines
    from tracker.pipeline.tracking_log import tracking_log

    if as_json:
        write_lines(tracking_log(transaction, name, limit=limit))
        return
    from tracker.cli.commands.asking import today
    from tracker.cli.page import Page
    from tracker.cli.tracking_page import show_log
    from tracker.domain.wording import count

    page, limit = Page(), limit or USUAL_LIMIT
    found = list(tracking_log(transaction, name, limit=limit + 1))
    if len(found) > limit:
        page.line(f"The newest {count(limit, 'event')}; --limit {2 * limit} shows more.", style="dim")
    if not found:
        page.line("Nothing was ever tracked: trialog track ID...")
    show_log(page, found[-limit:], today(services.now))


def _name(one: "AnsweredTracking") -> str:
    from tracker.domain.safe_text import one_line

    if one.name is None:
        return "whole registry"
    return one_line(f"query {one.name}" if one.query is not None else one.name)


def _about(one: "AnsweredTracking") -> str:
    from tracker.domain.safe_text import one_line, shortened
    from tracker.domain.wording import count, words

    if one.query is not None:
        return one_line(f"{'not listed yet' if one.members is None else count(one.members, 'member')}: {one.query}")
    if one.name is None:
        return "-"
    how = "followed in place of" if one.is_in_place else "asked for as"
    reason = f" ({how} {one.alias})" if one.alias else ""
    told = (
        _away(one) or words(one_line(one.published_status or "")) or "not read yet",
        shortened(one.title or "", 90),
    )
    return ", ".join(part for part in told if part) + reason


def _away(one: "AnsweredTracking") -> str:
    """Where the record is, if not at the registry under its id."""
    from tracker.domain.whereabouts import Whereabouts

    told = {
        Whereabouts.WITHHELD.value: "withheld by the registry",
        Whereabouts.MERGED.value: f"merged into {one.merged_into}",
        Whereabouts.DISAPPEARED.value: "gone from the registry",
    }
    return told.get(one.whereabouts or "", "")

"""``trialog tracked``: what polls follow."""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.views.answers import AnsweredTracking


@click.command("tracked", short_help="What is followed.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """What is followed: the whole registry, queries with the number of their members, trials.

    A query has no members until a poll has listed it. A trial whose record is withheld or gone is shown as that, and
    so is one that was merged into another: the survivor is followed in its place, in a line of its own.

    \b
    Example:
      trialog tracked --json
    """
    from tracker.cli.streams import write_lines
    from tracker.pipeline.tracked import what_is_tracked

    with session.services() as services, services.database.reading() as transaction:
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

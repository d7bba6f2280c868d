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

    \b
    Example:
      trialog tracked --json
    """
    from tracker.cli.streams import write_lines
    from tracker.views.watch_list import tracked

    with session.services() as services, services.database.reading() as transaction:
        found = tracked(transaction.connection)
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
    from tracker.cli.safe_text import one_line

    if one.name is None:
        return "whole registry"
    return one_line(f"query {one.name}" if one.query is not None else one.name)


def _about(one: "AnsweredTracking") -> str:
    from tracker.cli.safe_text import one_line, shortened
    from tracker.cli.wording import count, words

    if one.query is not None:
        return one_line(f"{count(one.members or 0, 'member')}: {one.query}")
    told = (
        words(one_line(one.published_status)) if one.published_status else "",
        shortened(one.title or "", 90),
        f"(asked for as {one.alias})" if one.alias else "",
    )
    return ", ".join(part for part in told if part) or "-"

"""``trialog untrack``: what polls need not follow any more."""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option, require_one_target
from tracker.cli.parameters import TRIAL_ID
from tracker.cli.session import Session
from tracker.domain.watching import parse_query_name

if TYPE_CHECKING:
    from tracker.pipeline.deciding import UntrackedNow


@click.command("untrack", short_help="Follow them no longer.")
@click.argument("trial_ids", type=TRIAL_ID, nargs=-1, metavar="[ID]...")
@click.option("--query", "name", metavar="NAME", help="The query that is tracked under this name.")
@click.option(
    "--all", "is_everything", is_flag=True, help="The whole registry; trials and queries of their own stay tracked."
)
@json_option
@global_options
@click.pass_obj
def command(session: Session, trial_ids: tuple[str, ...], name: str | None, is_everything: bool, as_json: bool) -> None:
    """Follow trials, a query or the whole registry no longer. What was recorded stays.

    The registry is not asked. Where it merged trials, they go together: the one that was merged, or the one that is
    followed in its place, may be named; a survivor that was also asked for by its own id stays. What is not tracked is
    told, with exit status 1; the rest is done.

    \b
    Examples:
      trialog untrack NCT03460795
      trialog untrack --query cirrhosis
    """
    require_one_target(trial_ids, name, is_everything)
    from tracker.cli.streams import say, write_lines
    from tracker.pipeline.deciding import Deciding

    with session.services() as services:
        deciding = Deciding(services)
        if trial_ids:
            untracked = deciding.untrack_trials(trial_ids)
        elif name is not None:
            untracked = [deciding.untrack_query(parse_query_name(name))]
        else:
            untracked = [deciding.untrack_registry()]
    if not all(one.was_tracked for one in untracked):
        session.answer_is_bad()
    if as_json:
        write_lines(untracked)
        return
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line

    page = Page()
    for one in untracked:
        what = "the whole registry" if one.name is None else one_line(f"{one.kind} {one.name}")
        if one.was_tracked:
            page.line(f"Not tracking {what} any more{_why(one)}.")
        else:
            say(f"{what} is not tracked; trialog tracked lists what is")


def _why(one: "UntrackedNow") -> str:
    if one.along_with is not None:
        return f", which is one trial with {one.along_with} since the registry merged them"
    if one.survivor is not None:
        return f"; {one.survivor}, which it was merged into, stays tracked"
    return f", which {one.alias} was merged into" if one.alias else ""

"""``trialog track``: what polls are to follow."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tracker.cli.commands.backfill import run_backfill, show_summary
from tracker.cli.failures import note_interruption
from tracker.cli.options import global_options, json_option, require_one_target
from tracker.cli.parameters import TRIAL_ID
from tracker.cli.session import Session
from tracker.domain.watching import parse_query_name

if TYPE_CHECKING:
    from tracker.pipeline.deciding import TrackedNow
    from tracker.pipeline.resolving import Resolved


@click.command("track", short_help="Follow trials, a query or the whole registry.")
@click.argument("trial_ids", type=TRIAL_ID, nargs=-1, metavar="[ID]...")
@click.option(
    "--query",
    metavar="QUERY",
    help="Follow what this finds: the registry's own parameters, or the address of a search on its site.",
)
@click.option("--name", metavar="NAME", help="What to call the query.")
@click.option("--all", "is_everything", is_flag=True, help="Follow the whole registry.")
@click.option("--history", "with_history", is_flag=True, help="Take in the past versions of the trials as well.")
@json_option
@global_options
@click.pass_obj
def command(
    session: Session,
    trial_ids: tuple[str, ...],
    query: str | None,
    name: str | None,
    is_everything: bool,
    with_history: bool,
    as_json: bool,
) -> None:
    """Follow trials, what a query finds, or the whole registry.

    The registry is asked at once: an id that it does not have, or a query that it does not take, is refused, and
    where it cannot be asked nothing is recorded. An id that was merged into another leads to the trial that lives
    on. What is tracked already stays so.

    With --history the registry's past versions of the trials come first, which takes a while; what was broken
    off is run again and goes on where it stopped, as with trialog backfill.

    \b
    Examples:
      trialog track NCT03460795 NCT04280705
      trialog track NCT03460795 --history
      trialog track --name cirrhosis --query 'query.cond=liver cirrhosis&filter.overallStatus=RECRUITING'
      trialog track --name asthma --query 'https://clinicaltrials.gov/search?cond=asthma&aggFilters=status:rec'
    """
    require_one_target(trial_ids, query, is_everything)
    if (query is None) != (name is None):
        raise click.UsageError("--query and --name go together", click.get_current_context())
    if with_history and not trial_ids:
        raise click.UsageError(
            "--history goes with ids of trials; of many, every version would take months", click.get_current_context()
        )
    if trial_ids:
        tracked = _track_trials(session, trial_ids, with_history=with_history, shows=not as_json)
    elif query is not None and name is not None:
        tracked = [_track_query(session, query, parse_query_name(name))]
    else:
        tracked = [_track_registry(session)]
    from tracker.cli.streams import write_lines

    if as_json:
        write_lines(tracked)
    elif not trial_ids:
        _show(tracked[0])


def _track_trials(session: Session, ids: Sequence[str], *, with_history: bool, shows: bool) -> "list[TrackedNow]":
    from tracker.pipeline.deciding import Deciding
    from tracker.pipeline.resolving import resolve_trials

    pressed = note_interruption()
    with session.registry(stop=pressed) as registry:
        found = resolve_trials(registry, ids)
        with session.services("track") as services:
            tracked = Deciding(services).track_trials(found, with_history=with_history)
            if shows:
                _show_trials(found, tracked)
            if with_history:
                summary = run_backfill(services, registry, [one.trial_id for one in found], pressed=pressed)
                if summary.absent or summary.rejected:
                    session.answer_is_bad()
                if shows:
                    show_summary(summary)
    return tracked


def _track_query(session: Session, text: str, name: str) -> "TrackedNow":
    from tracker.pipeline.deciding import Deciding
    from tracker.pipeline.resolving import count_matches
    from tracker.services import query_of

    query = query_of(text, session.settings())
    with session.registry() as registry:
        matches = count_matches(registry, query)
    with session.services("track") as services:
        return Deciding(services).track_query(name, query, matches=matches)


def _track_registry(session: Session) -> "TrackedNow":
    from tracker.domain.query import EVERYTHING
    from tracker.pipeline.deciding import Deciding
    from tracker.pipeline.resolving import count_matches

    with session.registry() as registry:
        matches = count_matches(registry, EVERYTHING)
    with session.services("track") as services:
        return Deciding(services).track_registry(matches=matches)


def _show_trials(found: "Sequence[Resolved]", tracked: "Sequence[TrackedNow]") -> None:
    from tracker.cli.page import Page
    from tracker.domain.safe_text import shortened
    from tracker.domain.wording import count

    page = Page()
    for one, now in zip(found, tracked, strict=True):
        way = "" if one.alias is None else f", which {one.alias} was merged into"
        about = "withheld by the registry" if one.is_withheld else shortened(one.title or "", 90)
        page.line(f"{one.trial_id}{way}: {'tracked' if now.is_new else 'tracked already'}  {about}".rstrip(), hang=2)
    if len(tracked) > 1:
        page.line(f"{count(sum(now.is_new for now in tracked), 'trial')} tracked anew")


def _show(now: "TrackedNow") -> None:
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line
    from tracker.domain.wording import count

    page = Page()
    what = "the whole registry" if now.name is None else f"the query {one_line(now.name)}"
    already = "" if now.is_new else " already"
    page.line(f"Tracking {what}{already}: {count(now.matches or 0, 'trial')} today.")
    if now.query is not None:
        page.line(one_line(now.query), indent=2, style="dim")

"""``trialog trials``: searching the trials of the ledger."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tracker.cli.options import global_options, json_option, limit_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from store.unit_of_work import Transaction
    from tracker.views.answers import FoundTrial
    from tracker.views.wanted_trials import TrialFilter

USUAL_LIMIT = 50
_PAGE = 1000

_Command = TypeVar("_Command", bound="Callable[..., Any]")

_FILTERS = (
    ("condition", "conditions", "TEXT", "With this text in a condition, in any case; repeatable."),
    ("intervention", "interventions", "TEXT", "With this text in an intervention's name; repeatable."),
    ("sponsor", "sponsors", "TEXT", "With this text in the lead sponsor's name; repeatable."),
    ("country", "countries", "TEXT", "With this text in the country of a site; repeatable."),
    ("status", "statuses", "STATUS", "Of this published status, such as RECRUITING; repeatable."),
    ("phase", "phases", "PHASE", "Of this phase, such as PHASE2; repeatable."),
)


def _filters(command: _Command) -> _Command:
    for name, parameter, metavar, told in reversed(_FILTERS):
        command = click.option(f"--{name}", parameter, multiple=True, metavar=metavar, help=told)(command)
    return command


@click.command("trials", short_help="Search the trials.")
@click.option("--q", "text", metavar="TEXT", help="With all these words; the last may be a word's beginning.")
@_filters
@limit_option(USUAL_LIMIT, what="trials")
@json_option
@global_options
@click.pass_obj
def command(
    session: Session, /, text: str | None, limit: int | None, as_json: bool, **filters: tuple[str, ...]
) -> None:
    """Trials with words in their ids, titles, conditions, interventions or lead sponsor.

    A trial whose id is asked for comes first, aliases and other ids included; then those with all words in titles,
    then those with them elsewhere, then those in which the last word only begins so; each time the last changed first.
    Without --q all trials are listed. Values of one option are alternatives, different options must all hold.

    \b
    Examples:
      trialog trials --q "lung cancer"
      trialog trials --condition melanoma --country norway --status RECRUITING
      trialog trials --q pembrolizumab --phase PHASE3 --json
    """
    from tracker.cli.streams import write_lines
    from tracker.views.wanted_trials import TrialFilter

    wanted = TrialFilter(text=text, **filters)
    with session.services() as services, services.database.reading() as transaction:
        if as_json:
            write_lines(_found(transaction, wanted, limit))
        else:
            _show(transaction, wanted, limit or USUAL_LIMIT)


def _found(transaction: "Transaction", wanted: "TrialFilter", limit: int | None) -> "Iterator[FoundTrial]":
    """The trials, page by page; all of them without a limit."""
    from tracker.views.finding import find_trials

    left, after = limit, None
    while left is None or left > 0:
        size = _PAGE if left is None else min(left, _PAGE)
        page = find_trials(transaction.connection, wanted, limit=size, after=after)
        yield from page.items
        if page.next is None:
            return
        after, left = page.next, None if left is None else left - len(page.items)


def _show(transaction: "Transaction", wanted: "TrialFilter", limit: int) -> None:
    from tracker.cli.page import Page
    from tracker.domain.wording import count

    trials = list(_found(transaction, wanted, limit + 1))
    shown, page = trials[:limit], Page()
    more = "more than " if len(trials) > limit else ""
    page.line(f"{more}{count(len(shown), 'trial')}", style="bold")
    if shown:
        page.line()
        page.table(("Trial", "Status", "Phase", "Changed", "Title, sponsor"), [_row(trial) for trial in shown])
    if more:
        page.line()
        page.line(f"--limit {limit * 2} shows more.", style="dim")


def _row(trial: "FoundTrial") -> tuple[str, ...]:
    from tracker.domain.safe_text import one_line, shortened

    about = ", ".join(shortened(text, 90) for text in (trial.title, trial.lead_sponsor) if text)
    return (
        trial.trial_id,
        one_line(trial.published_status or "-"),
        one_line(", ".join(trial.phases) or "-"),
        trial.changed_on,
        about,
    )

"""``trialog diff``: what changed between two revisions of a trial."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option, trial_argument
from tracker.cli.session import Session

if TYPE_CHECKING:
    from store.unit_of_work import Transaction
    from tracker.diffing.catalogue import Catalogue
    from tracker.views.answers import AnsweredChange

_NUMBER = click.IntRange(min=1)


@click.command("diff", short_help="What changed between two revisions.")
@trial_argument
@click.argument("from_number", type=_NUMBER, required=False, metavar="[FROM]")
@click.argument("to_number", type=_NUMBER, required=False, metavar="[TO]")
@json_option
@global_options
@click.pass_obj
def command(session: Session, trial_id: str, from_number: int | None, to_number: int | None, as_json: bool) -> None:
    """What changed between two revisions of a trial, whatever lies between them.

    FROM and TO are numbers of revisions (trialog revisions lists them). Without TO, to the newest; without
    both, from the one before the newest. Compared is what both revisions show of the record.

    \b
    Examples:
      trialog diff NCT03460795
      trialog diff NCT03460795 1 4 --json
    """
    from tracker.cli.streams import write_lines

    with session.services() as services, services.database.reading() as transaction:
        pair = _pair(transaction, trial_id, from_number, to_number)
        changes = _changes(transaction, trial_id, pair, services.catalogue) if pair else []
        if as_json:
            write_lines(changes)
            return
        from tracker.cli.change_page import ChangePage
        from tracker.cli.commands.asking import fetching, today
        from tracker.cli.page import Page
        from tracker.domain.wording import count

        page = Page()
        if pair is None:
            page.line(f"{trial_id} has one revision; there is nothing to compare it with.")
            return
        between = f"from revision {pair[0]} to revision {pair[1]}"
        page.line(f"{trial_id}  {count(len(changes), 'change') if changes else 'no change'} {between}", style="bold")
        listing = ChangePage(page=page, fetch=fetching(transaction), today=today(services.now))
        for change in changes:
            listing.line(change)


def _pair(
    transaction: "Transaction", trial_id: str, from_number: int | None, to_number: int | None
) -> tuple[int, int] | None:
    """The numbers to compare; None where a trial has only one revision and none was asked for."""
    from tracker.views.timelines import require_trial, timeline

    require_trial(transaction.connection, trial_id)
    numbers = [revision.revision for revision in timeline(transaction.connection, trial_id)]
    if from_number is not None:
        return from_number, numbers[-1] if to_number is None else to_number
    return (numbers[-2], numbers[-1]) if len(numbers) > 1 else None


def _changes(
    transaction: "Transaction", trial_id: str, pair: tuple[int, int], catalogue: "Catalogue"
) -> "list[AnsweredChange]":
    from store.json_text import decode
    from tracker.pipeline.comparing import compare_records
    from tracker.views.held import held_content
    from tracker.views.timelines import revision_at

    for number in pair:
        revision_at(transaction.connection, trial_id, number=number)  # NotFound that says which there are
    (old, old_scope), (new, new_scope) = (held_content(transaction.connection, trial_id, number) for number in pair)
    scope = old_scope & new_scope
    records = [scope.project(decode(transaction.snapshots.get(snapshot))) for snapshot in (old, new)]
    changes = compare_records(records[0], records[1], trial_id=trial_id, catalogue=catalogue)
    return [replace(change, predecessor=pair[0], revision=pair[1]) for change in changes]

"""``trialog diff``: what changed between two revisions of a trial."""

import click

from tracker.cli.options import global_options, json_option, trial_argument
from tracker.cli.session import Session

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
    from tracker.pipeline.comparing_revisions import changes_between_revisions, pair_of

    with session.services() as services, services.database.reading() as transaction:
        pair = pair_of(transaction, trial_id, old=from_number, new=to_number)
        changes = changes_between_revisions(transaction, trial_id, pair, catalogue=services.catalogue)
        if as_json:
            write_lines(changes)
            return
        from tracker.cli.change_page import ChangePage
        from tracker.cli.commands.asking import fetching, today
        from tracker.cli.page import Page
        from tracker.domain.wording import count

        page = Page()
        if pair.old is None:
            page.line(f"{trial_id} has one revision; there is nothing to compare it with.")
            return
        between = f"from revision {pair.old} to revision {pair.new}"
        page.line(f"{trial_id}  {count(len(changes), 'change') if changes else 'no change'} {between}", style="bold")
        listing = ChangePage(page=page, fetch=fetching(transaction), today=today(services.now))
        for change in changes:
            listing.line(change)

"""``trialog revisions``: the contents that a trial's record had."""

from datetime import datetime

import click

from tracker.cli.options import global_options, json_option, known_at_option, trial_argument
from tracker.cli.session import Session


@click.command("revisions", short_help="The contents that a trial's record had.")
@trial_argument
@known_at_option
@json_option
@global_options
@click.pass_obj
def command(session: Session, trial_id: str, known_at: datetime | None, as_json: bool) -> None:
    """The contents that a trial's record had, earliest first.

    Numbers count in the order of recording, so an earlier version that was found later has a higher one.

    \b
    Example:
      trialog revisions NCT03460795
    """
    from tracker.cli.streams import write_lines
    from tracker.views.timelines import require_trial, timeline

    with session.services() as services, services.database.reading() as transaction:
        require_trial(transaction.connection, trial_id)
        revisions = timeline(transaction.connection, trial_id, known_at=known_at)
        if as_json:
            write_lines(revisions)
            return
        from tracker.cli.commands.asking import today
        from tracker.cli.page import Page
        from tracker.domain.safe_text import one_line
        from tracker.domain.wording import dated, words

        page = Page()
        if not revisions:
            page.line(f"Nothing was known of {trial_id} then.")
            return
        page.line(f"{trial_id}  {one_line(revisions[-1].title or '')}", hang=2, style="bold")
        page.line()
        page.table(
            ("Revision", "Holds from", "Origin", "Changes", "Source", "Status"),
            [
                (
                    str(revision.revision),
                    dated(revision.holds_from, today(services.now)),
                    revision.origin,
                    f"{revision.changes:,}",
                    one_line(revision.source) + ("" if revision.is_whole else ", in part"),
                    words(one_line(revision.published_status or "-")),
                )
                for revision in revisions
            ],
        )

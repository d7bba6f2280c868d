"""``trialog verify``: can the ledger be trusted?"""

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session


@click.command("verify", short_help="Check that the ledger is whole.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """Check the whole ledger: its chain of hashes, every event, every snapshot, and the views.

    Names the first position that is wrong and exits 1. Others may read and write meanwhile.

    \b
    Example:
      trialog verify --json
    """
    from tracker.cli.progress import position_shown
    from tracker.cli.streams import write_lines
    from tracker.pipeline.verifying import verify

    with session.services("verify") as services:
        with position_shown("Verifying") as show:
            report = verify(services.database, show=show)
        if not report.ok:
            session.answer_is_bad()
        if as_json:
            write_lines([report])
            return
        from tracker.cli.page import Page
        from tracker.cli.safe_text import one_line
        from tracker.cli.wording import count

        page = Page()
        if report.ok:
            page.line("The ledger is whole.", style="bold green")
            checked = f"{count(report.events, 'event')}, {count(report.revisions, 'revision')}"
            page.line(f"Checked: {checked}, {count(report.snapshots, 'snapshot')}, and the views made of them.")
        else:
            place = "" if report.position is None else f" at position {report.position}"
            page.line(f"The ledger is wrong{place}: {one_line(report.reason or '')}", style="bold red")

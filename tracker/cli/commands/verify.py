"""``trialog verify``: can the ledger be trusted?"""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.pipeline.verifying import VerifyReport


@click.command("verify", short_help="Check that the ledger is whole.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """Check the whole ledger: its chain of hashes, every event, every snapshot, and the views.

    Names the first position that is wrong and exits 1, also where the ledger cannot even be opened. Nothing is
    changed, and others may read and write meanwhile.

    \b
    Example:
      trialog verify --json
    """
    from store.errors import Permanent
    from tracker.cli.progress import position_shown
    from tracker.domain import errors
    from tracker.pipeline.verifying import VerifyReport, verify

    try:
        with session.services("verify") as services, position_shown("Verifying") as show:
            report = verify(services.database, show=show)
    except (Permanent, errors.NotFound, errors.Permanent) as err:  # it could not even be opened
        if as_json:
            _write(VerifyReport(ok=False, reason=str(err)))
        raise
    if not report.ok:
        session.answer_is_bad()
    if as_json:
        _write(report)
    else:
        _show(report)


def _write(report: "VerifyReport") -> None:
    from tracker.cli.streams import write_lines

    write_lines([report])


def _show(report: "VerifyReport") -> None:
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line
    from tracker.domain.wording import count

    page = Page()
    if report.ok:
        page.line("The ledger is whole.", style="bold green")
        checked = f"{count(report.events, 'event')}, {count(report.revisions, 'revision')}"
        page.line(f"Checked: {checked}, {count(report.snapshots, 'snapshot')}, and the views made of them.")
    else:
        place = "" if report.position is None else f" at position {report.position}"
        page.line(f"The ledger is wrong{place}: {one_line(report.reason or '')}", style="bold red")

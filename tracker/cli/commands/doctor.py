"""``trialog doctor``: whether everything that trialog leans on answers, tried out."""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.cli.page import Page
    from tracker.doctor.checks import Check


@click.command("doctor", short_help="Whether everything that trialog leans on answers.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """Try everything that trialog leans on: database, schema, clock, registry, SMTP login, disk, lock.

    It opens the database and takes a write back that it made, holds the machine's clock against others, asks the
    registry once for its release, logs in to the mail server without sending anything, and waits some seconds at most
    for a writer's turn. Each is tried whatever came of the others; what is not well comes with what to do.

    The exit status is 1 unless all is well. trialog status tells how the work is going, trialog verify whether the
    ledger is sound, trialog check-config what is wrong with the settings.

    \b
    Examples:
      trialog doctor
      trialog doctor --json | jq 'select(.ok | not)'
    """
    from tracker.cli.streams import write_lines
    from tracker.doctor.checks import examined
    from tracker.examining import examination

    with examination(session.settings()) as tries:
        if not as_json:
            from tracker.cli.page import Page

            page = Page()
        for check in examined(tries):
            if not check.ok:
                session.answer_is_bad()
            if as_json:
                write_lines([check])
            else:
                _show(page, check)


def _show(page: "Page", check: "Check") -> None:
    name, mark = check.check.value.replace("_", " "), "ok    " if check.ok else "NOT OK"
    page.line(f"{mark}  {name}: {check.message}", hang=8, style="" if check.ok else "bold")
    if check.advice:
        page.line(f"-> {check.advice}", indent=8, hang=3)

"""``trialog release``: record what a run held."""

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session


@click.command("release", short_help="Record what a poll held.")
@click.argument("run_id", metavar="RUN")
@click.option(
    "--as-migration", is_flag=True, help="As a migration of the registry: administrative changes that never alert."
)
@json_option
@global_options
@click.pass_obj
def command(session: Session, run_id: str, as_migration: bool, as_json: bool) -> None:
    """Record what a run held, as it was observed; trialog runs names the run and says what it holds.

    What has meanwhile gone back, or came with a sponsor's own version, is released as nothing. The
    registry is not asked. A release that is broken off goes on where it stopped when it is done again.

    \b
    Examples:
      trialog release 5f0c2a1e-8d2b-4c52-9b7f-1f0a6f5b7c11
      trialog release 5f0c2a1e-8d2b-4c52-9b7f-1f0a6f5b7c11 --as-migration
    """
    from tracker.cli.progress import position_shown
    from tracker.cli.streams import write_lines

    with session.services() as services:
        with position_shown("Releasing") as show:
            summary = services.release(run_id, as_migration=as_migration, show=show)
        if as_json:
            write_lines([summary])
            return
        from tracker.cli.page import Page
        from tracker.domain.wording import count

        page = Page()
        if summary.already:
            again = "had been released before" + ("" if summary.released or summary.nothing else "; nothing was left")
            page.line(f"{count(summary.already, 'observation')} of run {run_id} {again}.")
        if summary.released or summary.nothing:
            how = " as a migration" if as_migration else ""
            page.line(f"{count(summary.released, 'observation')} released{how}: {count(summary.events, 'event')}.")
        if summary.nothing:
            page.line(f"From {count(summary.nothing, 'observation')} nothing followed: gone back, or known meanwhile.")

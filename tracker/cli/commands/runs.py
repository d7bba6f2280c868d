"""``trialog runs``: what each leg of every poll did, and what it holds."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option, limit_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from store.held import HeldCount
    from store.runs import LeftOut, Run

USUAL_LIMIT = 20


@click.command("runs", short_help="What each poll did, and what it holds.")
@click.option("--held", "is_held", is_flag=True, help="Only what runs hold and nobody has released, by path.")
@click.option("--all", "is_all", is_flag=True, help="Also runs that found nothing new; with --json they always come.")
@limit_option(USUAL_LIMIT, what="runs, the newest")
@json_option
@global_options
@click.pass_obj
def command(session: Session, is_held: bool, is_all: bool, limit: int | None, as_json: bool) -> None:
    """What each leg of every poll did, the newest first, and what it holds back.

    Where many records differ on one path, or are missing, in one run, the registry may have had an accident
    or be migrating: these differences are held, whole, until trialog release. A run without an end is under
    way, and by whom is said, or was broken off; the next one makes up for it. trialog poll --help says what the
    numbers count.

    \b
    Examples:
      trialog runs
      trialog runs --all --limit 100
      trialog runs --held --json
    """
    from tracker.cli.streams import write_lines
    from tracker.pipeline.polling.lease import state_of
    from tracker.pipeline.polling.legs import NOTHING_NEW
    from tracker.pipeline.run_objects import run_object

    with session.services() as services, services.database.reading() as transaction:
        open_runs = transaction.held.open_runs()
        if is_held:
            _show_held_alone(transaction.held.counts(open_runs), as_json=as_json)
            return
        without = None if is_all or as_json else NOTHING_NEW
        runs = transaction.runs.list(limit if as_json else limit or USUAL_LIMIT, without=without)
        states = {run.run_id: state for run in runs if (state := state_of(transaction, run)) is not None}
        if as_json:
            write_lines(run_object(run, states.get(run.run_id)) for run in runs)
            return
        shown = [*open_runs, *(run.run_id for run in runs if run.run_id not in open_runs)]
        since = runs[-1].started_at if runs else None
        _show(
            runs,
            states=states,
            counts=transaction.held.counts(shown),
            left_out=None if without is None else transaction.runs.left_out(without, since=since),
        )


def _show(
    runs: "Sequence[Run]", *, states: Mapping[str, str], counts: "Sequence[HeldCount]", left_out: "LeftOut | None"
) -> None:
    """The page for people."""
    from tracker.cli.page import Page
    from tracker.cli.run_page import show_held, show_left_out, show_runs

    page = Page()
    if runs:
        show_runs(page, runs, states)
        if counts:
            page.line()
    if counts:
        show_held(page, counts)
    if left_out is not None:
        show_left_out(page, left_out)
    if not (runs or counts or left_out):
        page.line("No poll has run yet.")


def _show_held_alone(counts: "Sequence[HeldCount]", *, as_json: bool) -> None:
    """What is held and not released, for programs or people."""
    from tracker.cli.page import Page
    from tracker.cli.run_page import show_held
    from tracker.cli.streams import write_lines
    from tracker.pipeline.run_objects import held_object

    if as_json:
        write_lines(map(held_object, counts))
    elif counts:
        show_held(Page(), counts)
    else:
        Page().line("Nothing is held.")

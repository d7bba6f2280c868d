"""``trialog poll``: what is new at the registry, into the ledger."""

from collections.abc import Set
from typing import TYPE_CHECKING

import click

from tracker.cli.failures import Interrupted, note_interruption
from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from store.runs import Run
    from tracker.services import Services

LEGS = ("delta", "sweep", "due", "missing", "refresh")
ALL = "all"


@click.command("poll", short_help="Ask the registry what is new of all that is tracked.")
@click.option(
    "--leg",
    "names",
    multiple=True,
    type=click.Choice((*LEGS, ALL)),
    help="Only this leg; repeatable. Default: all, in their order.",
)
@click.option("--force", "is_forced", is_flag=True, help="Read what was read before; refresh: all of it, not a part.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, names: tuple[str, ...], is_forced: bool, as_json: bool) -> None:
    """Ask the registry what is new of all that is tracked, leg by leg.

    \b
    delta     what was posted of late, in full
    sweep     a short row of everything; who differs is read in full
    due       who should show UNKNOWN by now
    missing   who did not come: withheld, merged, gone
    refresh   everything in full, a thirtieth a day

    A leg that has seen the registry's present data release asks nothing more. A poll that was broken off, or is
    not complete, is simply run again. One poll at a time: a second one is told who polls, does nothing, and ends
    with 1. The exit status is also 1 where a leg is not complete, or holds or refused anything; trialog runs lists
    every leg of every poll. What earlier runs still hold is said at the end, for people alone.

    \b
    What is counted (--json):
    expected, fetched      distinct records that were to come, and that came, in the last attempt
    unchanged              those of the fetched that said what the ledger held before this run
    changed                trials that got new content from this run
    events, rejected, held what this run recorded, refused and holds back, each once
    requests, bytes, seconds of all attempts, three at most

    \b
    Examples:
      trialog poll
      trialog poll --leg refresh --force
      trialog poll --json | jq 'select(.complete | not)'
    """
    from tracker.cli.progress import poll_shown
    from tracker.pipeline.polling.legs import Leg
    from tracker.services import open_registry

    legs = tuple(Leg) if not names or ALL in names else tuple(leg for leg in Leg if leg in names)
    pressed = note_interruption()
    with (
        session.services() as services,
        open_registry(services.settings, stop=pressed) as registry,
        poll_shown() as show,
    ):
        here: set[str] = set()

        def told(run: "Run") -> None:
            here.add(run.run_id)
            if not run.complete or run.held or run.rejected:
                session.answer_is_bad()
            _tell(run, as_json=as_json)

        try:
            services.poller(registry).poll(legs, force=is_forced, show=show, done=told)
        except (KeyboardInterrupt, Exception) as err:
            if not pressed.is_set():
                raise
            raise Interrupted("interrupted; what came before is stored, run the same command again to go on") from err
        if not as_json and not pressed.is_set():
            _tell_waiting(services, apart_from=here)
    if pressed.is_set():
        raise Interrupted("interrupted; what came before is stored, run the same command again to go on")


def _tell_waiting(services: "Services", *, apart_from: Set[str]) -> None:
    """One line on what runs before this poll still hold; what its own hold stands with their legs."""
    from tracker.cli.page import Page
    from tracker.cli.run_page import show_waiting

    with services.database.reading() as transaction:
        waiting = transaction.held.waiting_counts()
    show_waiting(Page(), {run_id: number for run_id, number in waiting.items() if run_id not in apart_from})


def _tell(run: "Run", *, as_json: bool) -> None:
    """One leg: a JSON object, or a line; what is not well is said on standard error too, where a log may be kept."""
    from tracker.cli.streams import write_lines

    if as_json:
        from tracker.pipeline.run_objects import run_object

        write_lines([run_object(run)])
        return
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line
    from tracker.domain.wording import count
    from tracker.pipeline.polling.legs import NOTHING_NEW

    page = Page()
    if run.complete and run.reason == NOTHING_NEW:
        page.line(f"{run.leg}: {run.reason}")
        return
    parts = [
        f"{run.fetched:,} read" if run.expected is None else f"{run.fetched:,} of {run.expected:,} read",
        f"{run.changed:,} changed",
        count(run.events, "event"),
        count(run.requests, "request"),
        f"{run.seconds:,.1f} s",
    ]
    parts += [f"{number:,} {what}" for number, what in ((run.held, "held"), (run.rejected, "refused")) if number]
    page.line(f"{run.leg}: {', '.join(parts)}", hang=2)
    if run.reason is not None:
        style = "bold red" if not run.complete else "bold yellow"
        page.line(
            f"{'not complete: ' if not run.complete else ''}{one_line(run.reason)}", indent=2, hang=2, style=style
        )

"""``trialog backfill``: the registry's own history of trials, into the ledger."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tracker.cli.failures import Interrupted, note_interruption
from tracker.cli.options import global_options, json_option
from tracker.cli.parameters import TRIAL_ID
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.pipeline.backfilling import BackfillProgress, BackfillSummary
    from tracker.registry import Registry
    from tracker.services import Services


@click.command("backfill", short_help="Take in the registry's own history of trials.")
@click.argument("trial_ids", nargs=-1, required=True, metavar="ID...", type=TRIAL_ID)
@json_option
@global_options
@click.pass_obj
def command(session: Session, trial_ids: tuple[str, ...], as_json: bool) -> None:
    """Take in the registry's own history of trials: each past version becomes a revision.

    Versions take their places in the trial's timeline, with origin backfill. Of a trial that is not held yet, the live
    record follows. The registry is asked for one version at a time, which takes a while; what came is stored at once,
    so what was broken off is simply run again and goes on where it stopped. Running it later asks for new versions
    only. An alias leads to the record into which it was merged. It needs a ledger, made by trialog import or track.

    \b
    Examples:
      trialog backfill NCT03460795
      trialog backfill NCT03460795 NCT00000102 --json
    """
    pressed = note_interruption()
    with session.services() as services, session.registry(stop=pressed) as registry:
        summary = run_backfill(services, registry, trial_ids, pressed=pressed)
        if summary.absent or summary.rejected:
            session.answer_is_bad()
        if as_json:
            _write(summary)
        else:
            show_summary(summary)


def run_backfill(
    services: "Services", registry: "Registry", trial_ids: Sequence[str], *, pressed: threading.Event
) -> "BackfillSummary":
    """Backfill with progress; ``pressed`` is set by Ctrl-C. What ends it early is told with what came until then."""
    from tracker.cli.progress import backfill_shown
    from tracker.domain.errors import Permanent, Transient
    from tracker.domain.wording import count

    stored = 0

    def kept() -> str:
        return f"{count(stored, 'version')} of this run stored; run the same command again to go on"

    with backfill_shown() as show:

        def keep(progress: "BackfillProgress") -> None:
            nonlocal stored
            stored = progress.stored
            show(progress)

        try:
            return services.backfiller(registry).run(trial_ids, show=keep)
        except (KeyboardInterrupt, Exception) as err:
            if pressed.is_set():
                raise Interrupted(f"interrupted with {kept()}") from err
            if isinstance(err, (Permanent, Transient)):
                raise Transient(f"{err}; {kept()}") from err
            raise


def _write(summary: "BackfillSummary") -> None:
    from tracker.cli.streams import write_lines

    counts = summary.counts
    write_lines(
        [
            {
                "run_id": summary.run_id,
                "trials": summary.trials,
                "versions": summary.versions,
                "held_before": summary.held_before,
                "rejected": summary.rejected,
                "new_trials": counts.new_trials,
                "new_revisions": counts.new_revisions,
                "events": counts.events,
                "aliases": summary.aliases,
                "absent": summary.absent,
            }
        ]
    )


def show_summary(summary: "BackfillSummary") -> None:
    """What a backfill did, for people."""
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line
    from tracker.domain.wording import count

    page, counts = Page(), summary.counts
    page.line(f"{count(summary.versions, 'version')} of {count(summary.trials, 'trial')} stored")
    page.fields(
        [
            ("new revisions", f"{counts.new_revisions:,}"),
            ("changes recorded", f"{counts.events:,}"),
            ("held before", f"{summary.held_before:,}" if summary.held_before else ""),
            ("refused", f"{summary.rejected:,}; trialog rejects lists them" if summary.rejected else ""),
        ],
        indent=2,
    )
    for alias, survivor in summary.aliases.items():
        page.line(f"{alias} was merged into {survivor}, whose history this is", hang=2)
    for trial_id, reason in summary.absent.items():
        page.line(f"{trial_id}: {one_line(reason)}", hang=2, style="red")

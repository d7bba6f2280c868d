"""``trialog import``: records in, a ledger of their changes out."""

import time
from datetime import datetime
from typing import TYPE_CHECKING

import click

from tracker.cli.failures import Interrupted, note_interruption
from tracker.cli.options import global_options, json_option
from tracker.cli.parameters import INSTANT
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.cli.page import Page
    from tracker.pipeline.importing import ImportSummary, Progress
    from tracker.services import Services


@click.command("import", short_help="Take records in.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--observed-at",
    type=INSTANT,
    help="When these records were fetched, if not now: 2026-02-15T09:30:00Z, or a date for 00:00 UTC of that day.",
)
@json_option
@global_options
@click.pass_obj
def command(session: Session, paths: tuple[str, ...], observed_at: datetime | None, as_json: bool) -> None:
    """Take records in: files, folders, archives, or - for standard input.

    Reads API v2 studies (one, an array, a list page, JSON Lines or several printed one after another), the
    registry's json.zip, page texts, and each of these compressed with gzip; folders with all they hold. What
    cannot be read is refused record by record and kept (trialog rejects); the rest is stored. Importing the
    same again records nothing twice, so an import that was broken off is simply run again. A path that does
    not exist is told, and the others are imported; the exit status is then 1, and 2 where none exists.

    \b
    Examples:
      trialog import NCT03460795.json downloads/
      trialog import ctg-studies.json.zip --observed-at 2026-02-15
      curl -s https://clinicaltrials.gov/api/v2/studies/NCT03460795 | trialog import -
    """
    with session.services("import") as services:
        if observed_at is not None and observed_at > (now := services.now()):
            raise click.UsageError(
                f"--observed-at: {observed_at:%Y-%m-%dT%H:%M:%SZ} lies in the future; expected an instant "
                f"up to now, {now:%Y-%m-%dT%H:%M:%SZ}",
                click.get_current_context(),
            )
        present = _present(session, paths)
        started_s = time.monotonic()
        summary = _run(services, present, observed_at)
        seconds = time.monotonic() - started_s
        if summary.rejected:
            session.answer_is_bad()
        if as_json:
            _write(summary, seconds)
        else:
            _show(summary, seconds)


def _present(session: Session, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths at which something lies; the others are told."""
    from tracker.cli.streams import say
    from tracker.services import why_missing

    missing = {path: reason for path in paths if (reason := why_missing(path))}
    expected = "expected a file, a folder, or - for standard input"
    if len(missing) == len(set(paths)):
        reasons = " and ".join(dict.fromkeys(missing.values()))
        raise click.UsageError(f"{', '.join(missing)}: {reasons}; {expected}", click.get_current_context())
    for path, reason in missing.items():
        say(f"{path}: {reason}; {expected}")
        session.answer_is_bad()
    return tuple(path for path in paths if path not in missing)


def _run(services: "Services", paths: tuple[str, ...], observed_at: datetime | None) -> "ImportSummary":
    from tracker.cli.progress import import_shown
    from tracker.services import file_source

    done = 0

    with file_source(paths) as source, import_shown() as show:

        def keep(progress: "Progress") -> None:
            nonlocal done
            done = progress.records_stored
            show(progress)

        pressed = note_interruption()
        try:
            return services.importer.run(source, observed_at=observed_at, show=keep)
        except (KeyboardInterrupt, Exception) as err:
            if not pressed.is_set():
                raise
            from tracker.domain.wording import count

            raise Interrupted(
                f"interrupted with {count(done, 'record')} of this import stored; run the same command again to go on"
            ) from err


def _write(summary: "ImportSummary", seconds: float) -> None:
    from tracker.cli.streams import write_lines

    counts = summary.counts
    write_lines(
        [
            {
                "run_id": summary.run_id,
                "records": summary.records,
                "new_trials": counts.new_trials,
                "new_revisions": counts.new_revisions,
                "unchanged": counts.unchanged,
                "rejected": summary.rejected,
                "skipped": summary.skipped,
                "events": counts.events,
                "seconds": round(seconds, 3),
            }
        ]
    )


def _show(summary: "ImportSummary", seconds: float) -> None:
    from tracker.cli.page import Page
    from tracker.domain.wording import count

    page, counts = Page(), summary.counts
    rate = f", {summary.records / seconds:,.0f} records/s" if summary.records >= 1000 else ""
    page.line(f"{count(summary.records, 'record')} read in {seconds:.1f} s{rate}")
    page.fields(
        [
            ("new trials", f"{counts.new_trials:,}"),
            ("new revisions", f"{counts.new_revisions:,}"),
            ("changes recorded", f"{counts.events:,}"),
            ("unchanged", f"{counts.unchanged:,}"),
            ("refused", f"{summary.rejected:,}" if summary.rejected else ""),
            ("skipped", f"{summary.skipped:,} (plainly no records)" if summary.skipped else ""),
        ],
        indent=2,
    )
    _show_refused(page, summary)


def _show_refused(page: "Page", summary: "ImportSummary") -> None:
    from tracker.domain.safe_text import one_line

    for place, reason in summary.first_refused:
        page.line(f"refused {one_line(place)}: {one_line(reason)}", hang=2, style="red")
    if summary.rejected > len(summary.first_refused):
        page.line(f"and {summary.rejected - len(summary.first_refused):,} more")
    if summary.rejected:
        page.line("Refused input is kept: trialog rejects lists it, with ids, places and reasons.")

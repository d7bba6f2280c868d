"""How far a long command is: a bar on standard error where that is a terminal, nothing elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # rich takes a moment to load and is needed only on a terminal
    from rich.progress import Progress, ProgressColumn

    from tracker.pipeline.backfilling import BackfillProgress
    from tracker.pipeline.importing import Progress as ImportProgress
    from tracker.pipeline.polling.work import Progress as PollProgress


@contextmanager
def import_shown() -> "Iterator[Callable[[ImportProgress], None]]":
    """Share of the bytes, records, records per second and time left of an import."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import TextColumn

    with _bar(TextColumn("{task.fields[rate]}")) as bar:
        task = bar.add_task("Looking through the input", total=None, rate="")

        def show(progress: "ImportProgress") -> None:
            seconds = bar.tasks[task].elapsed or 0
            rate = f"{progress.records_done / seconds:,.0f} records/s" if seconds > 0 else ""
            bar.update(
                task,
                description=f"{progress.records_done:,} records",
                completed=progress.bytes_done,
                total=progress.total_bytes,
                rate=rate,
            )

        yield show


@contextmanager
def backfill_shown() -> "Iterator[Callable[[BackfillProgress], None]]":
    """Share of the versions of the trial whose history is asked for, and which of how many trials it is."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import TextColumn

    with _bar(TextColumn("{task.fields[versions]}")) as bar:
        task = bar.add_task("Asking the registry", total=None, versions="")

        def show(progress: "BackfillProgress") -> None:
            bar.update(
                task,
                description=f"{progress.trial_id}, {progress.trials_done + 1:,} of {progress.trials_count:,}",
                completed=progress.versions_held,
                total=progress.versions_count,
                versions=f"{progress.versions_held:,} of {progress.versions_count:,} versions",
            )

        yield show


@contextmanager
def poll_shown() -> "Iterator[Callable[[PollProgress], None]]":
    """Leg, pages, rows per second and time left of a poll."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import TextColumn

    with _bar(TextColumn("{task.fields[rate]}")) as bar:
        task = bar.add_task("Asking the registry", total=None, rate="")
        leg = ""

        def show(progress: "PollProgress") -> None:
            nonlocal leg
            if leg != progress.leg:
                leg = progress.leg
                bar.reset(task, total=None)
            seconds = bar.tasks[task].elapsed or 0
            rate = f", {progress.rows / seconds:,.0f}/s" if seconds > 0 else ""
            bar.update(
                task,
                description=f"{progress.leg}: {progress.pages:,} pages",
                completed=progress.rows,
                total=progress.expected,
                rate=f"{progress.rows:,} records{rate}",
            )

        yield show


@contextmanager
def position_shown(what: str) -> Iterator[Callable[[int, int], None]]:
    """Share of the ledger's positions; the bar comes up with the first of them."""
    if not sys.stderr.isatty():
        yield lambda _position, _head: None
        return
    bar = _bar()
    task = bar.add_task(what, total=None)

    def show(position: int, head: int) -> None:
        bar.start()
        bar.update(task, completed=position, total=head)
        if position >= head:
            bar.stop()

    try:
        yield show
    finally:
        bar.stop()


def _bar(*columns: "ProgressColumn") -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        *columns,
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
    )

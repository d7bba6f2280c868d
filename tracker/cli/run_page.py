"""Runs as people read them: what each leg of a poll did, and what it holds.

It promises that a run which is not complete says why, that one without an end is not shown as done, and that what
is left out is said to be.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tracker.domain.safe_text import one_line
from tracker.domain.wording import count, minute

if TYPE_CHECKING:
    from store.held import HeldCount
    from store.runs import LeftOut, Run
    from tracker.cli.page import Page


def show_runs(page: "Page", runs: Sequence["Run"], states: Mapping[str, str]) -> None:
    """A table of runs in their order; ``states`` are those of runs without an end, by id."""
    page.table(
        ("Started", "Leg", "Data date", "Fetched", "Changed", "Events", "Held", "Run, and what came of it"),
        [
            (
                minute(run.started_at.isoformat()),
                run.leg,
                "-" if run.data_on is None else run.data_on.isoformat(),
                f"{run.fetched:,}" if run.expected is None else f"{run.fetched:,} of {run.expected:,}",
                f"{run.changed:,}",
                f"{run.events:,}",
                f"{run.held:,}",
                f"{run.run_id}: {_outcome(run, states.get(run.run_id))}",
            )
            for run in runs
        ],
    )


def show_left_out(page: "Page", left_out: "LeftOut") -> None:
    """That runs which found nothing new are not in the table, and when the registry was last asked so."""
    newest = left_out.newest
    page.line()
    page.line(
        f"Not shown: {count(left_out.count, 'run')} that found nothing new, the last {newest.leg} at "
        f"{minute(newest.started_at.isoformat())}. trialog runs --all shows them.",
        style="dim",
    )


def show_held(page: "Page", counts: Sequence["HeldCount"]) -> None:
    """What runs hold, by reason and path, with the way on where anything waits."""
    page.line("Held", style="bold")
    for run_id in dict.fromkeys(one.run_id for one in counts):
        page.line(f"run {run_id}", indent=2)
        for one in counts:
            if one.run_id == run_id:
                where = "" if one.path is None else f"{one_line(one.path)}, "
                page.line(f"{where}{one.reason}: {_fate(one)}", indent=4, hang=2)
    if any(one.waiting or one.gone_back or one.known for one in counts):
        page.line()
        hint = "trialog release RUN records what a run holds; with --as-migration as changes that never alert."
        page.line(hint, style="dim")


def show_waiting(page: "Page", waiting: Mapping[str, int]) -> None:
    """That runs still hold something, by id, each with how many observations wait; nothing where none does."""
    if waiting:
        who = f"Run {one_line(next(iter(waiting)))}" if len(waiting) == 1 else f"{len(waiting):,} runs"
        holds = "holds" if len(waiting) == 1 else "hold"
        page.line(f"{who} still {holds} {count(sum(waiting.values()), 'observation')}: trialog runs --held")


def _outcome(run: "Run", state: str | None) -> str:
    if run.finished_at is None:
        return one_line(state or "not finished")
    said = f"; {one_line(run.reason)}" if run.reason else ""
    took = f" after {run.seconds:,.1f} s" if run.complete or run.seconds else ""  # of one broken off nobody knows
    return f"{'complete' if run.complete else 'not complete'}{took}{said}"


def _fate(one: "HeldCount") -> str:
    parts = (
        (one.waiting, "waiting"),
        (one.gone_back, "gone back"),
        (one.known, "in the ledger by a later version"),
        (one.released, "released"),
        (one.migrated, "released as a migration"),
    )
    fates = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    return f"{count(one.count, 'record')}, {fates}"

"""``trialog simulate``: a small registry on this machine, to try trialog against."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import global_options
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.simulator.server import SimulatedRegistry
    from tracker.simulator.world import World

USUAL_TRIALS = 100
_MOST_TRIALS = 100_000
_LOOK_S = 0.5


@click.command("simulate", short_help="Serve a made registry on this machine.")
@click.option("--records", type=click.Path(exists=True), metavar="PATH", help="The records to serve: a file or folder.")
@click.option(
    "--trials",
    type=click.IntRange(1, _MOST_TRIALS),
    metavar="N",
    help=f"Serve so many made trials. Default: {USUAL_TRIALS}.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed, the same trials and the same life."
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, show_default=True, help="Where to listen; 0: a free port."
)
@click.option(
    "--releases-every",
    "releases_every_s",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Let a working day pass and publish what changed, again and again. Default: nothing changes.",
)
@click.option(
    "--faults",
    "fault_rate",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="RATE",
    help="Let something go wrong with this share of the requests, such as 0.1.",
)
@global_options
@click.pass_obj
def command(
    session: Session,
    records: str | None,
    trials: int | None,
    seed: int,
    port: int,
    releases_every_s: float | None,
    fault_rate: float,
) -> None:
    """Serve a registry that behaves as ClinicalTrials.gov does, until Ctrl-C.

    It answers on this machine only, holds made trials or records of yours, and never asks the real registry. The
    first line of output is its address, which TRIALOG_CTGOV__BASE_URL takes. With /clock behind it, TRIALOG_CLOCK__URL
    takes it too: the time there is that of the last release and what has passed since.

    \b
    Examples:
      trialog simulate --trials 500 --releases-every 30
      trialog simulate --records downloads/ --faults 0.1
    """
    if records is not None and trials is not None:
        raise click.UsageError("--records and --trials exclude each other", click.get_current_context())
    from tracker.simulator.server import SimulatedRegistry
    from tracker.simulator.study_answers import StudyAnswers

    world = _world(records, trials or USUAL_TRIALS, seed)
    with SimulatedRegistry(StudyAnswers(world), port=port) as registry:
        if fault_rate:
            registry.faults.at_random(fault_rate, seed=seed)
        click.echo(registry.url)
        click.echo(
            f"{len(world.published.order):,} trials, data of {world.release.timestamp}; Ctrl-C ends it", err=True
        )
        _serve(world, registry, seed, releases_every_s)


def _world(records: str | None, trials: int, seed: int) -> "World":
    from tracker.domain.record import is_whole
    from tracker.services import observations
    from tracker.simulator.made_trials import made_trials
    from tracker.simulator.world import World
    from tracker.source import Observation

    now = datetime.now(UTC)  # the machine's, whatever clock is set: from here on time is told, also to that clock
    if records is None:
        return World(made_trials(trials, seed=seed, on=now.date()), data_time=now)
    found: dict[str, Any] = {}
    for seen in observations(records):
        if isinstance(seen, Observation) and is_whole(seen.record):
            found[seen.trial_id] = seen.record
    if not found:
        raise click.UsageError(f"--records: there is no whole record in {records}", click.get_current_context())
    return World(found.values(), data_time=now)


def _serve(world: "World", registry: "SimulatedRegistry", seed: int, releases_every_s: float | None) -> None:
    from tracker.simulator.evolution import Evolution

    evolution = Evolution(world, seed=seed)
    while True:
        _pass(releases_every_s or _LOOK_S)
        if releases_every_s is not None:
            release = evolution.step()
            changes = len(world.net_changes(release.number - 1, release.number))
            click.echo(
                f"release {release.timestamp}: {changes:,} changes, {len(registry.requests):,} requests", err=True
            )


def _pass(seconds: float) -> None:
    """Sleep in short pieces: an interrupt that comes just before a sleep is seen when that piece ends."""
    ends_at_s = time.monotonic() + seconds
    while (left_s := ends_at_s - time.monotonic()) > 0:
        time.sleep(min(left_s, _LOOK_S))

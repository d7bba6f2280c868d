"""``trialog demo``: a made registry through six months of 2026, followed by polls into a ledger of its own.

Every line it prints after a ``$`` is a command that it then runs, over HTTP where it asks the registry, which answers
on this machine and tells the time. Clock and ids are the story's, so that it is told alike every time. It promises to
touch nothing outside its folder, and to end at the first command that fails.
"""

import shlex
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.failures import Interrupted
from tracker.cli.options import global_options
from tracker.cli.session import Session
from tracker.domain.errors import InvalidInput

if TYPE_CHECKING:
    from tracker.simulator.world import World

_DATABASE = "demo.db"
_HOUR = time(15, tzinfo=UTC)  # of every poll; the releases are of the morning


@click.command("demo", short_help="See a ledger at work, on made records.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Put the ledger into this folder, and leave it there.",
)
@global_options
@click.pass_obj
def command(session: Session, keep: Path | None) -> None:
    """Follow a made registry through six data releases by real polls, and print what a ledger says of it.

    No account, no network, no trace: the registry answers on this machine, and the ledger lies in a temporary
    folder unless --keep names one. The clock is the story's and stands still between two releases.

    \b
    Example:
      trialog demo --keep demo/
    """
    from tracker.cli.demo_story import STALE, first_release
    from tracker.simulator.server import SimulatedRegistry
    from tracker.simulator.study_answers import StudyAnswers

    if keep and (keep / _DATABASE).exists():
        raise InvalidInput(f"{keep / _DATABASE} is there already; name another folder, or remove it")
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trialog-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        world = first_release()
        registry = stack.enter_context(SimulatedRegistry(StudyAnswers(world)))
        if not _Demonstration(world, site=registry.url, database=folder / _DATABASE).tell():
            session.answer_is_bad()
    if keep:
        click.echo(f"\nKept in {keep}: go on with  trialog --database {keep / _DATABASE} history {STALE}")


class _Demonstration:
    """Runs the commands of the story one after the other; ``tell`` answers whether all went well."""

    def __init__(self, world: "World", *, site: str, database: Path) -> None:
        from tracker.services import Surroundings

        numbers = count(1)
        self._world = world
        self._surroundings = Surroundings(new_id=lambda: f"demo-{next(numbers):02}")
        self._options = {
            "database": str(database),
            "clock.url": f"{site}/clock",
            "ctgov.base_url": site,
            "ctgov.transport": "httpx",
            "ctgov.request_interval_s": "0",
            "ctgov.history_interval_s": "0",
        }
        self._all_well = True

    def tell(self) -> bool:
        """The whole story."""
        from tracker.cli.demo_story import CHAPTERS

        for chapter in CHAPTERS:
            chapter.happens(self._world)
            self._world.set_today(chapter.on)
            self._world.publish()
            self._world.clock.move_to(datetime.combine(chapter.on, _HOUR))
            for scene in chapter.scenes:
                click.echo()
                click.secho(f"# {scene.said}", bold=True)
                for arguments in scene.commands:
                    self._run(*arguments)
        return self._all_well

    def _run(self, *arguments: str) -> None:
        """Run a command on the demonstration's ledger and registry, as a person would."""
        from tracker.cli.main import cli

        click.secho(f"$ trialog {shlex.join(arguments)}", fg="cyan")
        session = Session(options=self._options, surroundings=self._surroundings)
        try:
            cli.main(list(arguments), prog_name="trialog", standalone_mode=False, obj=session)
        except Interrupted as err:
            raise Interrupted from err  # there is nothing to go on with
        self._all_well = self._all_well and session.status == 0

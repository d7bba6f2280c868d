"""``trialog demo``: a made registry through six months of 2026, followed and told of by the real daemon.

It promises to touch nothing outside its folder and this machine's loopback, to leave no process and, unless it is asked
to, no file behind, however it ends; and to end at the first thing that fails.
"""

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from tracker.cli.options import global_options
from tracker.cli.session import Session
from tracker.domain.errors import InvalidInput

_DATABASE = "demo.db"
_LOG = "daemon.log"


@click.command("demo", short_help="See a ledger and its daemon at work, on made records.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Put the ledger into this folder, and leave it there.",
)
@global_options
@click.pass_obj
def command(session: Session, keep: Path | None) -> None:
    """Let the daemon follow a made registry through half a year, and show what it told by mail and webhook.

    The daemon (trialog run) is a process of its own: it polls, evaluates and delivers by itself, to a mail server and
    a webhook's receiver on this machine. No account, no network, no trace: the registry answers on this machine too,
    and the ledger lies in a temporary folder unless --keep names one, beside what the daemon logged; the last line then
    says how to look at it in a browser. The clock is the story's and stands still between two steps.

    \b
    Example:
      trialog demo --keep demo/
    """
    from tracker.cli.demo.receivers import receiving
    from tracker.cli.demo.telling import Stage, Telling
    from tracker.cli.demo.trials import STALE, first_release
    from tracker.simulator.server import SimulatedRegistry
    from tracker.simulator.study_answers import StudyAnswers

    if keep and (keep / _DATABASE).exists():
        raise InvalidInput(f"{keep / _DATABASE} is there already; name another folder, or remove it")
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trialog-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        world = first_release()
        registry = stack.enter_context(SimulatedRegistry(StudyAnswers(world)))
        receivers = stack.enter_context(receiving())
        options = _options(folder, site=registry.url, smtp_port=receivers.smtp_port)
        stage = Stage(world=world, receivers=receivers, options=options, log=folder / _LOG)
        if not Telling(stage).tell():
            session.answer_is_bad()
    if keep:
        click.echo(f"\nKept in {keep}: go on with  {_program()} --database {keep / _DATABASE} history {STALE}")
        click.echo(f"Look at it in a browser:  {_program()} serve --database {keep / _DATABASE}")


def _program() -> str:
    """What to type for this program: its name, or where it lies if the shell would not find it."""
    here = Path(sys.argv[0])
    return str(here) if here.name == "trialog" and shutil.which("trialog") is None else "trialog"


def _options(folder: Path, *, site: str, smtp_port: int | None) -> dict[str, str]:
    """The settings of every process of the demonstration, by name."""
    mail = {
        "email.host": "127.0.0.1",
        "email.port": str(smtp_port),
        "email.security": "none",
        "email.sender": "trialog <alerts@example.org>",
    }
    return {
        "database": str((folder / _DATABASE).absolute()),
        "clock.url": f"{site}/clock",
        "http.listen": "off",
        "ctgov.base_url": site,
        "ctgov.transport": "httpx",
        "ctgov.request_interval_s": "0",
        "ctgov.history_interval_s": "0",
        "webhook.allow_networks": "127.0.0.0/8",
        **({} if smtp_port is None else mail),
    }

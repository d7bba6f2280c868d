"""``trialog demo``: a made registry through six months of 2026, in a ledger of its own.

Every line it prints after a ``$`` is a command that it then runs; nothing outside a temporary folder is touched.
"""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from tracker.cli.options import global_options
from tracker.cli.session import Session


@click.command("demo", short_help="See a ledger at work, on made records.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Put the sample files and the ledger into this folder, and leave them there.",
)
@global_options
@click.pass_obj
def command(session: Session, keep: Path | None) -> None:
    """Follow five made trials through six data releases and print what a ledger says of them.

    No account, no network, no trace: the ledger lies in a temporary folder unless --keep names one.

    \b
    Example:
      trialog demo --keep demo/
    """
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trialog-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        if not _Demonstration(folder).tell():
            session.answer_is_bad()
    if keep:
        click.echo(f"\nKept in {keep}: go on with  trialog --database {keep / _DATABASE} history {_stale_trial()}")


_DATABASE = "demo.db"


class _Demonstration:
    """Runs the commands of the story one after the other; ``tell`` answers whether all went well."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._all_well = True

    def tell(self) -> bool:
        """The whole story."""
        from tracker.cli.demo_story import DATES, OUTCOMES, RENAMED, STALE, releases

        for number, (data_on, records) in enumerate(releases()):
            self._write(data_on, records)
            if number == 1:
                self._say("February. Who will turn UNKNOWN in the next 60 days? The rule says it in advance.")
                self._run("stale", "--on", data_on, "--within", "60")
        self._say("June. What happened to that trial? It turned UNKNOWN without a new version, and came back.")
        self._run("history", STALE)
        self._say("An outcome was reworded and the enrollment halved; then results were posted.")
        self._run("history", OUTCOMES, "--category", "outcomes", "--category", "enrollment", "--category", "results")
        self._say("A sponsor renamed without a word: no new version, no new post date.")
        self._run("changes", "--origin", "registry")
        self._say("What did the registry say of this one on 1 March, and what has changed since?")
        self._run("show", DATES, "--as-of", "2026-03-01")
        self._run("diff", DATES)
        self._run("history", RENAMED, "--since", "2026-03-01")
        self._say("Who is UNKNOWN on 1 May, as the records stood that day?")
        self._run("stale", "--on", "2026-05-01")
        self._say("Can the ledger be trusted?")
        self._run("verify")
        return self._all_well

    def _write(self, data_on: str, records: list[dict[str, object]]) -> None:
        from store.json_text import encode

        path = self._folder / f"{data_on}.jsonl"
        path.write_bytes(b"".join(encode(record) + b"\n" for record in records))
        self._say(f"The data release of {data_on}.")
        self._run("import", str(path), "--observed-at", f"{data_on}T15:00:00Z")

    def _say(self, text: str) -> None:
        click.echo()
        click.secho(f"# {text}", bold=True)

    def _run(self, *arguments: str) -> None:
        """Run a command on the demonstration's ledger, as a person would."""
        from tracker.cli.main import run

        shown = [Path(argument).name if argument.startswith(str(self._folder)) else argument for argument in arguments]
        click.secho(f"$ trialog {' '.join(shown)}", fg="cyan")
        status = run([*arguments, "--database", str(self._folder / _DATABASE)])
        self._all_well = self._all_well and status == 0


def _stale_trial() -> str:
    from tracker.cli.demo_story import STALE

    return STALE

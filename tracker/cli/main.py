"""The command ``trialog``: its table of commands, and the one place where everything that went wrong ends.

It promises an exit status (0 done, 1 done but the answer is bad, 2 wrong usage, 130 interrupted), one line on
standard error where something went wrong, and never a traceback. A command's module is imported when that
command is asked for, so that ``trialog --help`` is there at once.
"""

import difflib
import importlib
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any, cast

import click

from tracker.cli.failures import INTERRUPTED, Interrupted, told
from tracker.cli.options import global_options
from tracker.cli.session import Session
from tracker.cli.streams import discard_output, say

# In the order of a first day with trialog; each is the module in tracker.cli.commands that holds `command`.
COMMANDS: Mapping[str, str] = {
    "import": "importing",
    "track": "track",
    "untrack": "untrack",
    "tracked": "tracked",
    "poll": "poll",
    "backfill": "backfill",
    "trials": "trials",
    "history": "history",
    "revisions": "revisions",
    "show": "show",
    "diff": "diff",
    "changes": "changes",
    "stale": "stale",
    "subscribe": "subscribe",
    "subscriptions": "subscriptions",
    "edit": "edit",
    "pause": "pause",
    "resume": "resume",
    "unsubscribe": "unsubscribe",
    "rotate-secret": "rotate_secret",
    "try": "sample",
    "deliver": "deliver",
    "deliveries": "deliveries",
    "redeliver": "redeliver",
    "backtest": "backtest",
    "run": "run",
    "serve": "serve",
    "compare": "compare",
    "runs": "runs",
    "release": "release",
    "rejects": "rejects",
    "info": "info",
    "status": "status",
    "verify": "verify",
    "rebuild": "rebuild",
    "backup": "backup",
    "restore": "restore",
    "migrate": "migrate",
    "prune": "prune",
    "token": "token",
    "check-config": "check_config",
    "doctor": "doctor",
    "demo": "demo",
    "simulate": "simulate",
}

EXAMPLES = """\
\b
Examples:
  trialog import NCT03460795.json downloads/   take records in, files or folders
  trialog track NCT03460795                    follow a trial at the registry
  trialog poll                                 ask the registry what is new
  trialog trials --q melanoma                  which trials there are
  trialog history NCT03460795                  what happened to a trial
  trialog show NCT03460795 --as-of 2026-02-15  what the registry said that day
  trialog stale --within 90                    who is, or will soon be, UNKNOWN
  trialog subscribe stale --to mailto:me@example.org --when unknown --when lapsing:60d
  trialog deliver                              send what is new to who asked for it
  trialog run                                  do all of it on schedule, for months
  trialog serve                                look at it: pages, API and feeds
  trialog changes --json | jq .label           every change, for a program
  trialog compare old.json new.json            two files, without any ledger
"""

EXITS = """\
\b
Exit status: 0 done; 1 done, but the answer is bad (records refused, not found,
verification failed); 2 wrong usage; 130 interrupted.
"""


class Commands(click.Group):
    """The table of commands, each loaded on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tracker.cli.commands.{COMMANDS[cmd_name]}")
        return cast(click.Command, module.command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(COMMANDS)}"
            raise click.UsageError(f"there is no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # the reader has seen enough, as `head` does; click would exit with 1
            discard_output()
            return None
        except KeyboardInterrupt as err:
            raise Interrupted from err


def _show_version(ctx: click.Context, _parameter: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import PackageNotFoundError, version  # slow, and seldom asked

        try:
            click.echo(f"trialog {version('trialog')}")
        except PackageNotFoundError:
            click.echo("trialog, run from a checkout that is not installed")
        ctx.exit()


@click.command("trialog", cls=Commands, epilog=EXAMPLES + "\n" + EXITS, context_settings={"max_content_width": 100})
@global_options
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_show_version, help="Print the version."
)
def cli() -> None:
    """Keep a ledger of clinical-trial records, and ask what changed, when, and who changed it.

    The ledger is one SQLite file in your data directory unless --database says otherwise. Each command has
    its own help: trialog COMMAND --help.
    """


def run(arguments: Sequence[str], *, session: Session | None = None) -> int:
    """Run one command and answer its exit status; everything that may go wrong is told here."""
    session = session or Session()
    try:
        status = cli.main(list(arguments), prog_name="trialog", standalone_mode=False, obj=session)
        sys.stdout.flush()
        return status if isinstance(status, int) else session.status
    except click.exceptions.NoArgsIsHelpError as err:
        err.show()
        return err.exit_code
    except BrokenPipeError:  # met while flushing
        discard_output()
        return session.status
    except Exception as err:  # noqa: BLE001 - the front door: what gets here is told in one line and ends the run
        failure = told(err)
        if isinstance(err, OSError):
            discard_output()  # it may be standard output that cannot be written
        if failure.status == INTERRUPTED:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # winding up; another Ctrl-C adds nothing
        say(failure.message)
        return failure.status

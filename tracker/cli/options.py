"""Options that several commands share, with one meaning everywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tracker.cli.parameters import INSTANT, TRIAL_ID, NameType
from tracker.cli.session import Session
from tracker.domain.events import Category, EventType
from tracker.domain.watching import WatchEventType

_OF_WATCHING = "it is no change of a trial; trialog tracked NAME --log tells it"

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _keep_database(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        if not value.strip():
            raise click.UsageError("--database: expected a file or a URL, got nothing", ctx)
        ctx.ensure_object(Session).database = value


def _keep_config(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Session).config = value


_DATABASE = click.option(
    "--database",
    metavar="URL|FILE",
    expose_value=False,
    callback=_keep_database,
    help="The ledger: a SQLite file, or postgresql://... Default: TRIALOG_DATABASE, else a file in your data folder.",
)
_CONFIG = click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    expose_value=False,
    callback=_keep_config,
    help="A settings file; config/trialog.toml names every setting.",
)


def global_options(command: _Command) -> _Command:
    """The options that stand before or behind the command's name; the later one counts."""
    return _DATABASE(_CONFIG(command))


def trial_argument(command: _Command) -> _Command:
    """The trial that a question is about."""
    return click.argument("trial_id", type=TRIAL_ID, metavar="ID")(command)


def json_option(command: _Command) -> _Command:
    """Answers for programs."""
    return click.option(
        "--json", "as_json", is_flag=True, help="One JSON object per line on standard output, and nothing else."
    )(command)


def limit_option(default: int, *, what: str) -> Callable[[_Command], _Command]:
    """How much is shown at most: ``default`` for people, everything with --json."""
    return click.option(
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help=f"At most so many {what}. Default: {default}, with --json all.",
    )


def known_at_option(command: _Command) -> _Command:
    """What this ledger knew at an instant, whatever it learnt later."""
    return click.option(
        "--known-at",
        type=INSTANT,
        help="Only what this ledger knew at that instant, such as 2026-02-15T09:30:00Z; a date means 00:00 UTC.",
    )(command)


def change_filters(command: _Command) -> _Command:
    """Which changes: each option may be given more than once, its values are alternatives."""
    field = click.option(
        "--field", "fields", multiple=True, metavar="FIELD", help="Only this field, such as enrollment; repeatable."
    )
    event = click.option(
        "--type",
        "types",
        multiple=True,
        type=NameType("event type", EventType, elsewhere=dict.fromkeys(WatchEventType, _OF_WATCHING)),
        metavar="TYPE",
        help="Only this event type, such as results_posted; repeatable.",
    )
    category = click.option(
        "--category",
        "categories",
        multiple=True,
        type=NameType("category", Category),
        metavar="CATEGORY",
        help="Only this category, such as outcomes; repeatable.",
    )
    return field(event(category(command)))


def require_one_target(ids: tuple[str, ...], query: str | None, is_everything: bool) -> None:
    """Refuse what names nothing to be tracked, or more than one kind of it."""
    if sum((bool(ids), query is not None, is_everything)) != 1:
        raise click.UsageError(
            "expected one of: ids of trials, --query for one query, --all for the whole registry",
            click.get_current_context(),
        )

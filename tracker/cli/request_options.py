"""The options that say what a subscription asks for; the request that comes of them is ``tracker.domain.requesting``'s.

It promises that every part of a request has an option, and that refusals call it so.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tracker.domain import requesting
from tracker.domain.errors import InvalidInput
from tracker.domain.parts import Asking
from tracker.domain.subscription import Subscription

if TYPE_CHECKING:
    from tracker.cli.session import Session

_Command = TypeVar("_Command", bound=Callable[..., Any])

_MANY = (
    ("--trial", "trials", "ID", "Only this trial; repeatable, as all of these are."),
    ("--query", "queries", "NAME", "Only what this tracked query finds."),
    ("--condition", "conditions", "TEXT", "Only with this text in a condition, in any case."),
    ("--intervention", "interventions", "TEXT", "Only with this text in an intervention."),
    ("--sponsor", "sponsors", "TEXT", "Only with this text in the lead sponsor's name."),
    ("--country", "countries", "TEXT", "Only with this text in the country of a site."),
    ("--status", "statuses", "STATUS", "Only of this published status, such as recruiting."),
    ("--phase", "phases", "PHASE", "Only of this phase, such as phase2."),
    ("--type", "types", "TYPE", "Changes of this event type, such as results_posted."),
    ("--field", "fields", "FIELD", "Changes of this field, such as enrollment."),
    ("--category", "categories", "CATEGORY", "Changes of this category, such as outcomes."),
    ("--origin", "origins", "ORIGIN", "Changes brought about by: sponsor, registry, clock, backfill or baseline."),
    (
        "--when",
        "when",
        "CONDITION",
        "A condition of time: unknown, unknown:180d, lapsing:60d, results-due:30d, results-overdue, unverified:12mo.",
    ),
)
_ONE = (
    ("--significance", "significance", "LEVEL", "Changes of this significance or above: major, minor, administrative."),
    ("--remind", "remind", "DAYS", "Tell of a condition again while it holds, every so many days, such as 30d."),
    ("--digest", "digest", "daily|weekly|monthly", "One message for everything, at these times, and not at once."),
    ("--at", "at", "HH:MM", "When on the day of a digest. Default: 07:00."),
    ("--zone", "zone", "ZONE", "Whose clock that is, such as Europe/Berlin. Default: UTC."),
    ("--on", "on", "DAY", "On which day: mon to sun of a week, 1 to 31 of a month. Default: mon, 1."),
)
_SWITCHES = (
    ("from-now", "Tell only of conditions that come true from now on."),
    ("include-contacts", "Also what names people: contacts, officials."),
    ("include-backfill", "Also first sights, and changes from the registry's history."),
    ("even-empty", "Send a digest also where there is nothing to tell."),
)
_FLAGS = {part: flag for flag, part, *_ in (*_MANY, *_ONE)}


def request_options(command: _Command) -> _Command:
    """Every option of scope, what and when, under the names of the request's own parts."""
    for name, text in reversed(_SWITCHES):
        command = click.option(f"--{name}/--no-{name}", name.replace("-", "_"), default=None, help=text)(command)
    for flag, part, metavar, text in reversed(_ONE):
        command = click.option(flag, part, metavar=metavar, help=text)(command)
    for flag, part, metavar, text in reversed(_MANY):
        command = click.option(flag, part, multiple=True, metavar=metavar, help=text)(command)
    return command


def address_option(command: _Command) -> _Command:
    """Where messages go."""
    return click.option(
        "--to",
        "addresses",
        multiple=True,
        metavar="ADDRESS",
        help="Where to: mailto:me@example.org, https://hooks.example.org/path, or apprise:...; repeatable.",
    )(command)


def option_of(part: str) -> str:
    """How the command line calls a part of a request."""
    return _FLAGS.get(part) or f"--{part.replace('_', '-')}"


ASKING = Asking(spelled=option_of)


def request_of(name: str, given: Mapping[str, Any], *, before: Subscription | None = None) -> Subscription:
    """The request that the options ask for, on the ground of the one ``before``. Raises InvalidInput, UsageError."""
    with known_options():
        return requesting.request_of(name, given, before=before, spelled=option_of)


@contextmanager
def known_options() -> Iterator[None]:
    """Have options that say nothing alone, and fields that there are not, refused as wrong usage."""
    try:
        yield
    except requesting.Alone as err:
        raise click.UsageError(str(err), click.get_current_context(silent=True)) from err
    except InvalidInput as err:
        if err.part == "fields":
            raise click.UsageError(f"--field: {err}", click.get_current_context()) from err
        raise


def require_known_early(request: Subscription, session: "Session") -> None:
    """Refuse fields that there are not where no ledger is that could know them, before one is made."""
    if request.wanted.fields:
        from tracker.cli.commands.asking import named_option
        from tracker.diffing.catalogue import default_catalogue
        from tracker.pipeline.field_names import check_fields

        has_ledger = session.has_ledger()
        with named_option("--field"):
            check_fields(request.wanted.fields, default_catalogue(), lambda name: has_ledger)

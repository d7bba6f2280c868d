"""The options that say what a subscription asks for, and the request that comes of them.

It promises that an option given replaces all values that the request had of it, and that no other is touched. A value
that is empty takes an option away from a request that there is; for a new one it is refused, so that an empty variable
of a shell never asks for everything.
"""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tracker.cli.parameters import DAYS
from tracker.domain.closed_sets import one_of
from tracker.domain.conditions import parse_condition
from tracker.domain.digest_times import DigestTimes, Every, parse_digest_times
from tracker.domain.errors import InvalidInput
from tracker.domain.events import Significance
from tracker.domain.subscription import Scope, Subscription, Wanted, When, checked

if TYPE_CHECKING:
    from store.unit_of_work import Transaction
    from tracker.cli.session import Session
    from tracker.services import Services

_Command = TypeVar("_Command", bound=Callable[..., Any])
_NOTHING = ("",)

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
_OF_DIGESTS = ("at", "zone", "on", "even_empty")


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


def is_nothing(given: Mapping[str, Any]) -> bool:
    """Whether no option was given."""
    return all(value is None or value == () for value in given.values())


def request_of(name: str, given: Mapping[str, Any], *, before: Subscription | None = None) -> Subscription:
    """The request that the options ask for, on the ground of the one ``before``. Raises InvalidInput, UsageError."""
    held = before or Subscription(name=name)
    values = _Given(values=given, may_clear=before is not None)
    return checked(
        Subscription(
            name=name,
            scope=dataclasses.replace(
                held.scope,
                **{field.name: values.many(field.name, held.scope) for field in dataclasses.fields(Scope)},
            ),
            wanted=_wanted(values, held.wanted),
            when=_when(values, held.when),
        )
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """The options as given. ``may_clear``: an empty value takes an option away."""

    values: Mapping[str, Any]
    may_clear: bool

    def many(self, part: str, before: Scope | Wanted) -> Any:
        """The values of an option, or those of the request before."""
        values = self.values[part]
        if self.may_clear and values == _NOTHING:
            return ()
        return values or getattr(before, part)

    def clears(self, part: str) -> bool:
        """Whether an option that has one value is taken away."""
        return self.may_clear and self.values[part] == ""

    def switch(self, part: str, before: Any) -> bool:
        """A switch, or how it stood."""
        value = self.values[part]
        return bool(getattr(before, part) if value is None else value)


def _wanted(given: _Given, before: Wanted) -> Wanted:
    return Wanted(
        types=given.many("types", before),
        fields=given.many("fields", before),
        categories=given.many("categories", before),
        origins=given.many("origins", before),
        significance=_significance(given, before),
        when=_conditions(given, before),
        remind_days=_remind_days(given, before),
        from_now=given.switch("from_now", before),
        include_contacts=given.switch("include_contacts", before),
        include_backfill=given.switch("include_backfill", before),
    )


def _significance(given: _Given, before: Wanted) -> Significance | None:
    text = given.values["significance"]
    if text is None or given.clears("significance"):
        return before.significance if text is None else None
    return Significance(one_of("significance", text.strip().lower(), tuple(Significance)))


def _conditions(given: _Given, before: Wanted) -> Any:
    found = given.many("when", before)
    return found if found is before.when else tuple(map(parse_condition, found))


def _remind_days(given: _Given, before: Wanted) -> int | None:
    text = given.values["remind"]
    if text is None or given.clears("remind"):
        return before.remind_days if text is None else None
    try:
        length: timedelta = DAYS.convert(text, None, None)
    except click.UsageError as err:
        raise InvalidInput(f"--remind: {err.message}") from err
    return length.days


def _when(given: _Given, before: When) -> When:
    every = given.values["digest"]
    if given.clears("digest"):
        return When()
    if every is None and before.digest is None:
        loose = [part for part in _OF_DIGESTS if given.values[part] is not None]
        if loose:
            raise click.UsageError(
                f"--{loose[0].replace('_', '-')} goes with --digest", click.get_current_context(silent=True)
            )
        return When()
    return When(digest=_times(given, before.digest), even_empty=given.switch("even_empty", before))


def _times(given: _Given, before: DigestTimes | None) -> DigestTimes:
    """The times of a digest; another rhythm has a first day of its own."""
    every = given.values["digest"]
    at, zone, on = (given.values[part] for part in ("at", "zone", "on"))
    if before is not None:
        at = at if at is not None else f"{before.at:%H:%M}"
        zone = zone if zone is not None else before.zone
        is_same = every is None or every.strip().lower() == before.every
        on = str(before.on) if on is None and is_same and before.on is not None and before.every != Every.DAILY else on
        every = every if every is not None else before.every.value
    return parse_digest_times(every, at=at, zone=zone, on=on)


def require_known_early(request: Subscription, session: "Session") -> None:
    """Refuse fields that there are not where no ledger is that could know them, before one is made."""
    if request.wanted.fields:
        from tracker.cli.commands.asking import named_option
        from tracker.diffing.catalogue import default_catalogue
        from tracker.pipeline.field_names import check_fields

        has_ledger = session.has_ledger()
        with named_option("--field"):
            check_fields(request.wanted.fields, default_catalogue(), lambda name: has_ledger)


def require_known(request: Subscription, services: "Services", transaction: "Transaction") -> list[str]:
    """Refuse fields and queries that there are not; answers what of the rest can match nothing."""
    from tracker.cli.commands.asking import require_fields
    from tracker.domain.subscription_advice import advice
    from tracker.views.watch_list import watch_list

    require_fields(request.wanted.fields, services, transaction)
    tracked = [query.name for query in watch_list(transaction.connection).queries]
    for name in request.scope.queries:
        if name not in tracked:
            there_are = f"those that are: {', '.join(tracked)}" if tracked else "none is: trialog track --name NAME ..."
            raise InvalidInput(f"no query {name} is tracked; {there_are}")
    return advice(request)


def untracked(request: Subscription, transaction: "Transaction") -> list[str]:
    """What of a request nothing new will come of, as nobody tracks it."""
    from tracker.views.watch_list import watch_list

    watched = watch_list(transaction.connection)
    if watched.is_empty:
        return ["nothing is tracked yet, so nothing new will come: trialog track ID..."]
    if watched.everything is not None or watched.queries:
        return []
    missing = [one for one in request.scope.trials if one not in watched.trials]
    return [f"{one} is not tracked: trialog track {one}" for one in missing]

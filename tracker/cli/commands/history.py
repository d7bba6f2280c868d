"""``trialog history``: what happened to one trial."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from tracker.cli.options import (
    change_filters,
    global_options,
    json_option,
    known_at_option,
    limit_option,
    trial_argument,
)
from tracker.cli.parameters import DAY
from tracker.cli.session import Session

if TYPE_CHECKING:
    from store.unit_of_work import Transaction
    from tracker.services import Services
    from tracker.views.trails import TrailFilter

USUAL_LIMIT = 200


@click.command("history", short_help="What happened to one trial.")
@trial_argument
@change_filters
@click.option("--since", type=DAY, help="From this day on, by the registry's timeline: posted, else data date.")
@click.option("--until", type=DAY, help="Up to and with this day of the registry's timeline.")
@known_at_option
@limit_option(USUAL_LIMIT, what="changes, the newest")
@json_option
@global_options
@click.pass_obj
def command(
    session: Session,
    trial_id: str,
    fields: tuple[str, ...],
    types: tuple[str, ...],
    categories: tuple[str, ...],
    since: date | None,
    until: date | None,
    known_at: datetime | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """What happened to a trial, in the registry's order, newest last.

    Where a version was found later that lies between two known ones, the finer steps are shown; --known-at
    shows what was known before.

    \b
    Examples:
      trialog history NCT03460795
      trialog history NCT03460795 --category outcomes --since 2025-01-01
      trialog history NCT03460795 --field overall_status --json
    """
    from tracker.views.trails import TrailFilter

    if since and until and since > until:
        raise click.UsageError(f"--since {since} is later than --until {until}", click.get_current_context())
    wanted = TrailFilter(fields=fields, types=types, categories=categories, since=since, until=until, known_at=known_at)
    with session.services() as services, services.database.reading() as transaction:
        _answer(services, transaction, trial_id, wanted, limit=limit, as_json=as_json)


def _answer(
    services: "Services",
    transaction: "Transaction",
    trial_id: str,
    wanted: "TrailFilter",
    *,
    limit: int | None,
    as_json: bool,
) -> None:
    from tracker.cli.commands.asking import require_fields
    from tracker.cli.streams import write_lines
    from tracker.views.timelines import require_known
    from tracker.views.trails import trail

    require_fields(tuple(wanted.fields), services, transaction)
    require_known(transaction.connection, trial_id, known_at=wanted.known_at)
    if as_json:
        write_lines(trail(transaction.connection, trial_id, wanted, limit=limit))
    else:
        _show(services, transaction, trial_id, wanted, limit or USUAL_LIMIT)


def _show(services: "Services", transaction: "Transaction", trial_id: str, wanted: "TrailFilter", limit: int) -> None:
    from tracker.cli.change_page import ChangePage
    from tracker.cli.commands.asking import fetching, holding, today
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line
    from tracker.domain.wording import count
    from tracker.views.timelines import timeline
    from tracker.views.trails import trail

    page = Page()
    changes = trail(transaction.connection, trial_id, wanted, limit=limit + 1)
    revisions = timeline(transaction.connection, trial_id, known_at=wanted.known_at)
    title = one_line(revisions[-1].title or "")
    page.line(f"{trial_id}  {title}", hang=2, style="bold")
    if len(changes) > limit:
        page.line(f"The newest {count(limit, 'change')}; --limit {2 * limit} shows more.", style="dim")
        changes = changes[1:]
    page.line()
    listing = ChangePage(
        page=page, fetch=fetching(transaction), today=today(services.now), held_from=holding(transaction)
    )
    shown = listing.show(changes)
    if not shown:
        page.line("No such change is known.")

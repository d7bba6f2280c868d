"""``trialog stale``: who is UNKNOWN by the registry's rule, or soon will be."""

from datetime import date
from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option, limit_option
from tracker.cli.parameters import DAY
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.views.answers import StaleTrial

USUAL_LIMIT = 50
_DAYS = click.IntRange(min=0, max=36_525)


@click.command("stale", short_help="Trials that are or will be UNKNOWN.")
@click.option("--on", type=DAY, help="By the records as of this day. Default: today, UTC.")
@click.option("--within", type=_DAYS, metavar="DAYS", help="Also those that will be UNKNOWN in so many days.")
@click.option("--min-days", type=_DAYS, metavar="N", help="Of those that are, only those for at least so many days.")
@click.option("--condition", metavar="TEXT", help="With this text in a condition, in any case.")
@click.option("--sponsor", metavar="TEXT", help="With this text in the lead sponsor's name.")
@click.option("--country", metavar="TEXT", help="With this text in the country of a site.")
@limit_option(USUAL_LIMIT, what="trials")
@json_option
@global_options
@click.pass_obj
def command(
    session: Session,
    on: date | None,
    within: int | None,
    min_days: int | None,
    condition: str | None,
    sponsor: str | None,
    country: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Trials that are UNKNOWN by the registry's rule, or soon will be, the longest first.

    The rule: the trial was active, its completion date has passed, and nobody has verified its status for
    two years. The registry says so without a new version; the day is known in advance.

    \b
    Examples:
      trialog stale --within 90
      trialog stale --sponsor university --country germany --min-days 365
      trialog stale --on 2026-01-01 --json
    """
    if on is not None and on.toordinal() + (within or 0) > date.max.toordinal():
        raise click.UsageError(f"--within: the calendar ends at {date.max}", click.get_current_context())
    from tracker.cli.streams import write_lines
    from tracker.views.stale import StaleFilter, stale_trials

    with session.services() as services, services.database.reading() as transaction:
        from tracker.cli.commands.asking import today

        day = on or today(services.now)
        wanted = StaleFilter(
            on=day,
            within_days=within,
            least_days=min_days,
            condition=condition,
            sponsor=sponsor,
            country=country,
        )
        trials = stale_trials(transaction.connection, wanted)
        if as_json:
            write_lines(trials if limit is None else trials[:limit])
        else:
            _show(trials, day, limit or USUAL_LIMIT)


def _show(trials: "list[StaleTrial]", day: date, limit: int) -> None:
    from tracker.cli.page import Page
    from tracker.domain.wording import count

    page = Page()
    unknown = sum(trial.state == "unknown" for trial in trials)
    lapsing = len(trials) - unknown
    will = f", {count(lapsing, 'trial')} will be" if lapsing else ""
    page.line(f"{count(unknown, 'trial')} UNKNOWN on {day}{will}", style="bold")
    if not trials:
        return
    page.line()
    page.table(
        ("Trial", "State", "Since or from", "Verified", "Completion", "Title, sponsor"),
        [_row(trial) for trial in trials[:limit]],
    )
    if any(trial.disagrees for trial in trials[:limit]):
        page.line()
        page.line("* the published status does not show what the rule says", style="dim")
    if len(trials) > limit:
        page.line()
        page.line(f"{limit:,} of {len(trials):,}; --limit {len(trials)} shows all.", style="dim")


def _row(trial: "StaleTrial") -> tuple[str, ...]:
    from tracker.domain.safe_text import one_line, shortened
    from tracker.domain.wording import count, duration

    mark = "*" if trial.disagrees else ""
    if trial.state == "unknown":
        state = "UNKNOWN" + mark
        when = f"{trial.unknown_since}, {duration(trial.days_unknown or 0)}" if trial.unknown_since else "always"
    else:
        state = "lapsing" + mark
        when = f"{trial.lapses_on}, in {count(trial.days_left or 0, 'day')}"
    about = ", ".join(shortened(text, 90) for text in (trial.title, trial.lead_sponsor) if text)
    return (
        trial.trial_id,
        state,
        when,
        one_line(trial.verified_on or "-"),
        one_line(trial.completion_on or "-"),
        about,
    )

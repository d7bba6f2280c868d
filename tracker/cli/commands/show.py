"""``trialog show``: a trial's record, as it is or as it was."""

from datetime import date, datetime

import click

from tracker.cli.options import global_options, json_option, known_at_option, trial_argument
from tracker.cli.parameters import DAY
from tracker.cli.session import Session


@click.command("show", short_help="A trial's record, as it is or as it was.")
@trial_argument
@click.option("--as-of", type=DAY, help="What the registry said on that day, as far as is known today.")
@known_at_option
@click.option("--revision", "number", type=click.IntRange(min=1), metavar="N", help="The revision of this number.")
@json_option
@global_options
@click.pass_obj
def command(
    session: Session,
    trial_id: str,
    as_of: date | None,
    known_at: datetime | None,
    number: int | None,
    as_json: bool,
) -> None:
    """A trial's record: the newest, or as it was.

    With --json the record as published, on one line. A content that comes back is kept once: what the
    registry itself derives (derivedSection) is that of its first sight, but for the data date, which is the
    revision's own.

    \b
    Examples:
      trialog show NCT03460795
      trialog show NCT03460795 --as-of 2026-02-15
      trialog show NCT03460795 --revision 2 --json
    """
    from store.json_text import encode
    from tracker.cli.streams import write_bytes
    from tracker.pipeline.shown import ONE_CHOICE, Moment, shown
    from tracker.views.timelines import timeline

    moment = Moment(as_of=as_of, known_at=known_at, number=number)
    if not moment.is_one:
        raise click.UsageError(f"--as-of, --known-at and --revision {ONE_CHOICE}", click.get_current_context())
    with session.services() as services, services.database.reading() as transaction:
        found = shown(transaction, trial_id, moment)
        if as_json:
            write_bytes(encode(found.record))
            return
        from tracker.cli.commands.asking import today
        from tracker.cli.page import Page
        from tracker.cli.record_page import RecordPage

        newest = max(known.revision for known in timeline(transaction.connection, trial_id, known_at=known_at))
        page = RecordPage(
            page=Page(),
            today=moment.day(today(services.now)),
            newest=newest,
            move=None if number else found.move,
        )
        page.show(found.record, found.revision)

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
    if sum(choice is not None for choice in (as_of, known_at, number)) > 1:
        raise click.UsageError(
            "--as-of, --known-at and --revision each choose a revision; give one of them", click.get_current_context()
        )
    from store.json_text import decode, encode
    from tracker.cli.streams import write_bytes
    from tracker.domain.record import seen_in
    from tracker.views.moves import last_move
    from tracker.views.timelines import revision_at, timeline

    with session.services() as services, services.database.reading() as transaction:
        revision = revision_at(transaction.connection, trial_id, as_of=as_of, known_at=known_at, number=number)
        release_on = date.fromisoformat(revision.data_on) if revision.data_on else None
        record = seen_in(decode(transaction.snapshots.get(revision.snapshot)), release_on)
        if as_json:
            write_bytes(encode(record))
            return
        from tracker.cli.commands.asking import today
        from tracker.cli.page import Page
        from tracker.cli.record_page import RecordPage

        newest = max(known.revision for known in timeline(transaction.connection, trial_id, known_at=known_at))
        day = as_of or (known_at.date() if known_at else today(services.now))
        move = None if number else last_move(transaction.connection, trial_id, as_of=as_of, known_at=known_at)
        RecordPage(page=Page(), today=day, newest=newest, move=move).show(record, revision)

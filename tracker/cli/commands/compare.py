"""``trialog compare``: what changed between two files, without any ledger."""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.source import Observation
    from tracker.views.answers import AnsweredChange


@click.command("compare", short_help="What changed between two files.")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@json_option
@global_options
@click.pass_obj
def command(session: Session, old: str, new: str, as_json: bool) -> None:
    """What changed from file A to file B: two records, compared without any ledger.

    Each is one API v2 study or page text, compressed with gzip or not; one of them may be - for standard
    input. Compared is what both show of the record. Differences are no failure: the exit status is 0.

    \b
    Examples:
      trialog compare old.json new.json
      curl -s https://clinicaltrials.gov/api/v2/studies/NCT03460795 | trialog compare mine.json -
    """
    if old == new == "-":
        raise click.UsageError("standard input can be one of the two files, not both", click.get_current_context())
    session.settings()
    from tracker.cli.streams import say, write_lines
    from tracker.diffing.catalogue import default_catalogue
    from tracker.pipeline.comparing import compare

    before, after = _record(old), _record(new)
    if before.trial_id != after.trial_id:
        say(f"these are two trials: {before.trial_id} and {after.trial_id}")
    changes = compare(before, after, catalogue=default_catalogue())
    if as_json:
        write_lines(changes)
    else:
        _show(before, after, changes)


def _record(path: str) -> "Observation":
    """The one record in a file; a failure where there is not exactly one that can be read."""
    from tracker.services import observations
    from tracker.source import Refusal

    found = None
    for number, observation in enumerate(observations(path)):
        if isinstance(observation, Refusal):
            place = "standard input" if path == "-" else observation.place
            raise click.ClickException(f"{place}: {observation.reason}")
        if number:
            raise click.ClickException(f"{path} holds more than one record; compare takes one from each file")
        found = observation
    if found is None:
        raise click.ClickException(f"{path} holds no record; expected an API v2 study or a page text")
    return found


def _show(before: "Observation", after: "Observation", changes: "list[AnsweredChange]") -> None:
    from tracker.cli.change_page import ChangePage
    from tracker.cli.page import Page
    from tracker.domain.pointer import resolve
    from tracker.domain.wording import count
    from tracker.pipeline.preparing import address_of

    page = Page()
    records = {address_of(observed.record): observed.record for observed in (before, after)}
    page.line(
        f"{after.trial_id}  {count(len(changes), 'change') if changes else 'no change'} from A to B", style="bold"
    )
    listing = ChangePage(page=page, fetch=lambda value: resolve(records.get(value["snapshot"]), value["pointer"]))
    for change in changes:
        listing.line(change)

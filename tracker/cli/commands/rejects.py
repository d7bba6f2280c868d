"""``trialog rejects``: what was refused, why, and the bytes themselves."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import global_options, json_option, limit_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from store.quarantine import Quarantine, Reject

USUAL_LIMIT = 50
_PAGE = 500


@click.command("rejects", short_help="What was refused, why, and its bytes.")
@click.option(
    "--raw",
    "reject_id",
    type=click.IntRange(min=1),
    metavar="ID",
    help="Write the refused bytes of this id to standard output, unchanged.",
)
@limit_option(USUAL_LIMIT, what="rejects, the newest")
@json_option
@global_options
@click.pass_obj
def command(session: Session, reject_id: int | None, limit: int | None, as_json: bool) -> None:
    """What imports refused: where it was found, why, and its bytes, also after the source is gone.

    Of input over 10 MB only the beginning is kept, of an archive nothing but its name and hash.

    \b
    Examples:
      trialog rejects
      trialog rejects --raw 12 > refused.json
    """
    if reject_id is not None and (as_json or limit is not None):
        raise click.UsageError(
            "--raw writes bytes; it goes with neither --json nor --limit", click.get_current_context()
        )
    with session.services() as services, services.database.reading() as transaction:
        if reject_id is not None:
            _write_raw(transaction.quarantine, reject_id)
        elif as_json:
            from tracker.cli.streams import write_lines

            write_lines(map(_answer, _newest(transaction.quarantine, limit)))
        else:
            _show(transaction.quarantine, limit or USUAL_LIMIT)


def _write_raw(quarantine: "Quarantine", reject_id: int) -> None:
    from tracker.cli.streams import say, write_bytes
    from tracker.domain.wording import size

    reject = quarantine.get(reject_id)
    write_bytes(quarantine.raw(reject_id), end=b"")
    if reject.kept_bytes < reject.size_bytes:
        say(f"of reject {reject_id}, {size(reject.kept_bytes)} of {size(reject.size_bytes)} were kept")


def _newest(quarantine: "Quarantine", limit: int | None) -> "Iterator[Reject]":
    """The newest ``limit``, oldest first."""
    skipped = 0 if limit is None else max(quarantine.count() - limit, 0)
    after = 0
    while page := quarantine.list(after=after, limit=_PAGE):
        yield from page[skipped:]
        skipped = max(skipped - len(page), 0)
        after = page[-1].id


def _answer(reject: "Reject") -> dict[str, Any]:
    return {
        "id": reject.id,
        "file": reject.file,
        "member": reject.member,
        "line": reject.line,
        "reason": reject.reason,
        "bytes": reject.size_bytes,
        "sha256": reject.sha256,
        "kept_bytes": reject.kept_bytes,
        "rejected_at": f"{reject.rejected_at:%Y-%m-%dT%H:%M:%S.%fZ}",
    }


def _show(quarantine: "Quarantine", limit: int) -> None:
    from tracker.cli.page import Page
    from tracker.domain.safe_text import one_line
    from tracker.domain.wording import minute, size

    page, total = Page(), quarantine.count()
    if not total:
        page.line("Nothing was refused.")
        return
    if total > limit:
        page.line(f"The newest {limit:,} of {total:,}; --limit {total} shows all.", style="dim")
    page.table(
        ("Id", "Refused", "Size", "Where and why"),
        [
            (
                str(reject.id),
                minute(reject.rejected_at.isoformat()),
                size(reject.size_bytes),
                one_line(f"{_place(reject)}: {reject.reason}"),
            )
            for reject in _newest(quarantine, limit)
        ],
    )
    page.line()
    page.line("trialog rejects --raw ID gives the bytes back.", style="dim")


def _place(reject: "Reject") -> str:
    place = reject.file if reject.member is None else f"{reject.file}!{reject.member}"
    return place if reject.line is None else f"{place}:{reject.line}"

"""Changes as people read them: by revision, what moved from what to what, texts word by word.

It promises the same content with and without colours. It does not choose which changes are shown.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from rich.text import Text

from store.json_text import encode
from tracker.cli.page import Page
from tracker.diffing.word_changes import Piece, word_changes
from tracker.domain.change import is_pointer
from tracker.domain.events import BESIDE_REVISIONS, LAPSES
from tracker.domain.record import Json
from tracker.domain.safe_text import one_line, shown
from tracker.domain.values import Fetch, brief, large
from tracker.domain.wording import ORIGINS, count, dated, minute
from tracker.views.answers import AnsweredChange

_TEXT_CHARS = 40  # a longer text is compared word by word
_STYLES = {"major": "bold yellow", "minor": "bold", "administrative": "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """Shows changes on ``page``; ``fetch`` gets what pointers stand for, ``today`` is for relative dates in
    headings, which lines alone do without.

    ``held_from`` tells since when a change holds that has neither a post date nor a data date.
    """

    page: Page
    fetch: Fetch
    today: date | None = None
    held_from: Callable[[AnsweredChange], str] = lambda change: (change.observed_at or "")[:10]
    shows_trial: bool = False

    def show(self, changes: Iterable[AnsweredChange]) -> int:
        """Show ``changes`` in their order, those of one revision under one heading; answers how many."""
        shown_count = 0
        for _, group in groupby(changes, key=_together):
            together = list(group)
            if shown_count:
                self.page.line()
            self._heading(together)
            for change in together:
                self.line(change)
            shown_count += len(together)
        return shown_count

    def _heading(self, together: Sequence[AnsweredChange]) -> None:
        first = together[0]
        if first.revision is None:
            return
        day = first.posted_on or first.data_on or self.held_from(first)
        trial = f"{first.trial_id} " if self.shows_trial else ""
        what = "record" if first.type in BESIDE_REVISIONS else f"revision {first.revision}"
        heading = Text(f"{trial}{what}", style="bold underline")
        told = day if self.today is None else dated(day, self.today)
        heading.append(f"  {told}, {_source(first)}", style="not bold not underline")
        self.page.line(heading, hang=2)
        if self.shows_trial and first.position is not None:
            places = f"positions {first.position} to {together[-1].position}"
            place = places if len(together) > 1 else f"position {first.position}"
            self.page.line(f"{place}, observed {minute(first.observed_at or '')}", indent=2, style="dim")

    def line(self, change: AnsweredChange) -> None:
        """One change."""
        text = Text(one_line(change.label), style=_STYLES[change.significance])
        text.append(": ", style="not bold not dim")
        plain = Text.assemble(text, self._transition(change))
        notes = ", ".join(_notes(change))
        if notes:
            plain.append(f"  ({notes})", style="dim")
        self.page.line(plain, indent=2, hang=2)

    def _transition(self, change: AnsweredChange) -> Text:
        old, new = self._value(change, change.old, is_old=True), self._value(change, change.new, is_old=False)
        if change.type in LAPSES and new is None:
            return Text(f"since {one_line(str(change.detail.get('cause')))}{f', last in {brief(old)}' if old else ''}")
        if change.type.endswith("_observed") or change.type == "coverage_widened":
            return Text(new or "")
        if old is None or new is None:
            word, value = ("removed", old) if new is None else ("added", new)
            return Text.assemble(
                f"{word} ", self._mark(Piece("gone" if new is None else "new", brief(value)), is_short=True)
            )
        if _is_text(change, old, new):
            return self._words(old, new)
        return Text.assemble(
            self._mark(Piece("gone", brief(old)), is_short=True),
            " -> ",
            self._mark(Piece("new", brief(new)), is_short=True),
        )

    def _words(self, old: str, new: str) -> Text:
        pieces = word_changes(shown(old), shown(new))
        if all(piece.kind in ("same", "skipped") for piece in pieces):
            return Text("white space only")
        marked = Text()
        for piece in pieces:
            if marked:
                marked.append(" ")
            marked.append_text(self._mark(piece))
        return marked

    def _mark(self, piece: Piece, *, is_short: bool = False) -> Text:
        """Colours where there are any, else marks; a short value beside an arrow needs no mark."""
        if piece.kind == "gone":
            plain = piece.text if self.page.is_coloured or is_short else f"[-{piece.text}-]"
            return Text(plain, style="red" if is_short else "red strike")
        if piece.kind == "new":
            return Text(piece.text if self.page.is_coloured or is_short else f"{{+{piece.text}+}}", style="green")
        return Text(piece.text, style="dim" if piece.kind == "skipped" else "")

    def _value(self, change: AnsweredChange, value: Json, *, is_old: bool) -> Json:
        if not is_pointer(value):
            return value
        found = self.fetch(value)
        if isinstance(found, str):
            return found
        number = change.predecessor if is_old else change.revision
        return large(
            value,
            what=change.label.lower() if change.path else "record",
            size_bytes=None if found is None else len(encode(found)),
            command=f"trialog show {change.trial_id} --revision {number} --json" if number else None,
        )


def _together(change: AnsweredChange) -> tuple[str | int | None, ...]:
    alone = change.position if change.type in BESIDE_REVISIONS else None
    return change.trial_id, change.revision, change.predecessor, change.origin, alone


def _source(change: AnsweredChange) -> str:
    words = ORIGINS.get(change.origin, change.origin)
    if change.origin == "registry" and change.type not in BESIDE_REVISIONS:
        return f"{words}, without a new post date"
    return words


def _is_text(change: AnsweredChange, old: Json, new: Json) -> bool:
    if not isinstance(old, str) or not isinstance(new, str) or is_pointer(change.old) is not is_pointer(change.new):
        return False
    return max(len(old), len(new)) > _TEXT_CHARS


def _notes(change: AnsweredChange) -> list[str]:
    notes = []
    shift = change.detail.get("shift_days")
    if isinstance(shift, int) and shift:
        notes.append(f"{count(abs(shift), 'day')} {'later' if shift > 0 else 'earlier'}")
    if change.detail.get("precision_refined"):
        notes.append("the day named, not moved")
    if "percent" in change.detail:
        notes.append(f"{change.detail['percent']:+} %")
    if "into" in change.detail:
        notes.append(f"into {one_line(str(change.detail['into']))}")
    if change.detail.get("migration"):
        notes.append("a migration of the registry")
    if change.significance == "major":
        notes.append("major")
    return notes

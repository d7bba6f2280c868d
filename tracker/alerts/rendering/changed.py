"""A change as an entry: from what to what, by how much, when the registry posted it and when we saw it."""

from collections.abc import Iterable, Iterator

from tracker.alerts.items import Item
from tracker.alerts.rendering.page import Entry, Form, Told, Trial
from tracker.alerts.rendering.values import told_value
from tracker.diffing.word_changes import Piece, word_changes
from tracker.domain.change import is_pointer
from tracker.domain.events import ARRIVALS, BESIDE_REVISIONS, LAPSES
from tracker.domain.safe_text import one_line, shortened
from tracker.domain.wording import ORIGINS, count, minute

_TEXT_CHARS = 40  # a longer text is compared word by word
_MOST_WORDS = 2_000  # of one piece: the longest value that an event holds inline
_CONTEXT_WORDS = 40  # that stay around a change, so that most texts are whole
_SHORT_CHARS = 40


def change_entry(item: Item, trial: Trial, *, most_chars: int) -> Entry:
    """The entry of a change; ``most_chars``: about so many of each of its values."""
    form, pieces, said = _transition(item)
    return Entry(
        told=Told.CHANGE,
        key=one_line(item["key"]),
        trial=trial,
        label=one_line(item["label"] or item["type"]),
        form=form,
        pieces=tuple(_within(pieces, 2 * most_chars)),
        notes=(*said, *_notes(item)),
        when=_when(item),
        is_major=item["significance"] == "major",
        short=_short(form, pieces),
    )


def _transition(item: Item) -> tuple[Form, list[Piece], list[str]]:
    if item["type"] in ARRIVALS:
        return Form.NONE, [], []
    old, new = told_value(item, "old"), told_value(item, "new")
    if item["type"] in LAPSES and new is None:  # nothing was taken away: what was true is too long ago
        return Form.NONE, [], [f"last in {old}"] if old is not None else []
    if old is None or new is None:
        if old is None and new is None:
            return Form.NONE, [], []
        return (
            (Form.ADDED, [Piece("new", new)], []) if new is not None else (Form.REMOVED, [Piece("gone", old or "")], [])
        )
    if old == new and not is_pointer(item["old"]):
        said = "white space only" if isinstance(item["old"], str) else "only in what is not shown here"
        return Form.WORDS, [Piece("same", old)], [said]
    if max(len(old), len(new)) > _TEXT_CHARS and not is_pointer(item["old"]) and not is_pointer(item["new"]):
        return Form.WORDS, word_changes(old, new, most_words=_MOST_WORDS, context_words=_CONTEXT_WORDS), []
    return Form.ARROW, [Piece("gone", old), Piece("new", new)], []


def _within(pieces: Iterable[Piece], room: int) -> Iterator[Piece]:
    """As many of the pieces as there is room for, and a mark where more follow."""
    for piece in pieces:
        if room <= 0:
            yield Piece("skipped", "…")
            return
        text = shortened(piece.text, room)
        room -= len(text)
        yield Piece(piece.kind, text)


def _notes(item: Item) -> Iterator[str]:
    detail = item["detail"] or {}
    shift = detail.get("shift_days")
    if isinstance(shift, int) and shift:
        yield f"{count(abs(shift), 'day')} {'later' if shift > 0 else 'earlier'}"
    if detail.get("precision_refined"):
        yield "named more precisely, not moved"
    if isinstance(detail.get("percent"), (int, float)):
        yield f"{detail['percent']:+} %"
    if detail.get("into"):
        yield f"into {one_line(str(detail['into']))}"
    if detail.get("migration"):
        yield "a migration of the registry"


def _when(item: Item) -> str:
    """When the registry posted it, and when we saw it."""
    told = one_line("; ".join(filter(None, (", ".join(_dates(item)), _source(item)))))
    return told[:1].upper() + told[1:]


def _dates(item: Item) -> Iterator[str]:
    is_beside = item["type"] in BESIDE_REVISIONS or item["revision"] is None
    if item["posted_on"]:
        yield f"posted by the registry on {item['posted_on']}"
    elif not is_beside:
        yield "without a new post date"
    if item["data_on"] and item["data_on"] != item["posted_on"]:
        yield f"{'from' if item['type'] in LAPSES else 'in the data release of'} {item['data_on']}"
    if item["observed_at"]:
        yield f"seen by us on {minute(item['observed_at'])}"


def _source(item: Item) -> str:
    return str(ORIGINS.get(item["origin"], item["origin"] or "by whom is not known"))


def _short(form: Form, pieces: list[Piece]) -> str:
    """From what to what, where that is short enough for a subject."""
    if form is Form.ARROW and len(pieces[0].text) <= _SHORT_CHARS:
        return " -> ".join(piece.text for piece in pieces)
    if form in (Form.ADDED, Form.REMOVED):
        return f"{form} {shortened(pieces[0].text, _SHORT_CHARS)}"
    return "" if form is Form.NONE else "changed"

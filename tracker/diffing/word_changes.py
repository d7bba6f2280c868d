"""Which words of a text changed, for people to read. Pure.

It promises that the pieces that are gone and the pieces that stayed make up the old text, those that stayed
and those that came the new one, save what is skipped because nothing changed there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

from tracker.diffing.token_blocks import token_blocks

CONTEXT_WORDS = 6  # that stay visible around a change
MOST_WORDS = 20_000  # beyond, comparing would take seconds and nobody could read the result
LONGEST_PIECE_WORDS = 150
_LEAST_ALIKE = 0.35  # below, one text in place of another reads better than shreds of both

Kind = Literal["same", "gone", "new", "skipped"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and what became of them."""

    kind: Kind
    text: str


def word_changes(
    old: str, new: str, *, most_words: int = LONGEST_PIECE_WORDS, context_words: int = CONTEXT_WORDS
) -> list[Piece]:
    """The pieces in reading order; equal texts have none that is gone or new.

    ``most_words``: of one piece that is gone or new; it says how many more there are.
    """
    before, after = old.split(), new.split()
    if max(len(before), len(after)) > MOST_WORDS or Indel.normalized_similarity(before, after) < _LEAST_ALIKE:
        return _replaced(before, after, most_words)
    blocks = list(token_blocks(before, after, is_thin=lambda words: len(words) == 1))
    pieces: list[Piece] = []
    for place, (kind, words) in enumerate(blocks):
        if kind == "same":
            head = context_words if place > 0 else 0
            tail = context_words if place < len(blocks) - 1 else 0
            pieces += _shortened(words, head, tail)
        else:
            pieces.append(Piece(kind, _cut(words, most_words)))
    return pieces


def _replaced(before: list[str], after: list[str], most_words: int) -> list[Piece]:
    pieces = (("gone", before), ("new", after))
    return [Piece(kind, _cut(words, most_words)) for kind, words in pieces if words]  # type: ignore[arg-type]  # both are kinds


def _shortened(words: list[str], head: int, tail: int) -> Iterator[Piece]:
    """Words that stayed: so many at the head and at the tail, or all where nearly all would be left."""
    if head + tail + 1 >= len(words):
        yield Piece("same", " ".join(words))
        return
    if head:
        yield Piece("same", " ".join(words[:head]))
    yield Piece("skipped", "…")
    if tail:
        yield Piece("same", " ".join(words[-tail:]))


def _cut(words: list[str], most_words: int) -> str:
    if len(words) <= most_words:
        return " ".join(words)
    return f"{' '.join(words[:most_words])} … ({len(words) - most_words:,} more words)"

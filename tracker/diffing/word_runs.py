"""Two texts as runs of what stayed, went and came, with every blank and line end. Pure.

Law: the runs that are ``same`` or ``del`` make up the old text to the letter, those that are ``same`` or ``ins`` the
new one. ``folded`` keeps that law: what it folds still holds its text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

from tracker.diffing.token_blocks import token_blocks

MOST_TOKENS = 40_000  # beyond, comparing would take seconds and hundreds of megabytes
CONTEXT_WORDS = 12  # that stay visible on either side of a change
_LEAST_FOLDED_WORDS = 10
_LEAST_ALIKE = 0.35  # below, one text in place of another reads better than shreds of both
_TOKEN = re.compile(r"\n|[^\S\n]+|\S+")

RunKind = Literal["same", "ins", "del", "fold"]
_KINDS: dict[str, RunKind] = {"same": "same", "gone": "del", "new": "ins"}


@dataclass(frozen=True, slots=True)
class Run:
    """Some text and what became of it; a ``fold`` stayed too, and need not be shown."""

    kind: RunKind
    text: str

    @property
    def words_count(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def word_runs(old: str, new: str) -> list[Run]:
    """The runs in reading order; where a place was changed, what went comes before what came."""
    if old == new:
        return [Run("same", old)] if old else []
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > MOST_TOKENS or not _is_alike(old, new):
        pairs: tuple[tuple[RunKind, str], ...] = (("del", old), ("ins", new))
        return [Run(kind, text) for kind, text in pairs if text]
    return [Run(_KINDS[kind], "".join(tokens)) for kind, tokens in token_blocks(before, after, is_thin=_is_thin)]


def folded(runs: Sequence[Run], *, context_words: int = CONTEXT_WORDS) -> list[Run]:
    """The runs with the middle of long ``same`` ones as folds."""
    found: list[Run] = []
    for at, run in enumerate(runs):
        if run.kind != "same":
            found.append(run)
            continue
        head = context_words if at > 0 else 0
        tail = context_words if at < len(runs) - 1 else 0
        found += _parted(run.text, head, tail)
    return found


def _parted(text: str, head: int, tail: int) -> Iterator[Run]:
    words = list(re.finditer(r"\S+", text))
    if len(words) < head + tail + _LEAST_FOLDED_WORDS:
        yield Run("same", text)
        return
    begin = words[head - 1].end() if head else 0
    end = words[len(words) - tail].start() if tail else len(text)
    pieces: tuple[tuple[RunKind, str], ...] = (("same", text[:begin]), ("fold", text[begin:end]), ("same", text[end:]))
    yield from (Run(kind, piece) for kind, piece in pieces if piece)


def _is_alike(old: str, new: str) -> bool:
    return Indel.normalized_similarity(old.split(), new.split()) >= _LEAST_ALIKE


def _is_thin(tokens: list[str]) -> bool:
    """Whether equal tokens are at most a word with the blanks about it."""
    return "\n" not in tokens and sum(not token.isspace() for token in tokens) <= 1

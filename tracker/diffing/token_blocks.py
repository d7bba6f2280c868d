"""Which runs of tokens two texts have in common, and which are gone or new. Pure.

It promises that what is gone and what stayed make up the old tokens, what stayed and what came the new ones, in their
order; of a place that was changed, what is gone comes first.
"""

from collections.abc import Callable, Iterator
from typing import Literal

from rapidfuzz.distance import Indel

BlockKind = Literal["same", "gone", "new"]


def token_blocks(
    before: list[str], after: list[str], *, is_thin: Callable[[list[str]], bool]
) -> Iterator[tuple[BlockKind, list[str]]]:
    """The runs; a change stays one that would be torn apart by equal tokens so few that they are ``is_thin``."""
    gone: list[str] = []
    new: list[str] = []
    opcodes = list(Indel.opcodes(before, after))
    for at, code in enumerate(opcodes):
        tokens = before[code.src_start : code.src_end]
        is_inside = 0 < at < len(opcodes) - 1
        if code.tag == "equal" and not (is_inside and is_thin(tokens) and gone and new):
            yield from _flushed(gone, new)
            gone, new = [], []
            yield "same", tokens
        elif code.tag == "equal":
            gone, new = gone + tokens, new + tokens
        else:
            gone, new = gone + tokens, new + after[code.dest_start : code.dest_end]
    yield from _flushed(gone, new)


def _flushed(gone: list[str], new: list[str]) -> Iterator[tuple[BlockKind, list[str]]]:
    if gone:
        yield "gone", gone
    if new:
        yield "new", new

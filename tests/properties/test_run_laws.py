"""Marked words rebuild both texts to the letter, folded or not."""

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.records import LAWFUL, TEXT
from tracker.diffing.word_runs import folded, word_runs

WORD = st.sampled_from(("pain", "at", "six", "weeks", "\n", " ", "  ", "\t", "\u00a0", "of", "2*3", "\x00", "\u2028"))
PROSE = st.lists(WORD, max_size=80).map("".join) | st.lists(WORD, max_size=80).map(" ".join) | TEXT


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and what became of it by some words changed."""
    words = draw(st.lists(WORD, min_size=8, max_size=60))
    changed = list(words)
    for place in draw(st.lists(st.integers(0, len(words) - 1), max_size=8)):
        changed[place] = draw(st.sampled_from(("eight", "", "new words", "\n")))
    return " ".join(words), " ".join(changed)


@LAWFUL
@given(st.tuples(PROSE, PROSE) | edited(), st.integers(0, 3))
def test_runs_rebuild_both_texts(texts: tuple[str, str], context_words: int) -> None:
    """Without what came it is the old text, without what went the new one; folding changes neither."""
    old, new = texts
    runs = word_runs(old, new)
    for found in (runs, folded(runs, context_words=context_words)):
        assert old == "".join(run.text for run in found if run.kind != "ins")
        assert new == "".join(run.text for run in found if run.kind != "del")
        assert all(run.text for run in found)

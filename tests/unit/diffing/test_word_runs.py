"""Words of two texts marked: what stayed, what went, what came, and what of it is folded."""

import pytest

from tracker.diffing.word_runs import MOST_TOKENS, Run, folded, word_runs


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    (
        ("", "", []),
        ("a b", "a b", [Run("same", "a b")]),
        ("", "a", [Run("ins", "a")]),
        ("a", "", [Run("del", "a")]),
        (
            "pain at six weeks after surgery",
            "pain at eight weeks after surgery",
            [Run("same", "pain at "), Run("del", "six"), Run("ins", "eight"), Run("same", " weeks after surgery")],
        ),
        (
            "one two three four five",
            "one 2 three 4 five",
            [Run("same", "one "), Run("del", "two three four"), Run("ins", "2 three 4"), Run("same", " five")],
        ),
        (
            "of the a b c d e f",
            "of the u v w x y z",
            [Run("del", "of the a b c d e f"), Run("ins", "of the u v w x y z")],
        ),
    ),
)
def test_runs(old: str, new: str, runs: list[Run]) -> None:
    """What went stands before what came; a lone word between changes is part of them; unlike texts are replaced."""
    assert runs == word_runs(old, new)


def test_a_line_end_is_kept_where_it_was() -> None:
    """Lines that stayed are not run together."""
    runs = word_runs("first line\nsecond line\nthird", "first line\nsecond row\nthird")
    assert "first line\nsecond row\nthird" == "".join(run.text for run in runs if run.kind != "del")
    assert [("del", "line"), ("ins", "row")] == [(run.kind, run.text) for run in runs if run.kind != "same"]


def test_a_line_end_between_changes_keeps_them_apart() -> None:
    """Two changed lines are two changes, however short they are."""
    runs = word_runs("a long line ends six\nor two lines go on", "a long line ends eight\nand two lines go on")
    assert [("del", "six"), ("ins", "eight"), ("same", "\n"), ("del", "or"), ("ins", "and")] == [
        (run.kind, run.text) for run in runs[1:-1]
    ]


def test_the_middle_of_what_stayed_is_folded() -> None:
    """So many words stay visible before and after a change, none at the ends of the text."""
    words = " ".join(f"w{n}" for n in range(60))
    runs = folded(word_runs(f"{words} old {words}", f"{words} new {words}"), context_words=2)
    assert ["fold", "same", "del", "ins", "same", "fold"] == [run.kind for run in runs]
    assert [58, 2, 1, 1, 2, 58] == [run.words_count for run in runs]


def test_few_words_are_not_folded() -> None:
    """A fold that hides nine words hides nothing worth a click."""
    text = " ".join(f"w{n}" for n in range(9))
    assert ["same", "ins"] == [run.kind for run in folded(word_runs(text, f"{text} more"), context_words=0)]


def test_texts_beyond_all_measure_are_replaced() -> None:
    """They are not compared word by word."""
    long = "word " * MOST_TOKENS
    assert ["del", "ins"] == [run.kind for run in word_runs(long, f"{long}more")]

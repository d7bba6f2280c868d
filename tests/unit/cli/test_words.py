"""Words for people: differences of texts, days, sizes, and what must not reach a terminal."""

from datetime import date

import pytest

from tracker.diffing.word_changes import word_changes
from tracker.domain.safe_text import one_line, shortened, shown
from tracker.domain.values import brief
from tracker.domain.wording import relative, size

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("day", "words"),
    (
        (date(2026, 3, 1), "today"),
        (date(2026, 3, 2), "tomorrow"),
        (date(2026, 2, 28), "yesterday"),
        (date(2026, 3, 13), "in 12 days"),
        (date(2026, 2, 8), "3 weeks ago"),
        (date(2026, 9, 1), "in 6 months"),
        (date(2020, 2, 1), "6 years ago"),
    ),
)
def test_days_are_told_from_today(day: date, words: str) -> None:
    """A day is as far as people would say it is."""
    assert words == relative(day, TODAY)


@pytest.mark.parametrize(
    ("size_bytes", "words"), ((0, "0 bytes"), (999, "999 bytes"), (181_900, "182 kB"), (2_700_000_000, "2.7 GB"))
)
def test_sizes_are_short(size_bytes: int, words: str) -> None:
    """A size has at most three digits and its unit."""
    assert words == size(size_bytes)


def test_words_that_changed_are_marked() -> None:
    """What stayed, what is gone and what came stand in reading order."""
    pieces = word_changes("adults aged 18 to 65 years", "adults aged 21 to 65 years or older")
    assert [("same", "adults aged"), ("gone", "18"), ("new", "21"), ("same", "to 65 years"), ("new", "or older")] == [
        (piece.kind, piece.text) for piece in pieces
    ]


def test_long_sameness_is_skipped() -> None:
    """Far from any change words are left out, and that is shown."""
    same = [f"w{n}" for n in range(100)]
    pieces = word_changes(" ".join(["a", *same]), " ".join(["b", *same]))
    assert ["gone", "new", "same", "skipped"] == [piece.kind for piece in pieces]


def test_texts_without_likeness_are_replaced_whole() -> None:
    """Two texts that share next to nothing stand one after the other."""
    pieces = word_changes("one two three four", "five six seven eight")
    assert [("gone", "one two three four"), ("new", "five six seven eight")] == [(p.kind, p.text) for p in pieces]


@pytest.mark.parametrize(
    ("raw", "safe"),
    (
        ("\x1b[2J", r"\x1b[2J"),
        ("a\u202eb\u2066c", r"a\u202eb\u2066c"),
        ("\x9b31m\x00\x7f", r"\x9b31m\x00\x7f"),
        ("\u200b\ufeff\u2028", r"\u200b\ufeff\u2028"),
        ("\ud800", r"\ud800"),
        ("naïve ≥18 日本 क्\u200dष", "naïve ≥18 日本 क्\u200dष"),
    ),
)
def test_unseen_characters_are_shown_as_escapes(raw: str, safe: str) -> None:
    """Control, bidirectional and invisible characters are escapes; letters of any script stay."""
    assert safe == shown(raw)


def test_one_line_is_one_line() -> None:
    """White space of any kind becomes a blank, and a long text is cut at one."""
    assert "a b c" == one_line(" a\r\n\tb\n\nc ")
    assert "one two…" == shortened("one two three", 9)


def test_an_item_is_told_by_what_names_it() -> None:
    """An item of a list is shown by its telling keys, without codes and coordinates."""
    site = {"city": "Lyon", "country": "France", "facility": "Beta Hospital", "geoPoint": {"lat": 1.0}, "zip": "69000"}
    assert "Beta Hospital, Lyon, France" == brief(site)

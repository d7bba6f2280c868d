"""Texts are found without regard to case and accents."""

import pytest

from tracker.domain.text_search import folded, occurs_in


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    (
        ("crohn", ("CROHN'S DISEASE",), True),
        ("sjogren", ("Sjögren Syndrome",), True),
        ("Sjögren", ("SJOGREN",), True),
        ("Sjo\u0308gren", ("Sjögren",), True),  # two spellings of one letter
        ("strasse", ("Straße",), True),
        ("e", ("É",), True),
        ("Łódź", ("łodz",), True),
        ("lodz", ("Łódź",), False),  # ł is a letter of its own
        ("disease", (None, "", "x"), False),
        ("a b", ("a", "b"), False),
        ("disease", (), False),
    ),
)
def test_a_text_is_found_in_one_of_the_values(text: str, values: tuple[str | None, ...], expected: bool) -> None:
    """Anywhere in one value, never across two; what is missing holds nothing."""
    assert expected is occurs_in(text, values)


def test_folding_twice_is_folding_once() -> None:
    """Folded text stays as it is, capitals with dots and ligatures too."""
    for text in ("İstanbul", "ﬁbrosis", "ΑΣ", "Dž", "ẞ", "plain"):
        assert folded(text) == folded(folded(text))

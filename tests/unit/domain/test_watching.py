"""Names of queries: what is taken, and what is one name."""

import pytest

from tracker.domain.errors import InvalidInput
from tracker.domain.watching import members_stream, parse_query_name


@pytest.mark.parametrize(
    ("text", "name"), ((" cirrhosis ", "cirrhosis"), ("liver, 2026", "liver, 2026"), ("x" * 80, "x" * 80))
)
def test_a_name_is_text_without_blanks_around_it(text: str, name: str) -> None:
    """Anything that can be printed, up to 80 characters."""
    assert name == parse_query_name(text)


def test_two_spellings_of_a_letter_are_one_name() -> None:
    """What looks alike and was typed on different keyboards is the same query."""
    assert parse_query_name("le\u0301ger") == parse_query_name("l\u00e9ger")


@pytest.mark.parametrize("text", ("", "  ", "x" * 81, "a\nb", "a\u202eb", "a\0b", "a\ud800"))
def test_what_is_no_name_is_refused(text: str) -> None:
    """The message says what was expected."""
    with pytest.raises(InvalidInput, match="no name for a query: expected 1 to 80 characters"):
        parse_query_name(text)


def test_each_query_has_a_stream_of_its_own() -> None:
    """It is named after the query."""
    assert "query-ctgov:cirrhosis" == members_stream("cirrhosis")

"""What the OpenAPI says of texts in bodies, against what is taken."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tracker.domain.errors import InvalidInput
from tracker.domain.watching import parse_query_name
from tracker.web.api.bodies import QueryNameText

PATTERN = re.compile(TypeAdapter(QueryNameText).json_schema()["pattern"])


@given(st.text("aü \x85\x1f\u3000\u200b\t", min_size=1, max_size=6))
def test_a_query_name_is_taken_where_the_schema_takes_it(text: str) -> None:
    """Blanks of any kind around it, and only spaces in it."""
    assert is_taken(text) == (PATTERN.search(text) is not None)


@pytest.mark.parametrize("text", ("\x85a b\u3000", " é "))
def test_a_query_name_may_have_blanks_around_it(text: str) -> None:
    """As somebody pastes it."""
    assert (True, True) == (is_taken(text), PATTERN.search(text) is not None)


def is_taken(text: str) -> bool:
    """Whether a query can be called so."""
    try:
        parse_query_name(text)
    except InvalidInput:
        return False
    return True

"""Tokens that end a subscription: made with a key, and taken back only with it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.errors import InvalidInput
from notifiers.unsubscribe_token import make, read

KEY = bytes(range(32))


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_a_token_brings_its_subject_back(subject: str) -> None:
    """Whatever subject a token was made for is read from it, and it needs no quoting in a URL or a shell."""
    token = make(subject, key=KEY)
    assert subject == read(token, key=KEY)
    assert re.fullmatch(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+", token)


@given(st.data())
def test_a_tampered_token_is_refused(data: st.DataObject) -> None:
    """A token with any character exchanged, left out or added is none."""
    token = make("stale/2", key=KEY)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.text(max_size=2))
    tampered = token[:place] + other + token[place + 1 :]
    if tampered != token:
        with pytest.raises(InvalidInput, match="not one of ours"):
            read(tampered, key=KEY)


def test_a_token_has_one_spelling() -> None:
    """The last letter carries bits that mean nothing; another letter with the same meaning is refused all the same."""
    token = make("stale/2", key=KEY)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for letter in letters.replace(token[-1], ""):
        with pytest.raises(InvalidInput, match="not one of ours"):
            read(token[:-1] + letter, key=KEY)


def test_another_key_takes_nothing() -> None:
    """Who does not hold the key makes no tokens."""
    with pytest.raises(InvalidInput, match="not one of ours"):
        read(make("stale/2", key=KEY[::-1]), key=KEY)


def test_a_short_key_is_refused() -> None:
    """A key that could be guessed is an error, not a weak token."""
    with pytest.raises(InvalidInput, match="at least 16"):
        make("stale/2", key=b"short")

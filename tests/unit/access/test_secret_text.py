"""Secrets as people copy them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tracker.access.secret_text import SecretKind, hash_of, new_secret, read_secret

KINDS = st.sampled_from(SecretKind)
RANDOM = st.binary(min_size=32, max_size=32)


@given(KINDS, KINDS, RANDOM)
def test_a_secret_is_read_as_its_own_kind_alone(kind: SecretKind, other: SecretKind, random: bytes) -> None:
    """White space around it does not matter."""
    secret = new_secret(kind, lambda _size: random)
    assert re.fullmatch(rf"{kind}[0-9A-Za-z]{{49}}", secret)
    assert (secret if kind is other else None) == read_secret(other, f"\t{secret}\r\n")


@given(RANDOM, st.integers(0, 56), st.characters())
def test_a_mistyped_character_is_noticed(random: bytes, at: int, typed: str) -> None:
    """Wherever it stands, as is one that was left out or doubled."""
    secret = new_secret(SecretKind.TOKEN, lambda _size: random)
    wrong = {
        secret[:at] + typed + secret[at + 1 :],
        secret[:at] + secret[at + 1 :],
        secret[:at] + secret[at] + secret[at:],
    }
    assert {None} == {read_secret(SecretKind.TOKEN, each) for each in wrong - {secret} if each.strip() != secret} | {
        None
    }


@given(RANDOM, RANDOM)
def test_other_bits_make_another_secret(one: bytes, other: bytes) -> None:
    """All 256 of them stand in it, so none are lost in its hash."""
    made = [new_secret(SecretKind.TOKEN, lambda _size, bits=bits: bits) for bits in (one, other)]  # type: ignore[misc] # bound now
    assert (one == other) == (hash_of(made[0]) == hash_of(made[1]))

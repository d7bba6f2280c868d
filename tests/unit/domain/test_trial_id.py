"""NCT numbers and the streams named after them."""

import pytest

from tracker.domain.errors import InvalidInput
from tracker.domain.trial_id import find_trial_id, is_trial_id, parse_trial_id, stream_of, trial_of


@pytest.mark.parametrize("text", ("NCT03460795", " nct03460795\n", "Nct03460795"))
def test_numbers_are_read_as_people_write_them(text: str) -> None:
    """Case and white space around a number do not matter."""
    assert "NCT03460795" == parse_trial_id(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    (
        ("NCT3460795", "did you mean NCT03460795"),
        ("03460795", "did you mean NCT03460795"),
        ("NCT-03460795", "did you mean NCT03460795"),
        ("", "expected NCT and eight digits"),
        ("NCT034607951", "expected NCT and eight digits"),
        ("NCT\u0660\u0663\u0664\u0666\u0660\u0667\u0669\u0665", "expected NCT and eight digits"),
        ("EUCTR2020-001", "expected NCT and eight digits"),
    ),
)
def test_anything_else_is_refused_with_what_was_expected(text: str, hint: str) -> None:
    """The message says what a number looks like, and what was meant where that is plain."""
    with pytest.raises(InvalidInput, match=hint):
        parse_trial_id(text)


def test_only_the_exact_form_is_an_id() -> None:
    """Records carry numbers in capitals and nothing beside them."""
    assert is_trial_id("NCT03460795")
    assert [False] * 4 == [is_trial_id(other) for other in ("nct03460795", "NCT03460795 ", None, 3460795)]


@pytest.mark.parametrize(
    ("name", "expected"),
    (
        ("NCT03460795", "NCT03460795"),
        ("NCT03460795.json.gz", "NCT03460795"),
        ("nct03460795.txt", "NCT03460795"),
        ("NCT03460795_v1.json", None),
        ("studies.json", None),
    ),
)
def test_names_of_files_may_be_ids(name: str, expected: str | None) -> None:
    """A file named after a trial says which one; no other name does."""
    assert expected == find_trial_id(name)


def test_a_trial_has_one_stream() -> None:
    """The stream names registry and trial, and leads back to it."""
    assert "trial-ctgov:NCT03460795" == stream_of("NCT03460795")
    assert "NCT03460795" == trial_of(stream_of("NCT03460795"))
    assert trial_of("subscription:7") is None

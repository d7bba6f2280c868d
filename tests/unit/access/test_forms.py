"""The proof in a form: whose page it came from."""

from itertools import count

import pytest

from tracker.access.callers import Caller, CallerKind, Scope
from tracker.access.forms import Forms

NUMBERS = count()


def forms(key: bytes = b"k" * 32) -> Forms:
    """One host's, with bytes that differ each time."""
    return Forms(key=key, random_bytes=lambda size: next(NUMBERS).to_bytes(size, "little"))


def session(key: str) -> Caller:
    """Somebody who is signed in."""
    return Caller(kind=CallerKind.SESSION, name="me", scope=Scope.READ, key=key, token_id="t")


def test_a_form_is_for_one_session() -> None:
    """On any host of the same key, whatever cookie comes with it; never for another, nor for nobody."""
    made = forms().make(session("a"), cookie="c")
    assert forms().check(made, session("a"), cookie="d")
    assert not forms().check(made, session("b"), cookie="c")
    assert not forms().check(made, None, cookie="a")
    assert not forms(b"o" * 32).check(made, session("a"))


def test_a_form_of_nobody_is_for_one_cookie() -> None:
    """Without a cookie there is no proof, and a cookie that looks like a session is none."""
    cookie = forms().new_cookie()
    made = forms().make(None, cookie=cookie)
    assert forms().check(made, None, cookie=cookie)
    assert not forms().check(made, None, cookie=forms().new_cookie())
    assert not forms().check(forms().make(None), None)
    assert not forms().check(forms().make(None, cookie="a"), session("a"))


def test_each_form_has_another_value() -> None:
    """So a page that is compressed beside what a stranger sent tells nothing of it."""
    one, other = (forms().make(session("a")) for _ in range(2))
    assert one[:20] != other[:20]
    assert one[30:] != other[30:]


@pytest.mark.parametrize("value", ("", "é", "=", "A" * 64, "\ud800", " " * 64, "A" * 100_000))
def test_what_is_no_proof_is_refused(value: str) -> None:
    """Whatever it is, without an error."""
    assert not forms().check(value, session("a"))


def test_the_key_is_not_told() -> None:
    """A line of a log that shows the forms does not show it."""
    assert "kkk" not in repr(forms())

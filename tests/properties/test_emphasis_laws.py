"""Laws of emphasis: it says nothing in whichever markup it is written, and no word is lost or made by it."""

import html
import re

from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.records import LAWFUL
from tracker.diffing.canonical import plain_text

_HTML = {"**": ("b", "strong"), "*": ("i", "em"), "_": ("i", "em"), "~": ("sub",), "^": ("sup",)}
_SPECIAL, _ESCAPED = re.compile(r"([*_~^<>])"), r"\\\1"
_WORD = re.compile(r"[^\W_]+")

WORDS = st.sampled_from(("age", "18", "mg/m2", "<5", "> 18", "x < y", "p=0.05", "10", "Drug", "(n)", "a*b", "c_d", "é"))
MARKS = st.sampled_from(("", "", "", "**", "*", "_", "~", "^"))
RUNS = st.tuples(MARKS, st.lists(WORDS, min_size=1, max_size=3).map(" ".join))
LINES = st.lists(RUNS, min_size=1, max_size=5)
SCRAPS = st.lists(
    st.sampled_from(("*", "**", "_", "~", "^", " ", "a", "9", "(", ")", ",", "\n", "é", "<b>")), max_size=14
)


def markdown(runs: list[tuple[str, str]]) -> str:
    """As the live record has it, its characters escaped."""
    return " ".join(f"{mark}{_SPECIAL.sub(_ESCAPED, text)}{mark}" for mark, text in runs)


def in_html(runs: list[tuple[str, str]], *, escaped: int, place: int) -> str:
    """As a history snapshot has it."""
    told = []
    for mark, text in runs:
        tags = _HTML.get(mark, ())
        tag = tags[place % len(tags)] if tags else ""
        inner = html.escape(text)
        told.append(f"<{tag}>{inner}</{tag}>" if tag else inner)
    text = " ".join(told)
    for _ in range(escaped):
        text = html.escape(text)
    return text


@given(runs=LINES, escaped=st.integers(0, 2), place=st.integers(0, 1))
@LAWFUL
def test_emphasis_in_html_and_in_markdown_is_one_text(runs: list[tuple[str, str]], escaped: int, place: int) -> None:
    """Escaped once or twice, whichever tag or mark: it says what the words say."""
    shown = plain_text(markdown(runs), has_markup=True)
    assert shown == plain_text(in_html(runs, escaped=escaped, place=place), has_markup=True)


@given(scraps=SCRAPS)
@example(scraps=["*", "a", "*", "9"])
@example(scraps=["a", "*", "9", "*", "a"])
@example(scraps=["_", "a", "_", "_", "a", "_"])
@LAWFUL
def test_no_word_is_lost_made_or_joined(scraps: list[str]) -> None:
    """Whatever stands there: the words and figures are those of the text with all its marks."""
    text = "".join(scraps)
    assert _WORD.findall(plain_text(text)) == _WORD.findall(plain_text(text, has_markup=True))


@given(one=LINES, other=LINES)
@LAWFUL
def test_other_words_are_another_text(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    """Two texts say the same only where their words and figures do."""
    first, second = (plain_text(markdown(runs), has_markup=True) for runs in (one, other))
    if first == second:
        assert _words(one) == _words(other)


def _words(runs: list[tuple[str, str]]) -> list[str]:
    return [word for _, text in runs for word in _WORD.findall(text)]

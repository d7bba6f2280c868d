"""Canonical form: what is content, and what is only a way of writing it."""

from typing import Any

import pytest

from tests.unit.diffing.trial import TRIAL, but, changes
from tracker.diffing.canonical import bytes_of, canonical, canonical_value, is_verbatim, plain_text, same_leaf


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("Age > 18", "Age > 18"),
        ("Age &gt; 18", "Age > 18"),  # HTML escaped once
        ("Age &amp;gt; 18", "Age > 18"),  # twice
        ("Age \\> 18", "Age > 18"),  # Markdown
        ("Age \\&gt; 18", "Age > 18"),  # both, as live records have it
        ("&lt;p&gt;Age &amp;gt; 18&lt;/p&gt;", "Age > 18"),
        ("body&#39;s", "body's"),
        ("body\\&amp;#39;s", "body's"),
        ("body&amp;amp;#39;s", "body's"),  # the history of a record that has them twice itself
        ("https:&#x2F;&#x2F;a.example&#x2F;?b&amp;amp;c", "https://a.example/?b&c"),
        ("And&#x2F;Or", "And/Or"),
        ("\\[ANC\\] \\< 1.5 x 10\\^9/L", "[ANC] < 1.5 x 10^9/L"),
        ("about \\~30%", "about ~30%"),
        ("C:\\temp", "C:\\temp"),
    ),
)
def test_markup_escapes_are_undone(text: str, expected: str) -> None:
    """HTML escaped up to three times and Markdown's backslashes are ways of writing a character."""
    assert expected == plain_text(text)


@pytest.mark.parametrize(
    "text",
    (
        "a b",
        " a b ",
        "a  b",
        "a\nb",
        "a\r\nb",
        "a\r\n\r\nb\n",
        "a\tb",
        "a\u00a0b",
        "a\u200b b",
        "\ufeffa b",
        "a<br/>b",
    ),
)
def test_white_space_and_line_ends_say_nothing(text: str) -> None:
    """Blanks of any kind and number are one blank; those at the ends are none."""
    assert "a b" == plain_text(text)


@pytest.mark.parametrize(
    ("markup", "markdown"),
    (
        ("<ul><li>one</li><li>two</li></ul>", "* one\n* two"),
        ("<ol>\n<li>one</li>\n<li>two</li>\n</ol>", "1. one\n2. two"),
        (
            "<p>Either:</p><ol><li>one<ul><li>sub</li></ul></li><li>two</li></ol>",
            "Either:\n\n1. one\n   * sub\n2. two",
        ),
        ("<ol><li>one</li></ol><ol><li>again</li></ol>", "1. one\n\n1. again"),
        ("<p class='x'>one</p><p>two</p>", "one\n\ntwo"),
        ("&lt;ul&gt;&lt;li&gt;&gt; 18&lt;/li&gt;&lt;/ul&gt;", "* \\> 18"),
        ("H<sub>2</sub>O is <b>wet</b>", "H~2~O is **wet**"),
        ("&lt;b&gt;Age&lt;&#x2F;b&gt; &amp;gt; 10&lt;sup&gt;9&lt;&#x2F;sup&gt;", "**Age** \\> 10^9^"),
        ("&amp;lt;strong&amp;gt;Aim:&amp;lt;/strong&amp;gt; <u>one</u>", "**Aim:** one"),
        ("<ul><li><em>one</em>, two</li></ul>", "* *one*, two"),
        ("<i>n</i> (<b><i>both</i></b>)", "_n_ (***both***)"),
        ("<b>a <i>b</i> c</b>", "**a *b* c**"),
    ),
)
def test_html_lists_read_as_markdowns(markup: str, markdown: str) -> None:
    """A history snapshot's HTML and a live record's Markdown are the same text."""
    assert plain_text(markdown, has_markup=True) == plain_text(markup, has_markup=True)


@pytest.mark.parametrize(
    "text",
    (
        *("2*3*4", "Drug A* and Drug B*", "*p<0.05 **p<0.01", "(*) significant (*)", "* one * two", "a ** b ** c"),
        *("snake_case_name", "x < y > z", "<5", "about ~30% or ~5", "10^9/L and 10^5/L", "10^9^", "H~2~O", "a*b*c"),
        *("___ mg", "**", "****", "10**9", "* *", "5 * 3 * 2", "_ _", "a_ _b"),
    ),
)
def test_marks_that_emphasise_nothing_are_content(text: str) -> None:
    """Footnotes, products, signs for about and powers stay as they are, in a field with markup too."""
    assert text == plain_text(text, has_markup=True)


def test_emphasis_is_read_in_fields_with_markup_alone() -> None:
    """In a title a star is a star."""
    title = "/protocolSection/identificationModule/briefTitle"
    summary = "/protocolSection/descriptionModule/briefSummary"
    starred = {place: but(place, "A *made* trial") for place in (title, summary)}
    plain = {place: but(place, "A made trial") for place in (title, summary)}
    assert [1, 0] == [len(changes(starred[place], plain[place])) for place in (title, summary)]
    assert [False, True] == [canonical(starred[place]) == canonical(plain[place]) for place in (title, summary)]


def test_a_raised_figure_is_not_one_of_the_number() -> None:
    """What is raised or lowered keeps its mark, in either markup."""
    assert "10^9^" == plain_text("10<sup>9</sup>") != plain_text("109")


@pytest.mark.parametrize("text", ("n <p 5 or a> b", "a <b and c> d", "if x<i then y>j", "<3 years", "<unknown>"))
def test_comparisons_are_not_taken_for_tags(text: str) -> None:
    """A sign of less is text unless a tag with attributes or none follows: no word may get lost."""
    assert text == plain_text(text)


@pytest.mark.parametrize(
    ("one", "other"),
    (
        ("Age > 18", "Age > 19"),
        ("a b", "ab"),
        ("Aspirin", "aspirin"),
        ("10^9", "109"),
        ("1. one", "2. one"),
        ("n <p 5 and> 3", "n <p 6 and> 3"),
        ("a\x00", "a"),
    ),
)
def test_words_figures_and_case_are_content(one: str, other: str) -> None:
    """What a reader would read differently differs."""
    assert plain_text(one) != plain_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    (
        (None, ""),
        (None, " \n"),
        (None, []),
        (None, {}),
        (None, [None, "", {}]),
        ("a", ["a"]),
        ("a", ["a", "", None]),
        (["b", "a"], ["a", "b"]),
        ([{"x": 1}, {"x": 2}], [{"x": 2}, {}, {"x": 1}]),
        (1, 1.0),
        ({"a": 1, "b": None}, {"a": 1}),
        ([["b", "a"], "c"], ["c", ["a", "b"]]),
    ),
)
def test_the_same_content_in_other_shapes(one: Any, other: Any) -> None:
    """Emptiness, order and a single value for a list of one say nothing."""
    assert bytes_of(canonical_value(one, ordered=False)) == bytes_of(canonical_value(other, ordered=False))


@pytest.mark.parametrize(
    ("one", "other"),
    (
        (True, 1),
        (False, 0),
        (False, None),
        (0, None),
        (1, "1"),
        (["a", "a"], ["a"]),
        ([{"x": 1}], {"x": 1}),
        (1, 1.5),
        (2**64, 2**64 + 1),
    ),
)
def test_other_content(one: Any, other: Any) -> None:
    """A truth value is no number, zero is not nothing, and twice is not once."""
    assert bytes_of(canonical_value(one, ordered=False)) != bytes_of(canonical_value(other, ordered=False))


@pytest.mark.parametrize(("one", "other"), ((["b", "a"], ["a", "b"]), ([None, 1], [1]), (["a"], "a"), ([""], [])))
def test_places_are_content_in_results(one: Any, other: Any) -> None:
    """In an ordered part the place and number of items count, empty ones too."""
    assert bytes_of(canonical_value(one, ordered=True)) != bytes_of(canonical_value(other, ordered=True))


def test_what_is_derived_is_no_content() -> None:
    """Of the derived section only the tracking of submitted results counts; own additions do not."""
    tracking = {"miscInfoModule": {"submissionTracking": {"estimatedResultsFirstSubmitDate": "2024-01-01"}}}
    record = {
        "derivedSection": {**tracking, "conditionBrowseModule": {}},
        "trialogSection": {"related": ["x"]},
    }
    assert {"derivedSection": tracking} == canonical(record)


def test_has_results_goes_with_the_section() -> None:
    """It counts only where it announces a section that is not there; an empty section is none."""
    section = {"groups": [{"id": "1"}]}
    assert {"resultsSection": section} == canonical({"hasResults": True, "resultsSection": section})
    assert {"hasResults": True} == canonical({"hasResults": True, "resultsSection": {"groups": []}})
    assert {} == canonical({"hasResults": False})


@pytest.mark.parametrize(
    "text",
    (
        "Inclusion Criteria:\r\n\r\n* Age \\> 18\r\n* Headache\r\n",
        "Inclusion Criteria: * Age > 18 * Headache",
        "<p>Inclusion Criteria:</p><ul><li>Age &gt; 18</li><li>Headache</li></ul>",
        "&lt;p&gt;Inclusion Criteria:&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Age &amp;gt; 18&lt;/li&gt;"
        "&lt;li&gt;Headache&lt;/li&gt;&lt;/ul&gt;",
    ),
)
def test_criteria_in_other_markup_are_no_change(text: str) -> None:
    """The legs that bring a record write its text differently; the differ says nothing."""
    assert [] == changes(TRIAL, but("/protocolSection/eligibilityModule/eligibilityCriteria", text))


def test_leaves_are_compared_by_what_they_say() -> None:
    """51 and 51.0 are one number, true and 1 are not, nothing and white space are one nothing."""
    assert [True, False, True, True] == [
        same_leaf(51, 51.0),
        same_leaf(True, 1),
        same_leaf(None, " "),
        same_leaf("a  b", "a b"),
    ]


def test_verbatim_is_to_the_letter() -> None:
    """Two values are verbatim the same when their JSON is, key order aside."""
    assert is_verbatim({"a": 1, "b": "\ud800"}, {"b": "\ud800", "a": 1})
    assert [False] * 4 == [
        is_verbatim(one, other) for one, other in ((1, True), ([1], [1.0]), ("a ", "a"), ({"a": None}, {}))
    ]

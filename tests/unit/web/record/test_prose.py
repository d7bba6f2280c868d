"""Prose of records as paragraphs and lists of text."""

import pytest

from tracker.web.record.parts import Block, Item
from tracker.web.record.prose import blocks_of, plain_lines


def told(text: str) -> list[tuple[str, list[tuple[int, str | None, str]]]]:
    """Kind and items of each block."""
    return [(block.kind, [(item.depth, item.number, item.text) for item in block.items]) for block in blocks_of(text)]


def test_paragraphs_end_with_an_empty_line() -> None:
    """A line end inside one is a blank."""
    assert [("paragraph", [(0, None, "one two")]), ("paragraph", [(0, None, "three")])] == told("one\ntwo\n\nthree")


def test_lists_have_bullets_or_numbers_and_depth() -> None:
    """A line that goes on belongs to its item; the record's own numbers stay."""
    text = "Inclusion:\n\n1. Adults\n   of any age\n\n   * in Bergen\n2. Consent\n\nEnd"
    assert told(text) == [
        ("paragraph", [(0, None, "Inclusion:")]),
        ("list", [(0, "1.", "Adults of any age"), (1, None, "in Bergen"), (0, "2.", "Consent")]),
        ("paragraph", [(0, None, "End")]),
    ]


def test_a_list_of_the_history_is_that_of_the_live_record() -> None:
    """Escaped HTML and Markdown say the same."""
    items = "&lt;li&gt;Age &amp;gt; 18&lt;/li&gt;&lt;li&gt;Consent&lt;/li&gt;"
    old = f"&lt;p&gt;Inclusion:&lt;/p&gt;&lt;ul&gt;{items}&lt;/ul&gt;"
    assert told("Inclusion:\n\n* Age \\> 18\n* Consent") == told(old)


@pytest.mark.parametrize(
    "text",
    ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "n <p or a> b", "[a](javascript:alert(1))", "2*3*4"),
)
def test_what_is_no_tag_of_prose_stays_as_it_is_written(text: str) -> None:
    """It is text, and a page shows it escaped."""
    assert (Block(kind="paragraph", items=(Item(text=text),)),) == blocks_of(text)


def test_emphasis_says_nothing() -> None:
    """Bold and italic marks go, at whatever depth of escaping."""
    assert "Inclusion: age > 18" == plain_lines("**Inclusion:** _age_ \\> 18")
    assert "10^9^ cells" == plain_lines("<b>10<sup>9</sup></b> cells")


@pytest.mark.parametrize("text", ("", " ", "\n\n", "*", "1.", "<p></p>"))
def test_next_to_nothing_is_no_fault(text: str) -> None:
    """Whatever there is is shown."""
    assert plain_lines(text) == text.strip().replace("<p></p>", "")

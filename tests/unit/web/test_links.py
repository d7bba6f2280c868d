"""Where links may lead: each of the two places that decide it, by itself."""

import pytest

from tracker.web.record.values import Form, link, value_of
from tracker.web.templating import environment, web_address

NO_LINKS = (
    "javascript:alert(1)",
    "JavaScript:alert(1)//https://example.org",
    " javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//example.org",
    "/path",
    "ftp://example.org",
    "httpsx://example.org",
    "example.org",
    "",
)


@pytest.mark.parametrize("text", NO_LINKS)
def test_what_is_no_address_of_the_web_is_text(text: str) -> None:
    """By a record's value as well as by a page's filter."""
    assert (None, None) == (link(text).href, web_address(text))


@pytest.mark.parametrize("text", ("https://example.org/a?b=c#d", "HTTP://example.org"))
def test_an_address_of_the_web_is_a_link(text: str) -> None:
    """As it is written; it may be shown by another name, and is text where no link was asked for."""
    assert (text, text, text) == (link(text).href, link(text).text, web_address(text))
    assert ("Paper", text) == ((shown := link(text, shown_as="Paper")).text, shown.href)
    assert (text, None) == ((value := value_of(text)).text, value.href)
    assert text == value_of(text, Form.LINK).href


@pytest.mark.parametrize("text", ('https://x.org/"onclick=1', "https://x.org/<b>", "https://x.org/ y", "https://"))
def test_an_address_with_anything_else_in_it_is_text(text: str) -> None:
    """Blanks, quotes and marks stand in no address of a record."""
    assert None is link(text).href


def test_every_value_of_a_template_is_text() -> None:
    """In pages and feeds; a name that is not known is an error."""
    told = environment().from_string('<a title="{{ one }}">{{ one }}</a>').render(one="<b>\"'&")
    assert '<a title="&lt;b&gt;&#34;&#39;&amp;">&lt;b&gt;&#34;&#39;&amp;</a>' == told
    assert "a%2Fb%3F%26" == environment().from_string("{{ one | quoted }}").render(one="a/b?&")

"""What templates are filled with."""

import pytest

from tracker.web.templating import day_tag


@pytest.mark.parametrize("text", (None, ""))
def test_no_day_is_a_dash(text: str | None) -> None:
    """Where no day is known, a page shows a dash."""
    assert "-" == day_tag(text)


def test_a_day_is_text() -> None:
    """What stands for a day becomes no markup, whatever was written there."""
    assert '<time class="day" datetime="2026-05">2026-05</time>' == day_tag("2026-05")
    assert '<time class="day" datetime="&#34;&gt;&lt;b&gt;">&#34;&gt;&lt;b&gt;</time>' == day_tag('"><b>')

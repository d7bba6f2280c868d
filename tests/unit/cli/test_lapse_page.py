"""Lapses on the page of changes: time took nothing away, and wrote nothing."""

from datetime import date

import pytest

from tests.messages import change
from tracker.cli.change_page import ChangePage
from tracker.cli.page import Page
from tracker.views.answers import AnsweredChange


@pytest.mark.parametrize(
    ("given", "said"),
    (
        (
            {"label": "Not verified", "type": "verification_lapsed", "old": "2024-02"},
            "Not verified: since 2025-03-01, last in 2024-02",
        ),
        ({"label": "Overdue", "type": "results_overdue", "old": None}, "Overdue: since 2025-03-01"),
    ),
)
def test_a_lapse_says_since_when(given: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And neither that something was added nor that it was removed."""
    item = change(new=None, origin="clock", posted_on=None, detail={"cause": "2025-03-01"}, **given)
    one = AnsweredChange(**{name: item[name] for name in AnsweredChange.__dataclass_fields__})
    ChangePage(page=Page(), fetch=lambda value: None, today=date(2026, 3, 1)).show([one])
    assert f"  {said}  (major)" == capsys.readouterr().out.splitlines()[1]

"""The pages for those who run trialog: every alarm has its section, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

from tracker.domain.fitness import Code

TOP = Path(__file__).resolve().parents[3]
PAGES = (TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").rglob("*.md")))
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```", re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", _CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> list[str]:
    """The relative links of a page that lead nowhere."""
    broken = []
    for link in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        place, _, anchor = link.partition("#")
        if "://" in place:
            continue
        target = (page.parent / place).resolve() if place else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_links_lead_somewhere(page: Path) -> None:
    """What a page links to in the checkout is there, headings included."""
    assert [] == broken_links(page)


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    """A file that is not there, a heading that is not there; not what is code, or elsewhere."""
    (tmp_path / "b.md").write_text("## What it, holds\n", encoding="utf-8")
    page = tmp_path / "a.md"
    page.write_text(
        "[a](b.md) [b](b.md#what-it-holds) [c](c.md) [d](b.md#d)\n[e](https://e.org)\n```\n[f](f.md)\n```\n",
        encoding="utf-8",
    )
    assert ["c.md", "b.md#d"] == broken_links(page)


def test_every_alarm_has_its_section() -> None:
    """What each code means stands under it, in the order of the codes; there is no section of a code that is none."""
    page = (TOP / "docs" / "operations" / "alarms.md").read_text(encoding="utf-8")
    assert [code.value for code in Code] == re.findall(r"^## (.*)$", page, re.MULTILINE)


def test_pages_of_operations_are_listed() -> None:
    """Whoever reads docs/operations.md finds every page of the folder beside it."""
    page = (TOP / "docs" / "operations.md").read_text(encoding="utf-8")
    pages = sorted((TOP / "docs" / "operations").glob("*.md"))
    assert [] == [one.name for one in pages if f"(operations/{one.name})" not in page]

"""What each page says gives the same answer: the command and the address of the API are tried, and do."""

import html
import json
import re
import shlex
from typing import Any

import pytest

from tests.contract.cli.command import ask
from tests.contract.web.histories import OTHER, SURVIVOR, WITHHELD
from tests.contract.web.site import Site
from tests.contract.web.test_looking_pages import page
from tracker.access.callers import Scope

FORM = "/changes?significance=major&category=&type=&origin=baseline&field=&trial=&since=2020-01-01&until="
PAGES = (
    "/",
    "/?q=asthma+%26+it's",
    "/changes",
    FORM,
    f"/changes?trial={OTHER}&category=sites",
    "/stale",
    "/stale?on=2026-04-30&within=365&min_days=30&condition=Asthma&sponsor=universit%C3%A4t&country=",
    "/tracked",
    "/tracked?name=asthma/of+all",
    "/runs",
    "/runs?every=true",
    "/deliveries",
    "/deliveries?state=dead&subscription=s-a",
    "/subscriptions",
    f"/trials/{OTHER}/compare",
    f"/trials/{WITHHELD}/compare",
)
_SAME = re.compile(r'The same answer: <code>trialog (.*?)</code> or <a href="(.*?)">')


def named_on(told: str) -> tuple[list[str], str]:
    """The command that a page names, as a shell reads it, and the address."""
    found = _SAME.search(told)
    assert found is not None
    return shlex.split(html.unescape(found[1])), html.unescape(found[2])


def lines(items: list[dict[str, Any]]) -> list[str]:
    """Objects in an order of their own."""
    return sorted(json.dumps(item, sort_keys=True) for item in items)


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_names_gives_its_answer(told: Site, capfdbinary: pytest.CaptureFixture[bytes], path: str) -> None:
    """Also where a form was left half empty, and what was typed needs quotes."""
    told.scope = Scope.READ
    command, address = named_on(page(told, path))
    answer = ask(capfdbinary, "--database", told.database.url, *command, "--json")
    reply = told.get(address)
    assert (0, 200) == (answer.status, reply.status)
    told_by_api = reply.object.get("items", reply.object.get("changes"))
    assert lines(answer.objects) == lines(told_by_api or [])


def test_the_pages_of_one_thing_name_it(told: Site, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A trial, as it is and as it was, and a change."""
    for path in (f"/trials/{SURVIVOR}", f"/trials/{SURVIVOR}?as_of=2023-05-01", f"/trials/{SURVIVOR}?revision=1"):
        command, address = named_on(page(told, path))
        answer = ask(capfdbinary, "--database", told.database.url, *command, "--json")
        assert answer.objects == [told.get(address).object["record"]]
    command, address = named_on(page(told, "/changes/3"))
    assert ask(capfdbinary, "--database", told.database.url, *command, "--json").objects == [told.get(address).object]

"""Messages as people get them: what stands first, how values and conditions are worded, how a template is replaced."""

import re
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.messages import TITLE, change, condition, envelope, over, said, seed_alert
from tests.records import Json
from tracker.alerts.content import Kind
from tracker.alerts.rendering.envelope import Rendered
from tracker.alerts.rendering.renderer import Renderer
from tracker.domain.results_duty import APPEARS_OVERDUE

OLD = "Adults aged 18 to 65 years with cirrhosis who gave written consent"
NEW = "Adults aged 18 to 75 years with cirrhosis who gave consent"
LAPSING: dict[str, Json] = {
    "cause": "2026-04-01",
    "lapses_on": "2026-04-01",
    "days_left": 44,
    "published_status": "RECRUITING",
}
NOTHING_KNOWN: dict[str, Json] = {"last_known_status": None, "unknown_since": None, "days_unknown": None}


def rendered(kind: Kind, *items: Json, **given: Any) -> Rendered:
    """The message of items, in an envelope of what is given."""
    return Renderer().render(said(kind, *items), envelope(**given))


@pytest.mark.parametrize(
    ("kind", "items", "subject"),
    (
        (Kind.CHANGES, [change()], f"NCT00000001: Recruitment status RECRUITING -> UNKNOWN ({TITLE})"),
        (
            Kind.CHANGES,
            [change(label="Keyword", significance="minor"), change()],
            f"NCT00000001: Recruitment status RECRUITING -> UNKNOWN and 1 more ({TITLE})",
        ),
        (Kind.CHANGES, [change(old=None, new="Norway", title=None)], "NCT00000001: Recruitment status added Norway"),
        (Kind.CHANGES, [change(old=OLD, new=NEW, title=None)], "NCT00000001: Recruitment status changed"),
        (Kind.SAMPLE, [change(title=None)], "[Sample] NCT00000001: Recruitment status RECRUITING -> UNKNOWN"),
        (
            Kind.CHANGES,
            [
                change(
                    type="verification_lapsed", label="Not verified for 12 months", old="2024-02", new=None, title=None
                )
            ],
            "NCT00000001: Not verified for 12 months",
        ),
        (Kind.CONDITION, [condition(title=None)], "NCT00000001: UNKNOWN since 2025-09-02, for 167 days"),
        (
            Kind.CONDITION,
            [condition("lapsing:60d", trial_id=f"NCT0000000{n}", **LAPSING) for n in range(3)],
            "3 trials will turn UNKNOWN within 60 days (stale)",
        ),
        (Kind.CONDITION, [condition(trial_id=f"NCT{n:08}") for n in range(259)], "259 trials are UNKNOWN (stale)"),
        (
            Kind.OVER,
            [over("unknown", "verified again")],
            f"NCT00000001: no longer UNKNOWN (since 2025-09-02): verified again ({TITLE})",
        ),
        (
            Kind.DIGEST,
            [change(), change(trial_id="NCT00000002"), condition()],
            "2 changes in 2 trials; 1 trial is UNKNOWN (stale)",
        ),
        (Kind.DIGEST, [], "Nothing new for stale (stale)"),
        (
            Kind.CHANGES,
            [change(new="=?utf-8?q?=0D=0A?=\r\nBcc: x", title=None)],
            "NCT00000001: Recruitment status RECRUITING -> =_?utf-8?q?_=0D=0A?_= Bcc: x",
        ),
    ),
)
def test_the_subject_tells_what_happened_to_which_trial(kind: Kind, items: list[Json], subject: str) -> None:
    """One trial by its id, its change and its short title; several by how many of what."""
    assert subject == rendered(kind, *items).subject


@pytest.mark.parametrize(
    ("item", "line"),
    (
        (condition(), "UNKNOWN since 2025-09-02, for 167 days: RECRUITING -> UNKNOWN"),
        (condition(cause="always", **NOTHING_KNOWN), "UNKNOWN, without a date to count from"),
        (condition("lapsing:60d", **LAPSING), "Will turn UNKNOWN on 2026-04-01, in 44 days: RECRUITING -> UNKNOWN"),
        (condition("results-due:30d", cause="2026-03-01"), "Results due on 2026-03-01, in 13 days"),
        (condition("results-overdue", cause="2025-11-30"), f"Results were due on 2025-11-30: {APPEARS_OVERDUE}"),
        (condition("unverified:12mo", cause="2024-05"), "Not verified since 2024-05"),
        (condition("unverified:12mo", cause="never verified"), "Never verified"),
        (
            over("results-overdue", "results posted"),
            "Results due on 2025-09-02 no longer appear overdue: results posted",
        ),
        (over("lapsing:60d", "verified again"), "No longer about to turn UNKNOWN on 2025-09-02: verified again"),
        (
            condition(disagrees=True, published_status="RECRUITING", last_known_status=None),
            "UNKNOWN since 2025-09-02, for 167 days: RECRUITING -> UNKNOWN "
            "(by the rule; the registry does not show it yet)",
        ),
    ),
)
def test_a_condition_is_told_in_words(item: Json, line: str) -> None:
    """Since or from when, in how many days, from what to what; of late results only that it appears so."""
    assert line == rendered(Kind.CONDITION, item).text.splitlines()[0]


@pytest.mark.parametrize(
    ("given", "line"),
    (
        (
            {"old": "2026-05", "new": "2026-08-31", "detail": {"shift_days": 92}},
            "2026-05 -> 2026-08-31 (92 days later)",
        ),
        (
            {"old": "2026-05", "new": "2026-05-31", "detail": {"precision_refined": True}},
            "2026-05 -> 2026-05-31 (named more precisely, not moved)",
        ),
        ({"old": 120, "new": 60, "detail": {"percent": -50.0}}, "120 -> 60 (-50.0 %)"),
        ({"old": False, "new": True}, "no -> yes"),
        ({"old": None, "new": ["DRUG", "DEVICE"]}, "added DRUG, DEVICE"),
        ({"old": "", "new": "x"}, "(empty) -> x"),
        (
            {"old": None, "new": {"zip": "0372", "city": "Oslo", "facility": "Ward 4", "geoPoint": {"lat": 1.5}}},
            "added Ward 4, Oslo (zip: 0372)",
        ),
        (
            {"old": {"measure": "Pain", "timeFrame": "6 weeks"}, "new": None},
            "removed Pain (time frame: 6 weeks)",
        ),
        (
            {"old": OLD, "new": NEW},
            "Adults aged 18 to [-65-] {+75+} years with cirrhosis who gave [-written-] consent",
        ),
        ({"old": "a  b", "new": "a b"}, "a b (white space only)"),
        (
            {"old": None, "new": {"snapshot": "a" * 64, "pointer": "/resultsSection"}},
            "added (too long for a message: trialog show NCT00000001 --revision 3 --json)",
        ),
        ({"type": "trial_first_observed", "old": None, "new": {"snapshot": "a", "pointer": ""}}, None),
    ),
)
def test_a_change_is_told_from_what_to_what(given: dict[str, Json], line: str | None) -> None:
    """Values as people write them, texts word by word, large ones by where they are."""
    said_first = rendered(Kind.CHANGES, change(**given)).text.splitlines()[0]
    assert (f"Recruitment status: {line}" if line else "Recruitment status") == said_first


@pytest.mark.parametrize(
    ("given", "line"),
    (
        ({}, "Posted by the registry on 2026-02-12, seen by us on 2026-02-15 09:30 UTC; by the sponsor"),
        (
            {"posted_on": None, "data_on": "2026-02-14", "origin": "registry"},
            "Without a new post date, in the data release of 2026-02-14, seen by us on 2026-02-15 09:30 UTC; "
            "by the registry itself",
        ),
        (
            {"type": "status_lapsed", "posted_on": None, "data_on": "2026-02-14", "origin": "clock"},
            "From 2026-02-14, seen by us on 2026-02-15 09:30 UTC; as time passed",
        ),
    ),
)
def test_it_is_told_when_the_registry_posted_it_and_when_we_saw_it(given: dict[str, Json], line: str) -> None:
    """Two dates, and who did it."""
    assert line in rendered(Kind.CHANGES, change(**given)).text.splitlines()


@pytest.mark.parametrize(
    ("given", "words"),
    (
        ({}, ["To stop: trialog unsubscribe stale"]),
        ({"unsubscribe_token": "abc.def"}, ["To stop: trialog unsubscribe --token abc.def"]),
        (
            {"unsubscribe_url": "https://t.example.org/u/abc"},
            ["To stop: https://t.example.org/u/abc", "or give the command: trialog unsubscribe stale"],
        ),
    ),
)
def test_every_message_says_why_it_comes_and_how_to_stop_it(given: dict[str, str], words: list[str]) -> None:
    """A link where there is one, and always a command."""
    message = rendered(Kind.CHANGES, change(), **given)
    assert words == message.text.splitlines()[-len(words) :]
    assert "Why you get this: the subscription stale asks for" in message.text
    for word in (*given.values(), "trialog unsubscribe"):
        assert word in message.html


def test_our_own_page_of_a_trial_is_linked_where_there_is_one() -> None:
    """Beside the registry's."""
    message = rendered(Kind.CHANGES, change(), public_url="https://t.example.org/")
    for part in (message.text, message.html):
        assert "https://clinicaltrials.gov/study/NCT00000001" in part
        assert "https://t.example.org/trials/NCT00000001" in part


@pytest.mark.parametrize(
    ("kind", "items", "thread"),
    (
        (Kind.CHANGES, [change()], "NCT00000001"),
        (Kind.CONDITION, [condition()], "NCT00000001"),
        (Kind.CONDITION, [condition(), condition(trial_id="NCT00000002")], "stale"),
        (Kind.DIGEST, [change()], "stale"),
    ),
)
def test_what_is_of_one_trial_is_one_conversation(kind: Kind, items: list[Json], thread: str) -> None:
    """Else a subscription's messages are one; the list is always the subscription."""
    message = rendered(kind, *items)
    assert (thread, "stale") == (message.thread_id, message.list_id)


def test_a_digest_begins_with_how_much_of_what() -> None:
    """Then trial by trial, each with all that is told of it at a date."""
    others = {"trial_id": "NCT00000002", "title": "Another"}
    items = (change(), change(**others), change(label="Why stopped", old=None, new="x"), condition())
    lines = rendered(Kind.DIGEST, *items).text.splitlines()
    assert ["4 items of 2 trials", "- 3 changes in 2 trials", "- 1 trial is UNKNOWN"] == lines[:3]
    told = [line for line in lines if line.startswith(("NCT", "  *"))]
    assert [
        f"NCT00000001  {TITLE}",
        "  * Recruitment status: RECRUITING -> UNKNOWN",
        "  * Why stopped: added x",
        "NCT00000002  Another",
        "  * Recruitment status: RECRUITING -> UNKNOWN",
        f"NCT00000001  {TITLE}",
        "  * UNKNOWN since 2025-09-02, for 167 days: RECRUITING -> UNKNOWN",
    ] == told


def test_a_notice_says_its_words() -> None:
    """Or at least which subscription it is about; a webhook gets the words too."""
    words = "https://hooks.example.org/*** is disabled"
    message = Renderer().render(said(Kind.NOTICE) | {"notice": words}, envelope())
    assert (f"{words} (stale)", words) == (message.subject, message.text.splitlines()[0])
    assert words in message.html
    assert words in message.body.decode()
    assert "About the subscription stale (stale)" == rendered(Kind.NOTICE).subject


@pytest.mark.parametrize("old", (None, "word and " * 950), ids=("added", "reworded"))
def test_a_message_of_long_texts_stays_one_that_can_be_read(old: str | None) -> None:
    """200 changes of texts near the limit of an event are shortened, each with what it is of."""
    items = [change(position=n, label=f"Field {n}", old=old, new="word in " * 950) for n in range(200)]
    message = rendered(Kind.CHANGES, *items)
    assert 900_000 > len(message.html) > len(message.text) > 100_000
    assert [] == [n for n in range(200) if f"* Field {n}: " not in message.text]


def test_a_long_list_is_a_table_that_a_mail_program_shows_whole() -> None:
    """200 trials in full, the rest counted with the command that lists them, below the 102 kB at which mail is cut."""
    message = rendered(Kind.CONDITION, *[condition(trial_id=f"NCT{n:08}") for n in range(259)])
    assert 200 == len(re.findall(r'<th scope="row">', message.html))
    assert 102_000 > len(message.html.encode())
    for part in (message.text, message.html):
        assert "59 more items, 259 in all: this lists them" in part
        assert "trialog stale" in part


def test_an_item_that_cannot_be_rendered_is_named_and_logged() -> None:
    """The others are told as if it were not there."""
    odd = condition("no such condition", trial_id="NCT00000099")
    with capture_logs() as logs:
        message = rendered(Kind.CONDITION, odd, condition())
    line = "no such condition:NCT00000099:2025-09-02 of NCT00000099 could not be shown here"
    for part in (message.text, message.html):
        assert line in part
        assert "UNKNOWN since 2025-09-02" in part
    assert [("item_not_rendered", "NCT00000099")] == [(log["event"], log["trial"]) for log in logs]


def test_an_address_that_is_none_of_the_web_is_no_link() -> None:
    """Whatever stands where the registry's address should."""
    item = change() | {"registry_url": "javascript:alert(1)"}
    assert "javascript" not in rendered(Kind.CHANGES, item).html


def test_a_template_of_the_same_name_takes_the_place_of_ours(tmp_path: Path) -> None:
    """Those that are not there stay ours, and what it includes may be ours."""
    (tmp_path / "message.txt").write_text("HOUSE STYLE {{ page.headline }}", encoding="utf-8")
    message = Renderer(tmp_path).render(said(Kind.CHANGES, change()), envelope())
    assert "HOUSE STYLE Recruitment status" == message.text
    assert rendered(Kind.CHANGES, change()).html == message.html


@pytest.mark.parametrize("template", ("{{ nothing }}", "{% if %}", "{{ page.__class__.__mro__ }}", "{{ 1 / 0 }}"))
def test_a_template_that_fails_or_reaches_out_never_stops_a_message(tmp_path: Path, template: str) -> None:
    """Ours is used in its place, and that is logged."""
    (tmp_path / "message.html").write_text(template, encoding="utf-8")
    with capture_logs() as logs:
        message = Renderer(tmp_path).render(said(Kind.CHANGES, change()), envelope())
    assert rendered(Kind.CHANGES, change()).html == message.html
    assert ["template_failed"] == [log["event"] for log in logs]


def test_html_needs_nothing_from_elsewhere() -> None:
    """A language, no address but links, both colour schemes."""
    page = Renderer().render(seed_alert(), envelope()).html
    assert '<html lang="en">' in page
    assert "prefers-color-scheme: dark" in page
    assert [] == re.findall(r"(?:src=|url\(|@import|<link)", page)
    assert {"https://clinicaltrials.gov/study/NCT03460795"} == set(re.findall(r"https?://[^\"<\s]+", page))

"""The laws of messages: text and HTML say the same, every item is in both, and nothing hostile gets through."""

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from store.json_text import decode
from tests.messages import TITLE, change, condition, envelope, over, said
from tests.properties.records import ANY_TEXT, ARBITRARY, ARMS, BRIEF, LAWFUL, LOCATIONS, NUMBERS, OUTCOMES
from tests.records import Json
from tracker.alerts.content import Kind
from tracker.alerts.rendering.renderer import Renderer
from tracker.domain.safe_text import one_line
from tracker.domain.wording import minute

RENDERER = Renderer()
HOSTILE = ANY_TEXT | st.sampled_from(
    (
        *(
            "<script>alert(1)</script>",
            "</td></table>",
            "{{ page }}",
            "{% raw %}",
            "=?utf-8?q?=0D=0ABcc:x@y?=",
            "&lt;b&gt;",
        ),
        *(
            "\x1b[31mred",
            "a\u202eb",
            "a\r\nBcc: x@example.org",
            "[-x-]",
            '"><img src=x onerror=y>',
            "\ud800",
            "--",
            "-- \n",
        ),
        *(
            "Adults aged 18 to 65 years who can attend every visit",
            "Adults aged 18 to 75 years who can attend every visit",
        ),
    )
)
VALUES = st.none() | st.booleans() | NUMBERS | HOSTILE | LOCATIONS | OUTCOMES | ARMS | st.lists(HOSTILE, max_size=3)
DATES = st.none() | st.sampled_from(("2026-02-12", "2024-02-29"))
IDS = st.sampled_from(("NCT00000001", "NCT00000002", "NCT00000003"))
CHANGES = st.builds(
    change,
    trial_id=IDS,
    title=HOSTILE | st.none(),
    label=HOSTILE.filter(lambda text: bool(one_line(text))),
    old=VALUES,
    new=VALUES,
    posted_on=DATES,
    data_on=DATES,
    significance=st.sampled_from(("major", "minor")),
    detail=st.sampled_from(({}, {"shift_days": -31}, {"precision_refined": True}, {"percent": 12.5}, {"into": "\x07"})),
)
CONDITIONS = st.builds(
    condition,
    st.sampled_from(
        ("unknown", "unknown:180d", "lapsing:60d", "results-due:30d", "results-overdue", "unverified:12mo")
    ),
    trial_id=IDS,
    title=HOSTILE | st.none(),
    lead_sponsor=HOSTILE | st.none(),
    verified_on=HOSTILE | DATES,
    completion_on=DATES,
    posted_on=DATES,
    disagrees=st.booleans(),
)
ENDS = st.builds(over, st.sampled_from(("unknown", "lapsing:60d", "unverified:12mo")), HOSTILE, trial_id=IDS)
ITEMS = st.lists(CHANGES | CONDITIONS | ENDS, min_size=1, max_size=8)
KINDS = st.sampled_from(tuple(Kind))
KICKERS = (
    *("Change of a trial's record", "Condition that came true", "Condition that is over", "Digest", "Sample", "Notice"),
    *("Trial What Status verified Completion date", "· stale"),
)
ONLY_HTML = frozenset(word for kicker in KICKERS for word in kicker.split())


class Read(HTMLParser):
    """What a person reads of a page; what was marked as gone or new; the tags that it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.marked: dict[str, list[str]] = {"del": [], "ins": []}
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "background")]
        if tag not in ("br", "meta"):
            self._open.append(tag)
        if tag in self.marked:
            self.marked[tag].append("")
        if tag != "i" and tag != "b":
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        if not {"style", "title"}.intersection(self._open):
            self.words.append(data)
            for tag in set(self.marked).intersection(self._open):
                self.marked[tag][-1] += data


def plain(text: str) -> str:
    """The words with single blanks, without the marks of a text, which HTML has as tags."""
    return " ".join(re.sub(r"\[-|-\]|\{\+|\+\}", "", text.replace("→", "->")).split())


def told(item: Json) -> list[str]:
    """What must be found of an item, in its own words."""
    words = [item["trial_id"], one_line(item["title"] or "")]
    for name in ("verified_on", "completion_on", "posted_on", "published_status", "lead_sponsor", "over", "label"):
        words.append(one_line(item.get(name) or ""))
    if item.get("observed_at"):
        words.append(minute(item["observed_at"]))
    if "old" not in item:
        words.append(item["cause"])
    return words


def texts_in(value: Json) -> list[str]:
    """Every text and number of a value but a place on the map."""
    if isinstance(value, dict):
        return [text for key, one in value.items() if key != "geoPoint" for text in texts_in(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts_in(one)]
    if isinstance(value, str):
        return [one_line(value)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


@LAWFUL
@given(kind=KINDS, items=ITEMS)
def test_text_and_html_have_every_item(kind: Kind, items: list[Json]) -> None:
    """Ids, titles, labels, dates, reasons and statuses of every item are in both, whatever its texts are."""
    rendered = RENDERER.render(said(kind, *items), envelope())
    text, html = plain(rendered.text), plain("".join(Read(rendered.html).words))
    for word in (plain(word) for item in items for word in told(item)):
        assert word in text
        assert word in html


@LAWFUL
@given(kind=KINDS, items=st.lists(CHANGES | CONDITIONS | ENDS | ARBITRARY, max_size=8))
def test_text_and_html_say_the_same(kind: Kind, items: list[Json]) -> None:
    """No word is in one alone, but for headings of tables, lines of dashes, and addresses that HTML has as links."""
    rendered = RENDERER.render(said(kind, *items), envelope())
    both = (rendered.text, "".join(Read(rendered.html).words))
    text, html = ({word.rstrip(":") for word in plain(part).split()} for part in both)
    assert set() == {word for word in html - text if word not in ONLY_HTML}
    assert set() == {word for word in text - html if not word.startswith("https://") and word.strip("-*")}


@LAWFUL
@given(items=st.lists(CHANGES, min_size=1, max_size=4))
def test_text_and_html_have_every_old_and_new(items: list[Json]) -> None:
    """Every word of an old and of a new value is in both, and what HTML marks is what the text marks."""
    rendered = RENDERER.render(said(Kind.CHANGES, *items), envelope())
    page = Read(rendered.html)
    text, html = plain(rendered.text), plain("".join(page.words))
    for word in (plain(word) for item in items for side in ("old", "new") for word in texts_in(item[side])):
        for part in word.split():
            assert part in text
            assert part in html
    for marked in (*page.marked["del"], *page.marked["ins"]):
        assert plain(marked) in text


@LAWFUL
@given(kind=KINDS, items=ITEMS)
def test_nothing_hostile_gets_through(kind: Kind, items: list[Json]) -> None:
    """No control or bidirectional character is in any part, no tag and no address comes from a record."""
    rendered = RENDERER.render(said(kind, *items), envelope())
    for part in (rendered.subject, rendered.text, rendered.html):
        assert None is re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]", part)
    assert "\n" not in rendered.subject
    assert "=?" not in rendered.subject
    page = Read(rendered.html)
    assert set() == page.tags & {"script", "img", "link", "iframe", "object", "form", "base"}
    assert {"https://clinicaltrials.gov"} >= {address.rpartition("/study/")[0] for address in page.addresses}


@LAWFUL
@given(items=st.lists(ARBITRARY | CHANGES, min_size=1, max_size=5), kind=KINDS)
def test_what_cannot_be_rendered_never_stops_the_others(items: list[Json], kind: Kind) -> None:
    """Among things that are no items at all, a sound one is told."""
    rendered = RENDERER.render(said(kind, *items, change(title=TITLE)), envelope())
    assert TITLE in rendered.text
    assert TITLE in rendered.html
    assert "dlv_01J5" == decode(rendered.body)["id"]


@BRIEF
@given(kind=KINDS, items=ITEMS, times=st.integers(1, 60), reason=st.integers(1, 30_000))
def test_the_body_is_small_and_counts_what_it_leaves_out(
    kind: Kind, items: list[Json], times: int, reason: int
) -> None:
    """At most 20 kB, whatever comes; what is told and what is left out add up."""
    content = said(kind, *items * times, reason="r" * reason)
    body = RENDERER.render(content, envelope()).body
    data = decode(body)["data"]
    assert 20_000 >= len(body)
    assert len(items) * times == data["items_count"] == len(data["items"]) + data["more_count"]
    assert (data["more"] is None) is (data["more_count"] == 0)

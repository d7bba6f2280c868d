"""Page texts that were cut off: what is refused as truncated, and what no text can tell."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.made_records import observed, refused
from tests.unit.sources.test_page_text import MADE, observational, page
from tracker.domain.record import OWN_SECTION
from tracker.source import Observation
from tracker.sources.page_text import looks_like_page_text
from tracker.sources.reading import read_record


def kept_of(cut: str) -> Any:
    """What is accepted of a page text that was cut off; None where it is refused as truncated."""
    found = read_record(page(cut.encode()))
    if isinstance(found, Observation):
        return found.record
    assert found.reason.startswith("truncated: "), found.reason
    assert cut.encode() == found.raw
    return None


def test_the_seed_cut_anywhere_is_refused(seed: Path) -> None:
    """Of the page text of the seed, no beginning is accepted: the whole ends with status and phase of a trial."""
    text = seed.read_text("utf-8").rstrip()
    lines = [at for at in range(len(text)) if text[at] == "\n"]
    within = [*range(0, len(text), 41), *range(len(text) - 200, len(text))]
    for at in (*lines, *(at + 1 for at in lines), *within):
        assert kept_of(text[:at]) is None, text[:at][-60:]
    assert kept_of(text) == observed(page(seed.read_bytes())).record


def test_a_cut_page_that_cannot_be_told_loses_related_trials_alone() -> None:
    """Only between two related trials, or inside a joint phase of the last, a cut leaves a page that looks whole."""
    text = MADE.read_text("utf-8")
    whole = observed(page(text.encode())).record
    accepted = [at for at in range(len(text)) if kept_of(text[:at]) is not None]
    line = "\nNCT01234568 COMPLETED PHASE2"
    assert [line, f"{line}/PHASE3", f"{line}/PHASE3\n"] == [text[text.rindex("\nNCT", 0, at) : at] for at in accepted]
    for at in accepted:
        record = kept_of(text[:at])
        assert whole["protocolSection"] == record["protocolSection"]
        own, kept = ({**one[OWN_SECTION]} for one in (whole, record))
        first, related = own.pop("relatedTrials")[0], kept.pop("relatedTrials")
        own.pop("unreadLines")  # a line between the related trials
        assert own == kept
        assert [first["nctId"]] == [one["nctId"] for one in related]


@pytest.mark.parametrize(
    ("end", "words"),
    (
        ("\nResponsible Party\n", "ends in its section 'Sponsors', before its last section 'More Related Trials'"),
        ("\nStudy Results\n", "ends above its first section"),
        ("\nCoffee Instead\n", "stops in its section 'More Related Trials' before the first trial"),
        ("\nNCT01234569 UNKNOWN\n", "stops after 'Silence'"),
        (" UNKNOWN\n", "stops inside the line 'NCT01234569'"),
    ),
)
def test_a_truncated_page_says_where_it_stops(end: str, words: str) -> None:
    """The reason names the section or line at which the page stops, and what to do."""
    reason = refused(page(MADE.read_text("utf-8").split(end)[0].encode()))
    assert words in reason
    assert "fetch the page again" in reason


def test_a_last_line_that_is_ended_is_whole() -> None:
    """A related trial without a phase is believed where a line end follows it, and only there."""
    text = observational()
    assert kept_of(text)[OWN_SECTION]["relatedTrials"][0]["status"] == "RECRUITING"
    assert kept_of(text.rstrip("\n")) is None
    assert "end the file with a line break" in refused(page(text.rstrip("\n").encode()))


def test_the_beginning_of_a_page_is_known_for_one() -> None:
    """Title, id and date alone are a page text, though a truncated one."""
    text = MADE.read_text("utf-8")
    for end in ("2025-11", "\n\nStudy Results", "\n\nResults posted"):
        for line_end in ("\n", "\r\n", "\r"):
            head = text.split(end)[0].replace("\n", line_end).encode()
            assert looks_like_page_text(head)
            assert refused(page(head)).startswith("truncated: ")

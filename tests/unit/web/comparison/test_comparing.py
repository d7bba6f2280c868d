"""Two contents side by side: rows by section, words marked, and how much stayed the same."""

import time

from tests.records import Json, enrollment, record, sites
from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.compare import changes_between
from tracker.web.comparison.comparing import Comparison, compared


def between(old: Json, new: Json) -> Comparison:
    """The comparison of two records by the ledger's own diff."""
    return compared(old, new, changes_between(old, new, catalogue=default_catalogue()))


def outcomes(frame: str) -> dict[str, Json]:
    """An outcomes module whose one outcome is measured at ``frame``."""
    return {"primaryOutcomes": [{"measure": "Pain", "timeFrame": frame}]}


def test_rows_stand_in_the_order_of_the_record_page() -> None:
    """Grouped by section, with the field's label, old and new."""
    old = record(contactsLocationsModule=sites(2), designModule=enrollment(1000))
    new = record(contactsLocationsModule=sites(1), designModule=enrollment(900), status="COMPLETED")
    found = between(old, new)
    assert ["basics", "locations"] == [section.key for section in found.changed]
    basics = {row.label: (row.kind, row.old, row.new) for row in found.changed[0].rows}
    assert ("changed", "recruiting", "completed") == basics["Recruitment status"]
    assert ("changed", "1,000", "900") == basics["Enrollment"]
    (gone,) = found.changed[1].rows
    assert ("removed", "Beta Hospital, Lyon, France", None) == (gone.kind, gone.old, gone.new)
    assert 3 == found.changes_count


def test_a_change_inside_an_item_names_the_item_and_the_part() -> None:
    """Which outcome it was, and what of it."""
    (section,) = between(record(outcomesModule=outcomes("6 weeks")), record(outcomesModule=outcomes("8 weeks"))).changed
    (row,) = section.rows
    assert ("Primary outcome, time frame", "Pain") == (row.label, row.about)
    assert [("del", "6"), ("ins", "8")] == [(run.kind, run.text) for run in row.runs if run.kind in ("del", "ins")]


def test_markup_of_the_history_is_no_change() -> None:
    """Only the word that changed is marked where one side is HTML and the other Markdown."""
    old = record(descriptionModule={"briefSummary": "&lt;p&gt;Pain after &amp;lt; six weeks of care&lt;/p&gt;"})
    new = record(descriptionModule={"briefSummary": "Pain after \\< eight weeks of care"})
    (row,) = between(old, new).changed[0].rows
    assert [("del", "six"), ("ins", "eight")] == [
        (run.kind, run.text) for run in row.runs if run.kind in ("del", "ins")
    ]


def test_what_stayed_is_counted() -> None:
    """Facts and items of lists that no change speaks of, in sections with changes and without."""
    places = sites(10)
    moved = {"locations": [{**places["locations"][0], "status": "RECRUITING"}, *places["locations"][1:]]}
    found = between(record(contactsLocationsModule=places), record(contactsLocationsModule=moved))
    assert [("locations", 9)] == [(section.key, section.unchanged_count) for section in found.changed]
    assert ("basics", 2) in [(section.key, section.unchanged_count) for section in found.unchanged]


def test_a_whole_section_of_results_is_told_by_its_size() -> None:
    """Nobody reads half a megabyte in a cell."""
    new = record()
    new["resultsSection"] = {"moreInfoModule": {"notes": ["word " * 9] * 1000}}
    (row,) = [
        row for section in between(record(), new).changed for row in section.rows if row.path == "/resultsSection"
    ]
    assert ("added", None) == (row.kind, row.old)
    assert row.new is not None
    assert row.new.startswith("(results, ")


def test_long_texts_are_compared_in_a_blink() -> None:
    """Twenty kilobytes with a word in nine changed: far below what a person would wait for."""
    words = [f"word{n % 211}" for n in range(3_000)]
    old = record(eligibilityModule={"eligibilityCriteria": " ".join(words)})
    words[::9] = [f"other{n}" for n in range(len(words[::9]))]
    new = record(eligibilityModule={"eligibilityCriteria": " ".join(words)})
    began = time.perf_counter()
    (row,) = between(old, new).changed[0].rows
    assert time.perf_counter() - began < 1
    assert len(row.runs) > 500


def test_only_the_registrys_names_are_put_in_words() -> None:
    """An acronym in capitals is no name of a closed set."""
    old = record(identificationModule={"acronym": "PRIMO"})
    new = record(identificationModule={"acronym": "SECUNDO"})
    (row,) = between(old, new).changed[0].rows
    assert ("PRIMO", "SECUNDO") == (row.old, row.new)

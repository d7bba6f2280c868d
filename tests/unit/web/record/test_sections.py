"""A record as sections: the seed's order, everything somewhere, nothing that is not text."""

import pytest

from tests.records import Json, enrollment, record, site, sites
from tracker.web.record.outline import OTHER, OUTLINE, section_of
from tracker.web.record.parts import Fact, LastChange, Part, Prose, Section, Table
from tracker.web.record.results import MOST_ROWS
from tracker.web.record.sections import record_sections

SEED = (
    *("results", "basics", "summary", "description", "conditions", "design", "groups", "interventions", "outcomes"),
    *("eligibility", "sponsors", "responsible", "investigators", "locations", "contacts", "identifiers"),
)


def section(of: Json, key: str) -> Section:
    """A section of a record."""
    return next(found for found in record_sections(of) if found.key == key)


def texts(part: Part) -> list[str]:
    """All text of a part."""
    if isinstance(part, Fact):
        return [value.text for value in part.values]
    if isinstance(part, Prose):
        return [item.text for block in part.blocks for item in block.items]
    return [value.text for row in part.rows for value in row]


def facts(found: Section) -> dict[str, list[str]]:
    """The facts of a section by their labels."""
    return {part.label: texts(part) for part in found.parts if isinstance(part, Fact)}


def test_sections_come_in_the_order_of_the_seed_page() -> None:
    """Outcomes stand before eligibility; what the page does not have follows."""
    assert SEED == tuple(outline.key for outline in OUTLINE)[: len(SEED)]


def test_no_path_is_claimed_twice() -> None:
    """So a change has one section."""
    paths = [path for outline in OUTLINE for path in outline.paths]
    assert sorted(set(paths)) == sorted(paths)


@pytest.mark.parametrize(
    ("path", "key"),
    (
        ("/protocolSection/statusModule/overallStatus", "basics"),
        ("/protocolSection/statusModule/startDateStruct/date", "basics"),
        ("/protocolSection/contactsLocationsModule/locations/3/contacts/0/phone", "locations"),
        ("/protocolSection/designModule/designInfo", "design"),
        ("/resultsSection/adverseEventsModule/seriousEvents/1/term", "results"),
        ("/protocolSection/newModule/x", "other"),
        ("/annotationSection/annotationModule/unpostedAnnotation/unpostedEvents/0", "results"),
    ),
)
def test_every_change_has_a_section(path: str, key: str) -> None:
    """That of what it is in, or what is in it; the last for what nobody knows."""
    assert key == section_of(path).key


def test_names_numbers_and_dates_are_read_as_people_say_them() -> None:
    """Dates keep their precision and say whether they came to pass."""
    status = {"startDateStruct": {"date": "2026-05", "type": "ESTIMATED"}, "whyStopped": "PI left"}
    found = facts(
        section(record(statusModule=status, designModule={"phases": ["PHASE1", "NA"], **enrollment(1200)}), "basics")
    )
    assert ["recruiting"] == found["Recruitment status"]
    assert ["2026-05, planned"] == found["Start"]
    assert ["phase 1", "not applicable"] == found["Phase"]
    assert ["1,200, planned"] == found["Enrollment"]
    assert ["PI left"] == found["Why stopped"]


def test_sites_are_grouped_by_country_with_their_states() -> None:
    """The country with most sites first; many sites are folded."""
    places = [site("A", "Oslo", "Norway", status="RECRUITING"), *sites(20)["locations"]]
    counts, norway, france = section(record(contactsLocationsModule={"locations": places}), "locations").parts
    assert "21 sites in 2 countries" == counts.label
    assert ["Norway: 20 (1 recruiting)", "France: 1"] == texts(counts)
    assert isinstance(norway, Table)
    assert ("Norway", 20, True) == (norway.label, norway.count, norway.is_folded)
    assert "France" == france.label


def test_what_no_section_knows_is_in_the_last_one() -> None:
    """New modules, new fields of known ones, and modules of another shape than they have today."""
    made = record(conditionsModule={"rareness": "very"}, brandNewModule={"a": {"b": [1, True]}})
    made["protocolSection"]["designModule"] = ["odd"]
    made["novelSection"] = "hello"
    last = record_sections(made)[-1]
    assert OTHER.key == last.key
    assert facts(last) == {
        "rareness": ["very"],
        "brandNewModule": ["a: b: 1, yes"],
        "designModule": ["odd"],
        "novelSection": ["hello"],
    }


def test_an_item_with_a_new_key_shows_it() -> None:
    """In a last column."""
    made = record(armsInterventionsModule={"armGroups": [{"label": "A", "color": "red"}, "bare"]})
    (table,) = section(made, "groups").parts
    assert isinstance(table, Table)
    assert ("Group", "More") == table.columns[:1] + table.columns[-1:]
    assert "color: red" in texts(table)


@pytest.mark.parametrize(
    ("url", "is_link"),
    (
        ("https://a.example/x", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example", False),
    ),
)
def test_only_web_addresses_are_links(url: str, *, is_link: bool) -> None:
    """Others are shown as text."""
    made = record(referencesModule={"seeAlsoLinks": [{"label": "x", "url": url}]})
    (table,) = section(made, "references").parts
    assert isinstance(table, Table)
    cell = table.rows[0][-1]
    assert (url, is_link) == (cell.text, cell.href is not None)


def test_a_section_that_vanished_still_tells_its_last_change() -> None:
    """Its heading stays, with nothing but the change."""
    gone = LastChange(on="2026-01-01", position=7, revision=2, what="Central contact removed")
    found = {one.key: one for one in record_sections(record(), {"contacts": gone})}
    assert ((), gone) == (found["contacts"].parts, found["contacts"].last_change)


def test_results_are_told_in_short() -> None:
    """Who took part, harm by group; of many events the first, with their count."""
    events = [{"term": f"event {n}", "organSystem": "Eye disorders"} for n in range(300)]
    made = record()
    made["resultsSection"] = {
        "adverseEventsModule": {
            "eventGroups": [{"id": "1", "title": "A", "deathsNumAffected": 0, "deathsNumAtRisk": 9}],
            "seriousEvents": events,
        },
        "unheardOfModule": {"x": "y"},
    }
    parts = {part.label: part for part in section(made, "results").parts}
    serious = parts["Serious adverse events"]
    assert isinstance(serious, Table)
    assert (300, MOST_ROWS, 300 - MOST_ROWS, True) == (
        serious.count,
        len(serious.rows),
        serious.hidden_count,
        serious.is_folded,
    )
    assert ["A", "0 of 9"] == texts(parts["Adverse events, participants affected"])
    assert ["x: y"] == texts(parts["unheardOfModule"])

"""The words by which a trial is found, and those that a question holds."""

import pytest

from tests.records import record, site
from tracker.domain.facts import facts_of
from tracker.domain.search_words import search_words, whole_ids, words_in
from tracker.domain.text_search import fold


def test_a_record_gives_its_words_behind_the_letters_of_their_groups() -> None:
    """Titles, conditions, interventions, sponsor, countries, whole ids and their parts, status, phases."""
    made = record(
        "NCT00000001",
        status="ACTIVE_NOT_RECRUITING",
        identificationModule={
            "briefTitle": "Skin of skin",
            "officialTitle": "A skin",
            "acronym": "SÜN-1",
            "orgStudyIdInfo": {"id": "AB-12"},
            "secondaryIdInfos": [{"id": "X9"}, {"link": "none"}],
            "nctIdAliases": ["NCT00000007", 5],
        },
        conditionsModule={"conditions": ["Skin cancer", "Cancer"]},
        armsInterventionsModule={"interventions": [{"name": "Drug B"}, {}]},
        sponsorCollaboratorsModule={"leadSponsor": {"name": "Köln"}},
        contactsLocationsModule={"locations": [site("Clinic", "Here", "Norway")]},
        designModule={"phases": ["PHASE1", "EARLY_PHASE1"]},
    )
    expected = (
        "tskin tof ta tsun t1 cskin ccancer ccancer idrug ib skoln lnorway "
        "knct00000001 kab12 kx9 knct00000007 nab n12 uactivenotrecruiting pphase1 pearlyphase1"
    )
    assert expected == search_words(made, facts_of(made))


def test_a_record_of_nothing_has_its_id() -> None:
    """Nothing else is needed to be found."""
    made = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}
    assert "knct00000001" == search_words(made, facts_of(made))


@pytest.mark.parametrize("text", ("Plain ASCII, 5-FU (x_y)", "Sjögren's ﬁbrosis ½ ß", "x" * 600, "é" * 600, "", "\0"))
def test_words_are_the_same_by_either_way(text: str) -> None:
    """ASCII has a quicker way to the words that any text has."""
    by_letters = "".join(letter if letter.isalnum() else " " for letter in fold(text)).split()
    expected = [word[at : at + 250] for word in by_letters for at in range(0, len(word), 250)]
    assert expected == words_in(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("NCT 0000-0001", ["nct00000001"]),
        ("00000001", ["00000001", "nct00000001"]),
        ("nct1", ["nct1", "nct00000001"]),
        ("2024", ["2024"]),
        ("nct123456789", ["nct123456789"]),
        ("AB-12/3", ["ab123"]),
        ("...", []),
    ),
)
def test_a_text_may_be_an_id(text: str, expected: list[str]) -> None:
    """As it is, and as an NCT number where it gives eight digits, or fewer behind NCT."""
    assert expected == whole_ids(text)

"""Searching the trials: the same trials in the same order on both databases."""

from typing import Any

import pytest

from tests.contract.pipeline.lab import Lab
from tests.records import Json, record, selection, site
from tracker.domain.errors import InvalidInput
from tracker.domain.whereabouts import Whereabouts
from tracker.views.answers import FoundPage, FoundTrial
from tracker.views.finding import find_trials
from tracker.views.wanted_trials import TrialFilter


def find(lab: Lab, text: str | None = None, *, limit: int = 50, after: str | None = None, **wanted: Any) -> FoundPage:
    """A page of what is found."""
    with lab.database.reading() as transaction:
        return find_trials(transaction.connection, TrialFilter(text=text, **wanted), limit=limit, after=after)


def found(lab: Lab, text: str | None = None, **wanted: Any) -> str:
    """The last digits of the trials that are found, in their order."""
    return "".join(trial.trial_id[-1] for trial in find(lab, text, **wanted).items)


def trial(number: int, title: str, **given: Any) -> dict[str, Json]:
    """A trial that says little; ``given`` names what else it says."""
    modules: dict[str, Json] = {
        "identificationModule": {"briefTitle": title, **given.get("ids", {})},
        "conditionsModule": {"conditions": given.get("conditions", [])},
        "armsInterventionsModule": {"interventions": [{"name": name} for name in given.get("interventions", [])]},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": given.get("sponsor", "Nobody")}},
        "contactsLocationsModule": {"locations": [site("Clinic", "Here", name) for name in given.get("countries", [])]},
        "designModule": {"phases": given.get("phases", [])},
    }
    on, status = given.get("on", "2026-01-10"), given.get("status", "RECRUITING")
    return record(f"NCT0000000{number}", posted_on=on, status=status, **modules)


@pytest.fixture
def trials(own_lab: Lab) -> Lab:
    """Six trials; each test asks for what it needs to know."""
    own_lab.see(
        trial(1, "Melanoma and sun", conditions=["Skin cancer"], on="2026-01-01", phases=["PHASE1", "PHASE2"]),
        trial(2, "A study of the skin", conditions=["Melanoma"], on="2026-01-09", countries=["Türkiye", "Norway"]),
        trial(3, "MELANOMA in Norway", sponsor="Universität Köln", on="2026-01-05", status="ACTIVE_NOT_RECRUITING"),
        trial(4, "Heart", interventions=["Melanomab 5 mg"], ids={"orgStudyIdInfo": {"id": "AB-12/34"}}),
        trial(5, "Sjögren's syndrome", ids={"acronym": "SUNRISE", "secondaryIdInfos": [{"id": "EudraCT 2020-1"}]}),
        trial(6, "Heart", conditions=["Cancer of skin"], ids={"nctIdAliases": ["NCT09999999"]}, status="UNKNOWN"),
    )
    return own_lab


BY_TEXT: dict[str | None, str] = dict(  # noqa: C406
    (
        ("melanoma", "3124"),  # titles, then conditions, then what only begins so
        ("MELANOMA norway", "3"),  # all words
        ("norway melanoma", "3"),  # in any order
        ("melanoma norwe", ""),
        ("melanoma nor", "3"),  # the last may only begin so
        ("mela norway", ""),  # no other may
        ("melano", "3142"),
        ("me", ""),  # two letters are a word
        ("melano ", ""),
        ("skin melanoma", "21"),
        ("sjogren", "5"),
        ("SJÖGREN'S", "5"),
        ("koln", "3"),
        ("sunrise", "5"),
        ("melanomab", "4"),
        ("5 mg", "4"),
        ("ab12/34", "4"),
        ("12", "4"),
        ("eudract 2020 1", "5"),
        ("2020", "5"),
        (" ", "654231"),
        (None, "654231"),
    )
)


def test_a_text_finds_trials_by_their_words(trials: Lab) -> None:
    """In titles before elsewhere, whole words before beginnings, the last changed first, then the higher number."""
    assert BY_TEXT == {text: found(trials, text) for text in BY_TEXT}


def test_an_id_comes_first(trials: Lab) -> None:
    """In any case, however it is spaced, by its digits."""
    texts = ("NCT00000003", "nct 0000 0003", "00000003", "nct3", "nct-3 ")
    assert ["3"] * 5 == [found(trials, text)[:1] for text in texts]


def test_an_id_comes_before_titles_that_name_it(trials: Lab) -> None:
    """Also where such a title is of a trial that changed later."""
    trials.see(trial(7, "Extension of NCT00000001, AB-12/34", on="2026-01-30"))
    assert ("17", "4") == (found(trials, "nct00000001"), found(trials, "ab 1234"))


def test_the_beginning_of_an_id_finds_those_that_begin_so(trials: Lab) -> None:
    """From the fifth digit on."""
    assert ("654231", "") == (found(trials, "NCT0000000"), found(trials, "NCT000"))


def test_a_merged_trial_is_found_in_the_other(trials: Lab) -> None:
    """By its id, as an alias or as it was merged; it is itself again once it is back."""
    assert ("6", "6") == (found(trials, "NCT09999999"), found(trials, "nct 9999999"))
    trials.move(Whereabouts.MERGED, on="2026-02-01", trial_id="NCT00000004", into="NCT00000005")
    assert ("5", "6", "65231") == (found(trials, "NCT00000004"), found(trials, "heart"), found(trials))
    assert trials.verify().ok
    trials.move(Whereabouts.VISIBLE, on="2026-02-02", trial_id="NCT00000004")
    assert ("4", "64") == (found(trials, "NCT00000004"), found(trials, "heart"))
    assert trials.verify().ok


BY_FILTER: tuple[tuple[dict[str, Any], str], ...] = (
    ({"conditions": ("cancer",)}, "61"),
    ({"conditions": ("ANCE",)}, "61"),
    ({"conditions": ("skin cancer",)}, "1"),
    ({"conditions": ("in canc",)}, "1"),
    ({"conditions": ("cancer of",)}, "6"),
    ({"conditions": (" cancer",)}, "1"),
    ({"conditions": ("n",)}, "621"),
    ({"conditions": ("",)}, "654231"),
    ({"conditions": (" ",)}, "61"),
    ({"conditions": ("mélanoma", "of skin")}, "62"),
    ({"interventions": ("mab 5",)}, "4"),
    ({"sponsors": ("universitat k",)}, "3"),
    ({"sponsors": ("köln",)}, "3"),
    ({"countries": ("turk",)}, "2"),
    ({"countries": ("nor",), "conditions": ("oma",)}, "2"),
    ({"statuses": ("active_not_recruiting",)}, "3"),
    ({"statuses": ("UNKNOWN", "ACTIVE_NOT_RECRUITING")}, "63"),
    ({"statuses": ("ACTIVE",)}, ""),
    ({"phases": ("PHASE2",)}, "1"),
    ({"phases": ("phase3",)}, ""),
    ({"conditions": (" cancer",), "statuses": ("RECRUITING", "UNKNOWN")}, "1"),
    ({"conditions": ("skin-cancer",), "phases": ("PHASE1",)}, ""),
    ({"conditions": (" cancer", "of skin"), "statuses": ("UNKNOWN",)}, "6"),
    ({"text": "melanoma", "conditions": ("skin",)}, "1"),
    ({"text": "melanoma", "conditions": ("skin", "oma")}, "12"),
    ({"text": "NCT00000003", "phases": ("PHASE2",)}, ""),
)


def test_filters_are_texts_anywhere_in_a_value(trials: Lab) -> None:
    """As for stale trials and subscriptions; status and phase are whole. Alternatives of one, all of several."""
    assert BY_FILTER == tuple((wanted, found(trials, **wanted)) for wanted, _ in BY_FILTER)


def test_a_filter_of_more_words_than_are_asked_for_reads_the_rows(own_lab: Lab) -> None:
    """What the index cannot narrow down is found all the same, past the first rows that are read."""
    rare = [
        trial(1, "One", conditions=["xq middle"], on="2026-02-01"),
        trial(2, "Two", conditions=["xq middle"], on="2026-03-01"),
    ]
    many = [
        record(f"NCT1{n:07d}", conditionsModule={"conditions": [f"z{n}x", f"y{n} middle"]}, posted_on="2026-02-01")
        for n in range(250)
    ]
    own_lab.see(*rare, *many)
    pages = [find(own_lab, conditions=("q middle",), limit=1)]
    while pages[-1].next:
        pages.append(find(own_lab, conditions=("q middle",), limit=1, after=pages[-1].next))
    assert ["NCT00000002", "NCT00000001"] == [one.trial_id for page in pages for one in page.items]
    first = find(own_lab, conditions=("z",))
    assert (50, True) == (len(first.items), first.next is not None)
    assert [252, 250] == [len(find(own_lab, conditions=(letter,), limit=1000).items) for letter in ("x", "z")]


def paged(lab: Lab, text: str | None, *, limit: int) -> list[FoundPage]:
    """All pages."""
    pages = [find(lab, text, limit=limit)]
    while pages[-1].next is not None:
        pages.append(find(lab, text, limit=limit, after=pages[-1].next))
    return pages


@pytest.mark.parametrize("limit", (1, 2, 3))
def test_pages_give_each_trial_once(trials: Lab, limit: int) -> None:
    """Whatever their size, all full but the last, which says that it is."""
    for text in ("melanoma", None, "skin", "heart", "melano"):
        pages = paged(trials, text, limit=limit)
        assert found(trials, text) == "".join(one.trial_id[-1] for page in pages for one in page.items)
        assert {limit} >= {len(page.items) for page in pages[:-1]}
        assert 0 < len(pages[-1].items)


REFUSED = ("", "x", "9-1", "1-", "1-99999999999999999999", "1-x1", "0-1;")


def test_a_page_that_nothing_led_to_is_refused(own_lab: Lab) -> None:
    """It is wrong input, not an error of the database."""
    for after in REFUSED:
        with pytest.raises(InvalidInput, match="next"):
            find(own_lab, after=after)


HOSTILE = (
    *('"', "'", '"melanoma', "a AND", "NEAR(", "NOT", "words:melanoma", "*", "melanoma*", "^a", "a:*", "!a & |", "\\"),
    *("\0", "melanoma\0", "\ud800", "(((", "--", "%", "_", "a" * 10_000, "word " * 2_000, "é" * 10_000, "😀", "你好"),
    *("'; DROP TABLE view_trials", "{}", "-melanoma", "\u0301", "ﷺ" * 500, "nct" + "9" * 30, "٣" * 8),
)


def test_no_text_is_an_error(trials: Lab) -> None:
    """Neither as what is searched nor in a filter."""
    for text in HOSTILE:
        filters: list[dict[str, Any]] = [{}, {"conditions": (text,)}, {"statuses": (text,), "phases": (text,)}]
        for wanted in (*filters, {"sponsors": (text,), "countries": (text,)}):
            find(trials, text, **wanted)
            find(trials, **wanted)


def test_a_text_without_letters_finds_nothing(trials: Lab) -> None:
    """It asks for something that nothing has."""
    assert [""] * 5 == [found(trials, text) for text in ("*", "...", "\0", "_", "\u0301")]


def test_hostile_records_are_found_and_verified(own_lab: Lab) -> None:
    """Long words, many words, words that mean something to a database, other scripts."""
    own_lab.see(
        trial(1, "x" * 3_000 + " NEAR AND OR NOT"),
        trial(2, " ".join(f"word{n}" for n in range(20_000))),
        trial(3, "نص 你好 😀 \u0301 'quoted' \"too\" \\ :* & | !"),
    )
    asked = ("near", "x" * 3_000, "word7", "你好", "نص", "quoted too")
    assert ["1", "1", "2", "3", "3", "3"] == [found(own_lab, text) for text in asked]
    assert own_lab.verify().ok


def test_the_newest_record_is_what_is_found(trials: Lab) -> None:
    """A trial leaves the searches of what it no longer says, and moves to the front by the day of its change."""
    trials.see(trial(1, "Sun", conditions=["Skin cancer"], on="2026-03-01"))
    assert ("324", "16", "15") == (found(trials, "melanoma"), found(trials, "cancer"), found(trials, "sun"))
    assert "1" == found(trials)[0]
    trials.see(trial(1, "Melanoma before", on="2025-12-01"))
    assert ("324", "15") == (found(trials, "melanoma"), found(trials, "sun"))
    assert trials.verify().ok


def test_a_thin_observation_takes_no_words_away(trials: Lab) -> None:
    """What it cannot speak of goes on being found."""
    trials.see(selection("NCT00000001", designModule={"phases": ["PHASE4"]}))
    assert ("1", 2) == (found(trials, phases=("PHASE4",)), find(trials, phases=("PHASE4",)).items[0].revision)
    assert ("3124", "61") == (found(trials, "melanoma"), found(trials, conditions=("cancer",)))


def test_an_answer_is_what_a_list_shows(trials: Lab) -> None:
    """By the newest record, with the day since when it holds."""
    trials.see(trial(1, "Sun", conditions=["Skin cancer", "Other"], on="2026-03-01", phases=["PHASE1", "PHASE2"]))
    expected = FoundTrial(
        trial_id="NCT00000001",
        title="Sun",
        lead_sponsor="Nobody",
        published_status="RECRUITING",
        last_known_status=None,
        phases=["PHASE1", "PHASE2"],
        conditions=["Skin cancer", "Other"],
        posted_on="2026-03-01",
        revision=2,
        changed_on="2026-03-01",
    )
    assert [expected] == find(trials, "sun").items[:1]


def test_a_search_that_finds_nothing_has_no_next_page(own_lab: Lab) -> None:
    """Also in a ledger without trials."""
    assert FoundPage(items=[], next=None) == find(own_lab, "melanoma") == find(own_lab)

"""Reading a page text: every shown value in its place, and no heading or explanation among them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.made_records import observed, raw_record, refused
from tracker.domain.record import OWN_SECTION
from tracker.source import RawRecord
from tracker.sources.page_layout import HEADINGS, RESULTS_PENDING
from tracker.sources.page_text import PAGE_COVERAGE, looks_like_page_text

MADE = Path(__file__).with_name("page_multi_arm.txt")
OBSERVATIONAL = """\
A Made Cohort of Night Workers

NCT ID: NCT07654321

Last Updated: 2026-02-01

Study Results

Results pending

{pending}

Basic Information

{basic}

Recruitment Status

RECRUITING

Clinical Phase

Total Enrollment

99999999 participants

Study Classification

OBSERVATIONAL

Favourite Colour

Brief Summary

{summary}

Short.

Study Design

{design}

Observational Model

COHORT

Time Perspective

PROSPECTIVE

More Related Trials

{related}

Sleepers by Day
NCT07654322 RECRUITING
"""


def page(raw: bytes) -> RawRecord:
    """A page text found nowhere in particular."""
    return raw_record(raw, kind="page_text")


def observational() -> str:
    """A page of a study that only observes, with an empty phase and a label of its own."""
    return OBSERVATIONAL.format(
        pending=RESULTS_PENDING,
        basic=HEADINGS["Basic Information"],
        summary=HEADINGS["Brief Summary"],
        design=HEADINGS["Study Design"],
        related=HEADINGS["More Related Trials"],
    )


def section(record: Any, module: str) -> Any:
    """A module of the protocol section."""
    return record["protocolSection"][module]


def between(text: str, start: str, end: str) -> str:
    """What the page shows between two of its lines."""
    return text.split(f"\n{start}\n")[1].split(f"\n{end}\n")[0].strip()


def test_the_seed_is_read_whole(seed: Path) -> None:
    """Every value of the page lands in its place of the API v2 shape, and nothing else is made up."""
    text = seed.read_text("utf-8")
    summary, description = HEADINGS["Brief Summary"], HEADINGS["Detailed Description"]
    criteria = between(text, HEADINGS["Eligibility Criteria"], "Minimum Eligible Age")
    contact = {"role": "CONTACT", "phone": "86-025-68136053"}
    expected = {
        "hasResults": False,
        "protocolSection": {
            "identificationModule": {
                "nctId": "NCT03460795",
                "briefTitle": text.split("\n")[0],
                "orgStudyIdInfo": {"id": "NJLT005"},
            },
            "statusModule": {
                "overallStatus": "UNKNOWN",
                "startDateStruct": {"date": "2020-06-01"},
                "completionDateStruct": {"date": "2025-09-01"},
                "lastUpdatePostDateStruct": {"date": "2020-03-04"},
            },
            "descriptionModule": {
                "briefSummary": between(text, summary, "Detailed Description"),
                "detailedDescription": between(text, description, "Conditions"),
            },
            "conditionsModule": {"conditions": ["Liver Cirrhosis"]},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE1", "PHASE2"],
                "enrollmentInfo": {"count": 30},
                "designInfo": {
                    "allocation": "NA",
                    "interventionModel": "SINGLE_GROUP",
                    "primaryPurpose": "TREATMENT",
                    "maskingInfo": {"masking": "NONE"},
                },
            },
            "armsInterventionsModule": {
                "armGroups": [
                    {
                        "label": "Conventional plus MSC and Tregs treatment",
                        "type": "EXPERIMENTAL",
                        "interventionNames": ["Biological: MSC and Tregs"],
                    }
                ],
                "interventions": [
                    {
                        "type": "BIOLOGICAL",
                        "name": "MSC and Tregs",
                        "description": "conventional plus MSC and Tregs or placebo treatment",
                        "armGroupLabels": ["Conventional plus MSC and Tregs treatment"],
                    }
                ],
            },
            "eligibilityModule": {
                "eligibilityCriteria": criteria.replace("sion Criteria", "sion Criteria:"),
                "minimumAge": "18 Years",
                "maximumAge": "65 Years",
                "sex": "ALL",
                "healthyVolunteers": True,
            },
            "sponsorCollaboratorsModule": {
                "leadSponsor": {"name": "Nanjing Medical University", "class": "OTHER"},
                "responsibleParty": {
                    "type": "PRINCIPAL_INVESTIGATOR",
                    "investigatorFullName": "Ling Lu",
                    "investigatorTitle": "Principal Investigator",
                },
            },
            "contactsLocationsModule": {
                "overallOfficials": [
                    {
                        "name": "Jinhai Tang, M.D, PH.D",
                        "affiliation": "Nanjing Medical University",
                        "role": "STUDY_CHAIR",
                    }
                ],
                "centralContacts": [{"name": "Ling Lu, M.D, PH.D", **contact}],
                "locations": [
                    {
                        "facility": "Nanjing Medical University",
                        "city": "Nanjing",
                        "state": "Jiangsu",
                        "country": "China",
                        "contacts": [{"name": "Ling Lu, M.D, PH. D.", **contact}],
                    }
                ],
            },
        },
        OWN_SECTION: {
            "countries": ["China"],
            "relatedTrials": [
                {
                    "nctId": "NCT02260375",
                    "title": "MSC Therapy in Liver Transplantation",
                    "status": "RECRUITING",
                    "phases": ["PHASE1"],
                }
            ],
        },
    }
    assert looks_like_page_text(seed.read_bytes())
    assert expected == observed(page(seed.read_bytes())).record


def test_the_made_page_is_read_whole() -> None:
    """Several arms, sites, sponsors, contacts and identifiers each keep their own values."""
    record = observed(page(MADE.read_bytes())).record
    assert record["hasResults"] is True
    assert record["protocolSection"] == {
        "identificationModule": {
            "nctId": "NCT01234567",
            "briefTitle": "A Made Comparison of Green Tea, Walking and Waiting in Adults Who Sleep Badly",
            "orgStudyIdInfo": {"id": "TEA-1"},
            "secondaryIdInfos": [
                {"id": "2020-001234-12", "type": "EUDRACT_NUMBER"},
                {"id": "W-77", "type": "OTHER", "domain": "Ministry of Walks"},
            ],
        },
        "statusModule": {
            "overallStatus": "TERMINATED",
            "startDateStruct": {"date": "2021-03"},
            "primaryCompletionDateStruct": {"date": "2024-02-29"},
            "completionDateStruct": {"date": "2100-12-31"},
            "lastUpdatePostDateStruct": {"date": "2025-11-30"},
        },
        "descriptionModule": {
            "briefSummary": "Poor sleep is common.\n\nConditions\n\nThis paragraph follows a line that reads "
            "like a heading and belongs to the summary.",
            "detailedDescription": "First paragraph.\n\nLocations\n\nSecond paragraph, and one more word:\nSponsors",
        },
        "conditionsModule": {
            "conditions": ["Insomnia", "Sleep Initiation and Maintenance Disorders", "Restless Legs Syndrome"]
        },
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["NA"],
            "enrollmentInfo": {"count": 1204},
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "primaryPurpose": "SUPPORTIVE_CARE",
                "maskingInfo": {"masking": "DOUBLE"},
            },
        },
        "armsInterventionsModule": {
            "armGroups": [
                {
                    "label": "Tea and walking",
                    "type": "EXPERIMENTAL",
                    "description": "Both, every evening.\n\nKept for twelve weeks.",
                    "interventionNames": ["Dietary Supplement: Green tea", "Behavioral: Walking"],
                },
                {
                    "label": "Waiting list",
                    "type": "NO_INTERVENTION",
                    "description": "No treatment during the study.",
                },
            ],
            "interventions": [
                {
                    "type": "DIETARY_SUPPLEMENT",
                    "name": "Green tea",
                    "description": "Two cups.",
                    "armGroupLabels": ["Tea and walking"],
                },
                {
                    "type": "BEHAVIORAL",
                    "name": "Walking",
                    "description": "Half an hour.\n\nOut of doors where the weather allows.",
                    "armGroupLabels": ["Tea and walking"],
                },
            ],
        },
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* Minimum Eligible Age is explained to the person"
            "\n\nMinimum Eligible Age\n\n* an age is asked for\n\nExclusion Criteria:\n\n* shift work",
            "minimumAge": "21 Years",
            "sex": "FEMALE",
            "healthyVolunteers": False,
        },
        "sponsorCollaboratorsModule": {
            "leadSponsor": {"name": "University of Somewhere", "class": "OTHER"},
            "collaborators": [
                {"name": "Tea Board", "class": "INDUSTRY"},
                {"name": "Ministry of Walks", "class": "OTHER_GOV"},
            ],
            "responsibleParty": {"type": "SPONSOR"},
        },
        "contactsLocationsModule": {
            "overallOfficials": [
                {
                    "name": "Ann Example, MD",
                    "affiliation": "University of Somewhere",
                    "role": "PRINCIPAL_INVESTIGATOR",
                },
                {"name": "Bob Example, PhD", "affiliation": "Tea Board", "role": "STUDY_DIRECTOR"},
            ],
            "locations": [
                {
                    "facility": "Sleep House",
                    "status": "TERMINATED",
                    "city": "Springfield",
                    "state": "Illinois",
                    "country": "United States",
                },
                {"facility": "Night Clinic", "city": "Seoul", "country": "Korea, Republic of"},
                {"facility": "Tea Garden", "status": "WITHDRAWN", "city": "Vienna", "country": "Austria"},
            ],
            "centralContacts": [
                {
                    "name": "Cara Example",
                    "role": "CONTACT",
                    "phone": "+1 555 0100 ext. 7",
                    "email": "cara@example.org",
                },
                {"name": "Dan Example", "role": "CONTACT", "email": "dan@example.org"},
            ],
        },
    }


def test_descriptions_of_groups_may_stand_before_their_types() -> None:
    """Where the first group is described before its type, so are the others; labels stay labels."""
    text = MADE.read_text("utf-8")
    for description, kind in (
        ("Both, every evening.\n\nKept for twelve weeks.", "EXPERIMENTAL"),
        ("No treatment during the study.", "NO_INTERVENTION"),
    ):
        after_type = f"Group Type {kind}\n\n{description}"
        assert after_type in text
        text = text.replace(after_type, f"{description}\n\nGroup Type {kind}")
    assert observed(page(MADE.read_bytes())).record == observed(page(text.encode())).record


def test_what_api_v2_has_no_place_for_is_kept_apart() -> None:
    """Countries, contacts of unknown sites, related trials and unread lines stand in our own section."""
    assert {
        "countries": ["United States", "Korea, Republic of", "Austria"],
        "facilityContacts": [{"name": "Eve Example", "role": "CONTACT", "phone": "555-0101"}],
        "relatedTrials": [
            {
                "nctId": "NCT01234568",
                "title": "Coffee Instead",
                "status": "COMPLETED",
                "phases": ["PHASE2", "PHASE3"],
            },
            {"nctId": "NCT01234569", "title": "Silence", "status": "UNKNOWN"},
        ],
        "unreadLines": ["A Trial Nobody Numbered"],
    } == observed(page(MADE.read_bytes())).record[OWN_SECTION]


def test_a_study_that_only_observes_is_read() -> None:
    """Observational labels have their places; a label without value is absent, an unknown one kept."""
    record = observed(page(observational().encode())).record
    assert section(record, "designModule") == {
        "studyType": "OBSERVATIONAL",
        "enrollmentInfo": {"count": 99999999},
        "designInfo": {"observationalModel": "COHORT", "timePerspective": "PROSPECTIVE"},
    }
    assert record["hasResults"] is False
    assert record[OWN_SECTION]["unreadLines"] == ["Favourite Colour"]


def test_no_heading_or_explanation_strays_into_a_value() -> None:
    """No sentence of the page's own is part of any value of any fixture."""
    for text in (MADE.read_bytes(), observational().encode()):
        values = json.dumps(observed(page(text)).record)
        for sentence in (*HEADINGS.values(), RESULTS_PENDING):
            assert sentence not in values


def test_an_observation_covers_what_its_page_shows() -> None:
    """A page speaks of what it shows and of nothing that the format cannot show."""
    found = observed(page(MADE.read_bytes()))
    assert found.source == "page_text"
    assert PAGE_COVERAGE >= found.coverage
    assert found.record == found.coverage.project(found.record)
    silent = observed(page(observational().encode())).coverage.patterns or frozenset()
    assert not [pattern for pattern in silent if "locations" in pattern or "phases" in pattern]


@pytest.mark.parametrize("line_end", ("\r\n", "\r", "  \n"))
def test_line_ends_do_not_matter(line_end: str) -> None:
    """Windows' and old Macs' line ends, a byte order mark and trailing blanks change nothing."""
    text = MADE.read_text("utf-8").replace("\n", line_end)
    assert observed(page(MADE.read_bytes())).record == observed(page(b"\xef\xbb\xbf" + text.encode())).record


def test_a_page_without_an_id_is_refused() -> None:
    """Without its id, a page text belongs to no trial; it is still known for one."""
    text = re.sub(r"NCT ID:.*\n", "", MADE.read_text("utf-8")).encode()
    assert looks_like_page_text(text)
    assert refused(page(text)).startswith("no NCT id")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    (
        ("NCT ID: NCT01234567", "NCT ID: 1234567", "malformed NCT id"),
        ("2024-02-29", "2023-02-29", "/protocolSection/statusModule/primaryCompletionDateStruct/date"),
        ("Updated: 2025-11-30", "Updated: 2025-13-45", "lastUpdatePostDateStruct/date"),
    ),
)
def test_a_bad_page_is_refused_with_a_reason(old: str, new: str, words: str) -> None:
    """Ids and dates are checked as in any record."""
    assert words in refused(page(MADE.read_bytes().replace(old.encode(), new.encode())))


def test_a_page_under_another_trials_name_is_refused() -> None:
    """The id must be the one that the file's name claims."""
    raw = raw_record(MADE.read_bytes(), kind="page_text", expected_id="NCT00000002")
    assert "NCT01234567 but its file" in refused(raw)


def test_a_page_in_another_encoding_is_refused() -> None:
    """What is not UTF-8 is said to be so."""
    assert "UTF-16" in refused(page(MADE.read_text("utf-8").encode("utf-16")))


def test_other_texts_are_no_page_texts() -> None:
    """A text that only mentions an id or a heading is not taken for a page."""
    for text in (b"", b"# Notes\n\nNCT ID: NCT01234567\n", b"Conditions\n\nInsomnia\n", b"{}"):
        assert not looks_like_page_text(text)

"""The history that the simulated registry keeps, and the form of its text."""

import orjson
import pytest

from tests.unit.simulator.worlds import ONE, study, world
from tracker.diffing.canonical import canonical
from tracker.simulator import edits
from tracker.simulator.draft import LINKS, PRIMARY
from tracker.simulator.markup import as_history, html_of
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World

CRITERIA = (
    "Inclusion Criteria:\n\n* Age \\>= 18. Consent is given.\n* A & B\n\nExclusion Criteria:\n\n1. None\n2. Never"
)


def told(registry: World, rest: str) -> tuple[int, bytes]:
    """Status and body of a history answer."""
    answer = StudyAnswers(registry).answer(f"/api/int/studies/{ONE}/history{rest}", [])
    return answer.status, answer.body


def test_versions_count_from_zero_and_silent_edits_make_none() -> None:
    """Each sponsor's edit is a version with its submission date and the modules it changed."""
    registry = world()
    registry.edit(ONE, edits.sponsor("Other"), silent=True)
    registry.advance(3)
    registry.edit(ONE, edits.enrollment(5), posted_on="2026-01-20")
    assert 1 == len(orjson.loads(told(registry, "")[1])["changes"])
    registry.publish()
    changes = orjson.loads(told(registry, "")[1])["changes"]
    assert [(0, "2026-01-08", []), (1, "2026-01-15", ["Study Design", "Study Status"])] == [
        (change["version"], change["date"], change["moduleLabels"]) for change in changes
    ]


def test_a_version_is_what_was_submitted() -> None:
    """A snapshot has no derived section, no flag, and the submitted status; out of range is a 403."""
    registry = world()
    registry.edit(ONE, edits.enrollment(5))
    registry.publish()
    status, body = told(registry, "/0")
    answer = orjson.loads(body)
    assert (200, 0, ["protocolSection"]) == (status, answer["studyVersion"], list(answer["study"]))
    assert "designModule" not in answer["study"]["protocolSection"]
    assert "designModule" in orjson.loads(told(registry, "/1")[1])["study"]["protocolSection"]
    assert 403 == told(registry, "/2")[0]


def test_the_newest_entry_shows_the_computed_status() -> None:
    """The list says UNKNOWN of the newest version, which no version ever contained."""
    registry = world(study(statusModule={"statusVerifiedDate": "2023-01", "completionDateStruct": {"date": "2024-01"}}))
    assert "UNKNOWN" == orjson.loads(told(registry, "")[1])["changes"][-1]["status"]
    assert b"UNKNOWN" not in told(registry, "/0")[1]


def test_a_record_that_came_as_unknown_was_submitted_with_its_last_known_status() -> None:
    """Version 0 of a record that shows UNKNOWN from the beginning has the status that was submitted."""
    dates = {"statusVerifiedDate": "2023-01", "completionDateStruct": {"date": "2024-01"}}
    registry = world(study(statusModule={**dates, "overallStatus": "UNKNOWN", "lastKnownStatus": "NOT_YET_RECRUITING"}))
    shown = orjson.loads(told(registry, "/0")[1])["study"]["protocolSection"]["statusModule"]
    assert "NOT_YET_RECRUITING" == shown["overallStatus"]
    assert "lastKnownStatus" not in shown


@pytest.mark.parametrize(
    ("markdown", "html"),
    (
        ("Plain & simple", "Plain &amp; simple"),
        ("One. Two. three", "One.\nTwo. three"),
        ("5 mg/kg isn't \\> 4", "5 mg&#x2F;kg isn&#x27;t &gt; 4"),
        ("A\n\nB", "<p>A</p><p>B</p>"),
        ("* a\n* b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("2. a\n4. b", "2. a\n4. b"),
    ),
)
def test_markup_is_html(markdown: str, html: str) -> None:
    """Paragraphs, lists and sentence ends as the history has them, everything else escaped once."""
    assert html == html_of(markdown)


def test_history_text_says_the_same_as_the_live_text() -> None:
    """In canonical form a snapshot is the live record: nothing is gained or lost by its escapes."""
    record = study(
        eligibilityModule={"eligibilityCriteria": CRITERIA},
        descriptionModule={"briefSummary": "First. Second & third. It is <5 mg/kg"},
        referencesModule={"seeAlsoLinks": [{"label": "It's", "url": "https://example.org/a?b=1&c=2"}]},
        outcomesModule={"primaryOutcomes": [{"measure": "Pain > 3/10", "description": 'A "score". Low is good.'}]},
    )
    shown = as_history(record)
    assert record != shown
    assert canonical(record) == canonical(shown)
    assert "b=1&amp;amp;c=2" in str(shown)


def test_every_version_of_a_life_says_what_was_submitted() -> None:
    """Outcomes, links and statuses of a version come back whole."""
    registry = world()
    registry.edit(ONE, edits.item_added(PRIMARY, {"measure": "A/B"}), edits.link("https://example.org/?a&b", "x"))
    registry.publish()
    study_now = registry.versions(ONE)[1].study
    assert canonical({key: study_now[key] for key in study_now}) == canonical(registry.published.studies[ONE])
    assert LINKS.rsplit("/", 1)[-1] in study_now["protocolSection"]["referencesModule"]

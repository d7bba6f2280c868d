"""The simulated registry answers as the real one was recorded to; skipped where there are no recordings."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.acceptance.corpus import CORPUS, load
from tests.contract.simulator.clients import Client, client_of
from tests.unit.simulator.worlds import FIRST_DAY, made_world
from tracker.domain.record import list_at, nct_id
from tracker.simulator.field_tree import Node, by_name, roots
from tracker.simulator.parameters import STATUSES
from tracker.simulator.projection import values_at
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World

API = CORPUS / "api"
pytestmark = pytest.mark.skipif(not API.is_dir(), reason="no recorded answers in ../shared/corpus/api")


def recorded_errors() -> list[Any]:
    """The refusals of ``/studies`` and ``/studies/{id}`` that name a request that can be made again."""
    if not API.is_dir():
        return []
    told = load(API / "errors_observed.json")["responses"]
    return [
        one for one in told if one["request"].startswith("GET /studies") and "body" in one and "{" not in one["request"]
    ]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A client of a small registry."""
    with SimulatedRegistry(StudyAnswers(made_world(20, seed=1))) as registry, client_of(registry) as made:
        yield made


@pytest.mark.parametrize("recorded", recorded_errors(), ids=lambda one: one["request"][4:40])
def test_a_recorded_request_is_answered_alike(recorded: Any, client: Client) -> None:
    """Status and text are those of the recording."""
    request = recorded["request"].removeprefix("GET ").replace("<text field>", "BriefTitle").replace("...", "1")
    split = urlsplit(request)
    got = client.ask(f"/v2{split.path}", dict(parse_qsl(split.query)))
    assert recorded["status"] == got.status
    if recorded["body"].startswith("silently"):
        assert 20 == len(got.json["studies"])
    elif got.status == 200:
        assert json.loads(recorded["body"]) == got.json
    else:
        assert recorded["body"] == got.body.decode()
        assert "text/plain; charset=UTF-8" == got.headers["Content-Type"]


def test_the_version_has_the_recorded_members(client: Client) -> None:
    """Both members, in the recorded form."""
    recorded, got = load(API / "version.json"), client.get("/v2/version").json
    assert recorded.keys() == got.keys()
    assert len(recorded["dataTimestamp"]) == len(got["dataTimestamp"])


def test_the_statuses_are_those_of_the_registry() -> None:
    """No status is missing from the filter, none is made up."""
    (enum,) = (one for one in load(API / "enums.json") if one["type"] == "Status")
    assert {item["value"] for item in enum["values"]} == set(STATUSES)


def test_pieces_of_enumerations_are_known() -> None:
    """The pieces that the registry names are pieces here, where the tree goes so deep."""
    pieces = {piece for one in load(API / "enums.json") for piece in one["pieces"]}
    deeper = (
        "Baseline",
        "Outcome",
        "Serious",
        "Other",
        "Agreement",
        "Violation",
        "FirstMCP",
        "Condition",
        "Intervention",
    )
    missing = {piece for piece in pieces - by_name().keys() if not piece.startswith(deeper)}
    assert set() == missing


@pytest.mark.parametrize("number", range(1, 7))
def test_recorded_pages_can_be_served_again(number: int) -> None:
    """Records of a recorded page, served here, come back whole but for the stamp; known fields only."""
    studies = [one for one in load(API / "list_pages" / f"page-{number}.json")["studies"] if "hasResults" in one]
    if not studies:
        pytest.skip("a page of selected fields only")
    registry = World(studies, data_time=FIRST_DAY)
    with SimulatedRegistry(StudyAnswers(registry)) as running, client_of(running) as client:
        for study in studies:
            shown = client.get(f"/v2/studies/{nct_id(study)}").json
            shown["derivedSection"]["miscInfoModule"]["versionHolder"] = study["derivedSection"]["miscInfoModule"][
                "versionHolder"
            ]
            assert without_status(study) == without_status(shown)
    assert [] == [path for study in studies for path in unknown_paths(study, roots(), ())]


def test_recorded_records_have_no_unknown_field() -> None:
    """Every field of every recorded study is in the tree, with its alias list read as a list."""
    unknown: set[str] = set()
    for path in sorted((CORPUS / "studies").glob("*.json")):
        study = load(path)
        unknown.update(".".join(found) for found in unknown_paths(study, roots(), ()))
        (shown,) = values_at(study, by_name()["NCTId"].path)
        assert nct_id(study) == shown
        assert list(values_at(study, by_name()["NCTIdAlias"].path)) == list_at(
            study, "protocolSection", "identificationModule", "nctIdAliases"
        )
    assert set() == {name for name in unknown if "locations_nested" not in name}


def without_status(study: Any) -> Any:
    """A record without the status module's two statuses, which follow the rule on another day here."""
    module = study["protocolSection"]["statusModule"]
    kept = {key: module[key] for key in module if key not in ("overallStatus", "lastKnownStatus")}
    return {**study, "protocolSection": {**study["protocolSection"], "statusModule": kept}}


def unknown_paths(value: Any, nodes: tuple[Node, ...], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths in a record that the tree does not have; what the tree leaves undescribed is known."""
    if isinstance(value, list):
        for item in value:
            yield from unknown_paths(item, nodes, path)
    elif isinstance(value, dict) and nodes:
        names = {node.name: node for node in nodes}
        for key, item in value.items():
            if key in names:
                yield from unknown_paths(item, names[key].children, (*path, key))
            else:
                yield (*path, key)

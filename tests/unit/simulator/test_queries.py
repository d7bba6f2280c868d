"""What the simulated registry understands of queries, and its words for what it does not."""

from typing import Any
from urllib.parse import parse_qsl

import orjson
import pytest

from tests.records import site
from tests.unit.simulator.worlds import ONE, THREE, TWO, study, world
from tracker.domain.record import nct_id
from tracker.simulator.answers import Answer
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World

BERGEN = site("Alpha Clinic", "Bergen", "Norway", geoPoint={"lat": 60.39, "lon": 5.32})


@pytest.fixture(scope="module")
def registry() -> World:
    """Three studies that differ in what queries can ask for; a fourth number is an alias of the third."""
    made = world(
        study(
            ONE,
            conditionsModule={"conditions": ["Liver Cirrhosis"]},
            contactsLocationsModule={"locations": [BERGEN]},
            designModule={"enrollmentInfo": {"count": 40, "type": "ACTUAL"}, "phases": ["PHASE2"]},
        ),
        study(
            TWO,
            conditionsModule={"conditions": ["Fatty Liver"]},
            statusModule={"overallStatus": "COMPLETED"},
            designModule={"enrollmentInfo": {"count": 100, "type": "ACTUAL"}, "studyType": "OBSERVATIONAL"},
            descriptionModule={"briefSummary": "Age \\>= 18"},
        ),
        study(THREE, statusModule={"lastUpdatePostDateStruct": {"date": "2026-01-05", "type": "ACTUAL"}}),
        study("NCT00000004"),
    )
    made.merge("NCT00000004", into=THREE)
    made.publish()
    return made


def ask(registry: World, query: str, path: str = "/api/v2/studies") -> Answer:
    """The answer to a query as it stands in an address."""
    return StudyAnswers(registry).answer(path, parse_qsl(query, keep_blank_values=True))


def found(registry: World, query: str) -> list[str | None]:
    """The numbers that a query finds, in its order."""
    answer = ask(registry, query)
    assert answer.page is not None, answer.body
    return [nct_id(orjson.loads(row)) for row in answer.page.rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    (
        ("", [THREE, TWO, ONE]),
        ("query.cond=liver", [TWO, ONE]),
        ("query.cond=liver cirr", [ONE]),
        ("query.cond=cirrhosis OR fatty", [TWO, ONE]),
        ("query.cond=liver AND NOT fatty", [ONE]),
        ("query.cond=(liver AND fatty) OR cirrhosis", [TWO, ONE]),
        ("query.titles=made", [THREE, TWO, ONE]),
        ("query.spons=made college", [THREE, TWO, ONE]),
        ("query.lead=nobody", []),
        ("query.locn=bergen norway", [ONE]),
        ("query.id=NCT00000002", [TWO]),
        ("query.term=nct00000002, NCT00000004", [THREE, TWO]),
        ("filter.overallStatus=COMPLETED|SUSPENDED", [TWO]),
        ("filter.overallStatus=COMPLETED,RECRUITING", [THREE, TWO, ONE]),
        ("postFilter.overallStatus=COMPLETED", [TWO]),
        ("query.term=NCT00000001&filter.overallStatus=COMPLETED", [ONE]),
        ("query.cond=liver&filter.overallStatus=COMPLETED", [TWO]),
        ("filter.ids=NCT00000001,nct4", [THREE, ONE]),
        ("filter.ids=NCT99999999", []),
        ("filter.geo=distance(60.4,5.3,10km)", [ONE]),
        ("filter.geo=distance(40,5.3,10mi)", []),
        ("filter.advanced=AREA[LastUpdatePostDate]RANGE[2026-01-06,MAX]", [TWO, ONE]),
        ("filter.advanced=AREA[LastUpdatePostDate]RANGE[MIN,2026-01-05]", [THREE]),
        ("filter.advanced=AREA[CompletionDate]RANGE[2027-01-31,2027-01-31]", [THREE, TWO, ONE]),
        ("filter.advanced=AREA[EnrollmentCount]RANGE[9,50]", [ONE]),
        ("filter.advanced=AREA[NCTId]NCT00000001 OR AREA[NCTId](NCT00000002 OR NCT00000003)", [THREE, TWO, ONE]),
        ('filter.advanced=(AREA[Phase]PHASE2 OR "fatty liver") AND AREA[OverallStatus]RECRUITING', [ONE]),
        ("aggFilters=status:com rec,results:without", [THREE, TWO, ONE]),
        ("aggFilters=phase:2", [ONE]),
        ("aggFilters=studyType:obs,status:com", [TWO]),
        ("sort=EnrollmentCount", [ONE, TWO, THREE]),
        ("sort=EnrollmentCount:desc", [TWO, ONE, THREE]),
        ("sort=LastUpdatePostDate:asc", [THREE, TWO, ONE]),
        ("sort=LastUpdatePostDate", [TWO, ONE, THREE]),
        ("sort=@relevance", [THREE, TWO, ONE]),
        ("pageSize=0", [THREE, TWO, ONE]),
    ),
)
def test_a_query_finds(registry: World, query: str, expected: list[str]) -> None:
    """Words, filters, areas and ranges select; sort orders, with what has no value last."""
    assert expected == found(registry, query)


@pytest.mark.parametrize(
    ("path", "query", "message"),
    (
        ("", "bogusParam=1", "`bogusParam` is unknown parameter"),
        ("", "query.recrs=COMPLETED", "`query.recrs` is unknown parameter"),
        ("", "filter.overallStatus=NOT_A_STATUS", "Invalid value in parameter `overallStatus`: `NOT_A_STATUS`"),
        ("", "filter.ids=ABC123", "Item 1 in parameter `filter.ids` has incorrect format"),
        ("", "filter.ids=NCT00000001,NCT00000000", "Item 2 in parameter `filter.ids` has incorrect format"),
        ("", "sort=BriefTitle", "Unsupported sort field type: text"),
        ("", "filter.advanced=AREA[X]1", "Error parsing query in advanced filter: Unknown area name: 'X'"),
        ("", "fields=NCTId,Nothing", "Invalid value in parameter `fields`: `Nothing`"),
        ("", "pageSize=many", "Invalid value in parameter `pageSize`: `many`"),
        ("", "pageToken=!", "Invalid value in parameter `pageToken`: `!`"),
        ("", "countTotal=yes", "Invalid value in parameter `countTotal`: `yes`"),
        ("", "format=csv", "Invalid value in parameter `format`: `csv`"),
        ("", "aggFilters=colour:red", "Invalid value in parameter `aggFilters`: `colour`"),
        ("", "filter.geo=near", "Parameter `filter.geo` has incorrect format"),
        ("", "query.cond=(liver", "Error parsing query in `query.cond`: Missing ')'"),
        ("/ABC123", "", "Parameter `nctId` has incorrect format"),
        ("/NCT00000001", "pageSize=5", "`pageSize` is unknown parameter"),
    ),
)
def test_a_wrong_request_is_refused_in_the_registrys_words(
    registry: World, path: str, query: str, message: str
) -> None:
    """Unknown and malformed parameters are a 400 with plain text that names them."""
    answer = ask(registry, query, f"/api/v2/studies{path}")
    assert (400, "text/plain; charset=UTF-8", message) == (answer.status, answer.content_type, answer.body.decode())


def test_a_full_page_has_a_token_even_where_nothing_follows(registry: World) -> None:
    """Three studies in pages of three: a token, then an empty page without one; the total comes first only."""
    first = ask(registry, "pageSize=3&countTotal=true").page
    assert first is not None
    assert (3, 3) == (len(first.rows), first.total)
    last = ask(registry, f"pageSize=3&countTotal=true&pageToken={first.token}").page
    assert last is not None
    assert ([], None, None) == (last.rows, last.total, last.token)
    assert b'{"studies":[  ]}' == last.encoded()


def test_a_later_page_of_another_query_goes_on_at_the_old_place(registry: World) -> None:
    """A token says a place and nothing else: a changed query is answered from there, without an error."""
    first = ask(registry, "pageSize=1").page
    assert first is not None
    assert [ONE] == found(registry, f"pageSize=1&query.cond=liver&pageToken={first.token}")


@pytest.mark.parametrize(
    ("fields", "expected"),
    (
        ("NCTId", {"protocolSection": {"identificationModule": {"nctId": TWO}}}),
        ("protocolSection.identificationModule.nctId", {"protocolSection": {"identificationModule": {"nctId": TWO}}}),
        ("HasResults|Phase", {"hasResults": False}),
        ("ConditionsModule", {"protocolSection": {"conditionsModule": {"conditions": ["Fatty Liver"]}}}),
        ("CompletionDate", {"protocolSection": {"statusModule": {"completionDateStruct": {"date": "2027-01"}}}}),
        ("VersionHolder", {"derivedSection": {"miscInfoModule": {"versionHolder": "2026-01-12"}}}),
    ),
)
def test_fields_are_selected(registry: World, fields: str, expected: Any) -> None:
    """Pieces, modules and dotted paths select; what a study does not have is left out."""
    assert expected == orjson.loads(ask(registry, f"fields={fields}", f"/api/v2/studies/{TWO}").body)


def test_legacy_markup_has_no_escapes(registry: World) -> None:
    """The parameter markupFormat=legacy gives the same text without Markdown's escapes."""
    path = f"/api/v2/studies/{TWO}"
    assert b"Age \\\\>= 18" in ask(registry, "fields=BriefSummary", path).body
    assert b'"Age >= 18"' in ask(registry, "fields=BriefSummary&markupFormat=legacy", path).body


def test_an_alias_redirects_and_an_absent_trial_is_not_found(registry: World) -> None:
    """A dead number leads to the survivor, parameters included; a number that never was is a 404."""
    answer = ask(registry, "fields=NCTId", "/api/v2/studies/NCT00000004")
    assert (301, {"Location": f"/api/v2/studies/{THREE}?fields=NCTId"}) == (answer.status, dict(answer.headers))
    absent = ask(registry, "", "/api/v2/studies/NCT99999999")
    assert (404, b"NCT number NCT99999999 not found") == (absent.status, absent.body)


def test_the_metadata_names_every_field_that_can_be_asked_for(registry: World) -> None:
    """Each piece of the field tree is told once, with its type."""
    nodes = orjson.loads(ask(registry, "", "/api/v2/studies/metadata").body)
    pieces = []
    while nodes:
        node = nodes.pop()
        assert {"name", "piece", "sourceType", "type"} <= node.keys()
        pieces.append(node["piece"])
        nodes += node.get("children", [])
    assert len(pieces) == len(set(pieces))
    assert {"NCTId", "NCTIdAlias", "OverallStatus", "LastKnownStatus", "UnpostedEventType", "HasResults"} <= set(pieces)

"""What a poll may ask, answered by a stand-in with the registry's recorded answers."""

from datetime import date
from typing import Any

import pytest

from tests.contract.sources.ctgov.conftest import MadeTime
from tests.contract.sources.ctgov.stand_in import Asked, Reply, StandIn, html, json, text
from tracker.domain.errors import InvalidInput, NotFound, Permanent, Refused, Transient
from tracker.domain.query import EVERYTHING, parse_query
from tracker.registry import Crawl, Found, Gone, HistoryEntry, Merged, Registry, Release
from tracker.sources.ctgov.live import CtgovRegistry

METADATA = [
    {"name": "protocolSection", "piece": "ProtocolSection", "children": [
        {"name": "nctId", "piece": "NCTId"},
        {"name": "nctIdAliases", "piece": "NCTIdAlias"},
        {"name": "overallStatus", "piece": "OverallStatus", "altPieceNames": ["Status"]},
    ]},
    {"name": "hasResults", "piece": "HasResults"},
]  # fmt: skip


def nct(number: int) -> str:
    """The NCT number of a number."""
    return f"NCT{number:08d}"


def study(number: int, *aliases: int) -> dict[str, Any]:
    """A small record."""
    identification: dict[str, Any] = {"nctId": nct(number)}
    if aliases:
        identification["nctIdAliases"] = [nct(alias) for alias in aliases]
    return {"protocolSection": {"identificationModule": identification}, "hasResults": False}


def page(*numbers: int, token: str | None = None, total: int | None = None) -> Reply:
    """A page of small records."""
    value: dict[str, Any] = {"studies": [study(number) for number in numbers]}
    if token is not None:
        value["nextPageToken"] = token
    if total is not None:
        value["totalCount"] = total
    return json(value, packed=True)


def ids_of(crawl: Crawl) -> list[list[str]]:
    """The ids of each page of a crawl."""
    return [[row["protocolSection"]["identificationModule"]["nctId"] for row in found.rows] for found in crawl]


def test_it_keeps_the_port(registry: CtgovRegistry) -> None:
    """The adapter is what the pipeline knows as a registry, and its crawl a crawl."""
    port: Registry = registry
    crawl: Crawl = port.crawl(EVERYTHING)
    assert ("the crawl has not reached its end", None) == (crawl.incomplete, crawl.total)


def test_release_is_read(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """The stamp is kept verbatim, and its date is the data date."""
    stand_in.replies.append(json({"apiVersion": "2.0.5", "dataTimestamp": "2026-08-14T09:00:05"}))
    expected = Release(stamp="2026-08-14T09:00:05", api_version="2.0.5", data_on=date(2026, 8, 14))
    assert expected == registry.release()
    assert ["/api/v2/version"] == stand_in.paths()


@pytest.mark.parametrize("value", ({}, [], {"apiVersion": "2", "dataTimestamp": "today"}, {"apiVersion": "2"}))
def test_a_release_of_another_shape_is_none(value: object, registry: CtgovRegistry, stand_in: StandIn) -> None:
    """JSON that tells no release is asked for again, and in the end no release is made up."""
    stand_in.otherwise = lambda asked: json(value)
    with pytest.raises(Transient, match="tells no release"):
        registry.release()


def test_a_web_page_is_called_one(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """HTML with status 200 is told for what it is."""
    stand_in.otherwise = lambda asked: html()
    with pytest.raises(Transient, match="a page of HTML in place of JSON"):
        registry.release()


def test_a_crawl_reads_every_page(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """Each later page repeats all parameters with the token; the last may be empty; the counts agree."""
    stand_in.replies.extend((page(1, 2, 3, token="t1", total=6), page(4, 5, 6, token="t2"), page()))
    crawl = registry.crawl(parse_query("query.cond=a & b".replace("&", "%26")), sort="LastUpdatePostDate:asc")
    assert [[nct(1), nct(2), nct(3)], [nct(4), nct(5), nct(6)]] == ids_of(crawl)
    assert (6, 6, 6, None) == (crawl.total, crawl.rows, crawl.distinct_ids, crawl.incomplete)
    first = {"query.cond": "a & b", "sort": "LastUpdatePostDate:asc", "countTotal": "true", "pageSize": "3"}
    assert [first, first | {"pageToken": "t1"}, first | {"pageToken": "t2"}] == [
        dict(asked.parameters) for asked in stand_in.asked
    ]


def test_a_crawl_asks_for_a_page_when_it_is_wanted(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """Pages come lazily: a crawl that is broken off has asked for no more, and is not complete."""
    stand_in.replies.extend((page(1, 2, 3, token="t1", total=6), page(4, 5, 6)))
    crawl = registry.crawl(EVERYTHING)
    assert [] == stand_in.asked
    assert 3 == len(next(iter(crawl)).rows)
    assert (1, 3, "the crawl has not reached its end") == (len(stand_in.asked), crawl.rows, crawl.incomplete)


@pytest.mark.parametrize(
    ("pages", "reason"),
    (
        ((page(1, 2, 3, token="t", total=5), page(5)), "4 rows came, but the registry counted 5"),
        ((page(1, 2, 3, token="t", total=4), page(3, 4)), "1 of 5 rows came twice"),
        ((page(1, 2, 3, token="t", total=4), page(3)), "1 of 4 rows came twice"),
        ((page(1, 2, total=1),), "2 rows came, but the registry counted 1"),
        ((page(1, 2, 3, token="t", total=9), page(4, 5, 6, token="t")), "do not end"),
    ),
)
def test_rows_that_do_not_add_up_are_told(
    pages: tuple[Reply, ...], reason: str, registry: CtgovRegistry, stand_in: StandIn
) -> None:
    """Skipped, doubled and uncounted rows, and pages without end: the crawl is incomplete, and says why."""
    stand_in.replies.extend(pages)
    crawl = registry.crawl(EVERYTHING)
    ids_of(crawl)
    assert reason in (crawl.incomplete or "")


def test_a_crawl_can_be_done_again(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """Each iteration asks anew and counts anew."""
    stand_in.replies.extend((page(1, total=2), page(1, 2, total=2)))
    crawl = registry.crawl(EVERYTHING)
    reasons = []
    for _ in range(2):
        ids_of(crawl)
        reasons.append(crawl.incomplete)
    assert (2, ["1 rows came, but the registry counted 2", None]) == (crawl.rows, reasons)


def test_a_first_page_without_total_is_asked_for_again(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """Without the total nobody could say whether rows are missing."""
    stand_in.replies.extend((page(1), page(1, total=1)))
    crawl = registry.crawl(EVERYTHING)
    assert [[nct(1)]] == ids_of(crawl)
    assert 2 == registry.requests


def test_seven_full_pages_cost_at_most_twelve_requests(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """A delta leg: release, seven full pages and the empty one, release."""
    version = json({"apiVersion": "2.0.5", "dataTimestamp": "2026-08-14T09:00:05"})
    pages = [page(*range(3 * i, 3 * i + 3), token=f"t{i}", total=21 if i == 1 else None) for i in range(1, 8)]
    stand_in.replies.extend((version, *pages, page(), version))
    registry.release()
    crawl = registry.crawl(EVERYTHING)
    ids_of(crawl)
    registry.release()
    assert (None, True) == (crawl.incomplete, registry.requests <= 12)


def by_ids(asked: Asked) -> Reply:
    """What the registry does with filter.ids: every trial but those that end on 7; aliases are the odd thousands."""
    if asked.path.endswith("/metadata"):
        return json(METADATA)
    numbers = [int(trial_id[3:]) for trial_id in asked.parameters["filter.ids"].split(",")]
    return json({"studies": [study(number) for number in numbers if number % 10 != 7]})


def test_two_thousand_ids_cost_at_most_ten_requests(stand_in: StandIn, registry: CtgovRegistry) -> None:
    """Ids are asked for in runs as long as an address of 8 kB holds; what does not come is simply absent."""
    stand_in.otherwise = by_ids
    wide = CtgovRegistry(registry._courtesy, site=stand_in.site, manners=registry._manners)
    ids = [nct(number) for number in range(1, 2001)]
    found = dict(wide.studies_by_id(ids, fields=("OverallStatus",)))
    assert [trial_id for trial_id in ids if not trial_id.endswith("7")] == list(found)
    assert len(stand_in.asked) + 2 <= 10
    assert all(len(f"GET {asked.target} HTTP/1.1") < 8192 for asked in stand_in.asked)
    assert {"NCTId,NCTIdAlias,OverallStatus"} == {asked.parameters["fields"] for asked in stand_in.asked[1:]}


def test_an_alias_comes_with_the_surviving_record(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """filter.ids also matches aliases: the record goes under every id that was asked for, and no other."""
    survivor = study(2, 1, 9)
    stand_in.replies.append(json({"studies": [survivor]}))
    found = list(registry.studies_by_id(["nct00000001", nct(2), nct(1), nct(3)]))
    assert [(nct(2), survivor), (nct(1), survivor)] == found


def test_more_trials_than_ids_are_no_answer(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """A registry that ignores the ids would hand out everything; nothing of that is taken."""
    stand_in.replies.extend((page(1, 2, 3), page(1)))
    assert [nct(1)] == [trial_id for trial_id, _ in registry.studies_by_id([nct(1)])]
    assert 2 == registry.requests


def test_no_ids_cost_nothing(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """Nothing to ask for is not asked for."""
    assert [] == list(registry.studies_by_id([], fields=("OverallStatus",)))
    assert [] == stand_in.asked


@pytest.mark.parametrize(
    ("reply", "expected"),
    (
        (json(study(1)), Found(record=study(1))),
        (text(301, "", Location="/api/v2/studies/NCT00000002"), Merged(into=nct(2))),
        (text(301, "", Location="https://clinicaltrials.gov/api/v2/studies/NCT00000002?x=1"), Merged(into=nct(2))),
        (json(study(2, 1)), Merged(into=nct(2))),
        (text(404, "NCT number NCT00000001 not found"), Gone()),
    ),
)
def test_one_trial_is_found_merged_or_gone(
    reply: Reply, expected: object, registry: CtgovRegistry, stand_in: StandIn
) -> None:
    """200, 301 and 404 are told apart, and a surviving record in place of a redirect is one."""
    stand_in.replies.append(reply)
    assert expected == registry.study("nct00000001")
    assert ["/api/v2/studies/NCT00000001"] == stand_in.paths()


@pytest.mark.parametrize(
    "reply",
    (
        html(404),
        html(200),
        text(301, "", Location="/"),
        text(301, "", Location="/api/v2/studies/NCT00000001"),
        json(study(5)),
        json({}),
    ),
)
def test_what_is_no_answer_is_never_gone(reply: Reply, registry: CtgovRegistry, stand_in: StandIn) -> None:
    """A web page, a redirect to nowhere and another trial's record say nothing about this one."""
    stand_in.otherwise = lambda asked: reply
    with pytest.raises(Transient):
        registry.study(nct(1))


def test_a_block_is_never_gone(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """403 on a trial's address is about us."""
    stand_in.otherwise = lambda asked: text(403, "")
    with pytest.raises(Permanent, match="blocks this client"):
        registry.study(nct(1))


@pytest.mark.parametrize(
    ("query", "said", "parameter"),
    (
        ("filter.overallStatus=NOT_A_STATUS", "Invalid value in parameter `overallStatus`: `NOT_A_STATUS`",
         "filter.overallStatus"),
        ("filter.ids=NCT1,ABC&query.cond=x", "Item 1 in parameter `filter.ids` has incorrect format", "filter.ids"),
        ("filter.advanced=AREA[X]1", "Error parsing query in advanced filter: Unknown area name: 'X'",
         "filter.advanced"),
        ("query.cond=x", "something new", None),
    ),
)  # fmt: skip
def test_a_refusal_has_the_registrys_words_and_the_parameter(
    query: str, said: str, parameter: str | None, registry: CtgovRegistry, stand_in: StandIn
) -> None:
    """400 is not asked again; the message quotes the registry and names the parameter with its value."""
    stand_in.replies.append(text(400, said))
    with pytest.raises(Refused) as caught:
        ids_of(registry.crawl(parse_query(query)))
    assert (said, parameter) == (caught.value.said, caught.value.parameter)
    assert said in str(caught.value)
    assert (parameter or "query.cond") in str(caught.value)
    assert 1 == registry.requests


def test_a_sort_field_that_is_refused_is_named(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """The registry's text for sorting names no parameter, so we do."""
    stand_in.replies.append(text(400, "Unsupported sort field type: text"))
    with pytest.raises(Refused, match="the parameter is sort = 'BriefTitle'"):
        ids_of(registry.crawl(EVERYTHING, sort="BriefTitle"))


@pytest.mark.parametrize("reply", (text(404, "nothing here"), text(302, "", Location="https://example.org/")))
def test_another_site_is_told(reply: Reply, registry: CtgovRegistry, stand_in: StandIn) -> None:
    """An address that is not there, or has moved, is a wrong setting, and no reason to ask again."""
    stand_in.replies.append(reply)
    with pytest.raises(Permanent, match="TRIALOG_CTGOV__BASE_URL"):
        registry.release()
    assert 1 == registry.requests


def test_a_query_that_is_too_long_is_told(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """No address over 8 kB is sent; the message names what to shorten."""
    with pytest.raises(InvalidInput, match=r"at most 8000; shorten query.cond"):
        ids_of(registry.crawl(parse_query("query.cond=" + "ab " * 3000)))
    assert [] == stand_in.asked


def test_fields_are_checked_once(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """The names are compared with the registry's when they are first used, and not asked for again."""
    stand_in.replies.extend((json(METADATA), page(1, total=1), page(1, total=1)))
    for _ in range(2):
        ids_of(registry.crawl(EVERYTHING, fields=("OverallStatus", "Status", "protocolSection.nctId", "HasResults")))
    assert ["/api/v2/studies/metadata", "/api/v2/studies", "/api/v2/studies"] == stand_in.paths()
    assert "NCTId,OverallStatus,Status,protocolSection.nctId,HasResults" == stand_in.asked[1].parameters["fields"]


def test_unknown_fields_are_named(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """A field that the registry no longer has stops the crawl before it begins."""
    stand_in.replies.append(json(METADATA))
    with pytest.raises(Permanent, match=r"no field OveralStatus \(near: OverallStatus\), Xyz"):
        ids_of(registry.crawl(EVERYTHING, fields=("OveralStatus", "Xyz", "HasResults")))
    assert ["/api/v2/studies/metadata"] == stand_in.paths()


def test_history_is_read(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """Versions come in order, with what 2023 captures lack as None."""
    newest = {
        "version": 1, "date": "2024-06-24", "status": "UNKNOWN", "studyType": "OBSERVATIONAL",
        "moduleLabels": ["Study Status"], "lastUpdateSubmitQcDate": "2024-06-25",
    }  # fmt: skip
    oldest = {"version": 0, "date": "2024-05-22", "status": "RECRUITING", "moduleLabels": []}
    stand_in.replies.append(json({"changes": [newest, oldest], "lastUpdateVersions": {}}))
    assert [
        HistoryEntry(version=0, submitted_on=date(2024, 5, 22), status="RECRUITING"),
        HistoryEntry(
            version=1,
            submitted_on=date(2024, 6, 24),
            status="UNKNOWN",
            study_type="OBSERVATIONAL",
            module_labels=("Study Status",),
            quality_checked_on=date(2024, 6, 25),
        ),
    ] == registry.history(nct(1))
    assert ["/api/int/studies/NCT00000001/history"] == stand_in.paths()


HISTORY = json({"changes": [{"version": v, "date": "2024-05-22", "status": "RECRUITING"} for v in (0, 1)]})


def test_a_past_version_is_read(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """A version comes as the registry gives it, once it is known to exist."""
    stand_in.replies.extend((HISTORY, json({"studyVersion": 1, "study": study(1)}), html()))
    stand_in.replies.append(json({"studyVersion": 0, "study": study(1)}))
    assert study(1) == registry.history_version(nct(1), 1)
    assert study(1) == registry.history_version(nct(1), 0)
    end = "/api/int/studies/NCT00000001/history"
    assert [end, f"{end}/1", f"{end}/0", f"{end}/0"] == stand_in.paths()


def test_no_version_out_of_range_is_asked_for(registry: CtgovRegistry, stand_in: StandIn, time: MadeTime) -> None:
    """The registry would answer 403, which means blocked: so the number of versions is known first."""
    stand_in.otherwise = lambda asked: HISTORY if asked.path.endswith("/history") else text(403, "")
    with pytest.raises(NotFound, match="has no version 2 at the registry; its newest is 1"):
        registry.history_version(nct(1), 2)
    assert ({"/api/int/studies/NCT00000001/history"}, []) == (set(stand_in.paths()), time.waits)


@pytest.mark.parametrize(
    "value",
    ({"studyVersion": 0, "study": study(1)}, {"study": study(1)}, {"studyVersion": 1}, {"studyVersion": 1, "study": {}},
     {"studyVersion": 1, "study": study(2)}),
)  # fmt: skip
def test_another_version_is_no_answer(value: object, registry: CtgovRegistry, stand_in: StandIn) -> None:
    """An answer that is not the version asked for is never taken for it."""
    stand_in.replies.extend((HISTORY, json(value), json({"studyVersion": 1, "study": study(1)})))
    assert study(1) == registry.history_version(nct(1), 1)
    assert 3 == registry.requests


def test_no_history_is_not_found(registry: CtgovRegistry, stand_in: StandIn) -> None:
    """A trial without a history is an error that says so; one that moved names its successor."""
    stand_in.replies.extend((text(404, "not found"), text(301, "", Location="/api/int/studies/NCT00000002/history")))
    with pytest.raises(NotFound, match="no history of NCT00000001"):
        registry.history(nct(1))
    with pytest.raises(NotFound, match="merged into NCT00000002"):
        registry.history(nct(1))

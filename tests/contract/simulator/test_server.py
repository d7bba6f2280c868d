"""The simulated registry over real HTTP: connections, releases under way, faults, and its log."""

import gzip
import http.client
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.contract.simulator.clients import Client, client_of, ids
from tests.unit.simulator.worlds import ONE, THREE, TWO, made_world, study, world
from tracker.simulator import edits
from tracker.simulator.faults import Fault, Plan, retry_after_date
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World


@pytest.fixture
def here() -> World:
    """Three studies."""
    return world()


@pytest.fixture
def registry(here: World) -> Iterator[SimulatedRegistry]:
    """A running registry."""
    with SimulatedRegistry(StudyAnswers(here)) as running:
        yield running


@pytest.fixture
def client(registry: SimulatedRegistry) -> Iterator[Client]:
    """A client of it."""
    with client_of(registry) as made:
        yield made


def test_version_and_study_are_answered_over_one_connection(client: Client) -> None:
    """The release and a whole record come as JSON, and the connection is kept."""
    assert {"apiVersion": "2.0.5", "dataTimestamp": "2026-01-12T09:00:05"} == client.get("/v2/version").json
    socket = client.connection.sock
    record = client.get(f"/v2/studies/{ONE}").json
    assert ("2026-01-12", False) == (record["derivedSection"]["miscInfoModule"]["versionHolder"], record["hasResults"])
    assert socket is client.connection.sock


def test_each_record_bears_the_stamp_of_the_release_it_came_with(here: World, client: Client) -> None:
    """Records that did not change are stamped anew."""
    here.advance(2)
    here.publish()
    assert "2026-01-14" == client.get(f"/v2/studies/{ONE}").json["derivedSection"]["miscInfoModule"]["versionHolder"]


def test_a_row_of_selected_fields_is_that_of_the_present_release(here: World, client: Client) -> None:
    """What was selected and encoded for one release is not served in the next where the record changed."""
    before = client.get("/v2/studies", fields="NCTId,LeadSponsorName").body
    here.edit(ONE, edits.sponsor("Other"), silent=True)
    here.publish()
    after = client.get("/v2/studies", fields="NCTId,LeadSponsorName").body
    assert (0, 1) == (before.count(b"Other"), after.count(b"Other"))


def test_gzip_is_sent_where_it_is_accepted(client: Client) -> None:
    """A large answer is compressed for those who take it, and for nobody else."""
    plain = client.get("/v2/studies")
    packed = client.ask("/v2/studies", {}, {"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert "gzip" == packed.headers["Content-Encoding"]
    assert plain.body == gzip.decompress(packed.body)


def test_one_tag_stands_for_a_release(here: World, client: Client) -> None:
    """What a client has already is not sent again until a release comes."""
    tag = client.get("/v2/version").headers["ETag"]
    again = client.ask("/v2/studies", {}, {"If-None-Match": tag})
    assert (304, b"") == (again.status, again.body)
    here.publish()
    assert 200 == client.ask("/v2/studies", {}, {"If-None-Match": tag}).status


def test_an_alias_is_a_redirect_that_can_be_followed(here: World, client: Client) -> None:
    """A dead number's Location is the surviving record."""
    here.merge(ONE, into=TWO)
    here.publish()
    moved = client.get(f"/v2/studies/{ONE}", fields="NCTId,NCTIdAlias")
    assert 301 == moved.status
    followed = client.get(moved.headers["Location"].removeprefix("/api")).json
    assert {"nctId": TWO, "nctIdAliases": [ONE]} == followed["protocolSection"]["identificationModule"]


def test_unknown_paths_are_not_found(client: Client) -> None:
    """What the registry does not have is a 404."""
    assert 404 == client.get("/v3/studies").status


def test_a_release_can_come_in_the_middle_of_a_crawl(here: World, registry: SimulatedRegistry, client: Client) -> None:
    """After a number of requests something is done, before the next one is looked at: pages shift, the stamp moves."""

    def release() -> None:
        here.add(study("NCT00000009"))
        here.publish()

    registry.after_requests(1, release)
    pages = list(client.pages(pageSize=2, fields="NCTId"))
    assert [[THREE, TWO], [TWO, ONE], []] == [ids(page["studies"]) for page in pages]
    assert "2026-01-12T09:00:06" == client.get("/v2/version").json["dataTimestamp"]


def test_every_request_is_written_down(registry: SimulatedRegistry, client: Client) -> None:
    """The log has path, parameters, status, who asked, and how many were in flight."""
    client.get("/v2/studies", pageSize=1, filter__overallStatus="RECRUITING")
    client.get("/v2/studies/NCT99999999")
    first, second = registry.requests
    assert ("/api/v2/studies", (("pageSize", "1"), ("filter.overallStatus", "RECRUITING"))) == (
        first.path,
        first.params,
    )
    assert [(1, 200, 1, "test"), (2, 404, 1, "test")] == [
        (one.number, one.status, one.in_flight, one.user_agent) for one in (first, second)
    ]
    assert first.at_s <= second.at_s


def test_requests_side_by_side_are_noticed(here: World) -> None:
    """Two that overlap are counted as two in flight; one after the other, never."""
    both_there = threading.Event()

    def wait(_pause_s: float) -> None:
        both_there.wait(10)

    with SimulatedRegistry(StudyAnswers(here), pause=wait) as registry:
        registry.faults.next(Fault.SLOW)

        def ask() -> None:
            with client_of(registry) as client:
                client.get("/v2/version")

        slow = threading.Thread(target=ask)
        slow.start()
        while not registry.requests:
            threading.Event().wait(0.001)
        ask()
        both_there.set()
        slow.join()
        assert 2 == registry.most_in_flight


def test_one_after_the_other_is_never_two_in_flight(registry: SimulatedRegistry) -> None:
    """A client that waits for each answer has one request under way, new connections and faults included."""
    registry.faults.at_random(0.3, seed=1)
    for _ in range(200):
        with client_of(registry) as client:
            try:
                client.get("/v2/studies", pageSize=2, countTotal="true")
            except (http.client.HTTPException, ConnectionError):
                continue
    assert 1 == registry.most_in_flight
    assert 200 == len(registry.requests)


@pytest.mark.parametrize(
    ("fault", "status"),
    ((Fault.TOO_MANY, 429), (Fault.FORBIDDEN, 403), (Fault.SERVER_ERROR, 503)),
)
def test_a_scheduled_refusal_befalls_so_many_requests(
    registry: SimulatedRegistry, client: Client, fault: Fault, status: int
) -> None:
    """The next two are refused, the third is answered."""
    registry.faults.next(fault, count=2)
    assert [status, status, 200] == [client.get("/v2/version").status for _ in range(3)]
    assert [fault, fault, None] == [request.fault for request in registry.requests]


def test_retry_after_is_seconds_a_date_or_nothing(registry: SimulatedRegistry, client: Client) -> None:
    """A 429 carries what the plan says."""
    registry.faults.next(Fault.TOO_MANY, plan=Plan(fault=Fault.TOO_MANY, retry_after="2"))
    registry.faults.next(Fault.TOO_MANY, plan=Plan(fault=Fault.TOO_MANY, retry_after=retry_after_date(60)))
    registry.faults.next(Fault.TOO_MANY)
    told = [client.get("/v2/version").headers.get("Retry-After") for _ in range(3)]
    assert ("2", None) == (told[0], told[2])
    assert parsedate_to_datetime(str(told[1])).tzinfo is not None


def test_a_fault_can_be_meant_for_one_path(registry: SimulatedRegistry, client: Client) -> None:
    """A plan with a path waits for a request of that path."""
    registry.faults.next(Fault.SERVER_ERROR, plan=Plan(fault=Fault.SERVER_ERROR, status=500, path="/studies"))
    assert [200, 500, 200] == [client.get(path).status for path in ("/v2/version", "/v2/studies", "/v2/studies")]


def test_a_page_for_people_comes_with_status_200(registry: SimulatedRegistry, client: Client) -> None:
    """HTML in place of JSON, and nothing in the status says so."""
    registry.faults.next(Fault.HTML)
    got = client.get("/v2/version")
    assert (200, True) == (got.status, got.headers["Content-Type"].startswith("text/html"))
    assert got.body.startswith(b"<!DOCTYPE html>")


def test_json_can_break_off_within_a_whole_answer(registry: SimulatedRegistry, client: Client) -> None:
    """Malformed JSON has the length that its header says."""
    registry.faults.next(Fault.MALFORMED)
    got = client.get("/v2/version")
    with pytest.raises(json.JSONDecodeError):
        _ = got.json


def test_a_cut_body_is_shorter_than_announced(registry: SimulatedRegistry, client: Client) -> None:
    """The connection ends before Content-Length is reached; the next request is answered."""
    registry.faults.next(Fault.CUT)
    with pytest.raises(http.client.IncompleteRead):
        client.get("/v2/studies")
    client.connection.close()
    assert 200 == client.get("/v2/studies").status


def test_a_dropped_connection_has_no_answer(registry: SimulatedRegistry, client: Client) -> None:
    """Nothing comes back at all."""
    registry.faults.next(Fault.DROPPED)
    with pytest.raises(http.client.RemoteDisconnected):
        client.get("/v2/version")


def test_a_slow_answer_is_whole(registry: SimulatedRegistry, client: Client) -> None:
    """It drips, piece by piece, and is the same in the end."""
    whole = client.get("/v2/studies").body
    registry.faults.next(Fault.SLOW, plan=Plan(fault=Fault.SLOW, pause_s=0.0001))
    assert whole == client.get("/v2/studies").body


def test_rows_are_skipped_doubled_and_shuffled(registry: SimulatedRegistry, client: Client) -> None:
    """Faults of a page leave its total: one row too few, one in another's place, or another order."""
    usual = [THREE, TWO, ONE]
    found = {}
    for fault in (Fault.SKIPPED_ROW, Fault.DUPLICATED_ROW, Fault.SHUFFLED_ROWS, Fault.WRONG_TOTAL):
        registry.faults.next(fault)
        assert 200 == client.get("/v2/version").status
        page = client.get("/v2/studies", countTotal="true").json
        found[fault] = (page["totalCount"], ids(page["studies"]))
    assert (3, 2) == (found[Fault.SKIPPED_ROW][0], len(found[Fault.SKIPPED_ROW][1]))
    doubled = found[Fault.DUPLICATED_ROW]
    assert (3, 3, 2) == (doubled[0], len(doubled[1]), len(set(doubled[1])))
    assert (3, sorted(usual)) == (found[Fault.SHUFFLED_ROWS][0], sorted(found[Fault.SHUFFLED_ROWS][1]))
    assert 3 != found[Fault.WRONG_TOTAL][0]
    assert usual == found[Fault.WRONG_TOTAL][1]


def test_random_faults_are_the_same_for_one_seed(here: World) -> None:
    """A seed and the order of requests say what goes wrong; about the given share does."""
    seen = []
    for _ in range(2):
        with SimulatedRegistry(StudyAnswers(here)) as registry, client_of(registry) as client:
            registry.faults.at_random(0.2, seed=7, kinds=(Fault.TOO_MANY, Fault.SERVER_ERROR, Fault.HTML))
            for _ in range(100):
                client.get("/v2/version")
            seen.append([(request.fault, request.status) for request in registry.requests])
            registry.faults.stop()
            assert 200 == client.get("/v2/version").status
    assert seen[0] == seen[1]
    assert 10 < sum(fault is not None for fault, _ in seen[0]) < 35


def test_five_thousand_short_rows_take_no_time() -> None:
    """A listing of 5,000 trials in short fields is whole and in order, page after page."""
    big = made_world(5_000, seed=1)
    with SimulatedRegistry(StudyAnswers(big)) as registry, client_of(registry) as client:
        fields = "NCTId,OverallStatus,StatusVerifiedDate,LastUpdatePostDate,LeadSponsorName"
        pages = list(client.pages(pageSize=1000, fields=fields, countTotal="true"))
        cut = client.get("/v2/studies", pageSize=5000, fields="NCTId").json["studies"]
        took_s = registry.requests[-1].at_s - registry.requests[0].at_s
    assert 1000 == len(cut)
    assert [1000] * 5 + [0] == [len(page["studies"]) for page in pages]
    assert 5000 == pages[0]["totalCount"]
    assert sorted(big.trial_ids(), reverse=True) == [name for page in pages for name in ids(page["studies"])]
    assert took_s < 5


def test_the_time_of_the_world_is_told(here: World, client: Client) -> None:
    """``/clock`` answers the simulated instant by RFC 3339 in plain text, whatever stands behind it."""
    here.advance(30)
    here.publish()
    client.connection.request("GET", "/clock?zone=utc")
    answer = client.connection.getresponse()
    told = datetime.fromisoformat(answer.read().decode())
    assert (200, "text/plain; charset=UTF-8") == (answer.status, answer.headers["Content-Type"])
    assert timedelta() <= told - here.release.data_time < timedelta(minutes=1)


def test_who_asks_for_the_time_asks_no_registry(registry: SimulatedRegistry, client: Client) -> None:
    """It is neither written down nor counted, nothing that waits for a request happens, and no fault is met."""
    happened: list[int] = []
    registry.after_requests(1, lambda: happened.append(1))
    registry.faults.at_random(1.0, seed=1)
    registry.faults.next(Fault.DROPPED)
    for _ in range(5):
        client.connection.request("GET", "/clock")
        client.connection.getresponse().read()
    assert ([], [], 0) == (happened, registry.requests, registry.most_in_flight)


def test_the_time_is_told_while_a_release_is_made(here: World, client: Client) -> None:
    """Whoever holds the world's lock keeps nobody from knowing the time."""
    with here.lock:
        client.connection.request("GET", "/clock")
        assert 200 == client.connection.getresponse().status

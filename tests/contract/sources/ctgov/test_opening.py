"""From settings to a registry that answers: over each transport, stoppable, and known to the pipeline as a port."""

import threading

import pytest

from tests.contract.sources.ctgov.stand_in import Asked, Reply, StandIn, json, text
from tests.contract.sources.ctgov.test_registry import page
from tracker.domain.errors import Stopped
from tracker.domain.query import EVERYTHING
from tracker.services import open_registry
from tracker.setting_groups import Settings
from tracker.settings import read_settings


def settings_for(stand_in: StandIn, **more: str) -> Settings:
    """The settings of a registry on this machine, without waits."""
    waits = ("REQUEST_INTERVAL_S", "HISTORY_INTERVAL_S", "RETRY_WAIT_S", "BLOCKED_WAIT_S")
    chosen = {"BASE_URL": stand_in.site, "CONTACT": "ada@example.org", **dict.fromkeys(waits, "0"), **more}
    environment = {f"TRIALOG_CTGOV__{name}": value for name, value in chosen.items()}
    return read_settings(options={}, environment=environment)


@pytest.mark.parametrize("transport", ("httpx", "curl"))
def test_settings_open_a_registry(transport: str, stand_in: StandIn) -> None:
    """Site, transport, contact and waits are those of the settings; trouble costs no time here."""
    if transport == "curl":
        pytest.importorskip("pycurl", reason="pycurl is not installed (extra curl), so its transport is not tried")
    stand_in.replies.extend((text(503, ""), text(403, ""), page(1, total=1)))
    with open_registry(settings_for(stand_in, TRANSPORT=transport)) as registry:
        crawl = registry.crawl(EVERYTHING)
        assert [1] == [len(found.rows) for found in crawl]
        assert (None, 3, True) == (crawl.incomplete, registry.requests, registry.bytes > 0)
    assert {"/api/v2/studies"} == set(stand_in.paths())
    assert all(asked.headers["user-agent"].endswith("(+ada@example.org)") for asked in stand_in.asked)


def test_a_stop_ends_a_long_wait_at_once(stand_in: StandIn) -> None:
    """A wait of minutes ends when the event is set, which the server does here while it answers."""
    stop = threading.Event()

    def stop_and_refuse(_asked: Asked) -> Reply:
        stop.set()
        return text(503, "", Retry_After="900")

    stand_in.otherwise = stop_and_refuse
    with open_registry(settings_for(stand_in), stop=stop) as registry, pytest.raises(Stopped):
        registry.release()
    assert 1 == len(stand_in.asked)


@pytest.mark.parametrize("transport", ("httpx", "curl"))
def test_no_proxy_stands_before_this_machine(
    transport: str, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the surroundings is not asked for a registry on this machine."""
    if transport == "curl":
        pytest.importorskip("pycurl", reason="pycurl is not installed (extra curl), so its transport is not tried")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "example.org")
    stand_in.replies.append(page(1, total=1))
    with open_registry(settings_for(stand_in, TRANSPORT=transport, RETRIES="0")) as registry:
        assert 1 == len(list(registry.crawl(EVERYTHING)))


def test_a_registry_has_closed_its_connections_in_the_end(stand_in: StandIn) -> None:
    """Two openings, two connections."""
    stand_in.otherwise = lambda asked: json({"apiVersion": "2.0.5", "dataTimestamp": "2026-08-14T09:00:05"})
    for _ in range(2):
        with open_registry(settings_for(stand_in)) as registry:
            registry.release()
            registry.release()
    assert (4, 2) == (len(stand_in.asked), len({asked.connection for asked in stand_in.asked}))

"""One request to the registry, to see how things stand."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.sources.ctgov.stand_in import Reply, StandIn, json, text
from tests.contract.sources.ctgov.test_opening import settings_for
from tests.endpoints import free_port
from tracker.domain.clock import SystemClock
from tracker.domain.errors import Blocked, Permanent, TrackerError, Transient
from tracker.settings import read_settings
from tracker.sources.ctgov.probing import date_of, probe

VERSION = {"apiVersion": "2.0.5", "dataTimestamp": "2026-01-12T09:00:05"}


@pytest.mark.parametrize("transport", ("httpx", "curl"))
def test_a_release_is_asked_for_once_by_whom_the_settings_say(transport: str, stand_in: StandIn) -> None:
    """One request, which names its contact; the Date of the answer is held against the clock that was handed in."""
    if transport == "curl":
        pytest.importorskip("pycurl", reason="pycurl is not installed (extra curl), so its transport is not tried")
    stand_in.replies.append(json(VERSION))
    settings = settings_for(stand_in, TRANSPORT=transport).ctgov
    late = SystemClock()
    found = probe(settings, now=lambda: late.now() - timedelta(hours=1))
    assert "2026-01-12" == str(found.release.data_on)
    assert found.ahead is not None
    assert abs(found.ahead - timedelta(hours=1)) < timedelta(minutes=1)
    assert ["/api/v2/version"] == stand_in.paths()
    assert stand_in.asked[0].headers["user-agent"].endswith("(+ada@example.org)")


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    (
        (text(403, "no"), Blocked, "blocks this client"),
        (text(503, ""), Transient, "it answered 503"),
        (text(429, ""), Transient, "it answered 429"),
        (text(404, "nothing here"), Permanent, "TRIALOG_CTGOV__BASE_URL"),
        (text(302, ""), Permanent, "has moved"),
        (text(200, "<html>"), Permanent, "is not the registry"),
        (json({"other": 1}), Permanent, "is not the registry"),
        (Reply(fault="drop"), Transient, "gave no answer"),
    ),
)
def test_trouble_is_told_after_one_request(
    reply: Reply, error: type[TrackerError], words: str, stand_in: StandIn
) -> None:
    """Nothing is asked twice, whatever came, and nothing is waited for."""
    stand_in.replies.append(reply)
    with pytest.raises(error, match=words):
        probe(settings_for(stand_in).ctgov, now=SystemClock().now)
    assert 1 == len(stand_in.asked)


@pytest.mark.parametrize(
    ("header", "instant"),
    (
        ("Sat, 28 Nov 2026 18:50:04 GMT", datetime(2026, 11, 28, 18, 50, 4, tzinfo=UTC)),
        ("", None),
        ("tomorrow", None),
        ("Sat, 99 Nov 2026 18:50:04 GMT", None),
    ),
)
def test_a_date_header_is_an_instant_or_none(header: str, instant: datetime | None) -> None:
    """What is no date tells no time, and breaks nothing."""
    assert instant == date_of(header)


def test_where_nobody_listens_there_is_no_answer() -> None:
    """The error names the site."""
    site = f"http://127.0.0.1:{free_port()}"
    settings = read_settings(options={"ctgov.base_url": site}, environment={})
    with pytest.raises(Transient, match=site):
        probe(settings.ctgov, now=SystemClock().now)

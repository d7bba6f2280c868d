"""Deliveries through the API: listed with their attempts, and sent again."""

from collections.abc import Iterator

import pytest

from tests.contract.web.acting import actors, ask, subscribed, wrong
from tests.contract.web.filled import filled
from tests.contract.web.site import Site, everything, serving
from tests.endpoints import Endpoint, listening_endpoint
from tracker.access.callers import Scope


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint that takes everything until it is told otherwise."""
    with listening_endpoint() as listening:
        yield listening


@pytest.fixture
def near(own_url: str) -> Iterator[Site]:
    """A site that may send to this machine."""
    with serving(own_url, **{"webhook.allow_networks": "127.0.0.0/8"}) as made:
        made.scope = Scope.ADMIN
        yield made


def test_deliveries_are_listed_newest_first(site: Site) -> None:
    """By pages, by state and subscription, each with its attempts and its items."""
    filled(site)
    site.scope = Scope.READ
    found = everything(site, "/deliveries?limit=1")
    assert [("dead", 1), ("failed", 1), ("sent", 1)] == [(one["state"], len(one["attempts"])) for one in found]
    assert [found[0], found[2]] == ask(site, "GET", "/deliveries?state=dead&state=sent").object["items"]
    assert found[1] == ask(site, "GET", f"/deliveries/{found[1]['id']}").object
    assert 3 == len(ask(site, "GET", "/deliveries?subscription=s-a").object["items"])
    csv = ask(site, "GET", "/deliveries?format=csv")
    assert (200, "text/csv; charset=utf-8") == (csv.status, csv.headers["content-type"])
    for path in ("?subscription=none", "?before=none", "/none", "/none/items", "?subscription=\0"):
        assert 404 == ask(site, "GET", f"/deliveries{path}").status, path
    assert 422 == ask(site, "GET", "/deliveries?state=lost").status
    assert 403 == ask(site, "POST", f"/deliveries/{found[0]['id']}/redeliver").status


def test_what_was_sent_is_sent_again_with_its_items(near: Site, endpoint: Endpoint) -> None:
    """A sample arrives at once, is listed with its items, and is sent again by its id or by when it was made."""
    subscribed(near, to=[endpoint.url])
    tried = ask(near, "POST", "/subscriptions/stale/try").object
    assert (["sent"], [], None) == ([one["state"] for one in tried["items"]], tried["notes"], tried["next"])
    assert 1 == len(endpoint.received)
    delivery_id = tried["items"][0]["id"]
    items = ask(near, "GET", f"/deliveries/{delivery_id}/items").object
    assert (1, None) == (len(items["items"]), items["next"])
    assert [] == ask(near, "GET", f"/deliveries/{delivery_id}/items?after=1").object["items"]
    told = {"redelivered": [delivery_id], "left_out": []}
    assert told == ask(near, "POST", f"/deliveries/{delivery_id}/redeliver").object
    assert "ada" == actors(near)[-1]
    assert "pending" == ask(near, "GET", f"/deliveries/{delivery_id}").object["state"]
    day = {"since": "2026-05-04", "until": "2026-05-04", "subscription": "stale"}
    assert told == ask(near, "POST", "/deliveries/redeliver", day).object
    assert told == ask(near, "POST", "/deliveries/redeliver", {"ids": [delivery_id, delivery_id]}).object


def test_a_choice_that_is_none_is_refused(site: Site) -> None:
    """As the command refuses it; what cannot be sent again is told."""
    filled(site)
    site.scope = Scope.ADMIN
    for body, status in (
        ({}, 409),
        ({"ids": []}, 409),
        ({"dead": True, "ids": ["x"]}, 409),
        ({"until": "2026-05-04"}, 409),
        ({"until": "2026-05-04", "dead": True}, 409),
        ({"since": "2026-05-05", "until": "2026-05-04"}, 409),
        ({"since": "yesterday"}, 422),
        ({"ids": ["x"]}, 404),
        ({"dead": True, "subscription": "none"}, 404),
        ({"daed": True}, 422),
    ):
        assert status == ask(site, "POST", "/deliveries/redeliver", body).status, body
    assert ["since"] == wrong(ask(site, "POST", "/deliveries/redeliver", {"since": "yesterday"}))
    assert 404 == ask(site, "POST", "/deliveries/none/redeliver").status


def test_an_address_names_its_methods_and_not_those_of_one_that_it_is_like(site: Site) -> None:
    """Once, by the header Allow of a 405."""
    site.scope = Scope.ADMIN
    told = {
        path: ask(site, "PUT", path).headers["allow"]
        for path in ("/deliveries/redeliver", "/deliveries/x", "/tracked/log", "/tracked/x", "/subscriptions/x")
    }
    assert ["POST", "HEAD, GET", "HEAD, GET", "DELETE", "HEAD, GET, PATCH, DELETE"] == list(told.values())

"""Subscriptions on pages: the form, what it would have sent, and what can be done with one."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from tests.contract.web.acting import actors
from tests.contract.web.lived_in import MAIN, lived_in
from tests.contract.web.site import CSRF, Reply, Site
from tests.contract.web.test_looking_pages import page
from tracker.access.callers import Scope
from tracker.domain.subscription_json import from_json
from tracker.views.standing import StandingSubscription, standing, standing_named
from tracker.web.application import create_app

FORM = {"name": "mine", "to": "mailto:ada@example.org", "conditions": "asthma\nangina", "when_chosen": "unknown"}


def send(site: Site, path: str, **fields: str) -> Reply:
    """A form of ours."""
    body = urlencode({"csrf": CSRF, **fields})
    return site.get(path, method="POST", body=body, accept="text/html")


def named(site: Site, name: str) -> StandingSubscription | None:
    """The subscription of that name."""
    with site.database.reading() as transaction:
        return standing_named(transaction.connection, name)


def test_a_form_makes_a_subscription(site: Site) -> None:
    """Which means what the options of the command mean; secrets of webhooks are shown once."""
    site.scope = Scope.WRITE
    lived_in(site)
    reply = send(site, "/subscriptions", **FORM, significance="minor", digest="weekly", on="tue", from_now="true")
    assert 200 == reply.status
    assert b"no mail can be sent until" in reply.body
    made = named(site, "mine")
    assert made is not None
    assert made.request == from_json(
        {
            "name": "mine",
            "scope": {"conditions": ["asthma", "angina"]},
            "wanted": {"significance": "minor", "when": ["unknown"], "from_now": True},
            "when": {"digest": {"every": "weekly", "on": "tue"}},
        }
    )
    with site.database.reading() as transaction:
        assert ["mailto:ada@example.org"] == [one.clear for one in transaction.addresses.of(made.subscription_id)]


def test_what_is_wrong_is_said_at_its_field(site: Site) -> None:
    """With what was typed still there, and nothing made."""
    site.scope = Scope.WRITE
    lived_in(site)
    for part, typed in (
        ("trials", {"trials": "NCT1"}),
        ("when", {"when": "sometimes"}),
        ("to", {"to": "nowhere"}),
        ("fields", {"fields": "nothing_such"}),
        ("name", {"name": "stale"}),
        ("at", {"digest": "daily", "at": "25:00"}),
    ):
        reply = send(site, "/subscriptions", **FORM | typed)
        assert (part, 422) == (part, reply.status)
        assert f'id="w-{part}"'.encode() in reply.body, part
        assert b"asthma\nangina" in reply.body
    assert None is named(site, "mine")


def test_a_form_says_each_thing_once(site: Site) -> None:
    """What is wrong at one field, where one is when the page has come; conditions of time in words."""
    site.scope = Scope.WRITE
    lived_in(site)
    told = send(site, "/subscriptions", **FORM | {"when": "sometimes"}).body.decode()
    assert [1, 1] == [told.count('id="w-when"'), told.count(" autofocus ")]
    assert "trialog subscribe NAME --to ADDRESS</code> or" in told
    assert "<code>POST /api/v1/subscriptions</code>" in told
    assert "<code>PATCH /api/v1/subscriptions/stale</code>" in page(site, "/subscriptions/stale/edit")
    assert 'value="lapsing:60d"> will turn UNKNOWN within 60 days</label>' in told
    assert "--" not in send(site, "/subscriptions", name="mine").body.decode().split("<main")[1].split("</main>")[0]


def test_a_script_is_told_what_is_wrong_in_place_of_the_answer(site: Site) -> None:
    """By a status that no browser complains of; a person without scripts gets the form with the words at the field."""
    site.scope = Scope.WRITE
    lived_in(site)
    body = urlencode({"csrf": CSRF, "fields": "nothing_such"})
    asked = {"method": "POST", "body": body, "accept": "text/html"}
    live = site.get("/subscriptions/preview", **asked, **{"x-preview": "live"})
    assert 200 == live.status
    assert b"Fields: there is no field" in live.body[live.body.index(b'id="backtest"') :]
    plain = site.get("/subscriptions/preview", **asked)
    assert (422, True) == (plain.status, b'id="w-fields"' in plain.body)


def test_a_form_shows_what_it_would_have_sent(site: Site) -> None:
    """Nothing is stored, nothing is needed but the request."""
    site.scope = Scope.WRITE
    lived_in(site)
    with site.database.reading() as transaction:
        before = len(standing(transaction.connection))
    reply = send(site, "/subscriptions/preview", conditions="asthma", when_chosen="unknown")
    assert 200 == reply.status
    assert b"about" in reply.body[reply.body.index(b'id="backtest"') :]
    with site.database.reading() as transaction:
        assert before == len(standing(transaction.connection))
    assert f'value="{MAIN}"' in page(site, f"/subscriptions/new?trials={MAIN}")


def test_a_subscription_is_changed_by_its_form(site: Site) -> None:
    """It shows what is asked for; what is emptied is asked for no more; addresses stay where none is typed."""
    site.scope = Scope.WRITE
    lived_in(site)
    told = page(site, "/subscriptions/stale/edit")
    assert 'value="unknown" checked' in told
    assert 303 == send(site, "/subscriptions/stale/edit", sponsors="Genève", when="lapsing:30d").status
    asked = named(site, "stale")
    assert asked is not None
    assert (("Genève",), ["lapsing:30d"]) == (
        asked.request.scope.sponsors,
        [str(one) for one in asked.request.wanted.when],
    )
    assert 1 == len(asked.addresses)


def test_a_subscription_can_be_acted_on(site: Site) -> None:
    """Paused, resumed, given a feed's address, ended; each by a form of ours and with the scope that it needs."""
    site.scope = Scope.READ
    lived_in(site)
    assert "Deliveries" in page(site, "/subscriptions/stale")
    assert 403 == send(site, "/subscriptions/stale/pause").status
    site.scope = Scope.WRITE
    assert 403 == site.get("/subscriptions/stale/pause", method="POST", body="csrf=no").status
    paused = send(site, "/subscriptions/stale/pause")
    assert (303, True) == (paused.status, paused.headers["location"].startswith("/subscriptions/stale?said="))
    asked = named(site, "stale")
    assert asked is not None
    assert asked.is_paused
    assert 303 == send(site, "/subscriptions/stale/resume").status
    assert b"/feeds/subscriptions/stale.atom?key=" in send(site, "/subscriptions/stale/feed").body
    assert 303 == send(site, "/subscriptions/stale/end", forget="true").status
    assert None is named(site, "stale")
    page(site, "/subscriptions/stale", status=404)


def test_a_sample_and_new_secrets_are_told_on_the_page(site: Site) -> None:
    """What came of the sample at each address; that there is nothing to sign where only mail goes."""
    site.scope = Scope.WRITE
    lived_in(site)
    tried = send(site, "/subscriptions/stale/try")
    assert (200, True) == (tried.status, b"A sample was tried. a***@example.org: " in tried.body)
    refused = send(site, "/subscriptions/stale/rotate-secret")
    assert (409, True) == (refused.status, b"only webhooks are" in refused.body)


def test_lists_tell_what_there_is(site: Site) -> None:
    """Subscriptions with masks, deliveries with their attempts; a dead one is sent again by who may."""
    site.scope = Scope.READ
    lived_in(site)
    told = page(site, "/subscriptions")
    assert ["stale" in told, "a***@example.org" in told, "ada@example.org" in told] == [True, True, False]
    assert "dead" in page(site, "/deliveries?state=dead")
    page(site, "/deliveries?state=lost", status=422)
    assert "did you mean stale" in page(site, "/deliveries?subscription=stalee", status=404)
    page(site, "/deliveries?subscription=@operator")
    with site.database.reading() as transaction:
        dead = [one.id for one in transaction.outbox.list() if one.state == "dead"]
    assert 403 == send(site, f"/deliveries/{dead[0]}/redeliver").status
    site.scope = Scope.ADMIN
    assert 303 == send(site, f"/deliveries/{dead[0]}/redeliver").status


def test_who_is_gone_while_asking_is_no_failure(site: Site) -> None:
    """As a script that asks anew at each change of a form: it comes to a refusal that nobody reads."""
    site.scope = Scope.WRITE
    statuses = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    form = b"application/x-www-form-urlencoded"
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/subscriptions/preview",
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", form), (b"content-length", b"100")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    asyncio.run(create_app(site.served())(scope, receive, send))
    assert [400] == statuses


def test_who_acts_is_recorded(site: Site) -> None:
    """By every form; what was shown once is kept by no browser, and forgotten is what was to be forgotten."""
    site.scope = Scope.WRITE
    lived_in(site)
    before = actors(site)
    assert {None} == set(before)
    made = send(site, "/subscriptions", **FORM)
    feed = send(site, "/subscriptions/mine/feed")
    assert ["no-store", "no-store"] == [reply.headers["cache-control"] for reply in (made, feed)]
    send(site, "/subscriptions/mine/edit", when="unknown", countries="Norway")
    asked = named(site, "mine")
    assert asked is not None
    assert 200 == send(site, "/subscriptions/mine/try").status
    for act in ("pause", "resume", "end"):
        assert 303 == send(site, f"/subscriptions/mine/{act}", forget="true").status
    done = actors(site)[len(before) :]
    assert ["ada"] * 7 == done  # made, edited, tried, paused, resumed, ended, forgotten
    with site.database.reading() as transaction:
        assert [] == [one.clear for one in transaction.addresses.of(asked.subscription_id) if one.clear]


def test_what_is_said_is_one_line_of_ours(site: Site) -> None:
    """Nothing that turns or hides the text around it, and nothing that another site's link says."""
    site.scope = Scope.READ
    lived_in(site)
    for pages in ("/subscriptions/stale", "/deliveries", "/runs"):
        said = {
            led: b"It goes on." in site.get(f"{pages}?said=It+goes+on.", **{"sec-fetch-site": led}).body
            for led in ("same-origin", "cross-site", "none")
        }
        assert {"same-origin": True, "cross-site": False, "none": False} == said
    assert "It goes on." in page(site, "/subscriptions/stale?said=It+goes+on.")
    assert "evil" not in page(site, "/subscriptions/stale?said=%E2%80%AEevil") + page(
        site, "/subscriptions/stale?said=a%0Aevil"
    )

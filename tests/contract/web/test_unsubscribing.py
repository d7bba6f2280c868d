"""The address that mails carry: one click ends, looking does not, and it can be undone."""

import secrets

from notifiers import unsubscribe_token
from tests.contract.web.site import Reply, Site
from tracker.alerts.targets import Target
from tracker.delivery.unsubscribing import unsubscribe_key
from tracker.domain.subscription_json import from_json
from tracker.views.standing import StandingSubscription, standing

ASKED = {"name": "mine", "wanted": {"when": ["unknown"]}}


def subscribed(site: Site) -> str:
    """The address in the mails of a subscription that was made."""
    address = Target(channel="email", clear="ada@example.org", mask="a***@example.org", endpoint="e", secret=None)
    with site.database.writing() as transaction:
        site.served().services().acting(transaction).subscribe(from_json(ASKED), [address])
    (made,) = all_of(site)
    key = unsubscribe_key(site.database, secrets.token_bytes)
    return f"/unsubscribe/{unsubscribe_token.make(made.subscription_id, key=key)}"


def all_of(site: Site) -> list[StandingSubscription]:
    """The subscriptions that stand."""
    with site.database.reading() as transaction:
        return list(standing(transaction.connection))


def post(site: Site, path: str) -> Reply:
    """As a mail program does it."""
    return site.get(path, method="POST")


def test_looking_changes_nothing(site: Site) -> None:
    """It asks, and says what for."""
    path = subscribed(site)
    reply = site.get(path)
    assert (200, "no-store") == (reply.status, reply.headers["cache-control"])
    assert b"trials that are UNKNOWN" in reply.body
    assert 1 == len(all_of(site))


def test_what_it_names_changes_nothing_either(site: Site) -> None:
    """The command and the address that a page names show the subscription; whoever copies them ends nothing."""
    path = subscribed(site)
    told = site.get(path, accept="text/html").body.decode()
    assert [True, True] == ["trialog subscriptions mine<" in told, 'href="/api/v1/subscriptions/mine"' in told]
    assert "trialog subscriptions<" in post(site, path).body.decode()


def test_one_click_ends_it(site: Site) -> None:
    """Without cookie or redirect, and twice is fine."""
    path = subscribed(site)
    assert [200, 200] == [post(site, path).status for _ in range(2)]
    assert [] == all_of(site)
    assert b"is ended" in site.get(path).body


def test_one_click_may_come_in_whatever_letters(site: Site) -> None:
    """What it says is not read, so that no charset that a mail program names is in its way."""
    path = subscribed(site)
    told = 'multipart/form-data; boundary="x"; charset=US-ASCII'
    body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    assert 200 == site.get(path, method="POST", body=body, **{"content-type": told}).status
    assert [] == all_of(site)


def test_it_can_be_undone(site: Site) -> None:
    """It goes on under its id, so that the same link ends it again, to the same address; undone twice is fine."""
    path = subscribed(site)
    (before,) = all_of(site)
    post(site, path)
    assert [200, 200] == [post(site, f"{path}/undo").status for _ in range(2)]
    (after,) = all_of(site)
    assert (before.subscription_id, before.request) == (after.subscription_id, after.request)
    with site.database.reading() as transaction:
        assert ["ada@example.org"] == [one.clear for one in transaction.addresses.of(after.subscription_id)]
    post(site, path)
    assert [] == all_of(site)


def test_a_paused_one_stays_paused(site: Site) -> None:
    """What was so when it ended is so again."""
    path = subscribed(site)
    with site.database.writing() as transaction:
        site.served().services().acting(transaction).pause("mine")
    post(site, path)
    post(site, f"{path}/undo")
    assert [True] == [one.is_paused for one in all_of(site)]


def test_what_was_forgotten_cannot_be_undone(site: Site) -> None:
    """It says so, and a token that is none of ours is refused; nothing is a fault."""
    path = subscribed(site)
    with site.database.writing() as transaction:
        site.served().services().acting(transaction).unsubscribe("mine", forget=True)
    refused = post(site, f"{path}/undo")
    assert (409, True) == (refused.status, b"forgotten" in refused.body)
    assert [422, 422] == [site.get(f"/unsubscribe/{token}").status for token in ("x", f"{path[13:]}x")]

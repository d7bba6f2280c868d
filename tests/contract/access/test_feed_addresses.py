"""Keys of feeds over both databases: one feed, one maker, over at once."""

import pytest

from tests.contract.access.conftest import Gate, somebody
from tracker.access.callers import Caller, CallerKind, Scope
from tracker.domain.errors import InvalidInput, NotFound

MINE = "/feeds/subscriptions/mine"


def caller(gate: Gate, name: str) -> Caller:
    """Whoever has a token of that name."""
    return somebody(gate.access.tokens.caller(gate.access.tokens.make(name, Scope.ADMIN).secret))


@pytest.mark.parametrize(
    ("path", "opens"),
    (
        (f"{MINE}.atom", True),
        (f"{MINE}.json", True),
        (MINE, False),
        (f"{MINE}.json.atom", False),
        (f"{MINE}/.atom", False),
        ("/feeds/subscriptions/other.atom", False),
        ("/feeds/changes.atom", False),
        ("/subscriptions/mine", False),
    ),
)
def test_a_key_opens_its_feed_alone(gate: Gate, path: str, opens: bool) -> None:
    """In each format, to be read and no more, also where the name of another feed ends like a format."""
    made = gate.access.feed_addresses.make(MINE, caller(gate, "me"))
    found = gate.access.feed_addresses.caller(made.secret, path)
    expected = (CallerKind.FEED, Scope.READ, "me") if opens else None
    assert expected == (None if found is None else (found.kind, found.scope, found.name))


def test_to_make_a_key_again_is_to_rotate_it(gate: Gate) -> None:
    """The one before opens nothing; another maker's, and that of another feed, stay."""
    feeds, me, you = gate.access.feed_addresses, caller(gate, "me"), caller(gate, "you")
    first, yours, other = feeds.make(MINE, me), feeds.make(MINE, you), feeds.make("/feeds/changes", me)
    gate.later(hours=1)
    second = feeds.make(MINE, me)
    assert feeds.caller(first.secret, f"{MINE}.atom") is None
    found = [somebody(feeds.caller(one.secret, f"{MINE}.atom")).key for one in (yours, second)]
    assert [yours.key.key_id, second.key.key_id] == found
    assert {other.key.key_id, second.key.key_id} == {one.key_id for one in feeds.list(made_by="me")}


def test_a_key_is_revoked_by_its_maker(gate: Gate) -> None:
    """By nobody else, unless anybody's may be; a second time there is none."""
    feeds, made = gate.access.feed_addresses, gate.access.feed_addresses.make(MINE, caller(gate, "me"))
    with pytest.raises(NotFound):
        feeds.revoke(made.key.key_id, made_by="you")
    feeds.revoke(made.key.key_id, made_by="me")
    assert None is feeds.caller(made.secret, f"{MINE}.atom")
    with pytest.raises(NotFound):
        feeds.revoke(made.key.key_id)


def test_a_key_ends_with_the_token_of_its_maker(gate: Gate) -> None:
    """At once; another token of that name makes keys of its own."""
    feeds, made = gate.access.feed_addresses, gate.access.feed_addresses.make(MINE, caller(gate, "me"))
    gate.access.tokens.revoke("me")
    assert [] == feeds.list()
    assert None is feeds.caller(made.secret, f"{MINE}.atom")
    again = feeds.make(MINE, caller(gate, "me"))
    assert "me" == somebody(feeds.caller(again.secret, f"{MINE}.atom")).name


def test_only_a_feed_has_a_key(gate: Gate) -> None:
    """Another path is refused before anything is stored."""
    with pytest.raises(InvalidInput, match="expected a path below /feeds/"):
        gate.access.feed_addresses.make("/subscriptions/mine", caller(gate, "me"))

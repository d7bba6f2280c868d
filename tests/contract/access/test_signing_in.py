"""Signing in over both databases: what a session lives by, and links that open once."""

import threading
from datetime import timedelta

import pytest

from store.copying import copy_to_file
from store.unit_of_work import Database
from tests.contract.access.conftest import Gate, somebody
from tracker.access.access import Access
from tracker.access.callers import LINK_NAME, CallerKind, Scope
from tracker.access.signing_in import SignedIn
from tracker.access.tidying import tidiable, tidy
from tracker.domain.errors import InvalidInput


def test_a_cookie_tells_who_signed_in(gate: Gate) -> None:
    """With the token's name and scope, until it is signed out; the token itself is no cookie, nor is a cookie one."""
    made = gate.access.tokens.make("me", Scope.ADMIN)
    first, second = (gate.access.signing_in.sign_in(made.secret) for _ in range(2))
    caller = somebody(gate.access.signing_in.caller(first.cookie))
    assert first.caller == caller
    assert (CallerKind.SESSION, "me", Scope.ADMIN, made.token.token_id) == (
        caller.kind,
        caller.name,
        caller.scope,
        caller.limited_as,
    )
    assert caller.key != second.caller.key
    assert None is gate.access.signing_in.caller(made.secret) == gate.access.tokens.caller(first.cookie)
    gate.access.signing_in.sign_out(first.cookie)
    gate.access.signing_in.sign_out("nothing")
    assert [None, second.caller] == [gate.access.signing_in.caller(one.cookie) for one in (first, second)]


def test_a_session_ends_with_its_token(gate: Gate) -> None:
    """At the instant of its expiry or revocation, though thirty days are not over."""
    expires_at = gate.now + timedelta(days=2)
    short = gate.access.signing_in.sign_in(gate.access.tokens.make("a", Scope.READ, expires_at=expires_at).secret)
    long = gate.access.signing_in.sign_in(gate.access.tokens.make("b", Scope.READ).secret)
    assert (expires_at, gate.now + timedelta(days=30)) == (short.expires_at, long.expires_at)
    gate.later(days=2)
    assert [None, long.caller] == [gate.access.signing_in.caller(one.cookie) for one in (short, long)]
    gate.access.tokens.revoke("b")
    assert None is gate.access.signing_in.caller(long.cookie)


def test_a_session_lasts_thirty_days(gate: Gate) -> None:
    """However long its token does."""
    signed_in = gate.access.signing_in.sign_in(gate.access.tokens.make("b", Scope.READ).secret)
    gate.later(days=30, microseconds=-1)
    assert signed_in.caller == gate.access.signing_in.caller(signed_in.cookie)
    gate.later(microseconds=1)
    assert None is gate.access.signing_in.caller(signed_in.cookie)


def test_what_is_no_token_does_not_sign_in(gate: Gate) -> None:
    """A typing error is told from a token that does not hold."""
    made = gate.access.tokens.make("me", Scope.ADMIN)
    gate.access.tokens.revoke("me")
    with pytest.raises(InvalidInput, match="this is no token"):
        gate.access.signing_in.sign_in(made.secret.swapcase())
    with pytest.raises(InvalidInput, match="revoked or has expired"):
        gate.access.signing_in.sign_in(made.secret)


def test_a_link_opens_once(gate: Gate) -> None:
    """Within ten minutes, for a day, under a name that no token can have."""
    link = gate.access.signing_in.make_link(Scope.WRITE)
    gate.later(minutes=10, microseconds=-1)
    signed_in = gate.access.signing_in.sign_in_by_link(link)
    caller = somebody(gate.access.signing_in.caller(signed_in.cookie))
    assert (LINK_NAME, Scope.WRITE, caller.key) == (caller.name, caller.scope, caller.limited_as)
    late = gate.access.signing_in.make_link(Scope.WRITE)
    gate.later(minutes=10)
    for used in (link, late, "trialog_link_"):
        with pytest.raises(InvalidInput, match="used before, or is too old"):
            gate.access.signing_in.sign_in_by_link(used)
    gate.later(days=1)
    assert None is gate.access.signing_in.caller(signed_in.cookie)
    with pytest.raises(InvalidInput, match="no name"):
        gate.access.tokens.make(LINK_NAME, Scope.READ)


def test_of_two_clicks_at_once_one_opens(gate: Gate) -> None:
    """Whoever asks at the same time, on connections of their own, one of them is in."""
    link = gate.access.signing_in.make_link(Scope.READ)
    ready, opened, refused = threading.Barrier(4), list[SignedIn](), list[str]()
    access = [gate.access for _ in range(4)]

    def click(mine: Access) -> None:
        ready.wait()
        try:
            opened.append(mine.signing_in.sign_in_by_link(link))
        except InvalidInput as err:
            refused.append(str(err))

    clicks = [threading.Thread(target=click, args=(one,)) for one in access]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert (1, 3) == (len(opened), len(refused))


def test_what_was_over_long_ago_is_deleted(gate: Gate) -> None:
    """Sessions that were signed out or have expired, and links; what holds, and every token, stays."""
    access, made = gate.access, gate.access.tokens.make("me", Scope.READ)
    out, left = (access.signing_in.sign_in(made.secret) for _ in range(2))
    access.signing_in.sign_out(out.cookie)
    access.signing_in.sign_in_by_link(access.signing_in.make_link(Scope.READ))
    access.signing_in.make_link(Scope.READ)
    gate.later(days=29)
    before = gate.now - timedelta(days=10)
    assert 4 == tidiable(gate.database, before=before) == tidy(gate.database, before=before)
    assert 0 == tidiable(gate.database, before=before)
    assert left.caller == access.signing_in.caller(left.cookie)
    gate.later(days=20)
    assert 1 == tidy(gate.database, before=gate.now - timedelta(days=10))
    assert ["me"] == [one.name for one in access.tokens.list()]


def test_a_backup_has_the_tokens_and_the_keys_and_no_sessions(
    gate: Gate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Programs and addresses of feeds go on in a restored ledger, and forms; people sign in anew."""
    access, made = gate.access, gate.access.tokens.make("me", Scope.READ)
    signed_in = access.signing_in.sign_in(made.secret)
    link, feed = access.signing_in.make_link(Scope.READ), access.feed_addresses.make("/feeds/changes", signed_in.caller)
    key = access.forms().key
    file = tmp_path_factory.mktemp("backup") / "copy.db"
    copy_to_file(gate.database, file, now=gate.now, show=lambda _done, _total: None)
    copy = Database.open_present(file, clock=lambda: gate.now)
    there = Gate(database=copy, now=gate.now).access
    assert "me" == somebody(there.tokens.caller(made.secret)).name
    assert "me" == somebody(there.feed_addresses.caller(feed.secret, "/feeds/changes.atom")).name
    assert key == there.forms().key
    assert None is there.signing_in.caller(signed_in.cookie)
    with pytest.raises(InvalidInput, match="used before"):
        there.signing_in.sign_in_by_link(link)
    copy.close()

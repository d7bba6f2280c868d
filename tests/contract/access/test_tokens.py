"""Tokens over both databases: made once, found by their secret, over at once."""

from datetime import timedelta

import pytest

from tests.contract.access.conftest import Gate, somebody
from tracker.access.callers import CallerKind, Scope
from tracker.access.tokens import state_of
from tracker.domain.errors import Conflict, InvalidInput, NotFound


def test_whoever_sends_a_token_is_known_by_it(gate: Gate) -> None:
    """By name and scope, and counted with all that comes of the token; a secret that nobody has is nobody's."""
    made = gate.access.tokens.make("ci", Scope.WRITE)
    caller = somebody(gate.access.tokens.caller(f" {made.secret}\n"))
    assert (CallerKind.TOKEN, "ci", Scope.WRITE) == (caller.kind, caller.name, caller.scope)
    assert made.token.token_id == caller.limited_as == caller.key
    strange = Gate(database=gate.database, numbers=iter(range(99, 199))).bytes
    other = type(gate.access)(database=gate.database, now=lambda: gate.now, random_bytes=strange)
    assert None is gate.access.tokens.caller(made.secret[:-1]) == gate.access.tokens.caller("")
    second = other.tokens.make("second", Scope.READ)
    assert "second" == somebody(gate.access.tokens.caller(second.secret)).name


def test_no_secret_is_stored(gate: Gate) -> None:
    """Neither of a token, nor of a session, a link or a feed's address."""
    access = gate.access
    token = access.tokens.make("ci", Scope.ADMIN)
    signed_in = access.signing_in.sign_in(token.secret)
    feed = access.feed_addresses.make("/feeds/changes", signed_in.caller)
    secrets = (token.secret, signed_in.cookie, feed.secret, access.signing_in.make_link(Scope.READ))
    with gate.database.reading() as transaction:
        tables = ("access_tokens", "web_sessions", "feed_keys", "sign_in_links")
        stored = [transaction.connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in tables]
    assert [1, 1, 1, 1] == [len(rows) for rows in stored]
    assert not [secret for secret in secrets if secret.rpartition("_")[2][:43] in str(stored)]


def test_a_revoked_token_is_none_at_once(gate: Gate) -> None:
    """Its row stays, and its name is free; to revoke it again finds nothing."""
    tokens = gate.access.tokens
    first = tokens.make("ci", Scope.READ)
    gate.later(days=1)
    assert gate.now == tokens.revoke("ci").revoked_at
    assert None is tokens.caller(first.secret)
    with pytest.raises(NotFound, match="ci was revoked before"):
        tokens.revoke("ci")
    second = tokens.make("ci", Scope.READ)
    assert [None, "ci"] == [tokens.caller(first.secret), somebody(tokens.caller(second.secret)).name]
    assert ["revoked", "valid"] == [state_of(one, gate.now) for one in tokens.list()]


def test_a_token_expires_at_its_instant(gate: Gate) -> None:
    """Until just before it holds; from then on its name is free, and it stays told as expired."""
    tokens = gate.access.tokens
    made = tokens.make("ci", Scope.READ, expires_at=gate.now + timedelta(days=90))
    gate.later(days=90, microseconds=-1)
    assert "ci" == somebody(tokens.caller(made.secret)).name
    with pytest.raises(Conflict, match="there is a token ci already"):
        tokens.make("ci", Scope.READ)
    gate.later(microseconds=1)
    assert None is tokens.caller(made.secret)
    tokens.make("ci", Scope.READ)
    assert ["expired", "valid"] == [state_of(one, gate.now) for one in tokens.list()]


def test_what_makes_no_token_is_refused(gate: Gate) -> None:
    """A name that is none, an expiry in the past, and a token that is not there are told with what to do."""
    tokens = gate.access.tokens
    with pytest.raises(InvalidInput, match=r"no name for a token: .* did you mean ci-reader\?"):
        tokens.make("CI reader", Scope.READ)
    with pytest.raises(InvalidInput, match="expired already"):
        tokens.make("ci", Scope.READ, expires_at=gate.now)
    assert [] == tokens.list()
    tokens.make("dashboard", Scope.READ)
    with pytest.raises(NotFound, match=r"did you mean dashboard\?"):
        tokens.revoke("dashbord")

"""Signatures of Standard Webhooks, against its own published vector and laws."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.errors import InvalidInput
from notifiers.signing import Signed, new_secret, sign, signature_header, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = new_secret(lambda count: b"\x07" * count)
MESSAGE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
NOW = datetime.fromtimestamp(TIMESTAMP, UTC)


def signed(**changed: str | bytes) -> Signed:
    """The published message, with some of it changed."""
    parts = {"message_id": MESSAGE_ID, "timestamp": str(TIMESTAMP), "signatures": SIGNATURE, "body": BODY}
    return Signed(**(parts | changed))  # type: ignore[arg-type] # str and bytes by name


def test_the_published_vector_is_met() -> None:
    """The specification's example has the specification's signature."""
    assert SIGNATURE == sign(SECRET, message_id=MESSAGE_ID, timestamp=TIMESTAMP, body=BODY)
    assert verify(SECRET, signed(), now=NOW)


@pytest.mark.parametrize(
    "tampered",
    (
        signed(body=b'{"test": 2432232315}'),
        signed(message_id="msg_other"),
        signed(timestamp=str(TIMESTAMP + 1)),
        signed(timestamp=f"+{TIMESTAMP}"),
        signed(timestamp=""),
        signed(signatures=SIGNATURE.replace("g0", "h0")),
        signed(signatures=SIGNATURE.replace("v1,", "v2,")),
        signed(signatures=""),
        signed(signatures="v1,é"),
    ),
)
def test_a_tampered_message_is_refused(tampered: Signed) -> None:
    """Whatever part of a message was changed, no signature holds."""
    assert not verify(SECRET, tampered, now=NOW)


@pytest.mark.parametrize(("off_s", "holds"), ((300, True), (-300, True), (301, False), (-301, False)))
def test_a_stale_message_is_refused(off_s: int, holds: bool) -> None:
    """Five minutes off, either way, is the last that is taken."""
    assert holds == verify(SECRET, signed(), now=NOW + timedelta(seconds=off_s))


def test_another_secret_is_refused() -> None:
    """A signature holds for its own secret only."""
    assert not verify(OTHER, signed(), now=NOW)


def test_both_secrets_hold_while_one_replaces_the_other() -> None:
    """The header carries a signature per valid secret, the newest first, and a receiver with either takes it."""
    header = signature_header((OTHER, SECRET), message_id=MESSAGE_ID, timestamp=TIMESTAMP, body=BODY)
    assert SIGNATURE == header.split(" ")[1]
    assert [True, True] == [verify(secret, signed(signatures=header), now=NOW) for secret in (SECRET, OTHER)]


def test_a_new_secret_is_as_long_as_the_specification_wants() -> None:
    """A secret is whsec_ and the Base64 of 24 to 64 random bytes."""
    secret = new_secret(lambda count: b"\x01" * count)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert 24 <= len(key) <= 64
    assert b"\x01" * len(key) == key


@pytest.mark.parametrize("secret", ("", "whsec_", "whsec_AAAA", SECRET.removeprefix("whsec_"), "whsec_é", "whsec_%%"))
def test_what_is_no_secret_is_refused_without_being_shown(secret: str) -> None:
    """A broken secret is an error that does not repeat it."""
    with pytest.raises(InvalidInput) as caught:
        sign(secret, message_id=MESSAGE_ID, timestamp=TIMESTAMP, body=BODY)
    assert len(secret) < 8 or secret not in str(caught.value)


def test_nothing_is_sent_unsigned() -> None:
    """Without any secret there is no header."""
    with pytest.raises(InvalidInput, match="no secret"):
        signature_header((), message_id=MESSAGE_ID, timestamp=TIMESTAMP, body=BODY)


@given(key=st.binary(min_size=32, max_size=32), message_id=st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True))
def test_what_was_signed_is_verified(key: bytes, message_id: str) -> None:
    """A message is taken by whoever has its secret, whatever its id and body."""
    secret = new_secret(lambda count: key[:count])
    header = signature_header((secret,), message_id=message_id, timestamp=TIMESTAMP, body=key)
    assert verify(secret, signed(message_id=message_id, signatures=header, body=key), now=NOW)

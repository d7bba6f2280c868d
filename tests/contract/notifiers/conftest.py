"""Real servers on this machine, and guards that let their channels reach them."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from notifiers.addresses import parse_networks
from notifiers.guard import Guard
from notifiers.notifier import Message
from notifiers.signing import new_secret
from tests.endpoints import CERTIFICATE, Endpoint, listening_endpoint
from tests.mailbox import Mailbox, listening_mailbox

SECRET = new_secret(lambda count: b"\x01" * count)
OLD_SECRET = new_secret(lambda count: b"\x02" * count)
SENT_AT = datetime(2026, 8, 14, 12, tzinfo=UTC)
LOOPBACK = parse_networks("127.0.0.0/8")


def message(address: str, **changed: object) -> Message:
    """A message to ``address``, with some of it changed."""
    parts: dict[str, object] = {
        "delivery_id": "dlv_01J5",
        "address": address,
        "subject": "NCT03460795 is UNKNOWN",
        "text": "RECRUITING -> UNKNOWN\n",
        "html": "<p>RECRUITING -&gt; UNKNOWN</p>",
        "body": b'{"specversion": "1.0"}',
        "secrets": (SECRET,),
        "sent_at": SENT_AT,
    }
    return Message(**(parts | changed))  # type: ignore[arg-type] # parts by name


def resolving(*answers: str) -> Guard:
    """A guard that is led to ``answers`` by any name, with this machine open."""
    return Guard(resolve=lambda host, timeout_s: answers, allow_networks=LOOPBACK)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint without TLS."""
    with listening_endpoint() as listening:
        yield listening


@pytest.fixture
def safe_endpoint() -> Iterator[Endpoint]:
    """An endpoint with TLS, as hooks.example.org."""
    with listening_endpoint(certificate=CERTIFICATE) as listening:
        yield listening


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server without TLS and login."""
    with listening_mailbox() as listening:
        yield listening


@pytest.fixture(scope="session")
def client_tls() -> ssl.SSLContext:
    """A client's side of TLS that trusts the certificate of the tests."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))

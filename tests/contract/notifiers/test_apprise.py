"""Messages over Apprise, the library itself, to an endpoint that misbehaves on command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from notifiers.apprise import AppriseNotifier
from notifiers.guard import Guard, system_resolver
from notifiers.notifier import Outcome, OutcomeKind
from tests.contract.notifiers.conftest import LOOPBACK, message
from tests.endpoints import Answer, Endpoint, Fault, free_port

pytest.importorskip("apprise", reason="Apprise is not installed (extra apprise), so its channel is not tried")

TOP = Path(__file__).resolve().parents[3]
WITHOUT_APPRISE = """
import sys
sys.modules["apprise"] = None
from datetime import UTC, datetime
from notifiers.apprise import AppriseNotifier
from notifiers.errors import InvalidInput
from notifiers.guard import Guard, system_resolver
from notifiers.notifier import Message
from notifiers.parsing import parse_address
guard = Guard(resolve=system_resolver)
address = "apprise:discord://4174216298/JHMHI8qBe7bk2ZwO"
try:
    parse_address(address, guard)
except InvalidInput as err:
    print(err)
message = Message(delivery_id="x", address=address, subject="", text="", sent_at=datetime.now(UTC))
outcome = AppriseNotifier(guard).send(message)
print(outcome.kind, outcome.reason, sep="\\n")
"""

OPEN = AppriseNotifier(Guard(resolve=system_resolver, allow_networks=LOOPBACK), timeout_s=10.0)
CLOSED = AppriseNotifier(Guard(resolve=system_resolver), timeout_s=10.0)


def sent(endpoint: Endpoint, notifier: AppriseNotifier, **changed: object) -> Outcome:
    """The outcome of one message to the endpoint, by the service ``json``."""
    return notifier.send(message(f"apprise:json://127.0.0.1:{endpoint.port}/hook", **changed))


def test_a_message_arrives_with_subject_and_text(endpoint: Endpoint) -> None:
    """The service is handed the words, letters outside ASCII among them."""
    endpoint.otherwise = lambda received: Answer(status=200)
    outcome = sent(endpoint, OPEN, subject="Überall UNKNOWN")
    assert (OutcomeKind.SENT, "") == (outcome.kind, outcome.reason)
    told = json.loads(endpoint.received[0].body)
    assert ("Überall UNKNOWN", "RECRUITING -> UNKNOWN") == (told["title"], told["message"].strip())


def test_no_connection_leads_to_a_special_address(endpoint: Endpoint) -> None:
    """The very connection is judged, though the library makes it: nothing reaches a host that is not open."""
    outcome = sent(endpoint, CLOSED)
    assert OutcomeKind.ENDPOINT_FAILED == outcome.kind
    assert "loopback address" in outcome.reason
    assert [] == endpoint.received


@pytest.mark.parametrize(
    "address", ("json://localhost:{port}/x", "mailto://user:pass@example.org?smtp=localhost:{port}")
)
def test_a_name_is_judged_by_where_it_leads(address: str, endpoint: Endpoint) -> None:
    """A name is resolved by the library, and judged by the address that it then connects to."""
    outcome = CLOSED.send(message("apprise:" + address.format(port=endpoint.port)))
    assert OutcomeKind.ENDPOINT_FAILED == outcome.kind
    assert [] == endpoint.received


@pytest.mark.parametrize(
    ("status", "kind"),
    (
        (410, OutcomeKind.ADDRESS_GONE),
        (503, OutcomeKind.ENDPOINT_FAILED),
    ),
)
def test_a_status_means_what_it_means_to_a_webhook(status: int, kind: OutcomeKind, endpoint: Endpoint) -> None:
    """Where the service answers with an HTTP error, the same table says whose failure it is."""
    endpoint.otherwise = lambda received: Answer(status=status)
    outcome = sent(endpoint, OPEN)
    assert (kind, status) == (outcome.kind, outcome.status)


def test_a_service_that_does_not_answer_ends(endpoint: Endpoint) -> None:
    """The attempt ends when its time is over, whatever the library waits for."""
    endpoint.otherwise = lambda received: Answer(fault=Fault.SILENCE)
    quick = AppriseNotifier(Guard(resolve=system_resolver, allow_networks=LOOPBACK), timeout_s=1.5)
    outcome = sent(endpoint, quick)
    assert (OutcomeKind.ENDPOINT_FAILED, "not done within 1.5 s") == (outcome.kind, outcome.reason)


def test_nobody_there_is_the_endpoints_failure() -> None:
    """Without a status, a no is the service's failure, and the reason holds no address."""
    outcome = OPEN.send(message(f"apprise:json://127.0.0.1:{free_port()}/hunter2"))
    assert OutcomeKind.ENDPOINT_FAILED == outcome.kind
    assert "hunter2" not in outcome.reason


def test_an_address_that_it_does_not_know_is_dead() -> None:
    """What names no service is never tried again."""
    outcome = OPEN.send(message("apprise:nosuch://hunter2"))
    assert OutcomeKind.MESSAGE_DEAD == outcome.kind
    assert "hunter2" not in outcome.reason


def test_proxies_of_the_environment_are_ignored(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable leads a message through somebody else."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    endpoint.otherwise = lambda received: Answer(status=200)
    assert OutcomeKind.SENT == sent(endpoint, OPEN).kind


def test_who_has_no_apprise_is_told_how_to_get_it() -> None:
    """Without the library an address is refused with the name of the extra, and a message is ours to mend."""
    done = subprocess.run((sys.executable, "-c", WITHOUT_APPRISE), cwd=TOP, capture_output=True, text=True, check=True)
    sentence = "Apprise is not installed; pip install 'trialog[apprise]'"
    assert [sentence, "ours", sentence] == done.stdout.splitlines()

"""Webhooks against an endpoint that misbehaves on command."""

import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from notifiers.guard import Guard, system_resolver
from notifiers.notifier import Outcome, OutcomeKind
from notifiers.signing import Signed, verify
from notifiers.webhook import Clocks, WebhookNotifier, WebhookSettings
from tests.contract.notifiers.conftest import LOOPBACK, OLD_SECRET, SECRET, SENT_AT, message, resolving
from tests.endpoints import Answer, Endpoint, Fault, free_port

SETTINGS = WebhookSettings(user_agent="trialog/1.0 (+ada@example.org)", timeout_s=0.5)
QUICK_S = 5.0  # far longer than any attempt here, far shorter than what a hanging one would take
Opening = Callable[..., WebhookNotifier]


@pytest.fixture
def opened() -> Iterator[Opening]:
    """Makes notifiers and closes them."""
    made: list[WebhookNotifier] = []

    def open_notifier(guard: Guard, *, tls: ssl.SSLContext | None = None) -> WebhookNotifier:
        made.append(WebhookNotifier(SETTINGS, guard, tls=tls))
        return made[-1]

    yield open_notifier
    for notifier in made:
        notifier.close()


@pytest.fixture
def webhook(opened: Opening) -> WebhookNotifier:
    """A notifier for which this machine is open."""
    return opened(Guard(resolve=system_resolver, allow_networks=LOOPBACK))


def sent(webhook: WebhookNotifier, endpoint: Endpoint, answer: Answer) -> Outcome:
    """The outcome of one message that the endpoint answers with ``answer``."""
    endpoint.answers.append(answer)
    return webhook.send(message(endpoint.url))


def test_a_message_is_one_signed_post(webhook: WebhookNotifier, endpoint: Endpoint) -> None:
    """Body and id arrive as they are, with an honest user agent, and a receiver can verify them."""
    outcome = webhook.send(message(endpoint.url + "?a=b", secrets=(SECRET, OLD_SECRET)))
    assert (OutcomeKind.SENT, 204, "", None) == (outcome.kind, outcome.status, outcome.reason, outcome.retry_after_s)
    (received,) = endpoint.received
    headers = received.headers
    assert ("POST", "/hook?a=b", b'{"specversion": "1.0"}') == (received.method, received.path, received.body)
    assert SETTINGS.user_agent == headers["user-agent"]
    assert ("application/cloudevents+json", "dlv_01J5") == (headers["content-type"], headers["webhook-id"])
    signed = Signed(
        message_id=headers["webhook-id"],
        timestamp=headers["webhook-timestamp"],
        signatures=headers["webhook-signature"],
        body=received.body,
    )
    assert [True, True] == [verify(secret, signed, now=SENT_AT) for secret in (SECRET, OLD_SECRET)]


def test_nothing_of_the_library_is_sent(webhook: WebhookNotifier, endpoint: Endpoint) -> None:
    """The headers are those that are meant, and no other."""
    webhook.send(message(endpoint.url))
    named = {"host", "user-agent", "content-type", "content-length", "accept-encoding"}
    assert named | {"webhook-id", "webhook-timestamp", "webhook-signature"} == set(endpoint.received[0].headers)
    assert f"127.0.0.1:{endpoint.port}" == endpoint.received[0].headers["host"]


@pytest.mark.parametrize(
    ("status", "kind"),
    (
        (200, OutcomeKind.SENT),
        (201, OutcomeKind.SENT),
        (202, OutcomeKind.SENT),
        (299, OutcomeKind.SENT),
        (300, OutcomeKind.MESSAGE_FAILED),
        (304, OutcomeKind.MESSAGE_FAILED),
        (400, OutcomeKind.MESSAGE_FAILED),
        (401, OutcomeKind.MESSAGE_FAILED),
        (404, OutcomeKind.MESSAGE_FAILED),
        (413, OutcomeKind.MESSAGE_FAILED),
        (408, OutcomeKind.ENDPOINT_FAILED),
        (410, OutcomeKind.ADDRESS_GONE),
        (429, OutcomeKind.ENDPOINT_FAILED),
        (500, OutcomeKind.ENDPOINT_FAILED),
        (503, OutcomeKind.ENDPOINT_FAILED),
        (599, OutcomeKind.ENDPOINT_FAILED),
    ),
)
def test_a_status_says_whose_failure_it_is(
    status: int, kind: OutcomeKind, webhook: WebhookNotifier, endpoint: Endpoint
) -> None:
    """2xx was taken, 410 is gone, 408, 429 and 5xx are the endpoint's failure, all else the message's."""
    outcome = sent(webhook, endpoint, Answer(status=status))
    assert (kind, status) == (outcome.kind, outcome.status)
    assert (kind is OutcomeKind.SENT) == (outcome.reason == "")


@pytest.mark.parametrize("status", (301, 302, 303, 307, 308))
def test_a_redirect_is_not_followed(status: int, webhook: WebhookNotifier, endpoint: Endpoint) -> None:
    """A redirect is a failure of the message, and nobody is asked a second time."""
    outcome = sent(webhook, endpoint, Answer(status=status, headers={"Location": endpoint.url}))
    assert (OutcomeKind.MESSAGE_FAILED, status, 1) == (outcome.kind, outcome.status, len(endpoint.received))
    assert "redirect" in outcome.reason


@pytest.mark.parametrize(
    ("value", "seconds"),
    (("120", 120.0), ("Fri, 14 Aug 2026 12:01:00 GMT", 60.0), ("99999999", 86_400.0), ("soon", None)),
)
def test_retry_after_is_handed_on(
    value: str, seconds: float | None, webhook: WebhookNotifier, endpoint: Endpoint
) -> None:
    """What a receiver asks for reaches the schedule, as seconds from the attempt."""
    outcome = sent(webhook, endpoint, Answer(status=429, headers={"Retry-After": value}))
    assert seconds == outcome.retry_after_s


@pytest.mark.parametrize(
    ("fault", "word"),
    (
        (Fault.SILENCE, "not done within 0.5 s"),
        (Fault.DRIP_HEAD, "not done within 0.5 s"),
        (Fault.DRIP_BODY, "not done within 0.5 s"),
        (Fault.CUT, "without a whole answer"),
        (Fault.CUT_BODY, "without a whole answer"),
        (Fault.GIBBERISH, "not HTTP"),
    ),
)
def test_an_answer_that_does_not_come_is_the_endpoints_failure(
    fault: Fault, word: str, webhook: WebhookNotifier, endpoint: Endpoint
) -> None:
    """Silence, a drip of bytes, a cut and gibberish end within the time of a whole attempt."""
    started = time.monotonic()
    outcome = sent(webhook, endpoint, Answer(status=200, fault=fault))
    assert OutcomeKind.ENDPOINT_FAILED == outcome.kind
    assert word in outcome.reason
    assert time.monotonic() - started < QUICK_S
    assert outcome.took_ms < 1000 * QUICK_S


def test_a_huge_answer_is_left_behind(webhook: WebhookNotifier, endpoint: Endpoint) -> None:
    """64 kB of an answer are enough: the rest is not waited for, and the next message has another connection."""
    outcomes = [sent(webhook, endpoint, answer) for answer in (Answer(status=200, fault=Fault.ENDLESS), Answer())]
    assert [OutcomeKind.SENT, OutcomeKind.SENT] == [outcome.kind for outcome in outcomes]
    assert 2 == len({received.connection for received in endpoint.received})


def test_messages_share_a_connection(webhook: WebhookNotifier, endpoint: Endpoint) -> None:
    """An endpoint that behaves is connected to once."""
    for status in (200, 204, 400, 503, 200):
        sent(webhook, endpoint, Answer(status=status, body=b"" if status == 204 else b"told"))
    assert 1 == len({received.connection for received in endpoint.received})


def test_nobody_there_is_the_endpoints_failure(webhook: WebhookNotifier) -> None:
    """A refused connection is told as one."""
    outcome = webhook.send(message(f"http://127.0.0.1:{free_port()}/secret"))
    assert (OutcomeKind.ENDPOINT_FAILED, None) == (outcome.kind, outcome.status)
    assert "no connection" in outcome.reason
    assert "secret" not in outcome.reason


def test_a_name_that_does_not_resolve_is_the_endpoints_failure(webhook: WebhookNotifier) -> None:
    """A name that leads nowhere may lead somewhere later."""
    outcome = webhook.send(message("https://nobody.invalid/"))
    assert (OutcomeKind.ENDPOINT_FAILED, "no connection: the host does not resolve") == (outcome.kind, outcome.reason)


@pytest.mark.parametrize("answers", (("127.0.0.1",), ("8.8.8.8", "127.0.0.1"), ("::ffff:127.0.0.1",)))
def test_a_forbidden_answer_is_not_connected_to(
    answers: tuple[str, ...], opened: Opening, safe_endpoint: Endpoint, client_tls: ssl.SSLContext
) -> None:
    """A name that leads to a special address, among others or in disguise, is asked nothing."""
    webhook = opened(Guard(resolve=lambda host, timeout_s: answers), tls=client_tls)
    outcome = webhook.send(message(f"https://hooks.example.org:{safe_endpoint.port}/"))
    assert OutcomeKind.ENDPOINT_FAILED == outcome.kind
    assert "TRIALOG_WEBHOOK__ALLOW_NETWORKS" in outcome.reason
    assert [] == safe_endpoint.received


def test_the_address_checked_is_the_address_connected_to(
    opened: Opening, safe_endpoint: Endpoint, client_tls: ssl.SSLContext
) -> None:
    """A name is resolved once per connection: a resolver that changes its answer after the check leads nowhere else."""
    answers = iter((("127.0.0.1",), ("10.0.0.1",)))
    asked: list[str] = []

    def rebinding(host: str, timeout_s: float) -> tuple[str, ...]:
        asked.append(host)
        return next(answers)

    webhook = opened(Guard(resolve=rebinding, allow_networks=LOOPBACK), tls=client_tls)
    address = f"https://hooks.example.org:{safe_endpoint.port}/"
    assert OutcomeKind.SENT == webhook.send(message(address)).kind
    assert ["hooks.example.org"] == asked
    webhook.close()
    outcome = webhook.send(message(address))
    assert (OutcomeKind.ENDPOINT_FAILED, 1) == (outcome.kind, len(safe_endpoint.received))
    assert "private address" in outcome.reason


def test_tls_holds_for_the_name_and_not_for_the_address(
    opened: Opening, safe_endpoint: Endpoint, client_tls: ssl.SSLContext
) -> None:
    """The certificate is checked against the host's name, though the connection goes to a checked address."""
    webhook = opened(resolving("127.0.0.1"), tls=client_tls)
    good, bad = (
        webhook.send(message(f"https://{host}.example.org:{safe_endpoint.port}/")) for host in ("hooks", "other")
    )
    assert (OutcomeKind.SENT, OutcomeKind.ENDPOINT_FAILED) == (good.kind, bad.kind)
    assert f"hooks.example.org:{safe_endpoint.port}" == safe_endpoint.received[0].headers["host"]
    assert "certificate" in bad.reason
    assert "mismatch" in bad.reason


def test_a_certificate_that_nobody_vouches_for_is_refused(opened: Opening, safe_endpoint: Endpoint) -> None:
    """A certificate of one's own making does not hold."""
    webhook = opened(resolving("127.0.0.1"))
    outcome = webhook.send(message(f"https://hooks.example.org:{safe_endpoint.port}/"))
    assert OutcomeKind.ENDPOINT_FAILED == outcome.kind
    assert "certificate" in outcome.reason


def test_the_next_address_is_tried(opened: Opening, endpoint: Endpoint) -> None:
    """Where the first address does not answer, the second does."""
    webhook = opened(resolving("127.0.0.2", "127.0.0.1"))
    assert OutcomeKind.SENT == webhook.send(message(f"http://hooks.example.org:{endpoint.port}/")).kind


def test_plain_http_is_for_the_allowed_networks(opened: Opening) -> None:
    """A public address is not asked over plain HTTP, whatever it was when the address was taken."""
    outcome = opened(resolving("8.8.8.8")).send(message("http://hooks.example.org/"))
    assert OutcomeKind.ENDPOINT_FAILED == outcome.kind
    assert "http://" in outcome.reason


def test_proxies_of_the_environment_are_ignored(
    webhook: WebhookNotifier, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No variable leads a message through somebody else."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert OutcomeKind.SENT == webhook.send(message(endpoint.url)).kind


@pytest.mark.parametrize(
    ("address", "secrets"),
    (("https://user:hunter2@hooks.example.org/", (SECRET,)), ("https://hooks.example.org/", ("whsec_hunter2",))),
)
def test_what_cannot_be_sent_is_dead(address: str, secrets: tuple[str, ...], webhook: WebhookNotifier) -> None:
    """An address or a secret that cannot be used is told, without being shown, and never tried again."""
    outcome = webhook.send(message(address, secrets=secrets))
    assert OutcomeKind.MESSAGE_DEAD == outcome.kind
    assert "hunter2" not in outcome.reason


def test_every_attempt_has_its_own_timestamp_and_the_same_id(webhook: WebhookNotifier, endpoint: Endpoint) -> None:
    """A receiver tells a retry by its id, and a replay by its timestamp."""
    later = datetime.fromtimestamp(SENT_AT.timestamp() + 3600, SENT_AT.tzinfo)
    for sent_at in (SENT_AT, later):
        webhook.send(message(endpoint.url, sent_at=sent_at))
    first, second = (received.headers for received in endpoint.received)
    assert first["webhook-id"] == second["webhook-id"]
    assert 3600 == int(second["webhook-timestamp"]) - int(first["webhook-timestamp"])


def test_what_receivers_hold_against_their_clocks_goes_by_theirs(endpoint: Endpoint) -> None:
    """With a clock of theirs, a signature is of its time, and a Retry-After that is a date counts from there."""
    theirs = datetime(2020, 1, 1, 12, 0, tzinfo=UTC)
    guard = Guard(resolve=system_resolver, allow_networks=LOOPBACK)
    notifier = WebhookNotifier(SETTINGS, guard, clocks=Clocks(now=lambda: theirs))
    endpoint.answers.append(Answer(status=503, headers={"Retry-After": "Wed, 01 Jan 2020 12:01:30 GMT"}))
    outcome = notifier.send(message(endpoint.url))
    notifier.close()
    (received,) = endpoint.received
    assert (str(int(theirs.timestamp())), 90.0) == (received.headers["webhook-timestamp"], outcome.retry_after_s)

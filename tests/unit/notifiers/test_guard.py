"""The guard over a resolver: every answer counts."""

import threading

import pytest

from notifiers.addresses import parse_networks
from notifiers.errors import Forbidden, Unresolved
from notifiers.guard import Guard, ask_within, system_resolver


def guard(*answers: str, allowed: str = "") -> Guard:
    """A guard whose resolver gives ``answers`` to every name."""
    return Guard(resolve=lambda host, timeout_s: answers, allow_networks=parse_networks(allowed))


def test_every_answer_is_returned_once_in_its_order() -> None:
    """What the resolver prefers comes first, and nothing twice."""
    found = guard("2606:4700::1111", "1.1.1.1", "1.1.1.1").open_addresses("example.org", timeout_s=1)
    assert ["2606:4700::1111", "1.1.1.1"] == [str(ip) for ip in found]


@pytest.mark.parametrize("answers", (("127.0.0.1",), ("1.1.1.1", "10.0.0.1"), ("1.1.1.1", "::1"), ("fe80::1%eth0",)))
def test_one_forbidden_answer_is_enough(answers: tuple[str, ...]) -> None:
    """Mixed answers are refused as a whole."""
    with pytest.raises(Forbidden, match=r"resolves to a .*TRIALOG_WEBHOOK__ALLOW_NETWORKS"):
        guard(*answers).open_addresses("example.org", timeout_s=1)


def test_a_literal_is_judged_without_a_resolver() -> None:
    """An IP address is not looked up, whatever a resolver would say."""
    with pytest.raises(Forbidden, match="is a loopback address"):
        guard("1.1.1.1").open_addresses("2130706433", timeout_s=1)


@pytest.mark.parametrize(("answers", "is_open"), ((("10.0.0.1",), True), (("10.0.0.1", "1.1.1.1"), False)))
def test_without_tls_only_the_allowed_networks_are_open(answers: tuple[str, ...], is_open: bool) -> None:
    """A host asked over plain HTTP must lie in an allowed network with all its addresses."""
    asked = guard(*answers, allowed="10.0.0.0/8")
    if is_open:
        assert 1 == len(asked.open_addresses("example.org", timeout_s=1, is_plain=True))
    else:
        with pytest.raises(Forbidden, match="http://"):
            asked.open_addresses("example.org", timeout_s=1, is_plain=True)


@pytest.mark.parametrize(("answers", "error"), (((), Unresolved), (("nonsense",), Forbidden)))
def test_no_answer_and_nonsense_lead_nowhere(answers: tuple[str, ...], error: type[Exception]) -> None:
    """Nothing is connected to on an empty or unreadable answer."""
    with pytest.raises(error):
        guard(*answers).open_addresses("example.org", timeout_s=1)


def test_the_system_resolves_this_machine() -> None:
    """The system's resolver knows localhost."""
    assert {"127.0.0.1", "::1"} & set(system_resolver("localhost", 5.0))


def test_an_unknown_name_does_not_resolve() -> None:
    """A name of the reserved domain .invalid leads nowhere."""
    with pytest.raises(Unresolved):
        system_resolver("nobody.invalid", 5.0)


def test_a_resolver_is_not_waited_for_beyond_the_time() -> None:
    """A resolver that takes longer than it may is left behind."""
    is_over = threading.Event()

    def never(host: str) -> tuple[str, ...]:
        is_over.wait(30)
        return ("1.1.1.1",)

    with pytest.raises(Unresolved, match=r"within 0\.05 s"):
        ask_within(0.05, never, "example.org")
    is_over.set()

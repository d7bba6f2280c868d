"""What may be asked for, what is refused, and what everybody may see of it."""

import pytest

from tests.contract.cli.desk import ME, Desk
from tests.unit.simulator.worlds import ONE

ALL_OPTIONS = (
    *("--trial", ONE, "--condition", "Liver", "--intervention", "cells", "--sponsor", "Made", "--country", "Germany"),
    *("--status", "active, not recruiting", "--phase", "phase2", "--type", "results_posted", "--field", "enrollment"),
    *("--category", "outcomes", "--origin", "sponsor", "--significance", "minor", "--when", "unknown:180d"),
    *("--remind", "30d", "--from-now", "--include-contacts", "--include-backfill"),
    *("--digest", "monthly", "--at", "06:30", "--zone", "Europe/Berlin", "--on", "31", "--even-empty"),
)


def test_subscribing_makes_the_ledger_and_a_refusal_does_not(new_desk: Desk) -> None:
    """What could never be delivered is refused before anything is there; the address is not repeated."""
    for address in ("ftp://example.org/x", "https://10.1.2.3/sesame", "mailto:a@example.org?bcc=sesame@example.org"):
        answer = new_desk.told("subscribe", "all", "--to", ME, "--to", address)
        assert (2, True, False) == (answer.status, "address 2: " in answer.err, "sesame" in answer.err)
    assert 1 == new_desk.told("subscriptions").status
    assert 0 == new_desk.told("subscribe", "all", "--to", ME).status
    assert ["all"] == [one["name"] for one in new_desk.objects("subscriptions")]


def test_the_keys_are_those_that_are_promised(desk: Desk) -> None:
    """Every option stands in the answer for programs; addresses are masked, but where they are asked for."""
    desk.done("subscribe", "all", "--to", ME, "--to", desk.endpoint.url, *ALL_OPTIONS)
    (told,) = desk.objects("subscriptions")
    assert ["name", "state", "scope", "what", "when", "created_at", "addresses"] == list(told)
    keys = "address address_number channel state disabled_at disabled_reason"
    assert keys.split() == list(told["addresses"][0])
    assert ("ACTIVE_NOT_RECRUITING", "PHASE2", 30) == (
        told["scope"]["statuses"][0],
        told["scope"]["phases"][0],
        told["what"]["remind_days"],
    )
    assert {"every": "monthly", "at": "06:30", "zone": "Europe/Berlin", "on": 31} == told["when"]["digest"]
    assert "m***@example.org" == told["addresses"][0]["address"]
    (clear,) = desk.objects("subscriptions", "all", "--addresses")
    assert [ME, desk.endpoint.url] == [one["address"] for one in clear["addresses"]]
    assert "monthly on day 31 at 06:30 Europe/Berlin, even empty" in desk.done("subscriptions", "all")
    assert (False, False) == (ME in desk.done("subscriptions", "all"), ME in desk.done("subscriptions", "--log"))


def test_an_edit_replaces_what_is_given_and_leaves_the_rest(desk: Desk) -> None:
    """An empty value takes an option away; an address that stays keeps its secret, a new one has one of its own."""
    desk.done("subscribe", "all", "--to", desk.endpoint.url, *ALL_OPTIONS)
    desk.done("edit", "all", "--status", "recruiting", "--sponsor", "", "--remind", "", "--no-include-contacts")
    (told,) = desk.objects("subscriptions")
    assert (["RECRUITING"], [], ["Germany"]) == tuple(
        told["scope"][key] for key in ("statuses", "sponsors", "countries")
    )
    assert (None, False, True) == tuple(told["what"][key] for key in ("remind_days", "include_contacts", "from_now"))
    desk.done("edit", "all", "--digest", "weekly")
    assert {"every": "weekly", "at": "06:30", "zone": "Europe/Berlin", "on": "mon"} == _digest(desk)
    desk.done("edit", "all", "--on", "fri")
    assert "fri" == _digest(desk)["on"]
    (new,) = desk.objects("edit", "all", "--digest", "", "--to", ME, "--to", desk.endpoint.url, "--to", _other(desk))
    assert [False, False, True] == [one["secret"] is not None for one in new["addresses"]]
    assert None is desk.objects("subscriptions")[0]["when"]["digest"]
    assert 0 == desk.told("verify").status


@pytest.mark.parametrize(
    ("words", "said"),
    (
        ("--query livers", "no query livers is tracked; those that are: liver"),
        ("--field enrolment", "did you mean enrollment"),
        ("--type result_posted", "did you mean results_posted"),
        ("--when lapsing", "expected lapsing:60d"),
        ("--remind 3", "expected one such as 30d"),
        ("--at 07:00", "--at goes with --digest"),
        ("--digest daily --on mon", "a daily digest comes every day"),
        ("--status recruting", "did you mean RECRUITING"),
    ),
)
def test_what_there_is_not_is_refused_with_what_is_near(words: str, said: str, desk: Desk) -> None:
    """Status 2, one line, and nothing is recorded."""
    desk.done("track", "--name", "liver", "--query", "query.cond=liver")
    answer = desk.told("subscribe", "all", "--to", ME, *words.split())
    assert (2, "", 1) == (answer.status, answer.text, len(answer.err.splitlines()))
    assert said in answer.err
    assert [] == desk.objects("subscriptions")


def test_an_empty_value_asks_for_nothing_new(new_desk: Desk) -> None:
    """Where a shell's variable was empty, a new subscription is refused and not made for everything."""
    assert 2 == new_desk.told("subscribe", "all", "--to", ME, "--sponsor", "").status
    assert 1 == new_desk.told("subscriptions").status


def test_what_can_match_nothing_is_told(desk: Desk) -> None:
    """On standard error, and the subscription is made all the same."""
    desk.done("track", ONE)
    answer = desk.told("subscribe", "all", "--to", "https://nobody.invalid/x", "--origin", "backfill", "--remind", "9d")
    assert 0 == answer.status
    for said in ("without --include-backfill", "--remind says nothing without --when", "nobody.invalid: the host"):
        assert said in answer.err
    answer = desk.told("subscribe", "other", "--to", ME, "--trial", "NCT00000002")
    assert "NCT00000002 is not tracked" in answer.err


def test_a_name_is_taken_once_and_near_ones_are_told(desk: Desk) -> None:
    """A name in use is refused, one that is not there leads to those that are."""
    desk.done("subscribe", "stale", "--to", ME)
    assert (1, True) == (desk.told("subscribe", "stale", "--to", ME).status, True)
    for words in ("pause stales", "edit stales --digest daily", "try stales", "resume stales", "unsubscribe stales"):
        answer = desk.told(*words.split())
        assert (1, True) == (answer.status, "did you mean stale?" in answer.err)
    assert 2 == desk.told("edit", "stale").status
    assert 2 == desk.told("unsubscribe").status
    assert 2 == desk.told("redeliver").status


def test_clock_events_are_told_as_time_passing(desk: Desk) -> None:
    """In history and changes, without a revision and without a value that nobody wrote."""
    desk.done("track", ONE)
    desk.done("deliver")
    desk.released(days=48)
    desk.done("deliver")
    for page in (desk.done("history", ONE), desk.done("changes", "--origin", "clock")):
        assert ("as time passed" in page, "UNKNOWN by the registry's rule: RECRUITING -> UNKNOWN" in page) == (
            True,
            True,
        )


def _digest(desk: Desk) -> dict[str, object]:
    digest: dict[str, object] = desk.objects("subscriptions")[0]["when"]["digest"]
    return digest


def _other(desk: Desk) -> str:
    return f"{desk.endpoint.url}/other"

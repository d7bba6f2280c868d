"""Deliveries that fail, are tried, and are looked at, from the command line."""

import json
from contextlib import closing
from operator import itemgetter

from store.claiming import Claim
from store.unit_of_work import Database
from tests.contract.cli.desk import ME, Desk
from tests.endpoints import Answer
from tests.unit.simulator.worlds import ONE
from tracker.simulator import edits

WHEN = ("--type", "recruitment_status_changed")


def test_a_failure_is_told_and_waits(desk: Desk) -> None:
    """Exit status 1, the counts, the reason and the next attempt; a later run sends it."""
    _tracked(desk, "--to", desk.endpoint.url)
    desk.endpoint.answers.append(Answer(status=500))
    assert (0, 1, 0, 1) == itemgetter("sent", "failed", "dead", "waiting")(_changed(desk, status=1))
    (one,) = desk.objects("deliveries", "--state", "failed")
    assert [(1, "failed", 500)] == [(each["number"], each["outcome"], each["status"]) for each in one["attempts"]]
    assert "2026-01-13T12:00:05" <= one["next_attempt_at"]
    page = desk.done("deliveries")
    assert (True, True) == ("again from 2026-01-13 12:00 UTC" in page, "500" in page)
    assert 0 == desk.delivered()["sent"]
    desk.later(seconds=10)
    assert 1 == desk.delivered()["sent"]
    keys = "id subscription address channel kind state items trial_ids created_at next_attempt_at settled_at reason"
    assert set(keys.split()) <= one.keys()
    assert [] == desk.objects("deliveries", "--state", "dead", "--subscription", "all")


def test_a_first_attempt_waits_where_that_is_set(desk: Desk) -> None:
    """The schedule's first value holds back what is new, the list says until when, and a sample goes at once."""
    desk.options |= {"delivery.retry_waits_s": "3600,3600"}
    _tracked(desk, "--to", desk.endpoint.url)
    assert (0, 1) == itemgetter("sent", "waiting")(_changed(desk, status=0))
    (one,) = desk.objects("deliveries")
    assert ("2026-01-13T12:00:00", "2026-01-13T13:00:00") == (one["created_at"][:19], one["next_attempt_at"][:19])
    desk.done("try", "all")
    assert 1 == len(desk.endpoint.received)
    desk.later(hours=1)
    assert 1 == desk.delivered()["sent"]


def test_a_setting_of_ours_is_named_and_counts_nothing(desk: Desk) -> None:
    """Webhooks go on; mail waits, without an attempt, until the setting is mended."""
    desk.options |= {"email.host": ""}
    _tracked(desk, "--to", ME, "--to", desk.endpoint.url)
    answer = desk.told("try", "all")
    assert (1, True) == (answer.status, "not set: TRIALOG_EMAIL__HOST" in answer.err)
    desk.released({ONE: edits.status("COMPLETED")})
    desk.done("poll")
    answer = desk.told("deliver", "--json")
    assert (1, True) == (answer.status, "email: not set: TRIALOG_EMAIL__HOST" in answer.err)
    assert (1, 0, 2) == itemgetter("sent", "failed", "waiting")(answer.objects[0])
    assert [] == [each for one in desk.objects("deliveries") if one["channel"] == "email" for each in one["attempts"]]
    del desk.options["email.host"]
    assert 2 == desk.delivered()["sent"]


def test_an_address_that_is_gone_is_announced_and_comes_back(desk: Desk) -> None:
    """410: the other address is told, info names it, nothing is redelivered there by id until resume, which replays."""
    _tracked(desk, "--to", desk.endpoint.url, "--to", ME)
    desk.endpoint.otherwise = lambda received: Answer(status=410)
    assert 1 == _changed(desk, status=1)["dead"]
    desk.delivered()
    assert any("Nothing is sent any more to address 1" in str(mail.headers["subject"]) for mail in desk.mailbox.mails)
    page = desk.done("info")
    assert (True, True) == ("nothing is sent any more to" in page, "its owner was told through another" in page)
    assert [True] == [one["owner_told"] for one in desk.objects("info")[0]["disabled_addresses"]]
    (asked,) = desk.objects("subscriptions")
    assert ["disabled", "active"] == [one["state"] for one in asked["addresses"]]
    left = desk.told("redeliver", *(one["id"] for one in desk.objects("deliveries", "--state", "dead")))
    assert (1, True) == (left.status, "its address is disabled; to try it again: trialog resume all" in left.err)
    desk.endpoint.otherwise = lambda received: Answer()
    assert "1 message" in desk.done("resume", "all")
    assert 1 == desk.delivered()["sent"]


def test_info_says_of_which_address_nobody_could_be_told(desk: Desk) -> None:
    """Where there is no other address, or none that took the notice, it says so, and asks for what only it can tell."""
    _tracked(desk, "--to", desk.endpoint.url, "--to", ME)
    desk.endpoint.otherwise = lambda received: Answer(status=410)
    desk.options |= {"email.host": ""}
    _changed(desk, status=1)
    assert "its owner could not be told yet" in desk.done("info")
    assert [False] == [one["owner_told"] for one in desk.objects("info")[0]["disabled_addresses"]]
    del desk.options["email.host"]
    desk.delivered()
    assert [True] == [one["owner_told"] for one in desk.objects("info")[0]["disabled_addresses"]]
    desk.endpoint.otherwise = lambda received: Answer()
    desk.done("resume", "all")
    desk.delivered()
    desk.endpoint.otherwise = lambda received: Answer(status=410)
    desk.done("edit", "all", "--to", desk.endpoint.url)
    desk.later(hours=1)
    assert 1 == desk.told("try", "all").status
    assert [False] == [one["owner_told"] for one in desk.objects("info")[0]["disabled_addresses"]]


def test_a_sample_goes_out_alone(desk: Desk) -> None:
    """It is marked, made of the newest change that is asked for, sent in a pause too, and in the log."""
    _tracked(desk, "--to", desk.endpoint.url, "--to", ME)
    assert "sent" in desk.done("try", "all")
    made = json.loads(desk.endpoint.received[0].body)
    assert ("trialog.sample", "NCT00000000") == (made["type"], made["subject"])
    desk.released({ONE: edits.status("COMPLETED")})
    desk.done("poll")
    desk.done("pause", "all")
    desk.told("deliver")
    assert ["sent", "sent"] == [one["state"] for one in desk.objects("try", "all")]
    event = json.loads(desk.endpoint.received[-1].body)
    assert ("trialog.sample", ONE, "COMPLETED") == (event["type"], event["subject"], event["data"]["items"][0]["new"])
    assert str(desk.mailbox.mails[-1].headers["subject"]).startswith(f"[Sample] {ONE}")
    assert (2, 2) == (len(desk.endpoint.received), len(desk.mailbox.mails))
    assert 2 == [one["type"] for one in desk.objects("subscriptions", "--log")].count("sample_requested")
    desk.done("resume", "all")
    desk.done("try", "all")
    assert ["pending", "pending"] == [one["state"] for one in desk.objects("deliveries") if one["kind"] == "changes"]


def test_a_sample_of_conditions_is_one_that_holds(desk: Desk) -> None:
    """And counts as nothing told."""
    desk.done("track", ONE)
    desk.done("subscribe", "stale", "--to", desk.endpoint.url, "--when", "lapsing:60d")
    desk.done("try", "stale")
    assert (ONE, "lapsing:60d") == _first_item(desk, "trial_id", "condition")
    assert 1 == desk.delivered()["sent"]
    desk.done("edit", "stale", "--when", "unverified:600mo")
    desk.done("try", "stale")
    assert ("NCT00000000", "unverified:600mo") == _first_item(desk, "trial_id", "condition")


def test_a_sample_that_is_not_taken_says_why(desk: Desk) -> None:
    """Exit status 1 with the reason; asked for again, another takes its place, and an endpoint at rest is asked."""
    _tracked(desk, "--to", desk.endpoint.url)
    desk.endpoint.answers.extend([Answer(status=503), Answer(status=400)])
    for status in ("503", "400"):
        answer = desk.told("try", "all")
        assert (1, True) == (answer.status, status in answer.text)
    assert "sent" in desk.done("try", "all")
    assert 3 == len({one.headers["webhook-id"] for one in desk.endpoint.received})
    assert ["dead", "dead", "sent"] == desk.states()
    assert {"a newer sample was asked for"} == {one["reason"] for one in desk.objects("deliveries", "--state", "dead")}
    desk.later(days=1)
    assert (0, 0) == itemgetter("sent", "waiting")(desk.delivered())


def test_a_sample_is_tried_now_whatever_became_of_the_last_one(desk: Desk) -> None:
    """Also where that one is held by a pause since, and it says what is asked for now."""
    _tracked(desk, "--to", desk.endpoint.url)
    desk.endpoint.answers.append(Answer(status=503))
    assert 1 == desk.told("try", "all").status
    desk.done("pause", "all")
    desk.done("edit", "all", "--when", "unverified:600mo")
    desk.endpoint.answers.append(Answer(status=400))
    assert (1, "400") == ((answer := desk.told("try", "all")).status, "400" if "400" in answer.text else answer.text)
    assert ["sent"] == [one["state"] for one in desk.objects("try", "all")]
    assert ("NCT00000000", "unverified:600mo") == _first_item(desk, "trial_id", "condition")
    desk.done("resume", "all")
    assert (0, 0) == itemgetter("sent", "waiting")(desk.delivered())


def test_a_sample_that_has_to_wait_says_for_what(desk: Desk) -> None:
    """Where another process goes on sending to the endpoint, it is not tried, and told so with exit status 1."""
    desk.options |= {"webhook.timeout_s": "0.2", "email.timeout_s": "0.2"}
    _tracked(desk, "--to", desk.endpoint.url)
    assert 0 == _changed(desk, status=0)["failed"]
    desk.done("redeliver", "--since", "2026-01-01")
    with closing(Database.open_present(desk.database, clock=desk.now)) as database, database.working() as transaction:
        assert 1 == len(transaction.outbox.claim(Claim(holder="another", now=desk.now(), lease_s=60)))
    answer = desk.told("try", "all")
    assert (1, True) == (answer.status, "something else is being sent there just now" in answer.text)


def test_both_secrets_sign_during_an_overlap(desk: Desk) -> None:
    """And the new one alone after it; the address may be told by its number or itself."""
    desk.done("track", ONE)
    (made,) = desk.objects("subscribe", "all", "--to", desk.endpoint.url)
    old = made["addresses"][0]["secret"]
    (rotated,) = desk.objects("rotate-secret", "all", "--address", desk.endpoint.url, "--overlap", "2h")
    (one,) = rotated["addresses"]
    assert ["address", "channel", "secret"] == list(one)
    for hours, holds in ((1, True), (2, False)):
        desk.later(hours=hours)
        desk.done("try", "all")
        received = desk.endpoint.received[-1]
        assert (holds, True) == (desk.is_signed(received, old), desk.is_signed(received, one["secret"]))
    assert 2 == desk.told("rotate-secret", "all", "--address", "7").status


def _tracked(desk: Desk, *to: str) -> None:
    desk.done("track", ONE)
    desk.done("subscribe", "all", *to, *WHEN)


def _changed(desk: Desk, *, status: int) -> dict[str, int]:
    desk.released({ONE: edits.status("COMPLETED")})
    desk.done("poll")
    return desk.delivered(status)


def _first_item(desk: Desk, *keys: str) -> tuple[str, ...]:
    item = json.loads(desk.endpoint.received[-1].body)["data"]["items"][0]
    return tuple(item[key] for key in keys)

"""From a command to a mail in the box and a signed webhook, and out again, over both databases."""

import json
import re
from operator import itemgetter
from pathlib import Path

import pytest

from tests.contract.cli.desk import ME, Desk
from tests.endpoints import Answer
from tests.unit.simulator.worlds import ONE, TWO
from tracker.simulator import edits

ALERT = ("--when", "unknown", "--when", "lapsing:60d")


def test_a_stale_alert_from_the_first_word_to_the_last(desk: Desk) -> None:
    """Track, subscribe, poll, deliver: mail and webhook say the same, once, and its end ends it."""
    assert 0 == desk.told("track", ONE, TWO).status
    (made,) = desk.objects("subscribe", "stale", "--to", ME, "--to", desk.endpoint.url, *ALERT)
    hook_mask = f"http://127.0.0.1:{desk.endpoint.port}/***"
    secret = made["addresses"][1]["secret"]
    assert ["subscription", "addresses"] == list(made)
    assert [("m***@example.org", "email", None), (hook_mask, "webhook", secret)] == [
        tuple(one.values()) for one in made["addresses"]
    ]
    assert secret.startswith("whsec_")

    counts = desk.delivered()
    assert ["evaluated", "enqueued", "sent", "failed", "dead", "waiting"] == list(counts)
    assert (2, 2, 0, 0, 0) == tuple(counts[key] for key in ("enqueued", "sent", "failed", "dead", "waiting"))
    (mail,), (hook,) = desk.mailbox.mails, desk.endpoint.received
    assert ("me@example.org",) == mail.recipients
    assert f"{ONE}: will turn UNKNOWN on 2026-03-01" in mail.headers["subject"]
    assert (True, False) == (desk.is_signed(hook, secret), desk.is_signed(hook, secret[:-6] + "AAAAA="))
    event = json.loads(hook.body)
    assert ("trialog.condition", ONE, hook.headers["webhook-id"]) == (event["type"], event["subject"], event["id"])
    assert [f"lapsing:60d:{ONE}:2026-03-01"] == [item["key"] for item in event["data"]["items"]]

    assert (0, 0) == itemgetter("enqueued", "sent")(desk.delivered())
    desk.released(days=48)
    desk.done("poll")
    assert 2 == desk.delivered()["sent"]
    assert [f"unknown:{ONE}:2026-03-01"] == _keys(desk.endpoint.received[-1].body)
    desk.released({ONE: edits.verified("2026-03")})
    desk.done("poll")
    assert 2 == desk.delivered()["sent"]
    assert "trialog.over" == json.loads(desk.endpoint.received[-1].body)["type"]
    assert 3 == len(desk.mailbox.mails)
    assert 0 == desk.told("verify").status


def test_what_is_paused_waits_and_is_sent_or_skipped(desk: Desk) -> None:
    """Nothing leaves in a pause; resume sends it, --skip leaves it out."""
    _all_changes(desk)
    assert "is paused; trialog resume all goes on" in desk.done("pause", "all")
    assert "already" in desk.done("pause", "all")
    _change(desk, "SUSPENDED")
    assert (1, 0, 1) == itemgetter("enqueued", "sent", "waiting")(desk.delivered())
    assert "paused" in desk.done("deliveries")
    assert "sends 1 message that waited" in desk.done("resume", "all")
    assert 1 == desk.delivered()["sent"]
    desk.done("pause", "all")
    _change(desk, "RECRUITING")
    desk.delivered()
    assert "all is active.\n" == desk.done("resume", "all", "--skip")
    assert (0, 0) == itemgetter("sent", "waiting")(desk.delivered())
    assert ["sent", "dead"] == desk.states()
    assert "is active already" in desk.done("resume", "all")


def test_a_token_from_a_mail_ends_the_subscription(desk: Desk) -> None:
    """The command in the mail does it, again without harm; what waits is dead; a made-up token does nothing."""
    _all_changes(desk, "--to", ME)
    _change(desk, "SUSPENDED")
    desk.delivered()
    text = desk.mailbox.mails[0].parsed.get_body(("plain",))
    assert text is not None
    (token,) = re.findall(r"trialog unsubscribe --token (\S+)", text.get_content())
    wrong = desk.told("unsubscribe", "--token", token[:-4] + "AAAA")
    assert (2, True) == (wrong.status, "not one of ours, or not whole" in wrong.err)
    desk.endpoint.otherwise = lambda received: _answer(503)
    _change(desk, "RECRUITING")
    desk.delivered(status=1)
    assert "all is ended; 1 message that waited will not be sent.\n" == desk.done("unsubscribe", "--token", token)
    assert "all had ended already.\n" == desk.done("unsubscribe", "--token", token)
    assert [] == desk.objects("subscriptions")
    assert ["dead"] == [one["state"] for one in desk.objects("deliveries") if one["reason"] == "unsubscribed"]
    assert (1, True) == (desk.told("unsubscribe", "all").status, "no subscription all" in desk.told("pause", "all").err)


def test_who_is_forgotten_is_nowhere_in_the_ledger(desk: Desk) -> None:
    """--forget erases address and secret, also of one that ended before or was edited away; all verifies."""
    hook = desk.endpoint.url + "/of-ada"
    desk.done("track", ONE)
    desk.done("subscribe", "all", "--to", "mailto:ada.lovelace@example.org", "--to", hook, "--significance", "minor")
    desk.done("edit", "all", "--to", hook)
    _change(desk, "SUSPENDED")
    desk.delivered()
    desk.done("unsubscribe", "all")
    (again,) = desk.objects("subscribe", "all", "--to", "mailto:ada.byron@example.org", "--to", desk.endpoint.url)
    desk.done("try", "all")
    words = ("ada.lovelace", "ada.byron", "/hook", again["addresses"][1]["secret"])
    assert ["addresses"] * 4 == [table for each in words for table in desk.occurrences(each)]
    assert "all is ended; its addresses are forgotten.\n" == desk.done("unsubscribe", "all", "--forget")
    assert [] == [table for each in words for table in desk.occurrences(each)]
    assert [] == [each for each in words if each.encode() in _bytes(desk)]
    assert 0 == desk.told("verify").status
    desk.done("rebuild")
    assert 0 == desk.told("verify").status
    log = desk.objects("subscriptions", "all", "--log")
    assert 2 == [one["type"] for one in log].count("subscription_forgotten")
    assert "had ended already; its addresses are forgotten" in desk.done("unsubscribe", "all", "--forget")
    assert 2 == [one["type"] for one in desk.objects("subscriptions", "all", "--log")].count("subscription_forgotten")


def _bytes(desk: Desk) -> bytes:
    """Everything in the files of a SQLite ledger, which it does not share with others; nothing of a server's."""
    if not desk.database.startswith("sqlite"):
        return b""
    ledger = Path(desk.database.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in ledger.parent.glob(f"{ledger.name}*"))


def test_the_items_of_a_message_are_listed(desk: Desk) -> None:
    """By the id of its delivery: for people a line for each, for programs the items of its body."""
    _all_changes(desk)
    _change(desk, "SUSPENDED")
    desk.delivered()
    (first,) = desk.objects("deliveries")
    items = json.loads(desk.endpoint.received[0].body)["data"]["items"]
    assert items == desk.objects("deliveries", "--items", first["id"])
    assert f"{ONE} Recruitment status: RECRUITING -> SUSPENDED" in desk.done("deliveries", "--items", first["id"])
    assert (1, True) == (
        desk.told("deliveries", "--items", "x").status,
        "no delivery x" in desk.told("deliveries", "--items", "x").err,
    )
    assert 2 == desk.told("deliveries", "--items", first["id"], "--state", "dead").status


def test_redelivery_keeps_the_id(desk: Desk) -> None:
    """What was sent, or is dead, is sent again under its id; the endpoint's rest ends; unknown ids are refused."""
    _all_changes(desk)
    _change(desk, "SUSPENDED")
    desk.delivered()
    (first,) = desk.objects("deliveries")
    assert {"redelivered": [first["id"]], "left_out": []} == desk.objects("redeliver", first["id"])[0]
    assert 1 == desk.delivered()["sent"]
    assert [first["id"]] * 2 == [one.headers["webhook-id"] for one in desk.endpoint.received]
    assert [1, 2] == [one["number"] for one in desk.objects("deliveries")[0]["attempts"]]
    assert (1, True) == (desk.told("redeliver", "x").status, "no delivery x" in desk.told("redeliver", "x").err)
    desk.endpoint.otherwise = lambda received: _answer(503)
    _change(desk, "RECRUITING")
    assert 1 == desk.delivered(status=1)["failed"]
    assert 0 == desk.delivered()["failed"]
    desk.endpoint.otherwise = lambda received: _answer(204)
    since = f"{desk.now():%Y-%m-%d}"
    assert "1 delivery will be sent again" in desk.done("redeliver", "--since", since)
    assert 1 == desk.delivered()["sent"]
    assert "Nothing to send again" in desk.done("redeliver", "--dead")
    desk.done("pause", "all")
    desk.done("redeliver", first["id"])
    assert (0, 1) == itemgetter("sent", "waiting")(desk.delivered())
    log = [one for one in desk.objects("subscriptions", "--log") if one["type"] == "redelivery_requested"]
    assert [1, 1, 1] == [one["deliveries_count"] for one in log]


def test_what_was_given_up_is_sent_again_to_a_disabled_address_too(desk: Desk) -> None:
    """Asking for what is dead tries its address anew, and says so; asking by id or time does not, and says how."""
    _all_changes(desk)
    desk.endpoint.otherwise = lambda received: _answer(410)
    _change(desk, "SUSPENDED")
    desk.delivered(status=1)
    _change(desk, "RECRUITING")
    desk.delivered()
    missed = [one["id"] for one in desk.objects("deliveries", "--state", "dead")]
    desk.endpoint.otherwise = lambda received: _answer(204)
    refused = desk.told("redeliver", missed[0])
    assert 1 == refused.status
    assert "trialog resume all" in refused.err
    assert "trialog redeliver --dead --subscription all" in refused.err
    desk.endpoint.received.clear()
    answer = desk.done("redeliver", "--dead", "--subscription", "all")
    assert "2 deliveries will be sent again by trialog deliver.\nAddress 1 of all was disabled and is tried" in answer
    assert 2 == desk.delivered()["sent"]
    assert missed == [one.headers["webhook-id"] for one in desk.endpoint.received]
    assert ["active"] == [one["state"] for one in desk.objects("subscriptions", "all")[0]["addresses"]]
    assert "address_enabled" in [one["type"] for one in desk.objects("subscriptions", "--log")]
    for _ in range(2):
        desk.done("verify")
        desk.done("rebuild")


@pytest.mark.parametrize(("overlap", "seconds"), (("1s", 1), ("90m", 5400), ("0h", 0)))
def test_an_overlap_is_told_in_any_unit_of_time(desk: Desk, overlap: str, seconds: int) -> None:
    """Seconds, minutes, hours or days."""
    _all_changes(desk)
    desk.done("rotate-secret", "all", "--overlap", overlap)
    assert [seconds] == [one["overlap_s"] for one in desk.objects("subscriptions", "--log") if "overlap_s" in one]
    words = {1: "1 second", 5400: "90 minutes", 0: "0 hours"}[seconds]
    assert f"the old one for {words} beside it" in " ".join(desk.done("subscriptions", "--log").split())


def _all_changes(desk: Desk, *more: str) -> None:
    desk.done("track", ONE)
    desk.done("subscribe", "all", "--to", desk.endpoint.url, *more, "--type", "recruitment_status_changed")
    assert 0 == desk.delivered()["enqueued"]


def _change(desk: Desk, status: str) -> None:
    desk.released({ONE: edits.status(status, why_stopped="a reason" if status == "SUSPENDED" else None)})
    desk.done("poll")


def _answer(status: int) -> Answer:
    return Answer(status=status)


def _keys(body: bytes) -> list[str]:
    return [item["key"] for item in json.loads(body)["data"]["items"]]

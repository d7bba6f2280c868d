"""From a command to a service of Apprise, over both databases: taken, failed and tried again, refused by the guard."""

import json
from operator import itemgetter

import pytest

from tests.contract.cli.desk import Desk
from tests.endpoints import Answer
from tests.unit.simulator.worlds import ONE
from tracker.simulator import edits

pytest.importorskip("apprise", reason="Apprise is not installed (extra apprise), so its channel is not tried")


def service(desk: Desk, name: str = "json") -> str:
    """The address of a service of Apprise that posts to the endpoint."""
    return f"apprise:{name}://user:sesame@127.0.0.1:{desk.endpoint.port}/hook"


def subscribed(desk: Desk) -> None:
    """A trial is tracked, somebody is subscribed over Apprise, and then the trial's status changes."""
    desk.endpoint.otherwise = lambda received: Answer(status=200)
    desk.done("track", ONE)
    made = desk.done("subscribe", "all", "--to", service(desk), "--type", "recruitment_status_changed")
    assert "sesame" not in made
    desk.released({ONE: edits.status("COMPLETED")})
    desk.done("poll")


def test_a_change_arrives_over_apprise_and_fails_and_is_tried_again(desk: Desk) -> None:
    """The words of the message, once; a failure is one attempt with its reason, and no list shows the password."""
    subscribed(desk)
    desk.endpoint.answers.append(Answer(status=503))
    assert (0, 1, 1) == itemgetter("sent", "failed", "waiting")(desk.delivered(status=1))
    (failed,) = desk.objects("deliveries")
    assert ("apprise", "failed", 1) == (failed["channel"], failed["state"], len(failed["attempts"]))
    assert (0, 1) == itemgetter("sent", "waiting")(desk.delivered())
    desk.later(seconds=10)
    assert (1, 0) == itemgetter("sent", "waiting")(desk.delivered())
    assert ["failed", "sent"] == [one["outcome"] for one in desk.objects("deliveries")[0]["attempts"]]
    assert 2 == len(desk.endpoint.received)
    told = json.loads(desk.endpoint.received[-1].body)
    for words in (ONE, "Recruiting", "Completed", "trialog unsubscribe"):
        assert words.casefold() in (told["title"] + told["message"]).casefold()
    lists = [desk.done(*words) for words in (("subscriptions",), ("deliveries",), ("subscriptions", "--log"))]
    assert [] == [text for text in lists if "sesame" in text]


def test_a_form_of_another_service_is_filled_too(desk: Desk) -> None:
    """Whatever service an address names, a sample goes out by it."""
    desk.endpoint.otherwise = lambda received: Answer(status=200)
    desk.done("track", ONE)
    desk.done("subscribe", "all", "--to", service(desk, "form"))
    assert ["sent"] == [one["state"] for one in desk.objects("try", "all")]
    assert b"NCT00000000" in desk.endpoint.received[0].body


def test_the_guard_holds_for_apprise_when_asked_and_when_sent(desk: Desk) -> None:
    """Inside is refused at once; where the networks are closed later, nothing is connected to, and it fails."""
    subscribed(desk)
    desk.options |= {"webhook.allow_networks": ""}
    answer = desk.told("subscribe", "other", "--to", service(desk))
    assert (2, True, False) == (answer.status, "address 1: " in answer.err, "sesame" in answer.err)
    assert (0, 1) == itemgetter("sent", "failed")(desk.delivered(status=1))
    (one,) = desk.objects("deliveries")
    assert (True, False) == ("loopback" in one["attempts"][0]["reason"], "sesame" in str(one))
    assert [] == desk.endpoint.received

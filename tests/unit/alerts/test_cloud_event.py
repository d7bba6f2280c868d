"""The body of a webhook: one CloudEvent by the rules of its specification."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from tests.messages import NOW, change, condition, envelope, said, seed_alert
from tests.records import Json
from tracker.alerts.content import Kind
from tracker.alerts.rendering.cloud_event import CONTENT_TYPE, cloud_event
from tracker.alerts.rendering.renderer import Renderer

DOCS = Path(__file__).resolve().parents[3] / "docs"
# CloudEvents 1.0.2: attributes are lower-case letters and digits; those required, and what each may be.
NAME = re.compile(r"[a-z0-9]+")
REQUIRED = {"id", "source", "specversion", "type"}
OPTIONAL = {"datacontenttype", "dataschema", "subject", "time", "data", "data_base64"}
URI_REFERENCE = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*:)?[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")


def faults(event: Json) -> list[str]:
    """Where an event breaks the specification."""
    texts = {name: event.get(name) for name in (REQUIRED | OPTIONAL) - {"data"} if name in event}
    rules = {
        "every required attribute": REQUIRED <= event.keys(),
        "no attribute but these": event.keys() <= REQUIRED | OPTIONAL,
        "names": all(NAME.fullmatch(name) for name in event.keys() - {"data_base64"}),
        "texts that are not empty": all(isinstance(text, str) and text for text in texts.values()),
        "specversion": event["specversion"] == "1.0",
        "source is a URI reference": URI_REFERENCE.fullmatch(event["source"]),
        "time is RFC 3339": "time" not in event or TIME.fullmatch(event["time"]),
        "one data": not {"data", "data_base64"} <= event.keys(),
    }
    return [name for name, holds in rules.items() if not holds]


@pytest.mark.parametrize("instance", ("trialog", "https://trialog.example.org/a?b", "Klinik Köln, 2. Stock", ""))
@pytest.mark.parametrize("kind", tuple(Kind))
def test_the_body_is_a_cloud_event(kind: Kind, instance: str) -> None:
    """Of every kind, whatever the installation is called."""
    event = json.loads(cloud_event(said(kind, change(), condition()), envelope(instance=instance)))
    assert [] == faults(event)
    assert ("dlv_01J5", f"trialog.{kind}", "NCT00000001") == (event["id"], event["type"], event["subject"])
    assert NOW == datetime.fromisoformat(event["time"])


def test_a_fault_is_found() -> None:
    """The rules above are no empty ones."""
    sound = json.loads(cloud_event(said(Kind.CHANGES, change()), envelope()))
    for broken in ({"specversion": "0.3"}, {"source": ""}, {"time": "yesterday"}, {"Data_Type": "x"}, {"subject": ""}):
        assert [] != faults(sound | broken)


def test_the_data_are_what_the_message_says() -> None:
    """These keys and no others; items whole."""
    content = said(Kind.CHANGES, change())
    data = json.loads(cloud_event(content, envelope()))["data"]
    assert {"subscription", "reason", "items", "items_count", "more_count", "more"} == data.keys()
    assert content["items"] == data["items"]


def test_a_message_of_several_trials_has_no_subject() -> None:
    """Nor one of which some items were left out, since nobody looked at their trials."""
    several = said(Kind.CONDITION, condition(), condition(trial_id="NCT00000002"))
    left_out = said(Kind.CONDITION, *[condition() for _ in range(201)])
    assert [False, False] == ["subject" in json.loads(cloud_event(one, envelope())) for one in (several, left_out)]


def test_what_json_cannot_say_everywhere_is_replaced() -> None:
    """A lone surrogate is read by few; a number that is none makes the item a name."""
    events = said(Kind.CHANGES, change(new="a\ud800"), change(new=float("nan"), position=8))
    items = json.loads(cloud_event(events, envelope()))["data"]["items"]
    assert "a\ufffd" == items[0]["new"]
    assert {"key": "event:8", "trial_id": "NCT00000001", "is_unreadable": True} == items[1]


def test_what_grows_when_written_together_still_fits() -> None:
    """One number beyond 64 bits makes all other letters longer; the size holds all the same."""
    letters = [change(new="\N{SNOWMAN}" * 100, position=n) for n in range(40)]
    body = cloud_event(said(Kind.CHANGES, change(new=2**70), *letters), envelope())
    data = json.loads(body)["data"]
    assert 20_000 >= len(body)
    assert 41 == len(data["items"]) + data["more_count"]


def test_the_documented_body_is_what_is_sent() -> None:
    """docs/stale-webhook.json is the alert of a real trial."""
    message = Renderer().render(seed_alert(), envelope())
    shown = json.loads((DOCS / "stale-webhook.json").read_text(encoding="utf-8"))
    assert CONTENT_TYPE == message.content_type
    assert shown == json.loads(message.body)

"""The body of a webhook: one CloudEvent 1.0 in structured JSON, of a size that receivers take.

Promises at most 20 kB: values are shortened first, then items left out and counted (``tracker.alerts.content``).
Source: CloudEvents 1.0.2, its JSON format, and the size that every receiver must take is 64 kB.
"""

import re
from urllib.parse import quote

from store.errors import InvalidInput
from store.json_text import encode
from tracker.alerts.content import fitted
from tracker.alerts.rendering.alarm_page import is_alarm
from tracker.alerts.rendering.envelope import Envelope
from tracker.alerts.rendering.pages import one_trial
from tracker.domain.record import Json

CONTENT_TYPE = "application/cloudevents+json"
MOST_BYTES = 20_000
_MOST_REASON_CHARS = 1_000
_DATA = ("subscription", "reason", "items", "items_count", "more_count", "more")
_LONE = re.compile(r"[\ud800-\udfff]")
_URI = ":/?#[]@!$&'()*+,;=-._~%"


def cloud_event(content: dict[str, Json], envelope: Envelope) -> bytes:
    """The event of a message's content."""
    event = _head(content, envelope)
    if is_alarm(content):
        return encode(event | {"data": _well_formed(content["alarm"])})
    told = {name: value for name, value in content.items() if name != "rest"}
    said = told | {"items": [_sound(item) for item in content["items"]], "reason": _short(content["reason"])}
    room = MOST_BYTES - len(encode(event)) - len(b',"data":')
    while True:
        small = fitted(said, most_bytes=room)
        body = encode(event | {"data": {name: small[name] for name in _data_names(small)}})
        if len(body) <= MOST_BYTES or not small["items"]:
            return body
        room -= len(body) - MOST_BYTES  # together they may be written longer than each alone (store.json_text)


def _head(content: dict[str, Json], envelope: Envelope) -> dict[str, Json]:
    trial_id = one_trial(content)
    return {
        "specversion": "1.0",
        "id": envelope.delivery_id,
        "source": quote(envelope.instance, safe=_URI) or "trialog",
        "type": f"trialog.{content['kind']}",
        "time": f"{envelope.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "datacontenttype": "application/json",
        **({"subject": trial_id} if trial_id else {}),
    }


def _data_names(said: dict[str, Json]) -> tuple[str, ...]:
    return (*_DATA, "notice") if said.get("notice") else _DATA


def _short(reason: str) -> str:
    return reason if len(reason) <= _MOST_REASON_CHARS else reason[: _MOST_REASON_CHARS - 1] + "…"


def _sound(item: Json) -> Json:
    """The item as every receiver can read it (RFC 7493), or what it is known by where JSON cannot say it."""
    try:
        encode(item)
        return _well_formed(item)
    except (InvalidInput, RecursionError):
        named = item if isinstance(item, dict) else {}
        return {name: _well_formed(str(named.get(name, ""))) for name in ("key", "trial_id")} | {"is_unreadable": True}


def _well_formed(value: Json) -> Json:
    """``value`` with a replacement character for each lone surrogate, which many readers of JSON refuse."""
    if isinstance(value, str):
        return value if value.isascii() else _LONE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {_well_formed(key): _well_formed(one) for key, one in value.items()}
    return [_well_formed(one) for one in value] if isinstance(value, list) else value

"""What a message says, before it is rendered for a channel: the ``data`` of its CloudEvent.

Promises that what does not fit is never lost silently: values are shortened first, then items left out, and those are
counted, with the command that lists them. Pure.
"""

from collections.abc import Sequence
from enum import StrEnum

from store.json_text import encode
from tracker.alerts.items import Item
from tracker.domain.record import Json

MOST_ITEMS = 200  # told in full
_SHORTER_CHARACTERS = (2_000, 500, 120)
_CUT = "…"

Rest = tuple[str, str | None]  # the key of an item that is counted, and of a condition that is over the reason


class Kind(StrEnum):
    """What a message is."""

    CHANGES = "changes"
    CONDITION = "condition"
    OVER = "over"
    DIGEST = "digest"
    SAMPLE = "sample"
    NOTICE = "notice"


def content(
    kind: Kind, *, subscription: str, reason: str, items: Sequence[Item], more: str, is_sample: bool = False
) -> dict[str, Json]:
    """What is said of ``items``: the first 200 in full. ``reason``: why somebody gets this; ``more``: a command.

    Of the others ``rest`` keeps what it takes to list them, which no message tells.
    """
    kept = list(items[:MOST_ITEMS])
    said: dict[str, Json] = {
        "subscription": subscription,
        "reason": reason,
        "items": kept,
        "items_count": len(items),
        "more_count": len(items) - len(kept),
        "more": more if len(items) > len(kept) else None,
        "more_command": more,
    }
    if len(items) > len(kept):
        said["rest"] = [(str(item["key"]), item.get("over")) for item in items[len(kept) :]]
    return {"kind": kind.value, "is_sample": is_sample, **said}


def fitted(said: dict[str, Json], *, most_bytes: int) -> dict[str, Json]:
    """``said`` so that its JSON has at most ``most_bytes`` (in so far as its head leaves room)."""
    if _size(said) <= most_bytes:
        return said
    shorter = said
    for most_characters in _SHORTER_CHARACTERS:
        shorter = said | {"items": [_shortened(item, most_characters) for item in said["items"]]}
        if _size(shorter) <= most_bytes:
            return shorter
    room = most_bytes - _size(_with_items(shorter, 0))
    count = 0
    for item in shorter["items"]:
        room -= _size(item) + 1
        if room < 0:
            break
        count += 1
    return _with_items(shorter, count)


def _with_items(said: dict[str, Json], count: int) -> dict[str, Json]:
    left_out = len(said["items"]) - count
    return said | {
        "items": said["items"][:count],
        "more_count": said["more_count"] + left_out,
        "more": said["more_command"],
    }


def _shortened(item: Item, most_characters: int) -> Item:
    """The item with its long values cut; what names it, and its dates, are never long."""
    return {key: _short(value, most_characters) for key, value in item.items()}


def _short(value: Json, most_characters: int) -> Json:
    if isinstance(value, str):
        return value if len(value) <= most_characters else value[: most_characters - 1] + _CUT
    if isinstance(value, (dict, list)):
        text = encode(value).decode("utf-8", "replace")
        return value if len(text) <= most_characters else text[: most_characters - 1] + _CUT
    return value


def _size(value: Json) -> int:
    return len(encode(value))

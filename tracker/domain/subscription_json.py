"""Reading a standing request back from its JSON form, as events hold it.

It promises that ``from_json(subscription.to_json()) == subscription`` for every checked one, that a key which is
missing has its default (so that what an older trialog wrote can be read), and that a key or value which is not known
is refused: nobody is told less or more than was asked for.
"""

import dataclasses
from typing import Any

from tracker.domain.closed_sets import one_of
from tracker.domain.conditions import parse_condition
from tracker.domain.digest_times import DigestTimes, parse_digest_times
from tracker.domain.errors import InvalidInput
from tracker.domain.events import Significance
from tracker.domain.record import Json
from tracker.domain.subscription import Scope, Subscription, Wanted, When, checked

_SWITCHES = ("from_now", "include_contacts", "include_backfill", "even_empty")


def from_json(data: Json) -> Subscription:
    """The request that ``to_json`` wrote; raises InvalidInput that names what is wrong."""
    told = _object(data, "subscription", Subscription)
    name = told.get("name")
    if not isinstance(name, str):
        raise InvalidInput(f"name of the subscription is {name!r}: expected a text")
    return checked(
        Subscription(
            name=name,
            scope=Scope(
                **{key: _texts(value, key) for key, value in _object(told.get("scope"), "scope", Scope).items()}
            ),
            wanted=_wanted(_object(told.get("wanted"), "wanted", Wanted)),
            when=_when(_object(told.get("when"), "when", When)),
        )
    )


def _wanted(told: dict[str, Json]) -> Wanted:
    """The event options and conditions, before their values are checked."""
    read: dict[str, Any] = {key: _value(key, value) for key, value in told.items()}
    read["when"] = tuple(parse_condition(text) for text in read.get("when", ()))
    return Wanted(**read)


def _value(key: str, value: Json) -> Json:
    if key in _SWITCHES:
        return _switch(value, key)
    if key == "significance":
        return None if value is None else Significance(one_of(key, _text(value, key), tuple(Significance)))
    if key == "remind_days":
        return None if value is None else _whole_number(value, key)
    return _texts(value, key)


def _when(told: dict[str, Json]) -> When:
    even_empty = _switch(told.get("even_empty", False), "even_empty")
    if told.get("digest") is None:
        return When(even_empty=even_empty)
    times = {
        key: str(value) if isinstance(value, int) else _text(value, key)
        for key, value in _object(told["digest"], "digest", DigestTimes).items()
        if value is not None
    }
    return When(digest=parse_digest_times(times.pop("every", ""), **times), even_empty=even_empty)


def _object(value: Json, what: str, shape: type[Any]) -> dict[str, Json]:
    known = tuple(field.name for field in dataclasses.fields(shape))
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput(f"{what} is {value!r}: expected an object with {', '.join(known)}")
    for key in value:
        one_of(f"key of {what}", str(key), known)
    return value


def _texts(value: Json, key: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InvalidInput(f"{key} is {value!r}: expected a list of texts")
    return tuple(_text(one, key) for one in value)


def _text(value: Json, key: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{key} has {value!r}: expected a text")
    return value


def _switch(value: Json, key: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(f"{key} is {value!r}: expected true or false")
    return value


def _whole_number(value: Json, key: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput(f"{key} is {value!r}: expected a whole number")
    return value

"""From named texts to a request: what is given replaces, what is empty takes away, what is wrong is named."""

from typing import Any

import pytest

from tracker.domain.errors import InvalidInput, Mismatch
from tracker.domain.requesting import MANY_OF_SCOPE, MANY_OF_WANTED, ONE, PARTS, SWITCHES, Alone, is_nothing, request_of
from tracker.domain.subscription_json import from_json

BEFORE = request_of(
    "all",
    {
        "sponsors": ("Acme",),
        "when": ("unknown",),
        "remind": "30d",
        "digest": "weekly",
        "at": "08:00",
        "even_empty": True,
    },
)
EVERYTHING: dict[str, Any] = {
    "trials": ("NCT00000001",),
    "queries": ("lungs",),
    "conditions": ("asthma",),
    "interventions": ("aspirin",),
    "sponsors": ("Acme",),
    "countries": ("Norway",),
    "statuses": ("COMPLETED",),
    "phases": ("PHASE2",),
    "types": ("why_stopped_changed",),
    "fields": ("enrollment",),
    "categories": ("status",),
    "origins": ("sponsor",),
    "when": ("lapsing:30d",),
    "significance": " Minor ",
    "remind": "30d",
    "digest": " Weekly ",
    "at": "08:00",
    "zone": "Europe/Berlin",
    "on": "tue",
    "from_now": True,
    "include_contacts": True,
    "include_backfill": True,
    "even_empty": True,
}


def test_every_part_says_what_it_is_called_by() -> None:
    """And stays as it was where a later request says nothing of it."""
    asked = request_of("all", EVERYTHING)
    assert set(PARTS) == set(EVERYTHING) == {*MANY_OF_SCOPE, *MANY_OF_WANTED, *ONE, *SWITCHES}
    scope: dict[str, Any] = {part: list(EVERYTHING[part]) for part in MANY_OF_SCOPE}
    wanted: dict[str, Any] = {part: list(EVERYTHING[part]) for part in MANY_OF_WANTED} | dict.fromkeys(
        SWITCHES[:3], True
    )
    wanted |= {"significance": "minor", "remind_days": 30}
    times = {"every": "weekly", "at": "08:00", "zone": "Europe/Berlin", "on": "tue"}
    when = {"digest": times, "even_empty": True}
    assert asked == from_json({"name": "all", "scope": scope, "wanted": wanted, "when": when})
    assert asked == request_of("all", {}, before=asked) == request_of("all", dict.fromkeys(PARTS), before=asked)
    off = request_of("all", dict.fromkeys(SWITCHES, False), before=asked)
    assert [False] * 3 == [off.wanted.from_now, off.wanted.include_contacts, off.wanted.include_backfill]
    assert (False, None) == (
        off.when.even_empty,
        request_of("all", {"significance": ""}, before=asked).wanted.significance,
    )


def test_nothing_is_given_where_no_part_is() -> None:
    """False and an empty text are something: they turn off, and take away."""
    assert is_nothing({"types": (), "at": None})
    assert not is_nothing({"types": (), "from_now": False})
    assert not is_nothing({"remind": "", "at": None})
    assert not is_nothing({"types": ("",)})


@pytest.mark.parametrize(
    ("given", "every", "on"),
    (
        ({"at": "09:00"}, "weekly", "tue"),
        ({"digest": "Weekly "}, "weekly", "tue"),
        ({"on": "fri"}, "weekly", "fri"),
        ({"digest": "monthly"}, "monthly", "1"),
        ({"digest": "monthly", "on": "31"}, "monthly", "31"),
        ({"digest": "daily"}, "daily", "None"),
    ),
)
def test_another_rhythm_has_a_day_of_its_own(given: dict[str, Any], every: str, on: str) -> None:
    """The same rhythm keeps its day; the time of day and the zone are kept by both."""
    before = request_of("all", EVERYTHING)
    times = request_of("all", given, before=before).when.digest
    assert times is not None
    assert (every, on, "Europe/Berlin") == (times.every, str(times.on), times.zone)
    assert given.get("at", "08:00") == f"{times.at:%H:%M}"
    moved = request_of("all", {"zone": "Asia/Tokyo"}, before=before).when.digest
    assert ("Asia/Tokyo", "tue") == (moved and moved.zone, moved and str(moved.on))
    daily = request_of("all", {"digest": "daily", "at": "10:00"})
    assert daily.when.digest == request_of("all", {"digest": "daily"}, before=daily).when.digest


def test_a_part_that_is_given_replaces_and_no_other_is_touched() -> None:
    """An empty one takes a part away from a request that there is."""
    now = request_of("all", {"sponsors": ("",), "countries": ("Norway",), "remind": "", "at": "09:00"}, before=BEFORE)
    assert ((), ("Norway",), None) == (now.scope.sponsors, now.scope.countries, now.wanted.remind_days)
    assert BEFORE.wanted.when == now.wanted.when
    assert BEFORE.when.digest is not None
    assert now.when.digest is not None
    assert (9, "weekly", True) == (now.when.digest.at.hour, now.when.digest.every, now.when.even_empty)
    assert None is request_of("all", {"digest": ""}, before=BEFORE).when.digest


@pytest.mark.parametrize(
    ("given", "part", "kind"),
    (
        ({"sponsors": ("",)}, "sponsors", InvalidInput),
        ({"trials": ("NCT1",)}, "trials", InvalidInput),
        ({"significance": ""}, "significance", InvalidInput),
        ({"when": ("lapsing",)}, "when", InvalidInput),
        ({"remind": "0d"}, "remind", InvalidInput),
        ({"remind": "soon"}, "remind", InvalidInput),
        ({"digest": "hourly"}, "digest", InvalidInput),
        ({"digest": "daily", "at": "25:00"}, "at", InvalidInput),
        ({"digest": "daily", "zone": "Berlin"}, "zone", InvalidInput),
        ({"digest": "daily", "on": "mon"}, "on", Mismatch),
        ({"zone": "UTC"}, "zone", Alone),
        ({"on": "mon"}, "on", Alone),
        ({"even_empty": False}, "even_empty", Alone),
    ),
)
def test_a_refusal_names_the_part(given: dict[str, Any], part: str, kind: type[InvalidInput]) -> None:
    """Of a new request, for which an empty text never asks for everything."""
    with pytest.raises(kind) as refused:
        request_of("all", given)
    assert (part, kind) == (refused.value.part, type(refused.value))


def test_a_door_is_answered_in_its_own_words() -> None:
    """Where two parts are named."""
    with pytest.raises(Alone, match=r"^<at> goes with <digest>$"):
        request_of("all", {"at": "07:00"}, spelled=lambda part: f"<{part}>")

"""From named texts to a request: what is given replaces, what is empty takes away, what is wrong is named."""

from typing import Any

import pytest

from tracker.domain.errors import InvalidInput, Mismatch
from tracker.domain.requesting import Alone, request_of

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

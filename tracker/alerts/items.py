"""The items of a message: a change, a member of a query that came or went, a condition that holds or is over.

Each has a ``key`` that stays the same whenever and however it is told, and the trial with its title and its address at
the registry; beside these the keys of ``trialog changes --json`` or ``trialog stale --json``. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from tracker.alerts.people import is_of_people, without_people
from tracker.domain.record import Json
from tracker.views.answers import AnsweredChange

Item = dict[str, Json]

_CHANGE_KEYS = tuple(field.name for field in fields(AnsweredChange))
_OF_CHANGE, _OF_OVER = "event:", "over:"
_STUDY = "https://clinicaltrials.gov/study/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A condition of which something is told: ``cause`` is what it is told once for; ``row`` has the keys of a list."""

    trial_id: str
    title: str | None
    condition: str
    cause: str
    row: Mapping[str, Json]


def registry_url(trial_id: str) -> str:
    """Where people read the trial's record."""
    return _STUDY + trial_id


def change_item(change: AnsweredChange, *, title: str | None, includes_people: bool) -> Item | None:
    """A change as an item; None where it is of people alone, and these are not asked for."""
    assert change.trial_id is not None  # only changes of two files have none
    told = {name: getattr(change, name) for name in _CHANGE_KEYS}
    if not includes_people:
        if is_of_people(change.path):
            return None
        told |= {"old": without_people(change.old), "new": without_people(change.new)}
        if told["old"] == told["new"] and change.old != change.new:
            return None
    return {**_trial(f"{_OF_CHANGE}{change.position}", change.trial_id, title), **told}


def condition_item(told: Told) -> Item:
    """A condition that holds as an item."""
    head = _trial(f"{told.condition}:{told.trial_id}:{told.cause}", told.trial_id, told.title)
    return {**told.row, **head, "condition": told.condition, "cause": told.cause}


def over_item(told: Told, *, reason: str) -> Item:
    """A condition that is over as an item."""
    held = condition_item(told)
    return {**held, "key": f"{_OF_OVER}{held['key']}", "over": reason}


def is_of_change(key: str) -> bool:
    """Whether the item of that key is a change; else it is a condition."""
    return key.startswith(_OF_CHANGE)


def position_of(key: str) -> int:
    """The position in the key of a change."""
    return int(key.removeprefix(_OF_CHANGE))


def parts_of(key: str) -> tuple[str, str, str]:
    """Condition, trial and cause in the key of a condition that holds or is over."""
    condition, trial_id, cause = key.removeprefix(_OF_OVER).rsplit(":", 2)
    return condition, trial_id, cause


def _trial(key: str, trial_id: str, title: str | None) -> Item:
    return {"key": key, "trial_id": trial_id, "title": title, "registry_url": registry_url(trial_id)}

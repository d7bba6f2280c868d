"""What sponsors do to their records, drawn at random: each maker reads a record and gives edits that fit it."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from tracker.domain.partial_date import add_months
from tracker.domain.record import Json, list_at, module, text_at
from tracker.simulator import edits, made_trials
from tracker.simulator.draft import COLLABORATORS, CONDITIONS, PRIMARY, PROTOCOL, SECONDARY, SITES, name_of
from tracker.simulator.edits import Edit

_STATUSES = ("RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED", "TERMINATED", "SUSPENDED", "NOT_YET_RECRUITING")
_SITE_STATUSES = ("RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED", "WITHDRAWN")


def _status(_record: Json, random: Random, _today: date) -> list[Edit]:
    value = random.choice(_STATUSES)
    return [edits.status(value, why_stopped="Sponsor's decision" if value == "TERMINATED" else None)]


def _dates(_record: Json, random: Random, today: date) -> list[Edit]:
    struct = random.choice(("primaryCompletionDateStruct", "completionDateStruct", "startDateStruct"))
    day = add_months(today, random.randrange(-20, 30)).isoformat()
    kind = random.choice(("ESTIMATED", "ACTUAL"))
    return [edits.date(struct, day[:7] if random.random() < 0.25 else day, kind=kind)]


def _enrollment(_record: Json, random: Random, _today: date) -> list[Edit]:
    return [edits.enrollment(random.randrange(0, 3000), kind=random.choice(("ESTIMATED", "ACTUAL")))]


def _outcomes(record: Json, random: Random, _today: date) -> list[Edit]:
    place = random.choice((PRIMARY, SECONDARY))
    there = [item["measure"] for item in list_at(module(record, "outcomesModule"), place.rsplit("/", 1)[-1])]
    free = [name for name in made_trials.MEASURES if not any(measure.startswith(name) for measure in there)]
    match random.choice(("add", "remove", "reword", "time", "describe")):
        case "add" if free:
            return [edits.item_added(place, made_trials.outcome(random.choice(free), random))]
        case "remove" if len(there) > 1:
            return [edits.item_removed(place, random.choice(there))]
        case "reword" if there:
            return _reworded(place, random.choice(there), random)
        case "time" if there:
            return [edits.item_changed(place, random.choice(there), timeFrame=random.choice(made_trials.TIME_FRAMES))]
        case "describe" if there:
            return [edits.item_changed(place, random.choice(there), description=f"No. {random.randrange(999)}")]
    return []


def _reworded(place: str, measure: str, random: Random) -> list[Edit]:
    found = [name for name in made_trials.MEASURES if measure.startswith(name)]
    base = found[0] if found else measure
    return [edits.item_changed(place, measure, measure=base + random.choice(made_trials.WORDINGS))]


def _texts(_record: Json, random: Random, _today: date) -> list[Edit]:
    place = random.choice(
        (
            "descriptionModule/briefSummary",
            "identificationModule/officialTitle",
            "eligibilityModule/eligibilityCriteria",
        )
    )
    return [edits.value(f"{PROTOCOL}/{place}", f"Another text. It has the number {random.randrange(10**6)} & no more.")]


def _sites(record: Json, random: Random, _today: date) -> list[Edit]:
    there = list_at(module(record, "contactsLocationsModule"), "locations")
    names = [name_of(item, SITES) for item in there]
    cities = {item.get("city") for item in there}
    free = [number for number, (_, city, _) in enumerate(made_trials.SITES) if city not in cities]
    match random.choice(("add", "remove", "status", "order")):
        case "add" if free:
            return [edits.item_added(SITES, made_trials.site(random.choice(free), random))]
        case "remove" if len(names) > 1:
            return [edits.item_removed(SITES, random.choice(names))]
        case "status" if names:
            return [edits.item_changed(SITES, random.choice(names), status=random.choice(_SITE_STATUSES))]
    return [edits.reordered(SITES, random)]


def _conditions(record: Json, random: Random, _today: date) -> list[Edit]:
    there = list_at(module(record, "conditionsModule"), "conditions")
    if len(there) > 1 and random.random() < 0.5:
        return [edits.item_removed(CONDITIONS, random.choice(there))]
    free = [name for name in made_trials.CONDITIONS if name not in there]
    return [edits.condition(random.choice(free))] if free else []


def _collaborators(record: Json, random: Random, _today: date) -> list[Edit]:
    there = [item["name"] for item in list_at(module(record, "sponsorCollaboratorsModule"), "collaborators")]
    if there and random.random() < 0.5:
        return [edits.item_removed(COLLABORATORS, random.choice(there))]
    free = [name for name in made_trials.COMPANIONS if name not in there]
    return [edits.collaborator(random.choice(free))] if free else []


def _results(record: Json, random: Random, today: date) -> list[Edit]:
    if "resultsSection" in record:
        if random.random() < 0.2:
            return [edits.results_removed()]
        return [edits.results_revised(f"Few took part, {random.randrange(10**6)}.")]
    if text_at(module(record, "statusModule"), "overallStatus") not in ("COMPLETED", "TERMINATED"):
        return []
    groups = [{"id": f"FG{number:03d}", "title": f"Group {number}"} for number in range(random.randrange(1, 4))]
    return [edits.results_posted(today.isoformat(), {"participantFlowModule": {"groups": groups}})]


def _delay(_record: Json, random: Random, today: date) -> list[Edit]:
    return [edits.value(f"{PROTOCOL}/statusModule/dispFirstSubmitDate", random.choice((today.isoformat(), None)))]


# Weight and maker of each kind.
MAKERS: Mapping[str, tuple[int, Any]] = {
    "status": (20, _status),
    "dates": (20, _dates),
    "enrollment": (10, _enrollment),
    "outcomes": (15, _outcomes),
    "texts": (10, _texts),
    "sites": (20, _sites),
    "conditions": (5, _conditions),
    "collaborators": (5, _collaborators),
    "results": (8, _results),
    "delay": (2, _delay),
}

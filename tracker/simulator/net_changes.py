"""What truly changed between two releases: the simulator's own list, folded from its log of edits.

It promises one entry for each leaf, or item that came or went, whose value at the end is another than at the
beginning; edits that took each other back leave nothing. It compares no records and knows nothing of the
tracker's differ: the names of event types are written here once more, so that the two can be held to each other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tracker.domain.events import EventType, Origin
from tracker.domain.record import Json
from tracker.simulator import draft as places
from tracker.simulator.draft import PROTOCOL, RESULTS, STATUS, Write


class Leg(StrEnum):
    """The parts of a run by which a change can be seen."""

    DELTA = "delta"  # whole records whose post date moved
    SWEEP = "sweep"  # a few fields of every record; a record that differs there is read whole
    DUE = "due"  # records foretold to turn UNKNOWN
    MISSING = "missing"  # records that no longer come
    REFRESH = "refresh"  # every record whole


@dataclass(frozen=True, slots=True, kw_only=True)
class NetChange:
    """One net change of one trial.

    ``path`` is a pointer with ``*`` for a place in a list; ``item`` says which item that is. ``old`` and ``new``
    are verbatim, None where absent. ``legs``: those that can see this change by itself; a leg that sees one change
    of a trial reads the trial whole and so sees them all.
    """

    trial_id: str
    type: str
    path: str
    item: str | None
    old: Json
    new: Json
    origin: Origin
    legs: frozenset[Leg]


# Whether and how a record is shown; what a tracker is to say when that changes.
VISIBLE = "visible"
WHEREABOUTS_EVENTS = {
    "withheld": "record_withheld",
    "merged": "record_merged",
    "removed": "record_disappeared",
    VISIBLE: "record_reappeared",
}
WHEREABOUTS_LEGS = {
    "withheld": frozenset({Leg.SWEEP, Leg.MISSING, Leg.REFRESH}),
    "merged": frozenset({Leg.MISSING, Leg.REFRESH}),
    "removed": frozenset({Leg.MISSING, Leg.REFRESH}),
    VISIBLE: frozenset({Leg.SWEEP, Leg.MISSING, Leg.REFRESH}),
}

_POST_DATE = f"{STATUS}/lastUpdatePostDateStruct/date"
_SUBMIT_DATE = f"{STATUS}/lastUpdateSubmitDate"
_SPONSOR = f"{PROTOCOL}/sponsorCollaboratorsModule/leadSponsor"
SHORT_FIELDS = (
    f"{STATUS}/overallStatus",
    f"{STATUS}/lastKnownStatus",
    f"{STATUS}/statusVerifiedDate",
    f"{STATUS}/primaryCompletionDateStruct",
    f"{STATUS}/completionDateStruct",
    f"{STATUS}/lastUpdatePostDateStruct",
    _SUBMIT_DATE,
    f"{_SPONSOR}/name",
    places.ALIASES,
    places.UNPOSTED,
    RESULTS,
)

_E = EventType
# Where a path begins so, its change is called: changed, came, went. The first that fits.
_TYPES: tuple[tuple[str, EventType, EventType, EventType], ...] = tuple(
    (names[0], names[1], names[2] if len(names) > 2 else names[1], names[3] if len(names) > 2 else names[1])
    for names in (
        (f"{STATUS}/overallStatus", _E.RECRUITMENT_STATUS_CHANGED),
        (f"{STATUS}/lastKnownStatus", _E.LAST_KNOWN_STATUS_CHANGED),
        (f"{STATUS}/whyStopped", _E.WHY_STOPPED_CHANGED),
        (f"{STATUS}/startDateStruct", _E.START_DATE_CHANGED),
        (f"{STATUS}/primaryCompletionDateStruct", _E.PRIMARY_COMPLETION_DATE_CHANGED),
        (f"{STATUS}/completionDateStruct", _E.COMPLETION_DATE_CHANGED),
        (f"{STATUS}/statusVerifiedDate", _E.VERIFICATION_DATE_CHANGED),
        (f"{STATUS}/lastUpdateSubmitDate", _E.SUBMISSION_DATE_CHANGED),
        (f"{STATUS}/lastUpdatePostDateStruct", _E.POST_DATE_CHANGED),
        (f"{STATUS}/resultsFirstSubmitDate", _E.SUBMISSION_DATE_CHANGED),
        (f"{STATUS}/resultsFirstSubmitQcDate", _E.QC_DATE_CHANGED),
        (f"{STATUS}/resultsFirstPostDateStruct", _E.POST_DATE_CHANGED),
        (f"{STATUS}/dispFirstSubmitDate", _E.DELAY_CERTIFIED, _E.DELAY_CERTIFIED, _E.FIELD_CHANGED),
        (places.ESTIMATE, _E.FIELD_CHANGED, _E.RESULTS_SUBMITTED, _E.FIELD_CHANGED),
        (f"{PROTOCOL}/designModule/enrollmentInfo", _E.ENROLLMENT_CHANGED),
        (f"{PROTOCOL}/designModule/phases", _E.PHASE_CHANGED),
        (f"{PROTOCOL}/designModule", _E.DESIGN_CHANGED),
        (places.PRIMARY, _E.PRIMARY_OUTCOME_REWORDED, _E.PRIMARY_OUTCOME_ADDED, _E.PRIMARY_OUTCOME_REMOVED),
        (places.SECONDARY, _E.SECONDARY_OUTCOME_REWORDED, _E.SECONDARY_OUTCOME_ADDED, _E.SECONDARY_OUTCOME_REMOVED),
        (places.OTHER, _E.OTHER_OUTCOME_REWORDED, _E.OTHER_OUTCOME_ADDED, _E.OTHER_OUTCOME_REMOVED),
        (f"{places.SITES}/*/status", _E.LOCATION_STATUS_CHANGED),
        (places.SITES, _E.LOCATION_CHANGED, _E.LOCATION_ADDED, _E.LOCATION_REMOVED),
        (places.REFERENCES, _E.FIELD_CHANGED, _E.REFERENCE_ADDED, _E.REFERENCE_REMOVED),
        (places.LINKS, _E.FIELD_CHANGED, _E.REFERENCE_ADDED, _E.REFERENCE_REMOVED),
        (places.CONDITIONS, _E.FIELD_CHANGED, _E.CONDITION_ADDED, _E.CONDITION_REMOVED),
        (places.COLLABORATORS, _E.FIELD_CHANGED, _E.COLLABORATOR_ADDED, _E.COLLABORATOR_REMOVED),
        (_SPONSOR, _E.LEAD_SPONSOR_CHANGED),
        (f"{PROTOCOL}/identificationModule/briefTitle", _E.TITLE_CHANGED),
        (f"{PROTOCOL}/identificationModule/officialTitle", _E.TITLE_CHANGED),
        (f"{PROTOCOL}/identificationModule/acronym", _E.TITLE_CHANGED),
        (f"{PROTOCOL}/eligibilityModule", _E.ELIGIBILITY_CHANGED),
        (f"{PROTOCOL}/oversightModule", _E.OVERSIGHT_CHANGED),
        (RESULTS, _E.RESULTS_REVISED, _E.RESULTS_POSTED, _E.RESULTS_REMOVED),
    )
)
_UNPOSTED_TYPES = {
    "RELEASE": _E.RESULTS_SUBMITTED,
    "RESET": _E.RESULTS_RETURNED,
    "UNRELEASE": _E.RESULTS_SUBMISSION_CANCELLED,
}


def net_of(trial_id: str, writes: Iterable[Write]) -> list[NetChange]:
    """The net changes of one trial's content, from its writes in their order."""
    net = _folded(writes)
    moved = any((place, None) in net for place in (_POST_DATE, _SUBMIT_DATE))
    origin = Origin.SPONSOR if moved else Origin.REGISTRY
    is_posted = (_POST_DATE, None) in net
    return [
        NetChange(
            trial_id=trial_id,
            type=event_type,
            path=path,
            item=write.item,
            old=old,
            new=new,
            origin=origin,
            legs=_legs(write, is_posted=is_posted),
        )
        for write in net.values()
        for event_type, path, old, new in _told(write)
    ]


def _folded(writes: Iterable[Write]) -> dict[tuple[str, str | None], Write]:
    """One write for each place whose last value is not its first."""
    net: dict[tuple[str, str | None], Write] = {}
    for write in writes:
        key = (write.place, write.item)
        first = net.get(key, write)
        net[key] = Write(place=write.place, item=write.item, old=first.old, new=write.new)
    return {key: write for key, write in net.items() if write.old != write.new}


def _told(write: Write) -> Iterator[tuple[str, str, Json, Json]]:
    """Event type, path, old and new of what one net write is: an item or section that came or went, or its leaves."""
    is_list = write.item is not None
    path = f"{write.place}/*" if is_list else write.place
    if not (is_list or write.place == RESULTS) or write.old is None or write.new is None:
        yield _event_type(path, write.old, write.new), path, write.old, write.new
        return
    old, new = dict(_leaves(write.old, path)), dict(_leaves(write.new, path))
    for leaf in sorted(old.keys() | new.keys()):
        if old.get(leaf) != new.get(leaf):
            yield _event_type(leaf, old.get(leaf), new.get(leaf)), leaf, old.get(leaf), new.get(leaf)


def _event_type(path: str, old: Json, new: Json) -> str:
    """What the ledger calls it. That something came or went has a name of its own for the whole thing only."""
    if path == f"{places.UNPOSTED}/*" and old is None:
        return _UNPOSTED_TYPES.get(new["type"], _E.FIELD_CHANGED)
    for start, changed, came, went in _TYPES:
        if path in (start, f"{start}/*"):
            return came if old is None else went if new is None else changed
        if path.startswith(f"{start}/"):
            return changed
    return _E.FIELD_CHANGED


def _leaves(value: Json, path: str) -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{path}/{key}")
    else:
        yield path, value


def _legs(write: Write, *, is_posted: bool) -> frozenset[Leg]:
    legs = {Leg.REFRESH}
    if is_posted:
        legs.add(Leg.DELTA)
    in_row = any(write.place == place or write.place.startswith(f"{place}/") for place in SHORT_FIELDS)
    if in_row and not (write.place == RESULTS and write.old is not None and write.new is not None):
        legs.add(Leg.SWEEP)
    if write.place == f"{STATUS}/overallStatus" and write.new == "UNKNOWN":
        legs.add(Leg.DUE)
    return frozenset(legs)

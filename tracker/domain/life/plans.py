"""Plans and how they moved: dates and enrollment, from their newest value back through the changes. Pure.

It promises that what is told begins where the ledger first knew of the value: before a revision whose source could not
show it, nothing is said.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain.coverage import coverage_of
from tracker.domain.life.model import EnrollmentStep, Planned, PlannedDate, Slip
from tracker.domain.life.told import ChangeTold, LifeTold, RevisionTold
from tracker.domain.pointer import resolve, split
from tracker.domain.record import Json, text_at

DATES = {
    "start": ("Start", "/protocolSection/statusModule/startDateStruct"),
    "primary_completion": ("Primary completion", "/protocolSection/statusModule/primaryCompletionDateStruct"),
    "completion": ("Completion", "/protocolSection/statusModule/completionDateStruct"),
}
ENROLLMENT = "/protocolSection/designModule/enrollmentInfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """What a revision says at a place; ``position`` of the change that made it so, None for the first known."""

    told: RevisionTold
    position: int | None
    value: Json


def planned_dates(told: LifeTold) -> list[PlannedDate]:
    """The planned dates that the record has or had, in the order of a trial."""
    found = (_planned_date(told, key, label, root) for key, (label, root) in DATES.items())
    return [plan for plan in found if plan.first or plan.now or plan.slips]


def enrollment_steps(told: LifeTold) -> list[EnrollmentStep]:
    """How many participants were planned or took part, each time that was said anew."""
    steps: list[EnrollmentStep] = []
    for said in _values(told, ENROLLMENT):
        count = said.value.get("count") if isinstance(said.value, dict) else None
        if isinstance(count, bool) or not isinstance(count, int):
            continue
        kind = text_at(said.value, "type")
        if not steps or (steps[-1].count, steps[-1].kind) != (count, kind):
            steps.append(
                EnrollmentStep(
                    on=said.told.holds_from,
                    revision=said.told.revision,
                    position=said.position,
                    count=count,
                    kind=kind,
                )
            )
    return steps


def _planned_date(told: LifeTold, key: str, label: str, root: str) -> PlannedDate:
    said = [(value, _planned(value.value)) for value in _values(told, root)]
    slips = [
        Slip(
            on=value.told.holds_from,
            revision=value.told.revision,
            position=value.position or 0,
            old=old,
            new=new,
        )
        for (_, old), (value, new) in itertools.pairwise(said)
        if old != new
    ]
    first = said[0] if said else None
    return PlannedDate(
        key=key,
        label=label,
        said_on=first[0].told.holds_from if first else date.max,
        first=first[1] if first else None,
        now=said[-1][1] if said else None,
        slips=tuple(slips),
    )


def _planned(value: Json) -> Planned | None:
    """A date with its kind; captures of 2023 wrote some as bare text."""
    text = text_at(value, "date") if isinstance(value, dict) else text_at({"date": value}, "date")
    return Planned(text=text.strip(), kind=text_at(value, "type")) if text else None


def _values(told: LifeTold, root: str) -> list[_Value]:
    """What was said at ``root``, the first known value first, one for each revision that changed it."""
    by_revision = _by_revision(told.changes, root)
    known = list(_known(told.revisions, root))
    if not known:
        return []
    value, found = resolve(told.record, root), []
    for revision in reversed(known[1:]):
        changes = by_revision.get(revision.revision)
        if changes:
            found.append(_Value(told=revision, position=changes[0].position, value=value))
            for change in reversed(changes):
                value = _undone(value, change, root)
    found.append(_Value(told=known[0], position=None, value=value))
    return found[::-1]


def _by_revision(changes: Sequence[ChangeTold], root: str) -> Mapping[int, list[ChangeTold]]:
    found: dict[int, list[ChangeTold]] = {}
    for change in changes:
        if change.path == root or change.path.startswith(f"{root}/"):
            found.setdefault(change.revision, []).append(change)
    return found


def _known(revisions: Sequence[RevisionTold], root: str) -> Iterator[RevisionTold]:
    """The revisions from the first on of which all later ones could show the value that stands at ``root``."""
    place = coverage_of({f"{root}/{'count' if root == ENROLLMENT else 'date'}"})
    blind = [at for at, told in enumerate(revisions) if not told.coverage >= place]
    yield from revisions[blind[-1] + 1 if blind else 0 :]


def _undone(value: Json, change: ChangeTold, root: str) -> Json:
    keys = split(change.path[len(root) :])
    if len(keys) != 1:
        return change.old if not keys else value
    before = dict(value) if isinstance(value, dict) else {}
    before.pop(keys[0], None)
    return before if change.old is None else before | {keys[0]: change.old}

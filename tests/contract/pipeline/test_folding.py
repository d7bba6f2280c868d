"""Events that were recorded in order, but do not say what happened: a program's mistake, found by folding."""

import uuid
from typing import Any

import pytest

from store.events import ANY, EventData, RecordedEvent
from store.unit_of_work import Transaction
from tests.contract.pipeline.lab import Lab
from tests.records import sites
from tracker.domain.pointer import resolve
from tracker.domain.trial_id import stream_of

STREAM = stream_of("NCT00000001")


def append_like(transaction: Transaction, told: RecordedEvent, **other: Any) -> None:
    """Append what was ``told`` once more, as a step from the newest revision, with ``other`` data."""
    data = {**told.data, "revision": 5, "predecessor": 3, **other.get("data", {})}
    event = EventData(
        type=other.get("type", told.type),
        schema_version=other.get("schema_version", told.schema_version),
        data=data,
        metadata=told.metadata,
        event_id=uuid.uuid4().hex,
    )
    transaction.events.append(STREAM, [event], expected_version=ANY)


@pytest.mark.parametrize(
    ("other", "reason"),
    (
        ({"data": {"new": 99}}, "NCT00000001, revision 5 do not lead to its snapshot"),
        ({"data": {"path": "/protocolSection/nothing/here"}}, "do not fold: nothing at"),
        ({"data": {"predecessor": 77}}, "has no revision 77, which revision 5 follows"),
        ({"data": {"new": {"snapshot": "0" * 64, "pointer": ""}}}, "no snapshot"),
        ({"data": {"observed_at": "yesterday"}}, "cannot be read"),
        ({"data": {"step": "jump"}}, "cannot be read"),
        ({"type": "status_of_a_later_trialog_changed"}, "cannot be read"),
        ({"schema_version": 9}, "upgrade trialog"),
    ),
    ids=lambda value: "" if isinstance(value, str) else str(next(iter(value.items()))),
)
def test_an_event_that_does_not_lead_to_its_revision_is_named(good: Lab, other: dict[str, Any], reason: str) -> None:
    """The chain is right, so only folding, or reading, tells; the event's own position is named."""
    with good.database.writing() as transaction:
        (told,) = transaction.events.read_all(after=1, limit=1)
        append_like(transaction, told, **other)
        assert transaction.events.verify() is None
    report = good.verify()
    assert (False, 11) == (report.ok, report.position)
    assert reason in (report.reason or "")


def test_a_right_event_that_the_views_lack_is_found_after_folding(good: Lab) -> None:
    """The same made by hand and right folds; then the views differ from the ledger at its position."""
    with good.database.writing() as transaction:
        (told,) = transaction.events.read_all(after=1, limit=1)
        append_like(transaction, told, data={"old": 40})
    report = good.verify()
    assert (False, 11) == (report.ok, report.position)
    assert "run trialog rebuild" in (report.reason or "")


def large(count: int) -> dict[str, Any]:
    """A results section of some 12 kB for each hundred."""
    measures = [{"title": f"Measure {n}", "description": "Lorem ipsum dolor " * 5} for n in range(count)]
    return {"outcomeMeasuresModule": {"outcomeMeasures": measures}}


def test_a_value_over_10_kb_is_a_pointer_into_its_snapshot(own_lab: Lab) -> None:
    """Posted results, their removal and a long text are told as a place in the snapshot that holds them."""
    text = "A long story. " * 1000
    plain = own_lab.record(data_on="2026-02-01")
    posted = own_lab.record(data_on="2026-02-02", descriptionModule={"detailedDescription": text})
    posted |= {"resultsSection": large(100), "hasResults": True}
    own_lab.see_each(plain, posted, {**plain, "derivedSection": {"miscInfoModule": {"versionHolder": "2026-02-03"}}})
    changes = {(one.revision, one.field): one for one in own_lab.trail()[1:]}
    assert {"results", "detailed_description"} == {field for _, field in changes}
    snapshot = own_lab.timeline()[1].snapshot
    for field, pointer in (
        ("results", "/resultsSection"),
        ("detailed_description", "/protocolSection/descriptionModule/detailedDescription"),
    ):
        told = {"snapshot": snapshot, "pointer": pointer}
        assert (None, told) == (changes[2, field].old, changes[2, field].new)
        assert (told, None) == (changes[3, field].old, changes[3, field].new)
        assert resolve(posted, pointer) == resolve(own_lab.stored(snapshot), pointer)
    assert ["results_posted", "results_removed"] == [changes[n, "results"].type for n in (2, 3)]
    assert own_lab.verify().ok


def test_a_value_of_10_kb_is_told_in_full(lab: Lab) -> None:
    """Of two texts a byte apart only the longer travels as a pointer."""
    texts = ["x" * 10_000, "y" * 10_001]
    lab.see(lab.record())
    for text in texts:
        lab.see(lab.record(descriptionModule={"detailedDescription": text}))
    pointer = "/protocolSection/descriptionModule/detailedDescription"
    told = {"snapshot": lab.timeline()[2].snapshot, "pointer": pointer}
    assert [(None, texts[0]), (texts[0], told)] == [(one.old, one.new) for one in lab.trail()[1:]]


def test_large_items_of_lists_fold_from_their_pointers(own_lab: Lab) -> None:
    """An item over 10 kB that moved, came or went is found where its pointer says, in either record."""
    groups = [{"label": f"Arm {n}", "description": f"{n}" * 11_000} for n in range(3)]
    for order in ((0, 1), (2, 0), (1, 2, 0), ()):
        arms = {"armGroups": [groups[n] for n in order]}
        own_lab.see(own_lab.record(armsInterventionsModule=arms, contactsLocationsModule=sites(len(order))))
    pointers = [one for one in own_lab.trail()[1:] if "pointer" in str(one.old or one.new)]
    assert 4 == len([one for one in pointers if one.type in ("arm_added", "arm_removed")])
    parts = groups + [group["description"] for group in groups]
    for one in pointers:
        told = one.new or one.old
        assert resolve(own_lab.stored(told["snapshot"]), told["pointer"]) in parts
    assert own_lab.verify().ok


def test_results_of_another_shape_are_told_part_by_part(own_lab: Lab) -> None:
    """Results that were revised are changes inside them, and a large part of them is a pointer."""
    first, second = ({**own_lab.record(), "hasResults": True, "resultsSection": large(n)} for n in (90, 100))
    own_lab.see_each(first, second)
    changes = own_lab.trail()[1:]
    assert {"results_revised"} == {one.type for one in changes}
    assert 10 == len(changes)
    assert own_lab.verify().ok

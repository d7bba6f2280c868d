"""The short row: what a sweep sees of a record."""

from typing import Any

import pytest

from tests.records import record
from tests.unit.simulator.worlds import FIRST_DAY
from tracker.domain.short_row import FIELDS, short_row
from tracker.simulator import edits
from tracker.simulator.draft import Draft
from tracker.simulator.edits import Edit
from tracker.simulator.field_tree import by_name
from tracker.simulator.made_trials import made_trials
from tracker.simulator.net_changes import SHORT_FIELDS
from tracker.simulator.projection import mask_of, project

MASK = mask_of([by_name()[name] for name in ("NCTId", *FIELDS)])
EVENT = {"type": "RESET", "date": "2026-01-02"}


def changed(*changes: Edit, **modules: Any) -> tuple[str, str]:
    """The fingerprints before and after an edit."""
    draft = Draft(record=record(**modules))
    before = short_row(draft.record)
    for change in changes:
        change(draft)
    return before, short_row(draft.record)


def test_a_selection_has_the_fingerprint_of_the_whole_record() -> None:
    """Whatever of the fields a record has, the registry's selection of them says the same."""
    for made in made_trials(50, seed=3, on=FIRST_DAY.date()):
        draft = Draft(record=made)
        edits.unposted_event("RELEASE", "2026-01-02")(draft)
        edits.alias("NCT00000099")(draft)
        edits.results_posted("2026-01-02", {"participantFlowModule": {}})(draft)
        assert short_row(made) == short_row(project(made, MASK))


@pytest.mark.parametrize(
    "change",
    (
        edits.status("TERMINATED"),
        edits.date("completionDateStruct", "2027-01"),
        edits.date("primaryCompletionDateStruct", "2027-01"),
        edits.verified("2026-01"),
        edits.sponsor("Other"),
        edits.alias("NCT00000099"),
        edits.unposted_event("RESET", "2026-01-02"),
        edits.results_posted("2026-01-02", {"participantFlowModule": {}}),
        edits.submission(submitted_on="2026-01-09", posted_on="2026-01-10"),
    ),
)
def test_each_of_the_fields_counts(change: Edit) -> None:
    """A change of any field that a sweep asks for changes the fingerprint."""
    before, after = changed(change)
    assert before != after


def test_what_is_not_asked_for_does_not_count() -> None:
    """Another field, an order of a list, a blank more: the same fingerprint."""
    before, after = changed(edits.enrollment(7))
    assert before == after
    sponsors = ({"leadSponsor": {"name": name}} for name in ("Made College", "Made  College "))
    assert 1 == len({short_row(record(sponsorCollaboratorsModule=sponsor)) for sponsor in sponsors})
    orders = (["NCT00000002", "NCT00000003"], ["NCT00000003", "NCT00000002"])
    assert 1 == len({short_row(record(identificationModule={"nctIdAliases": order})) for order in orders})


def test_the_simulator_has_the_same_idea_of_the_fields() -> None:
    """What the simulator says that a sweep can see are the fields that are asked for."""
    paths = {"/" + "/".join(by_name()[name].path) for name in FIELDS if name != "HasResults"}
    tops = [place for place in SHORT_FIELDS if place != "/resultsSection"]
    assert set() == {path for path in paths if not any(path.startswith(top) for top in tops)}
    assert [] == [top for top in tops if not any(path.startswith(top) for path in paths)]

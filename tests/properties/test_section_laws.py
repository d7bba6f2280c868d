"""Records of any shape have sections, and every change a row in a comparison."""

from hypothesis import given

from tests.properties.records import ANYTHING, LAWFUL, RECORDS, Json, pairs
from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.compare import changes_between
from tracker.web.comparison.comparing import compared
from tracker.web.record.outline import outline_of
from tracker.web.record.sections import record_sections


@LAWFUL
@given(RECORDS | ANYTHING)
def test_every_record_has_sections(record: Json) -> None:
    """Whatever a record holds, its sections have keys of their own, and their parts stand where they belong."""
    sections = record_sections(record)
    keys = [section.key for section in sections]
    assert sorted(set(keys)) == sorted(keys)
    for section in sections:
        assert all(section.key == outline_of(part.path).key for part in section.parts)


@LAWFUL
@given(pairs())
def test_every_change_is_one_row(pair: tuple[Json, Json]) -> None:
    """In the order of the record's sections; the runs of a row rebuild what stands on either side."""
    old, new = pair
    changes = changes_between(old, new, catalogue=default_catalogue())
    found = compared(old, new, changes)
    rows = [row for section in found.changed for row in section.rows]
    assert sorted(change.path for change in changes) == sorted(row.path for row in rows)
    for row in rows:
        assert (row.old or "") == "".join(run.text for run in row.old_side)
        assert (row.new or "") == "".join(run.text for run in row.new_side)
    assert all(section.unchanged_count >= 0 for section in found.sections)

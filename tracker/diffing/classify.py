"""What a difference means: its field, event type, significance, and the figures that the values imply.

Pure: a difference and the catalogue in, a change out.
"""

from tracker.diffing.catalogue import Catalogue, Field
from tracker.domain.change import Change, Difference
from tracker.domain.events import EventType
from tracker.domain.partial_date import moved_days, parse_partial_date
from tracker.domain.record import Json


def classify(difference: Difference, *, catalogue: Catalogue) -> Change:
    """The change that ``difference`` is."""
    row = catalogue.field_for(difference.pattern)
    return Change(
        type=_event_type(row, difference),
        field=row.name,
        label=row.label,
        category=row.category,
        significance=row.significance,
        step=difference.step,
        path=difference.path,
        old_path=difference.old_path,
        old=difference.old,
        new=difference.new,
        detail=_detail(row, difference),
    )


def _event_type(row: Field, difference: Difference) -> EventType:
    if difference.pattern not in row.whole_paths:
        return row.event
    if row.becomes:
        return row.becomes.get(str(difference.new).lower(), row.event)
    if difference.old is None:
        return row.added_by.get(_sort_of(difference.new, row), row.added)
    return row.removed if difference.new is None else row.event


def _sort_of(item: Json, row: Field) -> str:
    return str(item.get(row.added_key)) if row.added_key and isinstance(item, dict) else ""


def _detail(row: Field, difference: Difference) -> dict[str, Json]:
    if row.kind == "date":
        return _date_detail(difference.old, difference.new)
    if row.kind == "count":
        return _count_detail(difference.old, difference.new)
    return {}


def _date_detail(old: Json, new: Json) -> dict[str, Json]:
    """Days moved, month ends where a date has no day; or that the new date only names the old one's day."""
    before = parse_partial_date(old) if isinstance(old, str) else None
    after = parse_partial_date(new) if isinstance(new, str) else None
    if before is None or after is None:
        return {}
    shift_days = moved_days(before, after)
    return {"precision_refined": True} if shift_days is None else {"shift_days": shift_days}


def _count_detail(old: Json, new: Json) -> dict[str, Json]:
    """The change in percent of the old count, one decimal; doubled is 100."""
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (old, new)) or not old:
        return {}
    percent = round((new - old) / old * 100, 1)
    return {"percent": int(percent) if percent == int(percent) else percent}

"""The last change of a section, of all the last changes of its fields."""

from typing import Any

from tracker.views.last_changes import LastTold
from tracker.web.record.lately import last_by_section

STATUS = "/protocolSection/statusModule"


def change(rank: int, path: str, significance: str = "minor", **more: Any) -> LastTold:
    """A change of the revision at a place of the timeline; its position is ten times that."""
    values = {"old": "a", "new": "b", "label": path.rsplit("/", 1)[-1]} | more
    return LastTold(
        rank=rank,
        position=rank * 10,
        revision=rank + 1,
        on=f"2026-01-{rank + 1:02d}",
        path=path,
        significance=significance,
        **values,
    )


def what(*changes: LastTold) -> str:
    """What the last change of the basics is called."""
    return last_by_section(changes)["basics"].what


def test_the_newest_revision_is_told_before_the_most_significant() -> None:
    """Of one revision the most significant change."""
    older = change(1, f"{STATUS}/overallStatus", "major")
    newer = change(2, f"{STATUS}/startDateStruct/date", "minor", label="Start")
    stopped = change(2, f"{STATUS}/whyStopped", "major", label="Why stopped")
    assert "Start: a → b" == what(newer, older)
    assert "Why stopped: a → b" == what(stopped, newer, older)


def test_a_change_is_told_in_short() -> None:
    """Names in words; long texts only as changed; what came and went as added and removed."""
    path = f"{STATUS}/overallStatus"
    assert "Status: recruiting → completed" == what(change(1, path, label="Status", old="RECRUITING", new="COMPLETED"))
    assert "Status changed" == what(change(1, path, label="Status", new="x" * 50))
    assert "Status added" == what(change(1, path, label="Status", old=None))
    assert "Status removed" == what(change(1, path, label="Status", new=None))

"""What became of what is tracked, as people read it: by day, who was tracked, and who entered or left a query.

It promises a line per event, in the order given, under the day on which it was recorded, with the date of the data that
showed it. It does not choose which events are shown.
"""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from rich.text import Text

from tracker.cli.page import Page
from tracker.domain.safe_text import one_line, shortened
from tracker.domain.watching import WatchEventType
from tracker.domain.wording import dated
from tracker.views.answers import AnsweredWatching

_TITLE_CHARS = 90
_WORDS = {
    WatchEventType.TRIAL_TRACKED: "tracked",
    WatchEventType.TRIAL_UNTRACKED: "tracked no longer",
    WatchEventType.SURVIVOR_TRACKED: "followed in place of",
    WatchEventType.QUERY_TRACKED: "tracked",
    WatchEventType.QUERY_UNTRACKED: "tracked no longer",
    WatchEventType.REGISTRY_TRACKED: "tracked",
    WatchEventType.REGISTRY_UNTRACKED: "tracked no longer",
    WatchEventType.MEMBER_ENTERED: "entered",
    WatchEventType.MEMBER_LEFT: "left",
    WatchEventType.MEMBER_REENTERED: "came back",
}


def show_log(page: Page, told: Sequence[AnsweredWatching], today: date) -> None:
    """Show events on ``page``; ``today`` is for relative dates."""
    for number, ((day, data_on), group) in enumerate(
        groupby(told, key=lambda one: (one.recorded_at[:10], one.data_on))
    ):
        if number:
            page.line()
        heading = Text(dated(day, today), style="bold underline")
        if data_on is not None:
            heading.append(f"  data of {data_on}", style="not bold not underline")
        page.line(heading)
        for one in group:
            page.line(_line(one), indent=2, hang=2)


def _line(one: AnsweredWatching) -> str:
    event_type = WatchEventType(one.type)
    said = _WORDS[event_type]
    if event_type is WatchEventType.SURVIVOR_TRACKED:
        said = f"{said} {one.alias}"
    elif one.alias:
        said = f"{said}, asked for as {one.alias}"
    if one.trial_id is not None:
        return f"{one.trial_id}  {said}  {shortened(one.title or '', _TITLE_CHARS)}".rstrip()
    what = "whole registry" if one.name is None else f"query {one_line(one.name)}"
    return f"{what}  {said}{'' if one.query is None else f': {one_line(one.query)}'}"

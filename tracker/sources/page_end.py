"""Tells whether a page text is there to its end, since a missing tail would look like removals by the sponsor.

Every page ends with the trials that it holds for related, each a title and a line of number, status and phase.
It promises that a text which stops anywhere before that is called truncated, with the place where it stops.

What no text can tell: a cut between two related trials, and one inside the joint phase of the last
(``PHASE1/PHASE2``). Either loses nothing but related trials, which are no part of the trial's own record.
"""

import re
from collections.abc import Sequence

from tracker.sources.page_layout import HEADINGS, TOP, Section

_ADVICE = "fetch the page again"
RELATED = re.compile(r"(NCT\d{8})(?: ([A-Z_]+))?(?: ([A-Z0-9_/]+))?", re.ASCII)
_LAST = next(reversed(HEADINGS))
_PHASE = r"(?:EARLY_PHASE1|PHASE[1-4]|NA|N/A)"
_WITH_PHASE = re.compile(rf"NCT\d{{8}} [A-Z_]+ {_PHASE}(?:/{_PHASE})*", re.ASCII)


def truncation(text: str, sections: Sequence[Section]) -> str | None:
    """Why a page text of these ``sections`` is not there to its end; None where it is, as far as it can be known."""
    last = sections[-1]
    if last.heading != _LAST:
        where = "above its first section" if last.heading == TOP else f"in its section {last.heading!r}"
        return f"truncated: the page text ends {where}, before its last section {_LAST!r}; {_ADVICE}"
    if not last.values:
        return f"truncated: the page text stops in its section {_LAST!r} before the first trial; {_ADVICE}"
    line = last.values[-1]
    if not RELATED.fullmatch(line):
        return f"truncated: the page text stops after {line!r}, where a related trial's number belongs; {_ADVICE}"
    if not (text.endswith(("\n", "\r")) or _WITH_PHASE.fullmatch(line)):
        return (
            f"truncated: the page text stops inside the line {line!r}; {_ADVICE}, or end the file with a line break "
            "if the line is whole"
        )
    return None

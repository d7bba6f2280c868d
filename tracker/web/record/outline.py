"""The outline of a record: its sections in the order of the seed page, and what belongs to each.

It promises one section for every path of a record, the last one for what no other claims, so that a module of tomorrow
is shown and its changes have a place. Adding a field to a section is adding a line
to ``outline_study`` or ``outline_record``.
"""

from tracker.web.record.outline_lines import Outline
from tracker.web.record.outline_record import RECORD
from tracker.web.record.outline_study import STUDY

OTHER = Outline(key="other", heading="Other Parts of the Record", lines=())

OUTLINE = (*STUDY, *RECORD)

_SECTION_OF = {path: section for section in OUTLINE for path in section.paths}
_FIRST_BELOW: dict[str, Outline] = {}
for _path, _section in _SECTION_OF.items():
    for _cut, _char in enumerate(_path):
        if _char == "/" and _cut:
            _FIRST_BELOW.setdefault(_path[:_cut], _section)


def outline_of(path: str) -> Outline:
    """The section that a JSON Pointer belongs to."""
    while path:
        found = _SECTION_OF.get(path)
        if found is not None:
            return found
        path = path[: path.rfind("/")]
    return OTHER


def section_of(path: str) -> Outline:
    """The section to which a change at ``path`` belongs: that of a part it is in, else the first with a part of it."""
    found = outline_of(path)
    return _FIRST_BELOW.get(path, OTHER) if found is OTHER else found


def is_claimed(path: str) -> bool:
    """Whether a section shows what stands at ``path``."""
    return path in _SECTION_OF


def leads_to_claimed(path: str) -> bool:
    """Whether something below ``path`` is shown by a section."""
    return path in _FIRST_BELOW

"""The sections of a page text on what is done, to whom and where: groups, interventions, criteria, sites.

It promises names of interventions as API v2 writes them in arms (``Dietary Supplement: Probiotic``) and
criteria with the colons that the page takes off their headings. It does not know people.
"""

import re

from tracker.domain.record import Json
from tracker.sources.page_layout import Section
from tracker.sources.page_values import PageDraft, after, ending_with, said, without_none

_ARMS = "armsInterventionsModule"
_GROUP_TYPE = "Group Type"
_INTERVENTION_TYPE = "Intervention Type"
_CRITERIA_HEADINGS = re.compile(r"^((?:Key )?(?:Inclusion|Exclusion) Criteria)$", re.MULTILINE)
_ELIGIBILITY = {  # label -> key, and what a value looks like
    "Minimum Eligible Age": ("minimumAge", re.compile(r"\d+ \w+|N/A|-")),
    "Maximum Eligible Age": ("maximumAge", re.compile(r"\d+ \w+|N/A|-")),
    "Eligible Sex": ("sex", re.compile(r"ALL|FEMALE|MALE|-")),
    "Accepts Healthy Volunteers": ("healthyVolunteers", re.compile(r"Yes|No|-")),
}
_YES_NO = {"Yes": True, "No": False}
_SITE_STATUS = re.compile(r"[A-Z]+(?:_[A-Z]+)+|RECRUITING|COMPLETED|SUSPENDED|TERMINATED|WITHDRAWN|AVAILABLE")
_COMMA_COUNTRIES = (  # names of countries that hold a comma, as the registry wrote them
    "Congo, The Democratic Republic of the",
    "Iran, Islamic Republic of",
    "Korea, Democratic People's Republic of",
    "Korea, Republic of",
    "Macedonia, The Former Yugoslav Republic of",
    "Moldova, Republic of",
    "Palestinian Territories, Occupied",
    "Taiwan, Province of China",
    "Tanzania, United Republic of",
)


def read_groups(section: Section, draft: PageDraft) -> None:
    """The arms: label, type, description, and the interventions named below each."""
    blocks = _blocks(section.lines)
    marks = [index for index, block in enumerate(blocks) if index and after(block, _GROUP_TYPE) is not None]
    draft.unread.extend([] if marks else blocks)
    found = draft.record.get("protocolSection", {}).get(_ARMS, {}).get("interventions", [])
    is_before = bool(marks) and marks[0] > 1  # descriptions stand before the types, not after them
    known = {one["name"]: one.get("description", "") for one in found}
    heads = [_head_start(blocks, mark, known if is_before else None) for mark in marks]
    arms = []
    for head, mark, end in zip(heads, marks, [*heads[1:], len(blocks)], strict=True):
        below, names = _nested(blocks[mark + 1 : end])
        arm = without_none(
            label=blocks[head],
            type=said(after(blocks[mark], _GROUP_TYPE)),
            description=said("\n\n".join([*blocks[head + 1 : mark], *below])),
            interventionNames=names,
        )
        arms.append(arm)
    draft.put(_ARMS, "armGroups", value=arms)
    _name_arms(found, arms)


def _head_start(blocks: list[str], mark: int, known: dict[str, str] | None) -> int:
    """Where the group of the type at ``mark`` begins.

    Its label is the paragraph before its type. Where descriptions stand between the two (``known``: the
    description of each intervention), it follows the type or the last intervention of the group before.
    """
    if known is None:
        return mark - 1
    before = range(mark - 1, -1, -1)
    start = next((i for i in before if _is_type(blocks[i])), -1)
    if start >= 0 and after(blocks[start], _INTERVENTION_TYPE) is not None:
        size = known.get(blocks[start - 1], "").count("\n\n") + 1
        is_whole = "\n\n".join(blocks[start + 1 : start + 1 + size]) == known.get(blocks[start - 1])
        start += size if is_whole else 1
    return min(start + 1, mark - 1)


def _nested(blocks: list[str]) -> tuple[list[str], list[str]]:
    """Description of a group and its interventions, whose own descriptions the next section repeats."""
    marks = [i for i, block in enumerate(blocks) if i and after(block, _INTERVENTION_TYPE) is not None]
    own = blocks[: marks[0] - 1] if marks else blocks
    kinds = [said(after(blocks[mark], _INTERVENTION_TYPE)) for mark in marks]
    names = [_named(kind, blocks[mark - 1]) for mark, kind in zip(marks, kinds, strict=True)]
    return own, names


def _name_arms(interventions: list[dict[str, Json]], arms: list[dict[str, Json]]) -> None:
    """Tell each intervention the arms that name it."""
    for one in interventions:
        name = _named(one.get("type"), one["name"])
        labels = [arm["label"] for arm in arms if name in arm.get("interventionNames", [])]
        if labels:
            one["armGroupLabels"] = labels


def read_interventions(section: Section, draft: PageDraft) -> None:
    """The interventions: name, description and type."""
    found = [
        without_none(type=said(kind), name=blocks[0], description=said("\n\n".join(blocks[1:])))
        for blocks, kind in ending_with(_blocks(section.lines), _INTERVENTION_TYPE, draft.unread)
        if blocks
    ]
    draft.put(_ARMS, "interventions", value=found)


def _is_type(block: str) -> bool:
    return after(block, _GROUP_TYPE) is not None or after(block, _INTERVENTION_TYPE) is not None


def _named(kind: str | None, name: str) -> str:
    return f"{kind.replace('_', ' ').title()}: {name}" if kind else name


def read_criteria(section: Section, draft: PageDraft) -> None:
    """The criteria's text, and after it ages, sex and healthy volunteers."""
    lines = list(section.lines)
    while (found := _last_pair(lines)) is not None:
        label, value, lines = found
        key, _ = _ELIGIBILITY[label]
        draft.put("eligibilityModule", key, value=_YES_NO.get(value, value) if said(value) else None)
    text = _CRITERIA_HEADINGS.sub(r"\1:", "\n".join(lines).strip())
    draft.put("eligibilityModule", "eligibilityCriteria", value=text or None)


def _last_pair(lines: list[str]) -> tuple[str, str, list[str]] | None:
    """The label and value that end ``lines``, and the lines before; None where the text itself ends."""
    filled = [index for index, line in enumerate(lines) if line]
    if filled and lines[filled[-1]] in _ELIGIBILITY:
        return lines[filled[-1]], "", lines[: filled[-1]]
    if len(filled) < 2:
        return None
    label, value = lines[filled[-2]], lines[filled[-1]]
    if label not in _ELIGIBILITY or not _ELIGIBILITY[label][1].fullmatch(value):
        return None
    return label, value, lines[: filled[-2]]


def read_locations(section: Section, draft: PageDraft) -> None:
    """The sites: facility, city, state, country and status."""
    countries = draft.record.get("trialogSection", {}).get("countries", [])
    locations: list[dict[str, Json]] = []
    for lines, status in ending_with(section.values, "Site Status", draft.unread):
        if lines and locations and "status" not in locations[-1] and _SITE_STATUS.fullmatch(lines[0]):
            locations[-1]["status"] = lines.pop(0)  # the status stood on a line of its own
        if not lines:
            draft.unread.append(f"Site Status {status}")
            continue
        facility = lines[0] if len(lines) > 1 else None
        draft.unread.extend(lines[1:-1])
        locations.append(without_none(facility=facility, status=said(status), **_place(lines[-1], countries)))
    if locations and draft.unread and _SITE_STATUS.fullmatch(draft.unread[-1]):
        locations[-1]["status"] = draft.unread.pop()
    draft.put("contactsLocationsModule", "locations", value=locations)


def _place(line: str, countries: list[str]) -> dict[str, str]:
    """City, state and country of a line such as ``Nanjing, Jiangsu, China``."""
    known = [one for one in (*countries, *_COMMA_COUNTRIES) if line == one or line.endswith(f", {one}")]
    country = max(known, key=len, default=line.rpartition(", ")[2])
    parts = line[: len(line) - len(country)].removesuffix(", ").rsplit(", ", 1)
    keys = ("city", "state", "country") if len(parts) == 2 else ("city", "country")
    return {key: value for key, value in zip(keys, (*parts, country), strict=True) if value}


def _blocks(lines: list[str]) -> list[str]:
    """The paragraphs; a labelled line is a paragraph of its own even where no blank line sets it off."""
    blocks: list[str] = []
    open_block = False
    for line in lines:
        label = _is_type(line)
        if line and open_block and not label:
            blocks[-1] += f"\n{line}"
        elif line:
            blocks.append(line)
        open_block = bool(line) and not label
    return blocks

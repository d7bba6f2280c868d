"""The sections of a page text that hold single facts: results, dates, design, identifiers, related trials.

It promises the registry's own words for closed sets, and numbers for counts. It does not know people or
treatments.
"""

import re

from tracker.domain.record import Json
from tracker.sources.page_end import RELATED
from tracker.sources.page_layout import RESULTS_PENDING, Section
from tracker.sources.page_values import PageDraft, after, bare, labelled, led_by_name, put_at, said

BASIC_PLACES: dict[str, tuple[str, ...]] = {
    "Recruitment Status": ("statusModule", "overallStatus"),
    "Why Stopped": ("statusModule", "whyStopped"),
    "Clinical Phase": ("designModule", "phases"),
    "Total Enrollment": ("designModule", "enrollmentInfo", "count"),
    "Study Classification": ("designModule", "studyType"),
    "Study Start Date": ("statusModule", "startDateStruct", "date"),
    "Primary Completion Date": ("statusModule", "primaryCompletionDateStruct", "date"),
    "Study Completion Date": ("statusModule", "completionDateStruct", "date"),
}
DESIGN_PLACES: dict[str, tuple[str, ...]] = {
    "Allocation Method": ("designModule", "designInfo", "allocation"),
    "Intervention Model": ("designModule", "designInfo", "interventionModel"),
    "Primary Study Purpose": ("designModule", "designInfo", "primaryPurpose"),
    "Blinding Strategy": ("designModule", "designInfo", "maskingInfo", "masking"),
    "Observational Model": ("designModule", "designInfo", "observationalModel"),
    "Time Perspective": ("designModule", "designInfo", "timePerspective"),
}
_PARTICIPANTS = re.compile(r"(\d[\d,]*)(?: participants?)?", re.ASCII)


def read_results(section: Section, draft: PageDraft) -> None:
    """Whether results are posted or pending."""
    answer, *rest = section.values
    if answer == "Results pending":
        put_at(draft.record, "hasResults", value=False)
    elif answer in ("Results posted", "Results available"):
        put_at(draft.record, "hasResults", value=True)
    else:
        draft.unread.append(answer)
    draft.unread.extend(line for line in rest if line.split() != RESULTS_PENDING.split())


def read_basic(section: Section, draft: PageDraft) -> None:
    """Status, phase, enrollment, type and dates."""
    for label, value in labelled(section.values, BASIC_PLACES, draft.unread):
        draft.put(*BASIC_PLACES[label], value=_basic_value(label, value, draft))


def _basic_value(label: str, value: str, draft: PageDraft) -> Json:
    if label == "Clinical Phase":
        return None if value == "-" else value.split("/")  # "N/A" is no phase of the registry, "NA" is
    if label == "Total Enrollment" and said(value):
        count = _PARTICIPANTS.fullmatch(value)
        if count is None:
            draft.unread.extend((label, value))
        return int(count.group(1).replace(",", "")) if count else None
    return said(value)


def read_design(section: Section, draft: PageDraft) -> None:
    """How the study is structured."""
    for label, value in labelled(section.values, DESIGN_PLACES, draft.unread):
        draft.put(*DESIGN_PLACES[label], value=said(value))


def read_identifiers(section: Section, draft: PageDraft) -> None:
    """The sponsor's own id, and the secondary ones."""
    secondary = []
    for value, stated, rest in led_by_name(section.values, "Identifier Type", draft.unread):
        kind = said(bare(stated))
        source = next((bare(after(line, "Identifier Source") or "") for line in rest), None)
        draft.unread.extend(rest[1:])
        if source == "org_study_id":
            draft.put("identificationModule", "orgStudyIdInfo", "id", value=value)
            draft.put("identificationModule", "orgStudyIdInfo", "type", value=kind)
        else:
            domain = None if source == "secondary_id" else said(source)
            found = {"id": value, "type": kind, "domain": domain}
            secondary.append({key: part for key, part in found.items() if part})
    draft.put("identificationModule", "secondaryIdInfos", value=secondary)


def read_related(section: Section, draft: PageDraft) -> None:
    """Trials that the page holds for similar, which API v2 has no place for."""
    related, title = [], None
    for line in section.values:
        match = RELATED.fullmatch(line)
        if match:
            trial_id, status, phases = match.groups()
            found = {"nctId": trial_id, "title": title, "status": status}
            found |= {"phases": phases.split("/") if phases else None}
            related.append({key: part for key, part in found.items() if part})
            title = None
            continue
        if title is not None:
            draft.unread.append(title)
        title = line
    if title is not None:
        draft.unread.append(title)
    draft.put_own("relatedTrials", related)

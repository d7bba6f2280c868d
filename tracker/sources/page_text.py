"""Reads a page text: a record as a public page shows it, in headings, explanatory sentences and values.

It promises each shown value in its place of the API v2 shape, what API v2 has no place for under a key of
our own (``trialogSection``), and lines it does not understand in ``trialogSection.unreadLines``, so that
nothing is lost.

Coverage: ``PAGE_COVERAGE`` is what the format can show. An observation covers the part of it that its page
does show: that a page is silent on a collaborator or a site's status is no word about it, so a page text
that comes after the registry's own record removes nothing. A page text that was cut off is refused, as far
as its end tells (``page_end``). Whether a page is current, it does not know.
"""

import re
from collections.abc import Callable

from tracker.domain.coverage import Coverage, coverage_of
from tracker.domain.record import OWN_SECTION, Json
from tracker.domain.trial_id import is_trial_id
from tracker.source import Observation, RawRecord, Refusal, observe
from tracker.sources.date_places import is_calendar_date
from tracker.sources.json_faults import UTF8_BOM, encoding_fault
from tracker.sources.page_end import truncation
from tracker.sources.page_facts import (
    BASIC_PLACES,
    DESIGN_PLACES,
    read_basic,
    read_design,
    read_identifiers,
    read_related,
    read_results,
)
from tracker.sources.page_layout import RESULTS, TOP, Section, count_headings, split_sections
from tracker.sources.page_people import (
    read_central_contacts,
    read_facility_contacts,
    read_officials,
    read_responsible_party,
    read_sponsors,
)
from tracker.sources.page_study import read_criteria, read_groups, read_interventions, read_locations
from tracker.sources.page_values import PageDraft, after, bare
from tracker.sources.refusals import MAX_RECORD_BYTES, TOO_LARGE, refuse
from tracker.sources.study_json import id_advice, leaf_patterns, mismatch

SOURCE = "page_text"

_ID_LINE = re.compile(r"^NCT ID:[ \t]*(\S*)[ \t]*$", re.MULTILINE)
_TOP_LINES = re.compile(r"^NCT ID:[ \t]*\S*\s+Last Updated:", re.MULTILINE)

PAGE_COVERAGE = Coverage(
    patterns=frozenset(
        {f"/protocolSection/{'/'.join(keys)}" for keys in (*BASIC_PLACES.values(), *DESIGN_PLACES.values())}
        | {
            f"/protocolSection/{module}/{name}"
            for module, names in {
                "identificationModule": "nctId briefTitle orgStudyIdInfo/id orgStudyIdInfo/type "
                "secondaryIdInfos/*/id secondaryIdInfos/*/type secondaryIdInfos/*/domain",
                "statusModule": "lastUpdatePostDateStruct/date",
                "descriptionModule": "briefSummary detailedDescription",
                "conditionsModule": "conditions",
                "armsInterventionsModule": "armGroups/*/label armGroups/*/type armGroups/*/description "
                "armGroups/*/interventionNames interventions/*/type interventions/*/name "
                "interventions/*/description interventions/*/armGroupLabels",
                "eligibilityModule": "eligibilityCriteria minimumAge maximumAge sex healthyVolunteers",
                "sponsorCollaboratorsModule": "leadSponsor/name leadSponsor/class collaborators/*/name "
                "collaborators/*/class responsibleParty",
                "contactsLocationsModule": "overallOfficials/*/name overallOfficials/*/role "
                "overallOfficials/*/affiliation locations/*/facility locations/*/city locations/*/state "
                "locations/*/country locations/*/status locations/*/contacts/*/name "
                "locations/*/contacts/*/role locations/*/contacts/*/phone locations/*/contacts/*/email "
                "centralContacts/*/name centralContacts/*/role centralContacts/*/phone "
                "centralContacts/*/email",
            }.items()
            for name in names.split()
        }
        | {"/hasResults", f"/{OWN_SECTION}"}
    )
)


def looks_like_page_text(head: bytes) -> bool:
    """Whether a file that begins with ``head`` (some kilobytes) is a page text, be it one without an id."""
    text = head.removeprefix(UTF8_BOM).decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    headings = count_headings(text)
    known = _ID_LINE if headings == 1 else _TOP_LINES
    return headings >= 2 or known.search(text) is not None


def read_page_text(raw: RawRecord) -> Observation | Refusal:
    """The record that a page text shows, or why it is not taken."""
    if len(raw.raw) > MAX_RECORD_BYTES:
        return refuse(raw, TOO_LARGE)
    fault = encoding_fault(raw.raw)
    if fault:
        return refuse(raw, fault)
    text = raw.raw.removeprefix(UTF8_BOM).decode("utf-8")
    sections = split_sections(text)
    fault = truncation(text, sections)
    if fault:
        return refuse(raw, fault)
    draft = _draft(sections)
    fault = _fault(draft, raw.expected_id)
    if fault:
        return refuse(raw, fault)
    draft.put_own("unreadLines", draft.unread)
    return observe(
        draft.record,
        trial_id=draft.record["protocolSection"]["identificationModule"]["nctId"],
        coverage=coverage_of(leaf_patterns(draft.record)),
        source=SOURCE,
    )


def _draft(sections: list[Section]) -> PageDraft:
    draft = PageDraft()
    # Sites are read with the countries known, groups with the interventions, contacts with the sites.
    for section in sorted(sections, key=lambda one: _READ_FIRST.get(one.heading, 1)):
        _READERS[section.heading](section, draft)
    return draft


def _fault(draft: PageDraft, expected_id: str | None) -> str | None:
    found = draft.record.get("protocolSection", {}).get("identificationModule", {}).get("nctId")
    if found is None:
        return "no NCT id: this page text has no line 'NCT ID: NCT...' above its first section"
    if not is_trial_id(found):
        return f"malformed NCT id in the line 'NCT ID:': {id_advice(found)}"
    others = [line for line in draft.unread if _ID_LINE.match(line)]
    if others:
        return f"more than one page text in one file: {others[0]!r} follows {found}; save each in its own file"
    return mismatch(found, expected_id) or _date_fault(draft.record)


def _date_fault(record: Json) -> str | None:
    status = record["protocolSection"].get("statusModule", {})
    for key, value in status.items():
        if isinstance(value, dict) and not is_calendar_date(value["date"]):
            return (
                f"impossible date {value['date']!r} for /protocolSection/statusModule/{key}/date: expected "
                "YYYY-MM-DD, YYYY-MM or YYYY; correct it and import the page text again"
            )
    return None


def _read_top(section: Section, draft: PageDraft) -> None:
    for line in section.values:
        trial_id, updated = after(line, "NCT ID"), after(line, "Last Updated")
        known = draft.record.get("protocolSection", {}).get("identificationModule", {})
        if trial_id is not None and "nctId" not in known:
            draft.put("identificationModule", "nctId", value=bare(trial_id))
        elif updated is not None:
            draft.put("statusModule", "lastUpdatePostDateStruct", "date", value=bare(updated))
        elif not known:
            draft.put("identificationModule", "briefTitle", value=line)
        else:
            draft.unread.append(line)


_Reader = Callable[[Section, PageDraft], None]
_READ_FIRST = {TOP: 0, "Countries": 0, "Interventions": 0, "Facility Contacts": 2}
_READERS: dict[str, _Reader] = {
    TOP: _read_top,
    RESULTS: read_results,
    "Basic Information": read_basic,
    "Brief Summary": lambda s, d: d.put("descriptionModule", "briefSummary", value=s.text or None),
    "Detailed Description": lambda s, d: d.put("descriptionModule", "detailedDescription", value=s.text or None),
    "Conditions": lambda s, d: d.put("conditionsModule", "conditions", value=s.values),
    "Study Design": read_design,
    "Study Groups": read_groups,
    "Interventions": read_interventions,
    "Eligibility Criteria": read_criteria,
    "Sponsors": read_sponsors,
    "Responsible Party": read_responsible_party,
    "Principal Investigators": read_officials,
    "Locations": read_locations,
    "Countries": lambda s, d: d.put_own("countries", s.values),
    "Central Contacts": read_central_contacts,
    "Facility Contacts": read_facility_contacts,
    "Other Identifiers": read_identifiers,
    "More Related Trials": read_related,
}

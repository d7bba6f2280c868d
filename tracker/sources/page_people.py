"""The sections of a page text that name people and organizations: sponsors, officials, contacts.

It promises the registry's own words for roles and classes. It does not know places or treatments.
"""

import re

from tracker.domain.record import Json
from tracker.sources.page_layout import Section
from tracker.sources.page_values import PageDraft, ending_with, led_by_name, said, without_none

_SPONSORS = "sponsorCollaboratorsModule"
_PLACES = "contactsLocationsModule"
_AGENCY_CLASSES = frozenset(("NIH", "FED", "OTHER_GOV", "INDIV", "INDUSTRY", "NETWORK", "AMBIG", "OTHER", "UNKNOWN"))
_PHONE = re.compile(r"[\d\s()+./-]*\d[\d\s()+./-]*(?:\s*(?:ext\.?|x)\s*\d+)?", re.ASCII | re.IGNORECASE)

# The page tells a site's first contact from its second; API v2 calls both CONTACT.
_CONTACT_ROLES = {"primary": "CONTACT", "backup": "CONTACT"}


def read_sponsors(section: Section, draft: PageDraft) -> None:
    """Name, class and role of the lead sponsor and the collaborators."""
    collaborators = []
    for lines, role in ending_with(section.values, "Sponsor Role", draft.unread):
        organization = _organization(lines, draft)
        if role == "lead":
            draft.put(_SPONSORS, "leadSponsor", value=organization)
        elif role == "collaborator":
            collaborators.append(organization)
        else:
            draft.unread.extend([*lines, f"Sponsor Role {role}"])
    draft.put(_SPONSORS, "collaborators", value=[one for one in collaborators if one])


def _organization(lines: list[str], draft: PageDraft) -> dict[str, Json] | None:
    if not lines:
        return None
    rest = lines[1:]
    kind = rest.pop(0) if rest and rest[0] in _AGENCY_CLASSES else None
    draft.unread.extend(line for line in rest if said(line))
    return without_none(**{"name": lines[0], "class": kind})


def read_responsible_party(section: Section, draft: PageDraft) -> None:
    """Type of the responsible party; name, title and affiliation where it is a person."""
    for lines, role in ending_with(section.values, "Responsibility Role", draft.unread):
        draft.put(_SPONSORS, "responsibleParty", "type", value=said(role))
        names = () if role == "SPONSOR" else ("FullName", "Title", "Affiliation")
        for name, line in zip(names, lines, strict=False):
            draft.put(_SPONSORS, "responsibleParty", f"investigator{name}", value=said(line))
        draft.unread.extend(lines[len(names) :])


def read_officials(section: Section, draft: PageDraft) -> None:
    """Name, role and affiliation of the overall officials."""
    officials = []
    for name, role, rest in led_by_name(section.values, "Role", draft.unread):
        affiliation = said(rest[0]) if rest else None
        officials.append(without_none(name=name, affiliation=affiliation, role=_role(role)))
        draft.unread.extend(rest[1:])
    draft.put(_PLACES, "overallOfficials", value=officials)


def read_central_contacts(section: Section, draft: PageDraft) -> None:
    """Name, role, phone and email of the central contacts."""
    draft.put(_PLACES, "centralContacts", value=_contacts(section, draft))


def read_facility_contacts(section: Section, draft: PageDraft) -> None:
    """The contacts of the sites: with the site where there is only one, since the page does not say whose."""
    contacts = _contacts(section, draft)
    locations = draft.record.get("protocolSection", {}).get(_PLACES, {}).get("locations", [])
    if len(locations) == 1 and contacts:
        locations[0]["contacts"] = contacts
    else:
        draft.put_own("facilityContacts", contacts)


def _contacts(section: Section, draft: PageDraft) -> list[dict[str, Json]]:
    return [
        {"name": name, "role": _role(role), **_reach(rest, draft)}
        for name, role, rest in led_by_name(section.values, "Role", draft.unread)
    ]


def _reach(lines: list[str], draft: PageDraft) -> dict[str, Json]:
    """Phone and email among the lines of one contact."""
    found: dict[str, Json] = {}
    for line in lines:
        if "@" in line and "email" not in found:
            found["email"] = line
        elif _PHONE.fullmatch(line) and "phone" not in found:
            found["phone"] = line
        elif said(line):
            draft.unread.append(line)
    return found


def _role(text: str) -> str:
    bare = text.removeprefix(":").strip()
    return _CONTACT_ROLES.get(bare, bare)

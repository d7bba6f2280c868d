"""The later sections of a record: who is in charge, where, and what belongs to the record itself."""

from tracker.web.record.outline_lines import (
    DERIVED,
    IDENTIFICATION,
    NOTES,
    OVERSIGHT,
    PEOPLE,
    PLACES,
    REFERENCES,
    SHARING,
    STATUS,
    Outline,
    ProseLine,
    dated,
    fact,
    listed,
    named,
)
from tracker.web.record.values import Form

RECORD = (
    Outline(
        key="sponsors",
        heading="Sponsors",
        lines=(
            listed("Lead sponsor", f"{PEOPLE}/leadSponsor", "organizations"),
            listed("Collaborators", f"{PEOPLE}/collaborators", "organizations"),
            fact("Submitting organization", f"{IDENTIFICATION}/organization/fullName"),
            named("Kind of organization", f"{IDENTIFICATION}/organization/class"),
        ),
    ),
    Outline(
        key="responsible",
        heading="Responsible Party",
        lines=(
            named("Role", f"{PEOPLE}/responsibleParty/type"),
            fact("Name", f"{PEOPLE}/responsibleParty/investigatorFullName"),
            fact("Title", f"{PEOPLE}/responsibleParty/investigatorTitle"),
            fact("Affiliation", f"{PEOPLE}/responsibleParty/investigatorAffiliation"),
            fact("Name, as once given", f"{PEOPLE}/responsibleParty/oldNameTitle"),
            fact("Organization, as once given", f"{PEOPLE}/responsibleParty/oldOrganization"),
        ),
    ),
    Outline(
        key="investigators",
        heading="Principal Investigators",
        lines=(listed("Officials", f"{PLACES}/overallOfficials", "people"),),
    ),
    Outline(key="locations", heading="Locations", lines=(listed("Locations", f"{PLACES}/locations", "locations"),)),
    Outline(
        key="contacts",
        heading="Central Contacts",
        lines=(listed("Contacts", f"{PLACES}/centralContacts", "people"),),
    ),
    Outline(
        key="identifiers",
        heading="Other Identifiers",
        lines=(
            fact("Registry number", f"{IDENTIFICATION}/nctId"),
            fact("Former registry numbers", f"{IDENTIFICATION}/nctIdAliases"),
            listed("Organization's study id", f"{IDENTIFICATION}/orgStudyIdInfo", "identifiers"),
            listed("Secondary ids", f"{IDENTIFICATION}/secondaryIdInfos", "identifiers"),
        ),
    ),
    Outline(
        key="documents",
        heading="Provided Documents",
        lines=(
            listed("Documents", "/documentSection/largeDocumentModule/largeDocs", "documents"),
            fact("No statistical analysis plan", "/documentSection/largeDocumentModule/noSap"),
        ),
    ),
    Outline(
        key="references",
        heading="References and Links",
        lines=(
            listed("References", f"{REFERENCES}/references", "references"),
            listed("Links", f"{REFERENCES}/seeAlsoLinks", "links"),
            listed("Participant data available", f"{REFERENCES}/availIpds", "links"),
        ),
    ),
    Outline(
        key="sharing",
        heading="Plan to Share Participant Data",
        lines=(
            named("Will data be shared", f"{SHARING}/ipdSharing"),
            ProseLine(label="Plan", path=f"{SHARING}/description"),
            named("What else is shared", f"{SHARING}/infoTypes"),
            ProseLine(label="When", path=f"{SHARING}/timeFrame"),
            ProseLine(label="Who may have access", path=f"{SHARING}/accessCriteria"),
            fact("Address", f"{SHARING}/url", Form.LINK),
        ),
    ),
    Outline(
        key="oversight",
        heading="Oversight",
        lines=(
            fact("Data monitoring committee", f"{OVERSIGHT}/oversightHasDmc"),
            fact("FDA-regulated drug", f"{OVERSIGHT}/isFdaRegulatedDrug"),
            fact("FDA-regulated device", f"{OVERSIGHT}/isFdaRegulatedDevice"),
            fact("Unapproved device", f"{OVERSIGHT}/isUnapprovedDevice"),
            fact("Postmarket surveillance", f"{OVERSIGHT}/isPpsd"),
            fact("Exported from the United States", f"{OVERSIGHT}/isUsExport"),
            fact("Notice of noncompliance", f"{OVERSIGHT}/fdaaa801Violation"),
            listed("Notices of noncompliance", f"{NOTES}/violationAnnotation/violationEvents", "violations"),
        ),
    ),
    Outline(
        key="dates",
        heading="Key Dates of the Record",
        lines=(
            dated("First submitted", "studyFirstSubmitDate"),
            dated("First submitted, quality control passed", "studyFirstSubmitQcDate"),
            dated("First posted", "studyFirstPostDateStruct"),
            fact("Status verified", f"{STATUS}/statusVerifiedDate"),
            dated("Last update submitted", "lastUpdateSubmitDate"),
            dated("Last update submitted, quality control passed", "lastUpdateSubmitQcDate"),
            dated("Last update posted", "lastUpdatePostDateStruct"),
            fact("Data release", f"{DERIVED}/miscInfoModule/versionHolder"),
        ),
    ),
    Outline(
        key="terms",
        heading="Terms Given by the Registry",
        lines=(
            listed("Conditions", f"{DERIVED}/conditionBrowseModule", "meshes"),
            listed("Interventions", f"{DERIVED}/interventionBrowseModule", "meshes"),
        ),
        also=(f"{DERIVED}/miscInfoModule/modelPredictions",),
    ),
)

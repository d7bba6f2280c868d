"""The outline of a record: its sections in the order of the seed page, and what belongs to each.

It promises one section for every path of a record, the last one for what no other claims, so that a module of tomorrow
is shown and its changes have a place. Adding a field to a section is adding a line here.
"""

from dataclasses import dataclass

from tracker.web.record.values import Form

_P = "/protocolSection"
_ID, _STATUS, _DESIGN = f"{_P}/identificationModule", f"{_P}/statusModule", f"{_P}/designModule"
_ARMS, _WHO, _PLACES = f"{_P}/armsInterventionsModule", f"{_P}/eligibilityModule", f"{_P}/contactsLocationsModule"
_PEOPLE, _OVERSIGHT = f"{_P}/sponsorCollaboratorsModule", f"{_P}/oversightModule"
_SHARING, _REFERENCES = f"{_P}/ipdSharingStatementModule", f"{_P}/referencesModule"
_NOTES, _DERIVED = "/annotationSection/annotationModule", "/derivedSection"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """A fact: its label, where it stands, how it is read."""

    label: str
    path: str
    form: Form = Form.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class ProseLine:
    """A longer text; ``label`` is empty where it is all that its section has."""

    path: str
    label: str = ""
    is_folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """A list of objects; ``reader`` names the function of ``tracker.web.record.lists`` that makes its tables."""

    label: str
    path: str
    reader: str


Line = FactLine | ProseLine | ListLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A section: ``lines`` in their order, and other paths whose changes belong to it."""

    key: str
    heading: str
    lines: tuple[Line, ...]
    also: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths that belong to the section, with what lies below them."""
        return (*(line.path for line in self.lines), *self.also)


def _fact(label: str, path: str, form: Form = Form.TEXT) -> FactLine:
    return FactLine(label=label, path=path, form=form)


def _name(label: str, path: str) -> FactLine:
    return FactLine(label=label, path=path, form=Form.NAME)


def _date(label: str, name: str) -> FactLine:
    return FactLine(label=label, path=f"{_STATUS}/{name}", form=Form.DATE)


def _list(label: str, path: str, reader: str) -> ListLine:
    return ListLine(label=label, path=path, reader=reader)


OTHER = Outline(key="other", heading="Other Parts of the Record", lines=())

OUTLINE = (
    Outline(
        key="results",
        heading="Study Results",
        lines=(
            _date("Results first submitted", "resultsFirstSubmitDate"),
            _date("Results first submitted, quality control passed", "resultsFirstSubmitQcDate"),
            _date("Results first posted", "resultsFirstPostDateStruct"),
            _fact("Results waived", f"{_STATUS}/resultsWaived"),
            _fact("Delayed posting", f"{_STATUS}/delayedPosting"),
            _date("Certification of delay submitted", "dispFirstSubmitDate"),
            _date("Certification of delay, quality control passed", "dispFirstSubmitQcDate"),
            _date("Certification of delay posted", "dispFirstPostDateStruct"),
            _list("Submissions not yet posted", f"{_NOTES}/unpostedAnnotation", "unposted"),
            _list("Submissions tracked by the registry", f"{_DERIVED}/miscInfoModule/submissionTracking", "tracking"),
            _list("Results", "/resultsSection", "results"),
        ),
        also=("/hasResults",),
    ),
    Outline(
        key="basics",
        heading="Basic Information",
        lines=(
            _fact("Brief title", f"{_ID}/briefTitle"),
            _fact("Official title", f"{_ID}/officialTitle"),
            _fact("Acronym", f"{_ID}/acronym"),
            _name("Recruitment status", f"{_STATUS}/overallStatus"),
            _name("Last known status", f"{_STATUS}/lastKnownStatus"),
            _fact("Why stopped", f"{_STATUS}/whyStopped"),
            _name("Phase", f"{_DESIGN}/phases"),
            _list("Enrollment", f"{_DESIGN}/enrollmentInfo", "enrollment"),
            _name("Study type", f"{_DESIGN}/studyType"),
            _date("Start", "startDateStruct"),
            _date("Primary completion", "primaryCompletionDateStruct"),
            _date("Completion", "completionDateStruct"),
            _fact("Expanded access", f"{_STATUS}/expandedAccessInfo"),
        ),
    ),
    Outline(key="summary", heading="Brief Summary", lines=(ProseLine(path=f"{_P}/descriptionModule/briefSummary"),)),
    Outline(
        key="description",
        heading="Detailed Description",
        lines=(ProseLine(path=f"{_P}/descriptionModule/detailedDescription", is_folded=True),),
    ),
    Outline(
        key="conditions",
        heading="Conditions",
        lines=(
            _fact("Conditions", f"{_P}/conditionsModule/conditions"),
            _fact("Keywords", f"{_P}/conditionsModule/keywords"),
        ),
    ),
    Outline(
        key="design",
        heading="Study Design",
        lines=(
            _name("Allocation", f"{_DESIGN}/designInfo/allocation"),
            _name("Intervention model", f"{_DESIGN}/designInfo/interventionModel"),
            ProseLine(
                label="Intervention model description", path=f"{_DESIGN}/designInfo/interventionModelDescription"
            ),
            _name("Primary purpose", f"{_DESIGN}/designInfo/primaryPurpose"),
            _name("Observational model", f"{_DESIGN}/designInfo/observationalModel"),
            _name("Time perspective", f"{_DESIGN}/designInfo/timePerspective"),
            _name("Masking", f"{_DESIGN}/designInfo/maskingInfo/masking"),
            _name("Who is masked", f"{_DESIGN}/designInfo/maskingInfo/whoMasked"),
            ProseLine(label="Masking description", path=f"{_DESIGN}/designInfo/maskingInfo/maskingDescription"),
            _fact("Target follow-up", f"{_DESIGN}/targetDuration"),
            _fact("Patient registry", f"{_DESIGN}/patientRegistry"),
            _name("Biospecimens", f"{_DESIGN}/bioSpec/retention"),
            ProseLine(label="Biospecimens described", path=f"{_DESIGN}/bioSpec/description"),
            _fact("Expanded access types", f"{_DESIGN}/expandedAccessTypes"),
        ),
    ),
    Outline(key="groups", heading="Study Groups", lines=(_list("Groups", f"{_ARMS}/armGroups", "arms"),)),
    Outline(
        key="interventions",
        heading="Interventions",
        lines=(_list("Interventions", f"{_ARMS}/interventions", "interventions"),),
    ),
    Outline(
        key="outcomes",
        heading="Outcome Measures",
        lines=tuple(
            _list(f"{sort} outcomes", f"{_P}/outcomesModule/{sort.lower()}Outcomes", "outcomes")
            for sort in ("Primary", "Secondary", "Other")
        ),
    ),
    Outline(
        key="eligibility",
        heading="Eligibility Criteria",
        lines=(
            ProseLine(path=f"{_WHO}/eligibilityCriteria"),
            _fact("Minimum age", f"{_WHO}/minimumAge"),
            _fact("Maximum age", f"{_WHO}/maximumAge"),
            _name("Age groups", f"{_WHO}/stdAges"),
            _name("Sex", f"{_WHO}/sex"),
            _fact("By gender", f"{_WHO}/genderBased"),
            ProseLine(label="Eligibility by gender", path=f"{_WHO}/genderDescription"),
            _fact("Accepts healthy volunteers", f"{_WHO}/healthyVolunteers"),
            ProseLine(label="Study population", path=f"{_WHO}/studyPopulation"),
            _name("Sampling method", f"{_WHO}/samplingMethod"),
        ),
    ),
    Outline(
        key="sponsors",
        heading="Sponsors",
        lines=(
            _list("Lead sponsor", f"{_PEOPLE}/leadSponsor", "organizations"),
            _list("Collaborators", f"{_PEOPLE}/collaborators", "organizations"),
            _fact("Submitting organization", f"{_ID}/organization/fullName"),
            _name("Kind of organization", f"{_ID}/organization/class"),
        ),
    ),
    Outline(
        key="responsible",
        heading="Responsible Party",
        lines=(
            _name("Role", f"{_PEOPLE}/responsibleParty/type"),
            _fact("Name", f"{_PEOPLE}/responsibleParty/investigatorFullName"),
            _fact("Title", f"{_PEOPLE}/responsibleParty/investigatorTitle"),
            _fact("Affiliation", f"{_PEOPLE}/responsibleParty/investigatorAffiliation"),
            _fact("Name, as once given", f"{_PEOPLE}/responsibleParty/oldNameTitle"),
            _fact("Organization, as once given", f"{_PEOPLE}/responsibleParty/oldOrganization"),
        ),
    ),
    Outline(
        key="investigators",
        heading="Principal Investigators",
        lines=(_list("Officials", f"{_PLACES}/overallOfficials", "people"),),
    ),
    Outline(key="locations", heading="Locations", lines=(_list("Locations", f"{_PLACES}/locations", "locations"),)),
    Outline(
        key="contacts",
        heading="Central Contacts",
        lines=(_list("Contacts", f"{_PLACES}/centralContacts", "people"),),
    ),
    Outline(
        key="identifiers",
        heading="Other Identifiers",
        lines=(
            _fact("Registry number", f"{_ID}/nctId"),
            _fact("Former registry numbers", f"{_ID}/nctIdAliases"),
            _list("Organization's study id", f"{_ID}/orgStudyIdInfo", "identifiers"),
            _list("Secondary ids", f"{_ID}/secondaryIdInfos", "identifiers"),
        ),
    ),
    Outline(
        key="documents",
        heading="Provided Documents",
        lines=(
            _list("Documents", "/documentSection/largeDocumentModule/largeDocs", "documents"),
            _fact("No statistical analysis plan", "/documentSection/largeDocumentModule/noSap"),
        ),
    ),
    Outline(
        key="references",
        heading="References and Links",
        lines=(
            _list("References", f"{_REFERENCES}/references", "references"),
            _list("Links", f"{_REFERENCES}/seeAlsoLinks", "links"),
            _list("Participant data available", f"{_REFERENCES}/availIpds", "links"),
        ),
    ),
    Outline(
        key="sharing",
        heading="Plan to Share Participant Data",
        lines=(
            _name("Will data be shared", f"{_SHARING}/ipdSharing"),
            ProseLine(label="Plan", path=f"{_SHARING}/description"),
            _name("What else is shared", f"{_SHARING}/infoTypes"),
            ProseLine(label="When", path=f"{_SHARING}/timeFrame"),
            ProseLine(label="Who may have access", path=f"{_SHARING}/accessCriteria"),
            _fact("Address", f"{_SHARING}/url", Form.LINK),
        ),
    ),
    Outline(
        key="oversight",
        heading="Oversight",
        lines=(
            _fact("Data monitoring committee", f"{_OVERSIGHT}/oversightHasDmc"),
            _fact("FDA-regulated drug", f"{_OVERSIGHT}/isFdaRegulatedDrug"),
            _fact("FDA-regulated device", f"{_OVERSIGHT}/isFdaRegulatedDevice"),
            _fact("Unapproved device", f"{_OVERSIGHT}/isUnapprovedDevice"),
            _fact("Postmarket surveillance", f"{_OVERSIGHT}/isPpsd"),
            _fact("Exported from the United States", f"{_OVERSIGHT}/isUsExport"),
            _fact("Notice of noncompliance", f"{_OVERSIGHT}/fdaaa801Violation"),
            _list("Notices of noncompliance", f"{_NOTES}/violationAnnotation/violationEvents", "violations"),
        ),
    ),
    Outline(
        key="dates",
        heading="Key Dates of the Record",
        lines=(
            _date("First submitted", "studyFirstSubmitDate"),
            _date("First submitted, quality control passed", "studyFirstSubmitQcDate"),
            _date("First posted", "studyFirstPostDateStruct"),
            _fact("Status verified", f"{_STATUS}/statusVerifiedDate"),
            _date("Last update submitted", "lastUpdateSubmitDate"),
            _date("Last update submitted, quality control passed", "lastUpdateSubmitQcDate"),
            _date("Last update posted", "lastUpdatePostDateStruct"),
            _fact("Data release", f"{_DERIVED}/miscInfoModule/versionHolder"),
        ),
    ),
    Outline(
        key="terms",
        heading="Terms Given by the Registry",
        lines=(
            _list("Conditions", f"{_DERIVED}/conditionBrowseModule", "meshes"),
            _list("Interventions", f"{_DERIVED}/interventionBrowseModule", "meshes"),
        ),
        also=(f"{_DERIVED}/miscInfoModule/modelPredictions",),
    ),
)

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

"""The first sections of a record: what the trial is, from its results to who may take part."""

from tracker.web.record.outline_lines import (
    ARMS,
    DERIVED,
    DESIGN,
    ELIGIBILITY,
    IDENTIFICATION,
    NOTES,
    PROTOCOL,
    STATUS,
    Outline,
    ProseLine,
    dated,
    fact,
    listed,
    named,
)

STUDY = (
    Outline(
        key="results",
        heading="Study Results",
        lines=(
            dated("Results first submitted", "resultsFirstSubmitDate"),
            dated("Results first submitted, quality control passed", "resultsFirstSubmitQcDate"),
            dated("Results first posted", "resultsFirstPostDateStruct"),
            fact("Results waived", f"{STATUS}/resultsWaived"),
            fact("Delayed posting", f"{STATUS}/delayedPosting"),
            dated("Certification of delay submitted", "dispFirstSubmitDate"),
            dated("Certification of delay, quality control passed", "dispFirstSubmitQcDate"),
            dated("Certification of delay posted", "dispFirstPostDateStruct"),
            listed("Submissions not yet posted", f"{NOTES}/unpostedAnnotation", "unposted"),
            listed("Submissions tracked by the registry", f"{DERIVED}/miscInfoModule/submissionTracking", "tracking"),
            listed("Results", "/resultsSection", "results"),
        ),
        also=("/hasResults",),
    ),
    Outline(
        key="basics",
        heading="Basic Information",
        lines=(
            fact("Brief title", f"{IDENTIFICATION}/briefTitle"),
            fact("Official title", f"{IDENTIFICATION}/officialTitle"),
            fact("Acronym", f"{IDENTIFICATION}/acronym"),
            named("Recruitment status", f"{STATUS}/overallStatus"),
            named("Last known status", f"{STATUS}/lastKnownStatus"),
            fact("Why stopped", f"{STATUS}/whyStopped"),
            named("Phase", f"{DESIGN}/phases"),
            listed("Enrollment", f"{DESIGN}/enrollmentInfo", "enrollment"),
            named("Study type", f"{DESIGN}/studyType"),
            dated("Start", "startDateStruct"),
            dated("Primary completion", "primaryCompletionDateStruct"),
            dated("Completion", "completionDateStruct"),
            fact("Expanded access", f"{STATUS}/expandedAccessInfo"),
        ),
    ),
    Outline(
        key="summary", heading="Brief Summary", lines=(ProseLine(path=f"{PROTOCOL}/descriptionModule/briefSummary"),)
    ),
    Outline(
        key="description",
        heading="Detailed Description",
        lines=(ProseLine(path=f"{PROTOCOL}/descriptionModule/detailedDescription", is_folded=True),),
    ),
    Outline(
        key="conditions",
        heading="Conditions",
        lines=(
            fact("Conditions", f"{PROTOCOL}/conditionsModule/conditions"),
            fact("Keywords", f"{PROTOCOL}/conditionsModule/keywords"),
        ),
    ),
    Outline(
        key="design",
        heading="Study Design",
        lines=(
            named("Allocation", f"{DESIGN}/designInfo/allocation"),
            named("Intervention model", f"{DESIGN}/designInfo/interventionModel"),
            ProseLine(label="Intervention model description", path=f"{DESIGN}/designInfo/interventionModelDescription"),
            named("Primary purpose", f"{DESIGN}/designInfo/primaryPurpose"),
            named("Observational model", f"{DESIGN}/designInfo/observationalModel"),
            named("Time perspective", f"{DESIGN}/designInfo/timePerspective"),
            named("Masking", f"{DESIGN}/designInfo/maskingInfo/masking"),
            named("Who is masked", f"{DESIGN}/designInfo/maskingInfo/whoMasked"),
            ProseLine(label="Masking description", path=f"{DESIGN}/designInfo/maskingInfo/maskingDescription"),
            fact("Target follow-up", f"{DESIGN}/targetDuration"),
            fact("Patient registry", f"{DESIGN}/patientRegistry"),
            named("Biospecimens", f"{DESIGN}/bioSpec/retention"),
            ProseLine(label="Biospecimens described", path=f"{DESIGN}/bioSpec/description"),
            fact("Expanded access types", f"{DESIGN}/expandedAccessTypes"),
        ),
    ),
    Outline(key="groups", heading="Study Groups", lines=(listed("Groups", f"{ARMS}/armGroups", "arms"),)),
    Outline(
        key="interventions",
        heading="Interventions",
        lines=(listed("Interventions", f"{ARMS}/interventions", "interventions"),),
    ),
    Outline(
        key="outcomes",
        heading="Outcome Measures",
        lines=tuple(
            listed(f"{sort} outcomes", f"{PROTOCOL}/outcomesModule/{sort.lower()}Outcomes", "outcomes")
            for sort in ("Primary", "Secondary", "Other")
        ),
    ),
    Outline(
        key="eligibility",
        heading="Eligibility Criteria",
        lines=(
            ProseLine(path=f"{ELIGIBILITY}/eligibilityCriteria"),
            fact("Minimum age", f"{ELIGIBILITY}/minimumAge"),
            fact("Maximum age", f"{ELIGIBILITY}/maximumAge"),
            named("Age groups", f"{ELIGIBILITY}/stdAges"),
            named("Sex", f"{ELIGIBILITY}/sex"),
            fact("By gender", f"{ELIGIBILITY}/genderBased"),
            ProseLine(label="Eligibility by gender", path=f"{ELIGIBILITY}/genderDescription"),
            fact("Accepts healthy volunteers", f"{ELIGIBILITY}/healthyVolunteers"),
            ProseLine(label="Study population", path=f"{ELIGIBILITY}/studyPopulation"),
            named("Sampling method", f"{ELIGIBILITY}/samplingMethod"),
        ),
    ),
)

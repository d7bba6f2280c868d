"""The fields of a study as an outline, one a line: nothing but data, read by `field_tree`."""

# name, piece, and where it is not text the type; two blanks a level; a struct has children.
OUTLINE = """\
protocolSection ProtocolSection
  identificationModule IdentificationModule
    nctId NCTId
    nctIdAliases NCTIdAlias
    orgStudyIdInfo OrgStudyIdInfo
      id OrgStudyId
      type OrgStudyIdType enum
      link OrgStudyIdLink
    secondaryIdInfos SecondaryIdInfo
      id SecondaryId
      type SecondaryIdType enum
      domain SecondaryIdDomain
      link SecondaryIdLink
    briefTitle BriefTitle
    officialTitle OfficialTitle
    acronym Acronym
    organization Organization
      fullName OrgFullName
      class OrgClass enum
  statusModule StatusModule
    statusVerifiedDate StatusVerifiedDate date
    overallStatus OverallStatus enum
    lastKnownStatus LastKnownStatus enum
    delayedPosting DelayedPosting bool
    whyStopped WhyStopped
    expandedAccessInfo ExpandedAccessInfo
      hasExpandedAccess HasExpandedAccess bool
      nctId ExpandedAccessNCTId
      statusForNctId ExpandedAccessStatusForNCTId enum
    startDateStruct StartDateStruct
      date StartDate date
      type StartDateType enum
    primaryCompletionDateStruct PrimaryCompletionDateStruct
      date PrimaryCompletionDate date
      type PrimaryCompletionDateType enum
    completionDateStruct CompletionDateStruct
      date CompletionDate date
      type CompletionDateType enum
    studyFirstSubmitDate StudyFirstSubmitDate date
    studyFirstSubmitQcDate StudyFirstSubmitQCDate date
    studyFirstPostDateStruct StudyFirstPostDateStruct
      date StudyFirstPostDate date
      type StudyFirstPostDateType enum
    resultsWaived ResultsWaived bool
    resultsFirstSubmitDate ResultsFirstSubmitDate date
    resultsFirstSubmitQcDate ResultsFirstSubmitQCDate date
    resultsFirstPostDateStruct ResultsFirstPostDateStruct
      date ResultsFirstPostDate date
      type ResultsFirstPostDateType enum
    dispFirstSubmitDate DispFirstSubmitDate date
    dispFirstSubmitQcDate DispFirstSubmitQCDate date
    dispFirstPostDateStruct DispFirstPostDateStruct
      date DispFirstPostDate date
      type DispFirstPostDateType enum
    lastUpdateSubmitDate LastUpdateSubmitDate date
    lastUpdatePostDateStruct LastUpdatePostDateStruct
      date LastUpdatePostDate date
      type LastUpdatePostDateType enum
  sponsorCollaboratorsModule SponsorCollaboratorsModule
    responsibleParty ResponsibleParty
      type ResponsiblePartyType enum
      investigatorFullName ResponsiblePartyInvestigatorFullName
      investigatorTitle ResponsiblePartyInvestigatorTitle
      investigatorAffiliation ResponsiblePartyInvestigatorAffiliation
      oldNameTitle ResponsiblePartyOldNameTitle
      oldOrganization ResponsiblePartyOldOrganization
    leadSponsor LeadSponsor
      name LeadSponsorName
      class LeadSponsorClass enum
    collaborators Collaborator
      name CollaboratorName
      class CollaboratorClass enum
  oversightModule OversightModule
    oversightHasDmc OversightHasDMC bool
    isFdaRegulatedDrug IsFDARegulatedDrug bool
    isFdaRegulatedDevice IsFDARegulatedDevice bool
    isUnapprovedDevice IsUnapprovedDevice bool
    isPpsd IsPPSD bool
    isUsExport IsUSExport bool
    fdaaa801Violation FDAAA801Violation bool
  descriptionModule DescriptionModule
    briefSummary BriefSummary markup
    detailedDescription DetailedDescription markup
  conditionsModule ConditionsModule
    conditions Condition
    keywords Keyword
  designModule DesignModule
    studyType StudyType enum
    nPtrsToThisExpAccNctId NPtrsToThisExpAccNCTId int
    expandedAccessTypes ExpandedAccessTypes
      individual ExpAccTypeIndividual bool
      intermediate ExpAccTypeIntermediate bool
      treatment ExpAccTypeTreatment bool
    patientRegistry PatientRegistry bool
    targetDuration TargetDuration
    phases Phase enum
    designInfo DesignInfo
      allocation DesignAllocation enum
      interventionModel DesignInterventionModel enum
      interventionModelDescription DesignInterventionModelDescription markup
      primaryPurpose DesignPrimaryPurpose enum
      observationalModel DesignObservationalModel enum
      timePerspective DesignTimePerspective enum
      maskingInfo DesignMaskingInfo
        masking DesignMasking enum
        maskingDescription DesignMaskingDescription markup
        whoMasked DesignWhoMasked enum
    bioSpec BioSpec
      retention BioSpecRetention enum
      description BioSpecDescription markup
    enrollmentInfo EnrollmentInfo
      count EnrollmentCount int
      type EnrollmentType enum
  armsInterventionsModule ArmsInterventionsModule
    armGroups ArmGroup
      label ArmGroupLabel
      type ArmGroupType enum
      description ArmGroupDescription markup
      interventionNames ArmGroupInterventionName
    interventions Intervention
      type InterventionType enum
      name InterventionName
      description InterventionDescription markup
      armGroupLabels InterventionArmGroupLabel
      otherNames InterventionOtherName
      interventionMappedName InterventionMappedName
  outcomesModule OutcomesModule
    primaryOutcomes PrimaryOutcome
      measure PrimaryOutcomeMeasure
      description PrimaryOutcomeDescription markup
      timeFrame PrimaryOutcomeTimeFrame
    secondaryOutcomes SecondaryOutcome
      measure SecondaryOutcomeMeasure
      description SecondaryOutcomeDescription markup
      timeFrame SecondaryOutcomeTimeFrame
    otherOutcomes OtherOutcome
      measure OtherOutcomeMeasure
      description OtherOutcomeDescription markup
      timeFrame OtherOutcomeTimeFrame
  eligibilityModule EligibilityModule
    eligibilityCriteria EligibilityCriteria markup
    healthyVolunteers HealthyVolunteers bool
    sex Sex enum
    genderBased GenderBased bool
    genderDescription GenderDescription markup
    minimumAge MinimumAge
    maximumAge MaximumAge
    stdAges StdAge enum
    studyPopulation StudyPopulation markup
    samplingMethod SamplingMethod enum
  contactsLocationsModule ContactsLocationsModule
    centralContacts CentralContact
      name CentralContactName
      role CentralContactRole enum
      phone CentralContactPhone
      phoneExt CentralContactPhoneExt
      email CentralContactEMail
    overallOfficials OverallOfficial
      name OverallOfficialName
      affiliation OverallOfficialAffiliation
      role OverallOfficialRole enum
    locations Location
      facility LocationFacility
      status LocationStatus enum
      city LocationCity
      state LocationState
      zip LocationZip
      country LocationCountry
      contacts LocationContact
        name LocationContactName
        role LocationContactRole enum
        phone LocationContactPhone
        phoneExt LocationContactPhoneExt
        email LocationContactEMail
      geoPoint LocationGeoPoint
        lat LocationLatitude float
        lon LocationLongitude float
  referencesModule ReferencesModule
    references Reference
      pmid ReferencePMID
      type ReferenceType enum
      citation ReferenceCitation markup
      retractions Retraction
        pmid RetractionPMID
        source RetractionSource
    seeAlsoLinks SeeAlsoLink
      label SeeAlsoLinkLabel
      url SeeAlsoLinkURL
    availIpds AvailIPD
      id AvailIPDId
      type AvailIPDType
      url AvailIPDURL
      comment AvailIPDComment
  ipdSharingStatementModule IPDSharingStatementModule
    ipdSharing IPDSharing enum
    description IPDSharingDescription markup
    infoTypes IPDSharingInfoType enum
    timeFrame IPDSharingTimeFrame markup
    accessCriteria IPDSharingAccessCriteria markup
    url IPDSharingURL
resultsSection ResultsSection
  participantFlowModule ParticipantFlowModule struct
  baselineCharacteristicsModule BaselineCharacteristicsModule struct
  outcomeMeasuresModule OutcomeMeasuresModule struct
  adverseEventsModule AdverseEventsModule struct
  moreInfoModule MoreInfoModule struct
annotationSection AnnotationSection
  annotationModule AnnotationModule
    unpostedAnnotation UnpostedAnnotation
      unpostedResponsibleParty UnpostedResponsibleParty
      unpostedEvents UnpostedEvent
        type UnpostedEventType enum
        date UnpostedEventDate date
        dateUnknown UnpostedEventDateUnknown bool
    violationAnnotation ViolationAnnotation
      violationEvents ViolationEvent struct
documentSection DocumentSection
  largeDocumentModule LargeDocumentModule struct
derivedSection DerivedSection
  miscInfoModule MiscInfoModule
    versionHolder VersionHolder date
    removedCountries RemovedCountry
    modelPredictions ModelPredictions struct
    submissionTracking SubmissionTracking
      estimatedResultsFirstSubmitDate EstimatedResultsFirstSubmitDate date
      firstMcpInfo FirstMCPInfo struct
      submissionInfos SubmissionInfo struct
  conditionBrowseModule ConditionBrowseModule struct
  interventionBrowseModule InterventionBrowseModule struct
hasResults HasResults bool
"""

"""The closed sets of the ledger's vocabulary: event types, origins, categories, significance.

The strings are stored and never change their meaning; a new meaning is a new string.
"""

from enum import StrEnum


class Origin(StrEnum):
    """Who brought a change about."""

    SPONSOR = "sponsor"  # a new version: the post date or the submission date moved
    REGISTRY = "registry"  # neither date moved: the registry changed the record by itself
    CLOCK = "clock"  # time passed
    BACKFILL = "backfill"  # from the registry's history, seen later than what followed it
    BASELINE = "baseline"  # first sight of a trial, or of a part of it


class Significance(StrEnum):
    """How much a change matters to those who follow trials; in falling order."""

    MAJOR = "major"
    MINOR = "minor"
    ADMINISTRATIVE = "administrative"


class Category(StrEnum):
    """The part of a trial's life that a field belongs to."""

    STATUS = "status"
    TIMELINE = "timeline"
    RESULTS = "results"
    ENROLLMENT = "enrollment"
    OUTCOMES = "outcomes"
    ELIGIBILITY = "eligibility"
    DESIGN = "design"
    ARMS = "arms"
    INTERVENTIONS = "interventions"
    SPONSOR = "sponsor"
    SITES = "sites"
    CONTACTS = "contacts"
    TEXT = "text"
    REFERENCES = "references"
    DOCUMENTS = "documents"
    OVERSIGHT = "oversight"
    ADMINISTRATIVE = "administrative"


class EventType(StrEnum):
    """What happened to a trial's record, in the past tense."""

    TRIAL_FIRST_OBSERVED = "trial_first_observed"
    EARLIER_VERSION_OBSERVED = "earlier_version_observed"  # the known timeline now begins earlier
    COVERAGE_WIDENED = "coverage_widened"

    RECRUITMENT_STATUS_CHANGED = "recruitment_status_changed"
    LAST_KNOWN_STATUS_CHANGED = "last_known_status_changed"
    WHY_STOPPED_CHANGED = "why_stopped_changed"

    START_DATE_CHANGED = "start_date_changed"
    PRIMARY_COMPLETION_DATE_CHANGED = "primary_completion_date_changed"
    COMPLETION_DATE_CHANGED = "completion_date_changed"
    VERIFICATION_DATE_CHANGED = "verification_date_changed"
    POST_DATE_CHANGED = "post_date_changed"
    SUBMISSION_DATE_CHANGED = "submission_date_changed"
    QC_DATE_CHANGED = "qc_date_changed"

    ENROLLMENT_CHANGED = "enrollment_changed"

    RESULTS_POSTED = "results_posted"
    RESULTS_REVISED = "results_revised"
    RESULTS_REMOVED = "results_removed"
    RESULTS_SUBMITTED = "results_submitted"
    RESULTS_RETURNED = "results_returned"
    RESULTS_SUBMISSION_CANCELLED = "results_submission_cancelled"
    DELAY_CERTIFIED = "delay_certified"

    PRIMARY_OUTCOME_ADDED = "primary_outcome_added"
    PRIMARY_OUTCOME_REMOVED = "primary_outcome_removed"
    PRIMARY_OUTCOME_REWORDED = "primary_outcome_reworded"
    SECONDARY_OUTCOME_ADDED = "secondary_outcome_added"
    SECONDARY_OUTCOME_REMOVED = "secondary_outcome_removed"
    SECONDARY_OUTCOME_REWORDED = "secondary_outcome_reworded"
    OTHER_OUTCOME_ADDED = "other_outcome_added"
    OTHER_OUTCOME_REMOVED = "other_outcome_removed"
    OTHER_OUTCOME_REWORDED = "other_outcome_reworded"

    ELIGIBILITY_CHANGED = "eligibility_changed"
    ARM_ADDED = "arm_added"
    ARM_REMOVED = "arm_removed"
    ARM_CHANGED = "arm_changed"
    INTERVENTION_ADDED = "intervention_added"
    INTERVENTION_REMOVED = "intervention_removed"
    INTERVENTION_CHANGED = "intervention_changed"

    LEAD_SPONSOR_CHANGED = "lead_sponsor_changed"
    COLLABORATOR_ADDED = "collaborator_added"
    COLLABORATOR_REMOVED = "collaborator_removed"

    LOCATION_ADDED = "location_added"
    LOCATION_REMOVED = "location_removed"
    LOCATION_CHANGED = "location_changed"
    LOCATION_STATUS_CHANGED = "location_status_changed"
    CONTACT_CHANGED = "contact_changed"

    TITLE_CHANGED = "title_changed"
    PHASE_CHANGED = "phase_changed"
    DESIGN_CHANGED = "design_changed"
    CONDITION_ADDED = "condition_added"
    CONDITION_REMOVED = "condition_removed"
    SECONDARY_ID_ADDED = "secondary_id_added"
    SECONDARY_ID_REMOVED = "secondary_id_removed"
    REFERENCE_ADDED = "reference_added"
    REFERENCE_REMOVED = "reference_removed"
    DOCUMENT_ADDED = "document_added"
    DOCUMENT_REMOVED = "document_removed"
    OVERSIGHT_CHANGED = "oversight_changed"
    VIOLATION_POSTED = "violation_posted"

    RECORD_MERGED = "record_merged"  # the id is an alias of another trial's
    RECORD_WITHHELD = "record_withheld"
    RECORD_DISAPPEARED = "record_disappeared"
    RECORD_REAPPEARED = "record_reappeared"

    STATUS_LAPSED = "status_lapsed"  # the first day on which the registry's rule says UNKNOWN
    VERIFICATION_LAPSED = "verification_lapsed"  # a year since the record was verified
    RESULTS_OVERDUE = "results_overdue"

    FIELD_CHANGED = "field_changed"


# Events that say a record came into view rather than that it changed.
ARRIVALS = frozenset({EventType.TRIAL_FIRST_OBSERVED, EventType.EARLIER_VERSION_OBSERVED, EventType.COVERAGE_WIDENED})

# Events that say where a record is rather than what it says: no revision follows from them.
MOVES = frozenset(
    {
        EventType.RECORD_MERGED,
        EventType.RECORD_WITHHELD,
        EventType.RECORD_DISAPPEARED,
        EventType.RECORD_REAPPEARED,
    }
)

# Events that say that time has passed over a record: no revision follows from them either.
LAPSES = frozenset({EventType.STATUS_LAPSED, EventType.VERIFICATION_LAPSED, EventType.RESULTS_OVERDUE})

BESIDE_REVISIONS = MOVES | LAPSES
"""The events of a trial's stream that lead to no revision; each is told alone."""

"""The field catalogue: complete, unambiguous, and refused by name where it cannot be understood."""

import pytest

from tracker.diffing.catalogue import Field, default_catalogue, read_catalogue
from tracker.diffing.classify import classify
from tracker.domain.change import Difference, Step
from tracker.domain.errors import InvalidInput
from tracker.domain.events import Category, EventType

# Of docs/architecture.md, but for what comes from polls, from the clock and from the trial as a whole.
TYPES = [
    "recruitment_status_changed",
    "last_known_status_changed",
    "why_stopped_changed",
    "start_date_changed",
    "primary_completion_date_changed",
    "completion_date_changed",
    "verification_date_changed",
    "enrollment_changed",
    "results_posted",
    "results_revised",
    "results_removed",
    "results_submitted",
    "results_returned",
    "results_submission_cancelled",
    "delay_certified",
    "primary_outcome_added",
    "primary_outcome_removed",
    "primary_outcome_reworded",
    "secondary_outcome_added",
    "secondary_outcome_removed",
    "secondary_outcome_reworded",
    "other_outcome_added",
    "other_outcome_removed",
    "other_outcome_reworded",
    "eligibility_changed",
    "arm_added",
    "arm_removed",
    "arm_changed",
    "intervention_added",
    "intervention_removed",
    "intervention_changed",
    "lead_sponsor_changed",
    "collaborator_added",
    "collaborator_removed",
    "location_added",
    "location_removed",
    "location_changed",
    "location_status_changed",
    "contact_changed",
    "title_changed",
    "phase_changed",
    "design_changed",
    "condition_added",
    "condition_removed",
    "secondary_id_added",
    "secondary_id_removed",
    "reference_added",
    "reference_removed",
    "document_added",
    "document_removed",
    "oversight_changed",
    "violation_posted",
    "field_changed",
]

ROW = """
[[field]]
name = "a"
label = "A"
category = "status"
significance = "major"
event = "field_changed"
paths = ["/a"]
"""


def test_it_names_at_least_sixty_fields() -> None:
    """What people may ask for by name covers the record."""
    assert len(default_catalogue().fields) >= 60


def test_every_category_has_fields() -> None:
    """No category is an empty promise."""
    assert set(Category) == {field.category for field in default_catalogue().fields.values()}


def test_every_event_type_can_happen() -> None:
    """Each type that a difference can have is reached by some path of the catalogue."""
    reached = {
        change_type
        for name, field in default_catalogue().fields.items()
        for path in default_catalogue().paths[name]
        for change_type in _types_at(field, path.replace("/**", "/*/x"))
    }
    assert set() == set(TYPES) - reached


def _types_at(field: Field, pattern: str) -> set[str]:
    sorts = [{field.added_key: sort} for sort in field.added_by]
    values = [(None, "x"), ("x", None), ("x", "y"), (None, True), *((None, sort) for sort in sorts)]
    return {
        str(
            classify(
                Difference(step=Step.REPLACE, path=pattern, old_path=None, pattern=pattern, old=old, new=new),
                catalogue=default_catalogue(),
            ).type
        )
        for old, new in values
    }


def test_labels_are_for_people() -> None:
    """Each field has a label that no other field has, and a name that is one word."""
    fields = default_catalogue().fields.values()
    assert len(fields) == len({field.label for field in fields})
    assert [] == [field.name for field in fields if not field.name.isidentifier() or field.name.lower() != field.name]


def test_list_rules_speak_of_lists_that_fields_claim() -> None:
    """A list with a rule belongs to a field of its own."""
    catalogue = default_catalogue()
    assert [] == [
        path
        for path in catalogue.lists
        if catalogue.field_for(f"{path}/*").event is EventType.FIELD_CHANGED
        and catalogue.field_for(f"{path}/*").name not in catalogue.fields
    ]


@pytest.mark.parametrize(
    ("pattern", "name"),
    (
        ("/protocolSection/designModule/phases/*", "phase"),
        ("/protocolSection/designModule/somethingNew", "design_other"),
        ("/protocolSection/contactsLocationsModule/locations/*/status", "location_status"),
        ("/protocolSection/contactsLocationsModule/locations/*/zip", "location"),
        ("/protocolSection/contactsLocationsModule/locations/*/contacts/*/phone", "location_contact"),
        ("/resultsSection/anything/at/all", "results"),
    ),
)
def test_the_best_fitting_row_claims_a_path(pattern: str, name: str) -> None:
    """An exact path goes before one that covers what is below, and the longer before the shorter."""
    assert name == default_catalogue().field_for(pattern).name


def test_what_no_row_claims_is_still_a_field() -> None:
    """It has a name made of its path, and its change is ``field_changed``: nothing is lost."""
    field = default_catalogue().field_for("/protocolSection/newModule/items/*/text")
    assert ("protocolSection.newModule.items.text", "field_changed") == (field.name, field.event)
    assert not default_catalogue().describes("/protocolSection/newModule")


@pytest.mark.parametrize(
    ("text", "message"),
    (
        ("[[field", "not TOML"),
        (ROW.replace('label = "A"', ""), "'a'.*no 'label'"),
        (ROW.replace('"status"', '"weather"'), "'a'.*weather"),
        (ROW.replace('"major"', '"huge"'), "'a'.*huge"),
        (ROW.replace("field_changed", "field_bent"), "'a'.*field_bent"),
        (ROW.replace('["/a"]', '"/a"'), "'a'.*list of texts"),
        (ROW + 'kind = "colour"', "'a'.*colour.*text, date, count"),
        (ROW + 'aded = "field_changed"', "'a'.*'aded'"),
        (ROW + ROW, "two rows named 'a'"),
        (ROW + ROW.replace('"a"', '"b"'), "'a' and 'b' both claim /a"),
        ('[[list]]\npath = "/l"', "list '/l'.*no 'identity'"),
        ('[[list]]\npath = "/l"\nidentity = ["name"]', "list '/l'.*list of texts"),
        ('[[list]]\npath = "/l"\nidentity = []\nsimilarr = ["a"]', "list '/l'.*similarr"),
    ),
)
def test_a_row_that_cannot_be_understood_is_refused_by_name(text: str, message: str) -> None:
    """The error names the row and what is wrong with it."""
    with pytest.raises(InvalidInput, match=message):
        read_catalogue(text)

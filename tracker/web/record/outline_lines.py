"""What outlines are made of: lines of facts, prose and lists, and the modules in which they stand."""

from dataclasses import dataclass

from tracker.web.record.values import Form

PROTOCOL = "/protocolSection"
IDENTIFICATION, STATUS, DESIGN = (
    f"{PROTOCOL}/identificationModule",
    f"{PROTOCOL}/statusModule",
    f"{PROTOCOL}/designModule",
)
ARMS, ELIGIBILITY, PLACES = (
    f"{PROTOCOL}/armsInterventionsModule",
    f"{PROTOCOL}/eligibilityModule",
    f"{PROTOCOL}/contactsLocationsModule",
)
PEOPLE, OVERSIGHT = f"{PROTOCOL}/sponsorCollaboratorsModule", f"{PROTOCOL}/oversightModule"
SHARING, REFERENCES = f"{PROTOCOL}/ipdSharingStatementModule", f"{PROTOCOL}/referencesModule"
NOTES, DERIVED = "/annotationSection/annotationModule", "/derivedSection"


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


def fact(label: str, path: str, form: Form = Form.TEXT) -> FactLine:
    """A fact, by default text."""
    return FactLine(label=label, path=path, form=form)


def named(label: str, path: str) -> FactLine:
    """A fact whose value is one of the registry's names."""
    return FactLine(label=label, path=path, form=Form.NAME)


def dated(label: str, key: str) -> FactLine:
    """A date of the status module."""
    return FactLine(label=label, path=f"{STATUS}/{key}", form=Form.DATE)


def listed(label: str, path: str, reader: str) -> ListLine:
    """A list of objects."""
    return ListLine(label=label, path=path, reader=reader)
